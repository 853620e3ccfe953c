/* Uses every structure of Compiler.h, as C and as C++. */
#include <recflex-c/Compiler.h>

int initialise(void);

int initialise(void) {
  RecflexTableDescription table = RECFLEX_INIT(table);
  RecflexFeatureDescription feature = RECFLEX_INIT(feature);
  RecflexCompilerOptions compiler = RECFLEX_INIT(compiler);
  RecflexTuneOptions tune = RECFLEX_INIT(tune);
  RecflexTuneResult result = RECFLEX_INIT(result);
  RecflexCompileOptions compile = RECFLEX_INIT(compile);
  table.type = RECFLEX_BF16;
  feature.bags = RECFLEX_BAGS_FIXED;
  tune.device = RECFLEX_TUNE_COST_MODEL;
  return (int)(table.structSize + feature.structSize + compiler.structSize +
               tune.structSize + result.structSize + compile.structSize);
}
