/* A serving loop in C: loads an artifact, attaches tables, and answers requests
 * one after the other, in one stream.
 *
 *   serve-c ARTIFACT [DEVICE [REQUESTS [BATCH]]]
 *
 * DEVICE is a GPU's number, or -1 for the CPU. Exit code 0 only if every answer
 * was right. */

#define _POSIX_C_SOURCE 200112L

#include "device.h"
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* All that a worker needs; zero where not made yet. */
typedef struct Server {
  Device *device;
  RecflexModule *module;
  void **tableMemory; /* [model.tables] */
  RecflexTables *tables;
  RecflexContext *context;
  void *stream;
  Request request;
  void *values, *offsets, *weights, *output; /* of the device */
  float *answer;                             /* of the host */
  double *seconds;                           /* [requests] */
} Server;

/* Whether a call went well; prints why not. */
static int ok(RecflexStatus status) {
  if (status == RECFLEX_OK)
    return 1;
  fprintf(stderr, "%s: %s\n", recflexStatusName(status), recflexLastError());
  return 0;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The tables stay the caller's: memory of the device, filled by the caller. */
static int attachTables(Server *s, int32_t count) {
  int32_t i;
  s->tableMemory = calloc((size_t)count + 1, sizeof *s->tableMemory);
  if (!s->tableMemory)
    return 0;
  for (i = 0; i < count; ++i) {
    RecflexTableInfo table = RECFLEX_INIT(table);
    void *rows;
    int written;
    if (!ok(recflexModuleTable(s->module, i, &table)))
      return 0;
    rows = onesCreate(&table);
    s->tableMemory[i] = deviceAllocate(s->device, (size_t)table.bytes);
    written = rows && s->tableMemory[i] &&
              deviceWrite(s->device, s->tableMemory[i], rows,
                          (size_t)table.bytes, s->stream);
    free(rows);
    if (!written)
      return 0;
  }
  return ok(recflexTablesAttach(s->module, (const void *const *)s->tableMemory,
                                count, &s->tables));
}

/* Memory for the arrays of one request; its weights are all 1. */
static int makeArrays(Server *s) {
  const Request *r = &s->request;
  size_t lookups = (size_t)r->mostLookups, i;
  size_t outputBytes =
      (size_t)(r->batchSize * r->model.outputWidth) * sizeof(float);
  float *ones = malloc((lookups + 1) * sizeof *ones);
  int written;
  s->values = deviceAllocate(s->device, requestBytes(r, r->mostLookups));
  s->offsets = deviceAllocate(
      s->device, requestBytes(r, r->model.keys * r->batchSize + 1));
  s->weights = deviceAllocate(s->device, lookups * sizeof *ones);
  s->output = deviceAllocate(s->device, outputBytes);
  s->answer = malloc(outputBytes + 1);
  if (!ones || !s->values || !s->offsets || !s->weights || !s->output ||
      !s->answer) {
    free(ones);
    return 0;
  }
  for (i = 0; i < lookups; ++i)
    ones[i] = 1;
  written = deviceWrite(s->device, s->weights, ones, lookups * sizeof *ones,
                        s->stream);
  free(ones);
  return written;
}

static int start(Server *s, const char *path, int device, int64_t batchSize) {
  RecflexLoadOptions load = RECFLEX_INIT(load);
  RecflexContextOptions options = RECFLEX_INIT(options);
  RecflexModuleInfo model = RECFLEX_INIT(model);
  load.device = device;
  options.checks = RECFLEX_CHECKS_ZERO_ROW; /* nobody has checked the input */
  s->device = deviceOpen(device);
  if (!s->device || !deviceUse(s->device) ||
      !streamCreate(s->device, &s->stream))
    return 0;
  if (!ok(recflexModuleLoad(path, &load, &s->module)) ||
      !ok(recflexModuleInfo(s->module, &model)))
    return 0;
  printf("model '%s': %d features, %d tables, %d columns\n", model.name,
         (int)model.features, (int)model.tables, (int)model.outputWidth);
  return attachTables(s, model.tables) &&
         ok(recflexContextCreate(s->tables, &options, &s->context)) &&
         requestCreate(&s->request, s->module, batchSize, 1) && makeArrays(s);
}

static void stop(Server *s) {
  RecflexModuleInfo model = RECFLEX_INIT(model);
  int32_t i;
  recflexContextDestroy(s->context);
  recflexTablesDestroy(s->tables);
  if (s->tableMemory && recflexModuleInfo(s->module, &model) == RECFLEX_OK)
    for (i = 0; i < model.tables; ++i)
      deviceFree(s->device, s->tableMemory[i]);
  free(s->tableMemory);
  recflexModuleDestroy(s->module);
  requestDestroy(&s->request);
  if (s->device) {
    deviceFree(s->device, s->values);
    deviceFree(s->device, s->offsets);
    deviceFree(s->device, s->weights);
    deviceFree(s->device, s->output);
    streamDestroy(s->device, s->stream);
  }
  free(s->answer);
  free(s->seconds);
  deviceClose(s->device);
}

/* Answers the request: input to the device, launch, output to the host. */
static int answer(Server *s) {
  const Request *r = &s->request;
  RecflexBatch batch = RECFLEX_INIT(batch);
  batch.batchSize = r->batchSize;
  batch.values = s->values;
  batch.offsets = s->offsets;
  batch.weights = s->weights;
  batch.lookups = r->lookups;
  batch.output = s->output;
  return deviceWrite(s->device, s->values, r->values,
                     requestBytes(r, r->lookups), s->stream) &&
         deviceWrite(s->device, s->offsets, r->offsets,
                     requestBytes(r, r->model.keys * r->batchSize + 1),
                     s->stream) &&
         ok(recflexLaunch(s->context, &batch, s->stream)) &&
         deviceRead(s->device, s->answer, s->output,
                    (size_t)(r->batchSize * r->model.outputWidth) *
                        sizeof(float),
                    s->stream);
}

/* Prints what was wrong with the input since the last time. */
static int pollFaults(Server *s) {
  RecflexFault faults[4];
  int64_t count, total, i;
  if (!ok(recflexContextFaults(s->context, s->stream, faults, 4, &count,
                               &total)))
    return 0;
  if (total == 0)
    return 1;
  printf("%d faults\n", (int)total);
  for (i = 0; i < count; ++i) {
    char text[256];
    recflexFaultText(s->module, &faults[i], text, sizeof text);
    printf("  %s\n", text);
  }
  return ok(recflexContextClearFaults(s->context, s->stream));
}

static int compareSeconds(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static int serve(Server *s, int requests) {
  int i;
  s->seconds = malloc(((size_t)requests + 1) * sizeof *s->seconds);
  if (!s->seconds)
    return 0;
  for (i = 0; i < requests; ++i) {
    double begin;
    requestDraw(&s->request, /*wrong=*/i % 16 == 7);
    begin = now();
    if (!answer(s))
      return 0;
    s->seconds[i] = now() - begin;
    if (!requestCheck(&s->request, s->answer))
      return 0;
    if (i % 32 == 31 && !pollFaults(s))
      return 0;
  }
  qsort(s->seconds, (size_t)requests, sizeof *s->seconds, compareSeconds);
  printf("%d requests answered rightly; p50 %.1f us, p99 %.1f us\n", requests,
         s->seconds[requests / 2] * 1e6, s->seconds[requests * 99 / 100] * 1e6);
  return 1;
}

int main(int argc, char **argv) {
  Server server = {0};
  int device = argc > 2 ? atoi(argv[2]) : 0;
  int requests = argc > 3 ? atoi(argv[3]) : 1000;
  int batch = argc > 4 ? atoi(argv[4]) : 128;
  int succeeded;
  if (argc < 2 || argc > 5 || requests < 1 || batch < 1) {
    fprintf(stderr, "usage: serve-c ARTIFACT [DEVICE [REQUESTS [BATCH]]]\n");
    return 2;
  }
  succeeded =
      start(&server, argv[1], device, batch) && serve(&server, requests);
  stop(&server);
  return succeeded ? 0 : 1;
}
