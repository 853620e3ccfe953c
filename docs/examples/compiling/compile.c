/* Describes a model by calls, compiles it for a batch like those that it will
 * see, loads the artifact in the same process, pools the batch on the CPU and
 * compares the result with a plain loop.
 *
 *   compile [ARTIFACT]
 *
 * The artifact is written to that file too. Exit code 0 only if all went well
 * and the result was right. */

#include <recflex-c/Compiler.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  SAMPLES = 64,
  SHOPS = 500,
  SHOP_WIDTH = 8,
  WORDS = 2000,
  WORD_WIDTH = 32
};
enum { COLUMNS = SHOP_WIDTH + WORD_WIDTH, MOST_WORDS = 12 };

/* All that is made; null where it is not there yet. */
typedef struct Program {
  RecflexDescription *description;
  RecflexCompiler *compiler;
  RecflexModel *model;
  RecflexArtifact *artifact;
  RecflexModule *module;
  RecflexTables *tables;
  RecflexContext *context;
} Program;

/* The arrays of one batch: a shop and some words a sample. */
static int32_t values[SAMPLES * (1 + MOST_WORDS)];
static int32_t offsets[2 * SAMPLES + 1];
static float output[SAMPLES][COLUMNS];

/* Tables start at multiples of 16 bytes, as malloc's memory does. */
static float (*shops)[SHOP_WIDTH]; /* [SHOPS] */
static float (*words)[WORD_WIDTH]; /* [WORDS] */

/* Whether a call went well; prints why not. */
static int ok(RecflexStatus status) {
  if (status == RECFLEX_OK)
    return 1;
  fprintf(stderr, "%s: %s\n", recflexStatusName(status), recflexLastError());
  return 0;
}

static int describe(Program *p) {
  RecflexTableDescription table = RECFLEX_INIT(table);
  RecflexFeatureDescription feature = RECFLEX_INIT(feature);
  if (!ok(recflexDescriptionCreate("search", RECFLEX_INDEX_I32,
                                   &p->description)))
    return 0;

  table.name = "shops";
  table.rows = SHOPS;
  table.width = SHOP_WIDTH;
  table.type = RECFLEX_F32;
  if (!ok(recflexDescriptionAddTable(p->description, &table)))
    return 0;
  table.name = "words";
  table.rows = WORDS;
  table.width = WORD_WIDTH;
  if (!ok(recflexDescriptionAddTable(p->description, &table)))
    return 0;

  feature.name = "shop";
  feature.table = "shops";
  feature.pooling = RECFLEX_POOLING_SUM;
  if (!ok(recflexDescriptionAddFeature(p->description, &feature)))
    return 0;
  feature.name = "query";
  feature.table = "words";
  feature.pooling = RECFLEX_POOLING_MEAN;
  return ok(recflexDescriptionAddFeature(p->description, &feature));
}

/* Numbers that need no rounding in sums. */
static float element(int row, int column) {
  return (float)((row * 7 + column * 3) % 64 - 32);
}

static int fill(void) {
  int row, column, sample, i, n = 0;
  shops = malloc(SHOPS * sizeof *shops);
  words = malloc(WORDS * sizeof *words);
  if (!shops || !words)
    return 0;
  for (row = 0; row < SHOPS; ++row)
    for (column = 0; column < SHOP_WIDTH; ++column)
      shops[row][column] = element(row, column);
  for (row = 0; row < WORDS; ++row)
    for (column = 0; column < WORD_WIDTH; ++column)
      words[row][column] = element(row, column);
  /* First the bags of one feature, then those of the next. */
  for (sample = 0; sample < SAMPLES; ++sample) {
    offsets[sample] = n;
    values[n++] = (sample * 37) % SHOPS;
  }
  for (sample = 0; sample < SAMPLES; ++sample) {
    offsets[SAMPLES + sample] = n;
    for (i = 0; i < sample % (MOST_WORDS + 1); ++i)
      values[n++] = (sample * 101 + i * 13) % WORDS;
  }
  offsets[2 * SAMPLES] = n;
  return 1;
}

static RecflexBatch makeBatch(void) {
  RecflexBatch batch = RECFLEX_INIT(batch);
  batch.batchSize = SAMPLES;
  batch.values = values;
  batch.offsets = offsets;
  batch.lookups = offsets[2 * SAMPLES];
  batch.output = output;
  return batch;
}

/* Hears of what the compiler decides. */
static void hear(RecflexSeverity severity, const char *message, void *user) {
  (void)user;
  if (severity == RECFLEX_REMARK)
    printf("%s\n", message);
}

static int compile(Program *p) {
  RecflexBatch batch = makeBatch();
  const RecflexBatch *samples[1];
  RecflexCompilerOptions compiler = RECFLEX_INIT(compiler);
  RecflexCompileOptions options = RECFLEX_INIT(options);
  samples[0] = &batch;
  compiler.handler = hear;
  compiler.remarks = "emb-select-schedules";
  options.chip = "sm_90";
  return ok(recflexCompilerCreate(&compiler, &p->compiler)) &&
         ok(recflexModelImport(p->compiler, p->description, &p->model)) &&
         ok(recflexModelAttachSamples(p->model, samples, 1)) &&
         ok(recflexModelCompile(p->model, &options, &p->artifact));
}

static int load(Program *p) {
  const void *tables[2];
  size_t size;
  const void *bytes = recflexArtifactBytes(p->artifact, &size);
  RecflexLoadOptions options = RECFLEX_INIT(options);
  RecflexModuleInfo info = RECFLEX_INIT(info);
  options.device = RECFLEX_DEVICE_CPU;
  tables[0] = shops;
  tables[1] = words;
  if (!ok(recflexModuleLoadMemory(bytes, size, &options, &p->module)) ||
      !ok(recflexModuleInfo(p->module, &info)))
    return 0;
  printf("model '%s' for %s: %d features, %d columns\n", info.name, info.chip,
         (int)info.features, (int)info.outputWidth);
  return ok(recflexTablesAttach(p->module, tables, 2, &p->tables)) &&
         ok(recflexContextCreate(p->tables, NULL, &p->context));
}

/* The plain loop: a sum of one row, then a mean of some. */
static float expected(int sample, int column) {
  float sum = 0;
  int i, first = offsets[SAMPLES + sample],
         last = offsets[SAMPLES + sample + 1];
  if (column < SHOP_WIDTH)
    return element(values[offsets[sample]], column);
  for (i = first; i < last; ++i)
    sum += element(values[i], column - SHOP_WIDTH);
  return first == last ? 0 : sum / (float)(last - first);
}

static int run(Program *p) {
  RecflexBatch batch = makeBatch();
  int sample, column;
  if (!ok(recflexLaunch(p->context, &batch, NULL)))
    return 0;
  for (sample = 0; sample < SAMPLES; ++sample)
    for (column = 0; column < COLUMNS; ++column) {
      float difference = output[sample][column] - expected(sample, column);
      if (!(difference < 1e-5f && difference > -1e-5f)) {
        fprintf(stderr, "sample %d, column %d: %g, but it should be %g\n",
                sample, column, output[sample][column],
                expected(sample, column));
        return 0;
      }
    }
  printf("%d samples pooled rightly\n", SAMPLES);
  return 1;
}

static void clean(Program *p) {
  recflexContextDestroy(p->context);
  recflexTablesDestroy(p->tables);
  recflexModuleDestroy(p->module);
  recflexArtifactDestroy(p->artifact);
  recflexModelDestroy(p->model);
  recflexCompilerDestroy(p->compiler);
  recflexDescriptionDestroy(p->description);
  free(shops);
  free(words);
}

int main(int argc, char **argv) {
  Program program;
  int succeeded;
  memset(&program, 0, sizeof program);
  if (argc > 2) {
    fprintf(stderr, "usage: compile [ARTIFACT]\n");
    return 2;
  }
  succeeded =
      describe(&program) && fill() && compile(&program) &&
      (argc < 2 || ok(recflexArtifactWrite(program.artifact, argv[1]))) &&
      load(&program) && run(&program);
  clean(&program);
  return succeeded ? 0 : 1;
}
