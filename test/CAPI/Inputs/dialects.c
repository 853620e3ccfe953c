/* dialects FILE: reads emb IR through MLIR's C API, runs RecFlex's pipelines on
 * it, and prints what comes out. */
#include <recflex-c/Dialects.h>

#include <mlir-c/Pass.h>

#include <stdio.h>

static void write(MlirStringRef text, void *file) {
  fwrite(text.data, 1, text.length, file);
}

static MlirContext createContext(void) {
  MlirDialectRegistry registry = mlirDialectRegistryCreate();
  MlirContext context = mlirContextCreate();
  mlirDialectHandleInsertDialect(mlirGetDialectHandle__emb__(), registry);
  mlirRegisterEmbDialects(registry);
  mlirContextAppendDialectRegistry(context, registry);
  mlirContextLoadAllAvailableDialects(context);
  mlirDialectRegistryDestroy(registry);
  return context;
}

static int run(MlirModule module) {
  const char *text =
      "builtin.module(recflex-schedule,recflex-lower{chip=sm_80})";
  MlirPassManager passes = mlirPassManagerCreate(mlirModuleGetContext(module));
  int succeeded = mlirLogicalResultIsSuccess(mlirParsePassPipeline(
                      mlirPassManagerGetAsOpPassManager(passes),
                      mlirStringRefCreateFromCString(text), write, stderr)) &&
                  mlirLogicalResultIsSuccess(mlirPassManagerRunOnOp(
                      passes, mlirModuleGetOperation(module)));
  mlirPassManagerDestroy(passes);
  return succeeded;
}

int main(int argc, char **argv) {
  static char text[1 << 16];
  FILE *file = fopen(argv[argc - 1], "rb");
  size_t size = file ? fread(text, 1, sizeof text - 1, file) : 0;
  MlirContext context = createContext();
  MlirModule module =
      mlirModuleCreateParse(context, mlirStringRefCreate(text, size));
  int succeeded = 0;
  mlirRegisterEmbPasses();
  mlirRegisterEmbPasses();
  if (file)
    fclose(file);
  if (!mlirModuleIsNull(module)) {
    printf("dialect ");
    write(mlirDialectHandleGetNamespace(mlirGetDialectHandle__emb__()), stdout);
    printf("\n");
    succeeded = run(module);
    if (succeeded)
      mlirOperationPrint(mlirModuleGetOperation(module), write, stdout);
    mlirModuleDestroy(module);
  }
  mlirContextDestroy(context);
  return succeeded ? 0 : 1;
}
