/* Asks a plugin for what it registers, as mlir-opt does. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>

struct info {
  uint32_t version;
  const char *name, *plugin_version;
  void (*callback)(void *);
};

int main(int argc, char **argv) {
  const char *entries[] = {"mlirGetDialectPluginInfo", "mlirGetPassPluginInfo"};
  void *plugin = dlopen(argv[argc - 1], RTLD_LAZY | RTLD_GLOBAL);
  if (!plugin) {
    puts(dlerror());
    return 1;
  }
  for (int i = 0; i < 2; ++i) {
    struct info (*ask)(void) = (struct info(*)(void))dlsym(plugin, entries[i]);
    struct info info = ask();
    printf("%s %s: version %u, %s\n", info.name, info.plugin_version, info.version,
           info.callback ? "a callback" : "no callback");
  }
  return 0;
}
