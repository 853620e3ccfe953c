/* plugin LIBRARY ARTIFACT: opens the library, loads the artifact on the CPU and
 * closes the library, many times. Fails unless it is gone each time. */
#define _POSIX_C_SOURCE 200112L

#include <recflex-c/Runtime.h>

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* Writes the function of that name through `function`. */
static int find(void *library, const char *name, void *function) {
  void *symbol = dlsym(library, name);
  memcpy(function, &symbol, sizeof symbol);
  return symbol != NULL;
}

static int loadOnce(void *library, const char *path) {
  RecflexStatus (*load)(const char *, const RecflexLoadOptions *,
                        RecflexModule **);
  void (*destroy)(RecflexModule *);
  const char *(*lastError)(void);
  RecflexLoadOptions options = RECFLEX_INIT(options);
  RecflexModule *module = NULL;
  if (!find(library, "recflexModuleLoad", &load) ||
      !find(library, "recflexModuleDestroy", &destroy) ||
      !find(library, "recflexLastError", &lastError))
    return 0;
  options.device = RECFLEX_DEVICE_CPU;
  options.cpuThreads = 3;
  if (load("/no/such/file", &options, &module) != RECFLEX_IO_ERROR ||
      strstr(lastError(), "/no/such/file") == NULL)
    return 0;
  if (load(path, &options, &module) != RECFLEX_OK)
    return 0;
  destroy(module);
  return 1;
}

int main(int argc, char **argv) {
  int i;
  for (i = 0; i < 50; ++i) {
    void *library = dlopen(argv[argc - 2], RTLD_NOW | RTLD_LOCAL);
    if (!library || !loadOnce(library, argv[argc - 1]) ||
        dlclose(library) != 0) {
      printf("failed in round %d: %s\n", i, dlerror());
      return 1;
    }
    if (dlopen(argv[argc - 2], RTLD_NOW | RTLD_NOLOAD)) {
      printf("the library is still there\n");
      return 1;
    }
  }
  printf("closed %d times\n", i);
  return 0;
}
