#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_BAG = 3 };

void *onesCreate(const RecflexTableInfo *table) {
  int64_t i, elements = table->rows * table->width;
  void *memory = malloc((size_t)table->bytes);
  if (!memory)
    return NULL;
  for (i = 0; i < elements; ++i)
    if (table->type == RECFLEX_F32)
      ((float *)memory)[i] = 1;
    else /* 1 as the bits of f16 and of bf16 */
      ((uint16_t *)memory)[i] = table->type == RECFLEX_F16 ? 0x3C00 : 0x3F80;
  return memory;
}

/* A random number below `limit` (Knuth's linear congruential generator). */
static int64_t draw(Request *request, int64_t limit) {
  request->random =
      request->random * 6364136223846793005u + 1442695040888963407u;
  return (int64_t)((request->random >> 33) % (uint64_t)limit);
}

size_t requestBytes(const Request *request, int64_t count) {
  return (size_t)count *
         (request->model.indexType == RECFLEX_INDEX_I64 ? 8 : 4);
}

/* Asks which rows each key may name: those of the smallest table it reads. */
static int askFeatures(Request *request, const RecflexModule *module) {
  int32_t i;
  for (i = 0; i < request->model.keys; ++i)
    request->keyRows[i] = 0;
  for (i = 0; i < request->model.features; ++i) {
    RecflexFeatureInfo feature = RECFLEX_INIT(feature);
    RecflexTableInfo table = RECFLEX_INIT(table);
    if (recflexModuleFeature(module, i, &feature) != RECFLEX_OK ||
        recflexModuleTable(module, feature.table, &table) != RECFLEX_OK)
      return 0;
    request->features[i] = feature;
    if (request->keyRows[feature.key] == 0 ||
        request->keyRows[feature.key] > table.rows)
      request->keyRows[feature.key] = table.rows;
  }
  return 1;
}

int requestCreate(Request *request, const RecflexModule *module,
                  int64_t batchSize, uint64_t seed) {
  RecflexModuleInfo model = RECFLEX_INIT(model);
  int64_t bags;
  memset(request, 0, sizeof *request);
  if (recflexModuleInfo(module, &model) != RECFLEX_OK)
    return 0;
  bags = model.keys * batchSize;
  request->model = model;
  request->batchSize = batchSize;
  request->mostLookups = bags * LONGEST_BAG;
  request->random = seed;
  request->features =
      calloc((size_t)model.features + 1, sizeof *request->features);
  request->keyRows = calloc((size_t)model.keys + 1, sizeof *request->keyRows);
  request->rows =
      calloc((size_t)request->mostLookups + 1, sizeof *request->rows);
  request->starts = calloc((size_t)bags + 1, sizeof *request->starts);
  request->values = malloc(requestBytes(request, request->mostLookups + 1));
  request->offsets = malloc(requestBytes(request, bags + 1));
  if (request->features && request->keyRows && request->rows &&
      request->starts && request->values && request->offsets &&
      askFeatures(request, module))
    return 1;
  requestDestroy(request);
  return 0;
}

void requestDestroy(Request *request) {
  free(request->features);
  free(request->keyRows);
  free(request->rows);
  free(request->starts);
  free(request->values);
  free(request->offsets);
  memset(request, 0, sizeof *request);
}

/* Writes `numbers` in the model's index type. */
static void narrow(const Request *request, void *to, const int64_t *numbers,
                   int64_t count) {
  int64_t i;
  if (request->model.indexType == RECFLEX_INDEX_I64)
    memcpy(to, numbers, requestBytes(request, count));
  else
    for (i = 0; i < count; ++i)
      ((int32_t *)to)[i] = (int32_t)numbers[i];
}

void requestDraw(Request *request, int wrong) {
  int64_t key, sample, bag = 0, lookups = 0;
  for (key = 0; key < request->model.keys; ++key)
    for (sample = 0; sample < request->batchSize; ++sample) {
      int64_t rows = request->keyRows[key]; /* 0: no feature reads the key */
      int64_t length = rows == 0 ? 0 : draw(request, LONGEST_BAG + 1);
      request->starts[bag++] = lookups;
      while (length-- > 0)
        request->rows[lookups++] = draw(request, rows);
    }
  request->starts[bag] = lookups;
  request->lookups = lookups;
  if (wrong && lookups != 0)
    request->rows[draw(request, lookups)] = -1;
  narrow(request, request->values, request->rows, lookups);
  narrow(request, request->offsets, request->starts, bag + 1);
}

/* What the bag [begin, end) gives in every column. */
static float expected(const Request *request, const RecflexFeatureInfo *feature,
                      int64_t begin, int64_t end) {
  int64_t i, good = 0;
  for (i = begin; i < end; ++i)
    good += request->rows[i] >= 0;
  if (begin == end)
    return 0;
  if (feature->pooling == RECFLEX_POOLING_MAX)
    return good != 0;
  if (feature->pooling == RECFLEX_POOLING_MEAN)
    return (float)good / (float)(end - begin);
  return (float)good;
}

int requestCheck(const Request *request, const float *output) {
  int64_t f, sample, c;
  for (f = 0; f < request->model.features; ++f) {
    const RecflexFeatureInfo *feature = &request->features[f];
    for (sample = 0; sample < request->batchSize; ++sample) {
      const int64_t *bag =
          &request->starts[feature->key * request->batchSize + sample];
      const float *row =
          &output[sample * request->model.outputWidth + feature->column];
      float wanted = expected(request, feature, bag[0], bag[1]);
      for (c = 0; c < feature->width; ++c)
        if (row[c] != wanted) {
          fprintf(stderr, "feature '%s', sample %d, column %d: %g, not %g\n",
                  feature->name, (int)sample, (int)c, row[c], wanted);
          return 0;
        }
    }
  }
  return 1;
}
