/* Prints the size of every structure, and each field's offset and size. */
#include <recflex-c/Runtime.h>

#include <stdio.h>

#define STRUCT(type) printf(#type " %d\n", (int)sizeof(type))
#define FIELD(type, field)                                                     \
  printf("  " #field " %d %d\n", (int)offsetof(type, field),                   \
         (int)sizeof(((type *)0)->field))

static void inputs(void) {
  STRUCT(RecflexLoadOptions);
  FIELD(RecflexLoadOptions, structSize);
  FIELD(RecflexLoadOptions, device);
  FIELD(RecflexLoadOptions, cpuThreads);
  STRUCT(RecflexContextOptions);
  FIELD(RecflexContextOptions, structSize);
  FIELD(RecflexContextOptions, checks);
  FIELD(RecflexContextOptions, faultCapacity);
  FIELD(RecflexContextOptions, maxBatch);
  FIELD(RecflexContextOptions, maxLookups);
  STRUCT(RecflexKeyView);
  FIELD(RecflexKeyView, values);
  FIELD(RecflexKeyView, offsets);
  FIELD(RecflexKeyView, weights);
  FIELD(RecflexKeyView, lookups);
  FIELD(RecflexKeyView, samples);
  STRUCT(RecflexBatch);
  FIELD(RecflexBatch, structSize);
  FIELD(RecflexBatch, batchSize);
  FIELD(RecflexBatch, values);
  FIELD(RecflexBatch, offsets);
  FIELD(RecflexBatch, lengths);
  FIELD(RecflexBatch, weights);
  FIELD(RecflexBatch, lookups);
  FIELD(RecflexBatch, keyStarts);
  FIELD(RecflexBatch, bags);
  FIELD(RecflexBatch, views);
  FIELD(RecflexBatch, output);
  FIELD(RecflexBatch, outputType);
  FIELD(RecflexBatch, unused);
  FIELD(RecflexBatch, outputStride);
}

static void answers(void) {
  STRUCT(RecflexModuleInfo);
  FIELD(RecflexModuleInfo, structSize);
  FIELD(RecflexModuleInfo, name);
  FIELD(RecflexModuleInfo, chip);
  FIELD(RecflexModuleInfo, producer);
  FIELD(RecflexModuleInfo, device);
  FIELD(RecflexModuleInfo, indexType);
  FIELD(RecflexModuleInfo, keys);
  FIELD(RecflexModuleInfo, features);
  FIELD(RecflexModuleInfo, tables);
  FIELD(RecflexModuleInfo, weighted);
  FIELD(RecflexModuleInfo, outputWidth);
  FIELD(RecflexModuleInfo, maxBatch);
  FIELD(RecflexModuleInfo, maxLookups);
  STRUCT(RecflexTableInfo);
  FIELD(RecflexTableInfo, structSize);
  FIELD(RecflexTableInfo, name);
  FIELD(RecflexTableInfo, rows);
  FIELD(RecflexTableInfo, width);
  FIELD(RecflexTableInfo, type);
  FIELD(RecflexTableInfo, unused);
  FIELD(RecflexTableInfo, bytes);
  STRUCT(RecflexFeatureInfo);
  FIELD(RecflexFeatureInfo, structSize);
  FIELD(RecflexFeatureInfo, name);
  FIELD(RecflexFeatureInfo, key);
  FIELD(RecflexFeatureInfo, table);
  FIELD(RecflexFeatureInfo, column);
  FIELD(RecflexFeatureInfo, width);
  FIELD(RecflexFeatureInfo, pooling);
  FIELD(RecflexFeatureInfo, weighted);
  STRUCT(RecflexFault);
  FIELD(RecflexFault, kind);
  FIELD(RecflexFault, feature);
  FIELD(RecflexFault, key);
  FIELD(RecflexFault, sample);
  FIELD(RecflexFault, position);
  FIELD(RecflexFault, value);
}

int main(void) {
  inputs();
  answers();
  return 0;
}
