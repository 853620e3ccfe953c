/* Made-up tables and requests for the serving examples: every element of every
 * table is 1, so the right answer is known. A request has bags of 0 to 3 random
 * rows; now and then one row number is wrong, as it happens in production. */

#ifndef SERVING_REQUEST_H
#define SERVING_REQUEST_H

#include <recflex-c/Runtime.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Host memory with rows * width elements of value 1; to be freed with free().
 *  Null if there is not enough memory. */
void *onesCreate(const RecflexTableInfo *table);

/** One request, in host memory. */
typedef struct Request {
  RecflexModuleInfo model;
  RecflexFeatureInfo *features; /**< [model.features] */
  int64_t *keyRows;             /**< [model.keys]: rows that a key may name */
  int64_t batchSize;
  int64_t mostLookups; /**< of any request of this size */
  int64_t lookups;
  int64_t *rows;   /**< [lookups] */
  int64_t *starts; /**< [keys * batchSize + 1] */
  void *values;    /**< rows, of the model's index type */
  void *offsets;   /**< starts, of the model's index type */
  uint64_t random;
} Request;

/** Makes room for requests of `batchSize` samples. Returns 0 if it cannot. */
int requestCreate(Request *request, const RecflexModule *module,
                  int64_t batchSize, uint64_t seed);
void requestDestroy(Request *request);

/** Draws the next request. `wrong`: with one row number that is -1. */
void requestDraw(Request *request, int wrong);

/** Bytes of an array of `count` values or offsets. */
size_t requestBytes(const Request *request, int64_t count);

/** Whether `output`, f32 [batchSize, model.outputWidth], is what a context with
 *  RECFLEX_CHECKS_ZERO_ROW makes of the request. Prints the first difference.
 */
int requestCheck(const Request *request, const float *output);

#ifdef __cplusplus
}
#endif

#endif /* SERVING_REQUEST_H */
