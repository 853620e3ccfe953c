/* no_gpu ARTIFACT: asks for a GPU, then for the CPU. */
#include <recflex-c/Runtime.h>

#include <stdio.h>

int main(int argc, char **argv) {
  RecflexLoadOptions options = RECFLEX_INIT(options);
  RecflexModule *module = NULL;
  RecflexStatus status = recflexModuleLoad(argv[argc - 1], NULL, &module);
  printf("%s: %s\n", recflexStatusName(status), recflexLastError());
  if (module)
    return 1;
  options.device = RECFLEX_DEVICE_CPU;
  status = recflexModuleLoad(argv[argc - 1], &options, &module);
  printf("on the CPU: %s\n", recflexStatusName(status));
  recflexModuleDestroy(module);
  return status != RECFLEX_OK;
}
