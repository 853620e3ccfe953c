/* parity MODEL SAMPLES TUNED ARTIFACT: what `recflex tune` and `recflex
 * compile` do with a description and sample batches, through the C API. */
#include <recflex-c/Compiler.h>

#include <stdio.h>

static int ok(RecflexStatus status) {
  if (status == RECFLEX_OK)
    return 1;
  fprintf(stderr, "%s: %s\n", recflexStatusName(status), recflexLastError());
  return 0;
}

static int writeText(const RecflexText *text, const char *path) {
  FILE *file = fopen(path, "wb");
  size_t size = recflexTextSize(text);
  return file && fwrite(recflexTextData(text), 1, size, file) == size &&
         fclose(file) == 0;
}

int main(int argc, char **argv) {
  static char json[1 << 16];
  FILE *file = argc == 5 ? fopen(argv[1], "rb") : NULL;
  size_t size = file ? fread(json, 1, sizeof json, file) : 0;
  const char *samples[1];
  const char *chip = "sm_80";
  RecflexDescription *description = NULL;
  RecflexCompiler *compiler = NULL;
  RecflexModel *model = NULL;
  RecflexText *tuned = NULL;
  RecflexArtifact *artifact = NULL;
  RecflexCompileOptions options = RECFLEX_INIT(options);
  int succeeded;
  if (file)
    fclose(file);
  samples[0] = argv[2];
  options.chip = chip;
  succeeded = ok(recflexDescriptionParse(json, size, &description)) &&
              ok(recflexCompilerCreate(NULL, &compiler)) &&
              ok(recflexModelImport(compiler, description, &model)) &&
              ok(recflexModelAttachSampleFiles(model, samples, 1)) &&
              ok(recflexModelCompile(model, &options, &artifact)) &&
              ok(recflexArtifactWrite(artifact, argv[4])) &&
              ok(recflexModelTune(model, NULL, NULL)) &&
              ok(recflexModelPrint(model, &tuned)) && writeText(tuned, argv[3]);
  recflexArtifactDestroy(artifact);
  recflexTextDestroy(tuned);
  recflexModelDestroy(model);
  recflexCompilerDestroy(compiler);
  recflexDescriptionDestroy(description);
  return succeeded ? 0 : 1;
}
