/* Prints the size of every structure of Compiler.h, and each field's offset and
 * size. */
#include <recflex-c/Compiler.h>

#include <stdio.h>

#define STRUCT(type) printf(#type " %d\n", (int)sizeof(type))
#define FIELD(type, field)                                                     \
  printf("  " #field " %d %d\n", (int)offsetof(type, field),                   \
         (int)sizeof(((type *)0)->field))

int main(void) {
  STRUCT(RecflexTableDescription);
  FIELD(RecflexTableDescription, structSize);
  FIELD(RecflexTableDescription, name);
  FIELD(RecflexTableDescription, rows);
  FIELD(RecflexTableDescription, width);
  FIELD(RecflexTableDescription, type);
  FIELD(RecflexTableDescription, unused);
  STRUCT(RecflexFeatureDescription);
  FIELD(RecflexFeatureDescription, structSize);
  FIELD(RecflexFeatureDescription, name);
  FIELD(RecflexFeatureDescription, table);
  FIELD(RecflexFeatureDescription, pooling);
  FIELD(RecflexFeatureDescription, weighted);
  FIELD(RecflexFeatureDescription, bags);
  FIELD(RecflexFeatureDescription, unused);
  FIELD(RecflexFeatureDescription, hotness);
  FIELD(RecflexFeatureDescription, max);
  FIELD(RecflexFeatureDescription, mean);
  FIELD(RecflexFeatureDescription, stddev);
  FIELD(RecflexFeatureDescription, coverage);
  STRUCT(RecflexCompilerOptions);
  FIELD(RecflexCompilerOptions, structSize);
  FIELD(RecflexCompilerOptions, handler);
  FIELD(RecflexCompilerOptions, user);
  FIELD(RecflexCompilerOptions, remarks);
  STRUCT(RecflexTuneOptions);
  FIELD(RecflexTuneOptions, structSize);
  FIELD(RecflexTuneOptions, device);
  FIELD(RecflexTuneOptions, threads);
  FIELD(RecflexTuneOptions, blocks);
  FIELD(RecflexTuneOptions, scheduleCount);
  FIELD(RecflexTuneOptions, schedules);
  FIELD(RecflexTuneOptions, record);
  FIELD(RecflexTuneOptions, tables);
  FIELD(RecflexTuneOptions, timeBudget);
  FIELD(RecflexTuneOptions, binding);
  STRUCT(RecflexTuneResult);
  FIELD(RecflexTuneResult, structSize);
  FIELD(RecflexTuneResult, threads);
  FIELD(RecflexTuneResult, blocks);
  FIELD(RecflexTuneResult, outOfTime);
  FIELD(RecflexTuneResult, unused);
  FIELD(RecflexTuneResult, measured);
  FIELD(RecflexTuneResult, known);
  FIELD(RecflexTuneResult, seconds);
  STRUCT(RecflexCompileOptions);
  FIELD(RecflexCompileOptions, structSize);
  FIELD(RecflexCompileOptions, chip);
  FIELD(RecflexCompileOptions, schedules);
  FIELD(RecflexCompileOptions, cubins);
  FIELD(RecflexCompileOptions, scheduleCount);
  FIELD(RecflexCompileOptions, cubinCount);
  FIELD(RecflexCompileOptions, threads);
  FIELD(RecflexCompileOptions, blocks);
  FIELD(RecflexCompileOptions, batch);
  FIELD(RecflexCompileOptions, binding);
  return 0;
}
