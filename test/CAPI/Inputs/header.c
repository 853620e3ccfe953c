/* Uses every structure of the header, as C and as C++. */
#include <recflex-c/Runtime.h>

int initialise(void);

int initialise(void) {
  RecflexLoadOptions load = RECFLEX_INIT(load);
  RecflexModuleInfo module = RECFLEX_INIT(module);
  RecflexTableInfo table = RECFLEX_INIT(table);
  RecflexFeatureInfo feature = RECFLEX_INIT(feature);
  RecflexContextOptions context = RECFLEX_INIT(context);
  RecflexBatch batch = RECFLEX_INIT(batch);
  RecflexKeyView view = {0, 0, 0, 0, 0};
  RecflexFault fault = {RECFLEX_FAULT_INDEX, 0, 0, 0, 0, 0};
  load.device = RECFLEX_DEVICE_CPU;
  return (int)(load.structSize + module.structSize + table.structSize +
               feature.structSize + context.structSize + batch.structSize +
               view.values) +
         fault.kind;
}
