/*===- recflex-c/Compiler.h - The compiler's C API -----------------*- C
-*-===*\
|*                                                                            *|
|* Describes the embedding layer of a model or reads it, attaches statistics, *|
|* tunes, and compiles it to an artifact, which recflex-c/Runtime.h loads in  *|
|* this process or another. C99, without a header of MLIR's; needs            *|
|* librecflex_compiler.so.                                                    *|
|*                                                                            *|
|* Objects: a description (tables and features), a compiler (everything that  *|
|* compiling shares), models (emb IR) and artifacts. Descriptions are used by *|
|* one thread at a time; so is a compiler, together with its models and       *|
|* artifacts. Different compilers are independent. Each object keeps alive    *|
|* what it needs: destroy them in any order, each once.                       *|
|*                                                                            *|
|* Errors are those of Runtime.h: every call that can fail returns a          *|
|* RecflexStatus, recflexLastError() says in words what was wrong, with what  *|
|* MLIR had to say; no output argument is written then, and no model changed. *|
|* Nothing throws or is printed. What a user wrote wrongly is                 *|
|* RECFLEX_INVALID_ARGUMENT. Only where LLVM itself runs out of memory, and   *|
|* for bytecode that was tampered with, the process may end.                  *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef RECFLEX_C_COMPILER_H
#define RECFLEX_C_COMPILER_H

#include "recflex-c/Runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Version of this header: raised with every addition. A library serves all
 *  programs compiled against its own or a lower version. */
#define RECFLEX_COMPILER_API_VERSION 1

/** The library's RECFLEX_COMPILER_API_VERSION. */
RECFLEX_API uint32_t recflexCompilerApiVersion(void);
/** Of RecFlex: "0.1.0". */
RECFLEX_API const char *recflexCompilerVersion(void);
/** Of the LLVM and MLIR behind it: "22.1.8". */
RECFLEX_API const char *recflexCompilerLLVMVersion(void);

typedef struct RecflexText RecflexText;
typedef struct RecflexDescription RecflexDescription;
typedef struct RecflexCompiler RecflexCompiler;
typedef struct RecflexModel RecflexModel;
typedef struct RecflexArtifact RecflexArtifact;

/*===-- Texts -------------------------------------------------------------===*/

/** Bytes that a call below has made; a zero byte follows them. "" for null. */
RECFLEX_API const char *recflexTextData(const RecflexText *text);
/** Their number, without the zero byte. */
RECFLEX_API size_t recflexTextSize(const RecflexText *text);
/** Null is fine. */
RECFLEX_API void recflexTextDestroy(RecflexText *text);

/*===-- Descriptions ------------------------------------------------------===*/

/** An empty description. Its name becomes the artifact's; "model" if null or
 *  empty. */
RECFLEX_API RecflexStatus
recflexDescriptionCreate(const char *name, RecflexIndexType indexType,
                         RecflexDescription **description);
/** Reads a description in JSON, as `recflex import` does; errors say where in
 *  it: "features[3].bags.mean: ...". More can be added to it. */
RECFLEX_API RecflexStatus recflexDescriptionParse(
    const char *json, size_t size, RecflexDescription **description);
/** Null is fine. */
RECFLEX_API void recflexDescriptionDestroy(RecflexDescription *description);

typedef struct RecflexTableDescription {
  size_t structSize;
  const char *name;
  int64_t rows;  /**< 1 to 2^40; with i32 indices at most 2^31 */
  int64_t width; /**< 1 to 1024 elements */
  int32_t type;  /**< RecflexType */
  int32_t unused;
} RecflexTableDescription;

/** Adds a table after those that are there. Refused: a name that another table
 *  has, sizes that cannot be. */
RECFLEX_API RecflexStatus recflexDescriptionAddTable(
    RecflexDescription *description, const RecflexTableDescription *table);

/** How many rows a sample looks up. Compiling takes that from samples: this is
 *  for `recflex generate`, which makes batches of a description. */
typedef enum RecflexBags {
  RECFLEX_BAGS_ONE_HOT = 0,        /**< exactly one */
  RECFLEX_BAGS_FIXED = 1,          /**< exactly `hotness` */
  RECFLEX_BAGS_NORMAL = 2,         /**< normal(mean, stddev) in [0, max] */
  RECFLEX_BAGS_NORMAL_ONE_SIDE = 3 /**< normal(mean, stddev) from 0 on */
} RecflexBags;

typedef struct RecflexFeatureDescription {
  size_t structSize;
  const char *name;
  const char *table; /**< name of a table that was added */
  int32_t pooling;   /**< RecflexPooling */
  int32_t weighted;  /**< 1: weights multiply the rows */
  int32_t bags;      /**< RecflexBags */
  int32_t unused;
  int64_t hotness; /**< with RECFLEX_BAGS_FIXED */
  int64_t max;     /**< with RECFLEX_BAGS_NORMAL */
  double mean;     /**< with the last two */
  double stddev;
  double coverage; /**< share of samples that have the feature; 0: all.
                    *   One that none has: RECFLEX_BAGS_FIXED, hotness 0 */
} RecflexFeatureDescription;

/** Adds a feature after those that are there: in this order features stand in
 *  batches, and their columns in the output. Refused: a name that another
 *  feature has, a table that was not added. */
RECFLEX_API RecflexStatus recflexDescriptionAddFeature(
    RecflexDescription *description, const RecflexFeatureDescription *feature);

/** The description in JSON. */
RECFLEX_API RecflexStatus recflexDescriptionPrint(
    const RecflexDescription *description, RecflexText **json);

/*===-- Compilers ---------------------------------------------------------===*/

typedef enum RecflexSeverity {
  RECFLEX_ERROR = 0, /**< a part of what recflexLastError() says */
  RECFLEX_WARNING = 1,
  RECFLEX_REMARK = 2 /**< what was decided, and why */
} RecflexSeverity;

/** Hears of a diagnostic, while a call runs that takes the compiler or what
 *  belongs to it. `message` lives until it returns; it calls nothing of this
 *  header, and does not throw or jump. */
typedef void (*RecflexDiagnosticHandler)(RecflexSeverity severity,
                                         const char *message, void *user);

typedef struct RecflexCompilerOptions {
  size_t structSize;
  RecflexDiagnosticHandler handler; /**< null: only errors are kept */
  void *user;                       /**< handed to it */
  /** A regular expression: remarks of these categories are made, say "emb-.*".
   *  Null: none. */
  const char *remarks;
} RecflexCompilerOptions;

/** `options` may be null. Takes some milliseconds: keep it. */
RECFLEX_API RecflexStatus recflexCompilerCreate(
    const RecflexCompilerOptions *options, RecflexCompiler **compiler);
/** Null is fine. */
RECFLEX_API void recflexCompilerDestroy(RecflexCompiler *compiler);

/*===-- Models ------------------------------------------------------------===*/

/** The model of a description, which stays the caller's. */
RECFLEX_API RecflexStatus
recflexModelImport(RecflexCompiler *compiler,
                   const RecflexDescription *description, RecflexModel **model);
/** Reads emb IR, MLIR's text or its bytecode: one module, verified. `name`
 *  stands for its file in messages; "model" if null. Take bytecode from those
 *  alone whom you trust. */
RECFLEX_API RecflexStatus recflexModelParse(RecflexCompiler *compiler,
                                            const void *source, size_t size,
                                            const char *name,
                                            RecflexModel **model);
/** Null is fine. */
RECFLEX_API void recflexModelDestroy(RecflexModel *model);

/** The model as MLIR's text, with the statistics and schedules that it has. */
RECFLEX_API RecflexStatus recflexModelPrint(const RecflexModel *model,
                                            RecflexText **text);
/** The same as MLIR's bytecode. */
RECFLEX_API RecflexStatus recflexModelWriteBytecode(const RecflexModel *model,
                                                    RecflexText **bytecode);

/** Attaches the statistics of sample batches to all lookups, in place of those
 *  that they have. The files are safetensors, as `recflex generate` writes
 *  them (docs/Models.md). Errors: RECFLEX_IO_ERROR, another model's samples. */
RECFLEX_API RecflexStatus recflexModelAttachSampleFiles(
    RecflexModel *model, const char *const *paths, int32_t count);
/** The same of batches in host memory, as recflexLaunch() takes them, with
 *  offsets or lengths of the model's index type; keyStarts, views and the
 *  output are not for here. `lookups` may be 0: then the offsets or lengths say
 *  how many values there are. The model keeps a copy, for tuning on a GPU. */
RECFLEX_API RecflexStatus recflexModelAttachSamples(
    RecflexModel *model, const RecflexBatch *const *batches, int32_t count);

/*===-- Tuning ------------------------------------------------------------===*/

typedef enum RecflexTuneDevice {
  /** Nowhere: the cost model's estimates count. */
  RECFLEX_TUNE_COST_MODEL = 0,
  /** GPU 0 runs the trials, on the samples that were attached to the model.
   *  They run in a child process, which this one becomes by fork(): it must not
   *  have used a GPU before, and is best not to have other threads. */
  RECFLEX_TUNE_GPU = 1
} RecflexTuneDevice;

typedef struct RecflexTuneOptions {
  size_t structSize;
  int32_t device;  /**< RecflexTuneDevice */
  int32_t threads; /**< a block; 0: as the device likes */
  int32_t blocks;  /**< a multiprocessor; 0: likewise */
  int32_t scheduleCount;
  const char *const *schedules; /**< try these alone, say "sub_warp" */
  /** File that trials are kept in and taken from; it is created. Null: none. */
  const char *record;
  /** With RECFLEX_TUNE_GPU: a file of the model's tables (docs/Models.md).
   *  Null: made-up ones. */
  const char *tables;
  double timeBudget; /**< seconds of measuring; 0: no limit */
  /** When blocks are bound to tiles, in trials and in what is compiled from the
   *  tuned model: "runtime" or "fixed"; null: as the model says. */
  const char *binding;
} RecflexTuneOptions;

typedef struct RecflexTuneResult {
  size_t structSize;
  int32_t threads;   /**< the chosen occupancy: of a block, */
  int32_t blocks;    /**< and blocks a multiprocessor */
  int32_t outOfTime; /**< 1: the budget ended before the work did */
  int32_t unused;
  int64_t measured; /**< trials that were made (or estimated) */
  int64_t known;    /**< trials that the record had */
  double seconds;   /**< of the fused kernel, a batch; 0: none was timed */
} RecflexTuneResult;

/** Gives every lookup a schedule (and a rank, if blocks bound ahead of time are
 *  faster in another order), and the model an occupancy (and the options'
 *  binding, if they have one), by trials: what `recflex tune` does. Every
 *  lookup must have statistics. `options` and `result` may be null. */
RECFLEX_API RecflexStatus recflexModelTune(RecflexModel *model,
                                           const RecflexTuneOptions *options,
                                           RecflexTuneResult *result);

/*===-- Compiling ---------------------------------------------------------===*/

typedef struct RecflexCompileOptions {
  size_t structSize;
  const char *chip;             /**< "sm_90", which null stands for too */
  const char *const *schedules; /**< consider these alone, say "sub_warp" */
  const char *const *cubins;    /**< chips to assemble for too, with ptxas */
  int32_t scheduleCount;
  int32_t cubinCount;
  int32_t threads;     /**< a block; 0: as it was tuned, or 128 */
  int32_t blocks;      /**< a multiprocessor; 0: likewise, or 1280
                        *   threads in at most 10 */
  int64_t batch;       /**< samples a batch to choose schedules for;
                        *   0: that of the statistics */
  const char *binding; /**< when blocks are bound to tiles: "runtime"
                        *   or "fixed"; null: as it was tuned, or
                        *   "runtime" */
} RecflexCompileOptions;

/** Compiles the model, which stays as it is: what `recflex compile` does.
 *  Lookups that have no schedule get one from their statistics. `options` may
 *  be null. */
RECFLEX_API RecflexStatus recflexModelCompile(
    const RecflexModel *model, const RecflexCompileOptions *options,
    RecflexArtifact **artifact);
/** Null is fine. */
RECFLEX_API void recflexArtifactDestroy(RecflexArtifact *artifact);

/** The artifact's bytes, for recflexModuleLoadMemory() or a file; they live as
 *  long as the artifact. The same model gives the same bytes. Null and 0 for a
 *  null artifact; `size` may be null. */
RECFLEX_API const void *recflexArtifactBytes(const RecflexArtifact *artifact,
                                             size_t *size);
/** Writes the bytes to a file, which appears whole or not at all. */
RECFLEX_API RecflexStatus recflexArtifactWrite(const RecflexArtifact *artifact,
                                               const char *path);
/** What the runtime knows of the model, as JSON: what recflexModuleManifest()
 *  says of it when it is loaded. Lives as long as the artifact; "" for null. */
RECFLEX_API const char *
recflexArtifactManifest(const RecflexArtifact *artifact);
/** The kernels' PTX. Lives as long as the artifact; "" for null. */
RECFLEX_API const char *recflexArtifactPTX(const RecflexArtifact *artifact);

typedef enum RecflexIR {
  RECFLEX_IR_MLIR = 0, /**< fused lookups, kernels in the NVVM dialect */
  RECFLEX_IR_LLVM = 1  /**< LLVM IR of the kernels, optimised */
} RecflexIR;

/** What the kernels were on the way to PTX. */
RECFLEX_API RecflexStatus recflexArtifactPrint(const RecflexArtifact *artifact,
                                               RecflexIR ir,
                                               RecflexText **text);

/* Enumerations are four bytes; with -fshort-enums compilation stops here. */
typedef char recflexCheckSeverity[sizeof(RecflexSeverity) == 4 ? 1 : -1];
typedef char recflexCheckIR[sizeof(RecflexIR) == 4 ? 1 : -1];

#ifdef __cplusplus
}
#endif

#endif /* RECFLEX_C_COMPILER_H */
