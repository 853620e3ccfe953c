/* serve.c - What a server does first with an artifact: loads it, here on the
 * CPU. */

#include <recflex-c/Runtime.h>

#include <stdio.h>

int main(int argc, char **argv) {
  RecflexModule *module;
  RecflexLoadOptions options = RECFLEX_INIT(options);
  options.device = RECFLEX_DEVICE_CPU;
  if (argc != 2 ||
      recflexModuleLoad(argv[1], &options, &module) != RECFLEX_OK) {
    fprintf(stderr, "serve: error: %s\n",
            argc == 2 ? recflexLastError() : "give an artifact");
    return 1;
  }
  RecflexModuleInfo info = RECFLEX_INIT(info);
  recflexModuleInfo(module, &info);
  printf("%s: %d tables, %lld columns\n", info.name, (int)info.tables,
         (long long)info.outputWidth);
  recflexModuleDestroy(module);
  return 0;
}
