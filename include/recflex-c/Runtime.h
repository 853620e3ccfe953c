/*===- recflex-c/Runtime.h - The runtime's C API -------------------*- C
-*-===*\
|*                                                                            *|
|* Loads an artifact of `recflex compile` on a GPU or the CPU and pools       *|
|* batches. C99; needs librecflex_runtime.so alone, and on a GPU the driver's *|
|* libcuda.so.1, which is opened when it is first asked for.                  *|
|*                                                                            *|
|* Objects: a module (an artifact, loaded), tables (a module with its tables) *|
|* and contexts (the workspace for launching in one stream). Modules and      *|
|* tables are immutable and may be used by any number of threads; a context   *|
|* by one thread at a time, and its launches must follow one another in       *|
|* stream order. Each keeps alive what it needs: destroy them in any order.   *|
|*                                                                            *|
|* Every call that can fail returns a RecflexStatus; recflexLastError() then  *|
|* says in words what was wrong and what to do. On failure no output argument *|
|* is written, and the call may be tried again. Nothing throws or aborts.     *|
|*                                                                            *|
|* Structures that may grow begin with their size, so that a program compiled *|
|* against an older header goes on working: initialise them with              *|
|* RECFLEX_INIT(variable). Fields named `unused` stay zero.                   *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef RECFLEX_C_RUNTIME_H
#define RECFLEX_C_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#include <type_traits>
extern "C" {
#endif

#define RECFLEX_API __attribute__((visibility("default")))

/** Version of this header: raised with every addition. A library serves all
 *  programs compiled against its own or a lower version. */
#define RECFLEX_API_VERSION 2

/** The library's RECFLEX_API_VERSION. */
RECFLEX_API uint32_t recflexApiVersion(void);
/** "0.1.0". */
RECFLEX_API const char *recflexVersion(void);
/** The version of artifacts that the library loads, and of the kernels in
 *  them. */
RECFLEX_API uint32_t recflexArtifactFormat(void);
RECFLEX_API uint32_t recflexKernelABI(void);

typedef enum RecflexStatus {
  RECFLEX_OK = 0,
  /** A null or misaligned address, a size that cannot be right, ... */
  RECFLEX_INVALID_ARGUMENT = 1,
  /** The file cannot be read. */
  RECFLEX_IO_ERROR = 2,
  /** The artifact is damaged, or the file is none. */
  RECFLEX_BAD_ARTIFACT = 3,
  /** The artifact is of another version than this library. */
  RECFLEX_UNSUPPORTED_VERSION = 4,
  /** No driver, or no GPU of that number. */
  RECFLEX_NO_DEVICE = 5,
  /** The GPU or its driver cannot run the artifact. */
  RECFLEX_INCOMPATIBLE_DEVICE = 6,
  /** Of the host or of the device. */
  RECFLEX_OUT_OF_MEMORY = 7,
  /** The driver failed in another way. */
  RECFLEX_DRIVER_ERROR = 8,
  /** More samples or lookups than the context, or the kernels, allow. */
  RECFLEX_LIMIT_EXCEEDED = 9,
  /** A mistake of the library's own; please report it. */
  RECFLEX_INTERNAL_ERROR = 10
} RecflexStatus;

/** "RECFLEX_BAD_ARTIFACT"; "unknown status" for other numbers. */
RECFLEX_API const char *recflexStatusName(RecflexStatus status);

/** What the calling thread's last failed call had to say, cut off at 4 KiB; ""
 *  if none failed. Valid until the thread's next call that fails. */
RECFLEX_API const char *recflexLastError(void);
/** For libraries that answer with a RecflexStatus, as the compiler's does:
 *  makes the `size` bytes at `message` what recflexLastError() says in this
 *  thread, and returns `status`. Since version 2. */
RECFLEX_API RecflexStatus recflexSetLastError(RecflexStatus status,
                                              const char *message, size_t size);

/** A zeroed structure with its size set: RecflexBatch b = RECFLEX_INIT(b). */
#ifdef __cplusplus
#define RECFLEX_INIT(variable) recflexInit<decltype(variable)>()
extern "C++" {
template <typename T> inline typename std::decay<T>::type recflexInit() {
  typename std::decay<T>::type structure = {};
  structure.structSize = sizeof structure;
  return structure;
}
}
#else
#define RECFLEX_INIT(variable)                                                 \
  { .structSize = sizeof(variable) }
#endif

typedef struct RecflexModule RecflexModule;
typedef struct RecflexTables RecflexTables;
typedef struct RecflexContext RecflexContext;

typedef enum RecflexIndexType {
  RECFLEX_INDEX_I32 = 0,
  RECFLEX_INDEX_I64 = 1
} RecflexIndexType;

typedef enum RecflexType {
  RECFLEX_F32 = 0,
  RECFLEX_F16 = 1,
  RECFLEX_BF16 = 2
} RecflexType;

typedef enum RecflexPooling {
  RECFLEX_POOLING_SUM = 0,
  RECFLEX_POOLING_MEAN = 1,
  RECFLEX_POOLING_MAX = 2
} RecflexPooling;

/*===-- Modules -----------------------------------------------------------===*/

/** The CPU, as RecflexLoadOptions.device. */
#define RECFLEX_DEVICE_CPU (-1)

typedef struct RecflexLoadOptions {
  size_t structSize;
  /** GPU number as CUDA counts them (CUDA_VISIBLE_DEVICES), or
   *  RECFLEX_DEVICE_CPU. */
  int32_t device;
  /** Threads of the CPU; 0: one a processor. */
  int32_t cpuThreads;
} RecflexLoadOptions;

/** Loads an artifact. On a GPU its primary context is used, which PyTorch and
 *  the CUDA runtime use too. `options` may be null: GPU 0. Allocates and waits:
 *  not during a stream capture. */
RECFLEX_API RecflexStatus recflexModuleLoad(const char *path,
                                            const RecflexLoadOptions *options,
                                            RecflexModule **module);
/** The same from the artifact's bytes, which are not needed afterwards. */
RECFLEX_API RecflexStatus recflexModuleLoadMemory(
    const void *bytes, size_t size, const RecflexLoadOptions *options,
    RecflexModule **module);
/** Null is fine. */
RECFLEX_API void recflexModuleDestroy(RecflexModule *module);

typedef struct RecflexModuleInfo {
  size_t structSize;
  const char *name;     /**< strings live until the module is destroyed */
  const char *chip;     /**< "sm_90" */
  const char *producer; /**< "recflex 0.1.0 (LLVM 22.1.8)" */
  int32_t device;       /**< as it was loaded */
  int32_t indexType;    /**< RecflexIndexType of values, offsets, lengths */
  int32_t keys;         /**< features of the jagged input */
  int32_t features;     /**< lookups: several may read one key */
  int32_t tables;
  int32_t weighted;    /**< 1: some feature takes weights */
  int64_t outputWidth; /**< columns of the output */
  int64_t maxBatch;    /**< samples that one launch can have at most */
  int64_t maxLookups;  /**< values that one launch can have at most */
} RecflexModuleInfo;

RECFLEX_API RecflexStatus recflexModuleInfo(const RecflexModule *module,
                                            RecflexModuleInfo *info);

typedef struct RecflexTableInfo {
  size_t structSize;
  const char *name;
  int64_t rows;
  int64_t width;
  int32_t type; /**< RecflexType */
  int32_t unused;
  int64_t bytes; /**< rows * width elements, row-major, no padding */
} RecflexTableInfo;

RECFLEX_API RecflexStatus recflexModuleTable(const RecflexModule *module,
                                             int32_t table,
                                             RecflexTableInfo *info);

typedef struct RecflexFeatureInfo {
  size_t structSize;
  const char *name;
  int32_t key;
  int32_t table;
  int64_t column;   /**< first output column */
  int64_t width;    /**< output columns */
  int32_t pooling;  /**< RecflexPooling */
  int32_t weighted; /**< 1: takes weights */
} RecflexFeatureInfo;

RECFLEX_API RecflexStatus recflexModuleFeature(const RecflexModule *module,
                                               int32_t feature,
                                               RecflexFeatureInfo *info);

/** The artifact's manifest, as JSON; lives as long as the module. "" for a null
 *  module. */
RECFLEX_API const char *recflexModuleManifest(const RecflexModule *module);

/*===-- Tables ------------------------------------------------------------===*/

/** Attaches tables to a module: `tables[i]` is the address of row 0 of table
 *  i, in the device's memory, aligned to 16 bytes. The memory stays the
 *  caller's and must outlive all launches; it is never written. Allocates and
 *  waits: not during a stream capture. */
RECFLEX_API RecflexStatus recflexTablesAttach(const RecflexModule *module,
                                              const void *const *tables,
                                              int32_t count,
                                              RecflexTables **attached);
/** Null is fine. */
RECFLEX_API void recflexTablesDestroy(RecflexTables *tables);

/*===-- Contexts ----------------------------------------------------------===*/

typedef enum RecflexChecks {
  /** The input must be right; nobody looks. */
  RECFLEX_CHECKS_OFF = 0,
  /** An index out of range reads as a row of zeros; a bag whose bounds are bad
   *  is empty. Faults are counted. */
  RECFLEX_CHECKS_ZERO_ROW = 1,
  /** The same, but a bag with a bad index is all zeros. */
  RECFLEX_CHECKS_ZERO_BAG = 2
} RecflexChecks;

typedef struct RecflexContextOptions {
  size_t structSize;
  int32_t checks;        /**< RecflexChecks */
  int32_t faultCapacity; /**< faults that are kept; 0: 64 */
  /** Largest batch that is given as lengths, as views or with keyStarts; 0:
   *  none are. Determines the workspace. Some models need it for batches of any
   *  form; creating a context without it then says so. */
  int64_t maxBatch;
  /** Most lookups of a batch given as views; 0: none are. */
  int64_t maxLookups;
} RecflexContextOptions;

/** The workspace for launches in one stream. `options` may be null. Allocates:
 *  not during a stream capture. */
RECFLEX_API RecflexStatus recflexContextCreate(
    const RecflexTables *tables, const RecflexContextOptions *options,
    RecflexContext **context);
/** Null is fine. The context's launches must have ended. */
RECFLEX_API void recflexContextDestroy(RecflexContext *context);

/** The arrays of one key, for RecflexBatch.views. Bag s is
 *  values[offsets[s] .. offsets[s + 1]). All addresses are device memory, and
 *  so is the array of RecflexKeyView itself. */
typedef struct RecflexKeyView {
  uint64_t values;  /**< of the index type [lookups] */
  uint64_t offsets; /**< of the index type [samples + 1] */
  uint64_t weights; /**< f32 [lookups]; 0 where no feature is weighted */
  int64_t lookups;
  int64_t samples; /**< at most the batch's size; later samples are empty */
} RecflexKeyView;

/** One batch. All addresses are device memory (host memory on the CPU); arrays
 *  other than the output are never written. Give values with offsets, or
 *  values with lengths, or views. */
typedef struct RecflexBatch {
  size_t structSize;
  /** Samples, rows of the output; 0 is fine and does nothing. */
  int64_t batchSize;
  /** Row numbers, of the index type [lookups], feature-major; may be null if
   *  there are none. */
  const void *values;
  /** Of the index type [bags + 1]: bag (key, sample) is values from
   *  offsets[key * batchSize + sample] up to the next offset. */
  const void *offsets;
  /** In place of offsets, of the index type [bags]: the bags' lengths. */
  const void *lengths;
  /** f32 [lookups]; for models with weighted features. */
  const float *weights;
  /** Length of values; needed in a context with checks. */
  int64_t lookups;
  /** i32 [keys + 1], or null: key j has the bags from keyStarts[j] up to
   *  keyStarts[j + 1], one for each of its samples; its later samples up to
   *  batchSize are empty. */
  const int32_t *keyStarts;
  /** keyStarts[keys]; ignored without keyStarts (then keys * batchSize). */
  int64_t bags;
  /** [keys], in place of values, offsets, lengths, weights and keyStarts. */
  const RecflexKeyView *views;
  /** [batchSize, outputStride], row-major: feature f of sample s is at
   *  s * outputStride + column of f. Any stride from outputWidth on; columns
   *  past the model's width are left as they are. Rows that start at multiples
   *  of 16 bytes are written fastest. */
  void *output;
  int32_t outputType; /**< RecflexType; sums are f32 and rounded once */
  int32_t unused;
  int64_t outputStride; /**< elements; 0: outputWidth */
} RecflexBatch;

/** Enqueues the batch into `stream` (a CUstream or cudaStream_t; null is the
 *  default stream) and returns: nothing is allocated, copied or waited for, so
 *  it may be captured in a CUDA graph. The arrays must stay until the stream
 *  has done it. On the CPU `stream` is ignored and the batch is done when the
 *  call returns. */
RECFLEX_API RecflexStatus recflexLaunch(RecflexContext *context,
                                        const RecflexBatch *batch,
                                        void *stream);

/*===-- Faults ------------------------------------------------------------===*/

typedef enum RecflexFaultKind {
  RECFLEX_FAULT_INDEX = 1,    /**< a row number outside the table */
  RECFLEX_FAULT_OFFSETS = 2,  /**< bounds that decrease or leave the values */
  RECFLEX_FAULT_LENGTH = 3,   /**< a negative length */
  RECFLEX_FAULT_KEY_START = 4 /**< starts that decrease, too many samples */
} RecflexFaultKind;

typedef struct RecflexFault {
  int32_t kind;    /**< RecflexFaultKind */
  int32_t feature; /**< -1 for faults of a key */
  int32_t key;
  int32_t sample;
  int64_t position; /**< in the values (of the key, with views) */
  int64_t value;    /**< the bad index, offset, length or start */
} RecflexFault;

/** Faults of the context's launches since the last recflexContextClearFaults().
 *  Waits until `stream`, in which they were launched, is done. Writes up to
 *  `capacity` faults, how many those are, and how many there were in all; each
 *  pointer may be null. Faults are ordered by feature, key, sample, position.
 */
RECFLEX_API RecflexStatus recflexContextFaults(RecflexContext *context,
                                               void *stream,
                                               RecflexFault *faults,
                                               int64_t capacity, int64_t *count,
                                               int64_t *total);
/** Forgets them, in stream order; does not wait. */
RECFLEX_API RecflexStatus recflexContextClearFaults(RecflexContext *context,
                                                    void *stream);
/** Writes "feature 'user' (3), sample 7, position 120: index 1000000 is outside
 *  the 5000 rows of table 'user'" into `text`, cut off at `size` bytes with a
 *  zero byte at the end. Returns the length that was needed, without it. */
RECFLEX_API size_t recflexFaultText(const RecflexModule *module,
                                    const RecflexFault *fault, char *text,
                                    size_t size);

/* Layouts that never change. A compiler that lays them out in another way, as
 * with -fshort-enums, stops here. */
typedef char recflexCheckStatus[sizeof(RecflexStatus) == 4 ? 1 : -1];
typedef char recflexCheckKeyView[sizeof(RecflexKeyView) == 40 ? 1 : -1];
typedef char recflexCheckFault[sizeof(RecflexFault) == 32 ? 1 : -1];

#ifdef __cplusplus
}
#endif

#endif /* RECFLEX_C_RUNTIME_H */
