//===- Launch.cpp - Launching a batch -------------------------------------===//

#include "Handles.h"
#include "LastError.h"
#include "Structs.h"

using namespace recflex;
using namespace recflex::capi;

static DevicePtr addressOf(const void *pointer) {
  return reinterpret_cast<DevicePtr>(pointer);
}

/// What the caller's batch asks for, in the runtime's terms.
static Status readBatch(const RecflexBatch *given, const Manifest &manifest,
                        BatchArguments &batch) {
  RecflexBatch known;
  if (Status status = readStruct(given, known); !status)
    return status;
  if (known.outputType < RECFLEX_F32 || known.outputType > RECFLEX_BF16)
    return makeError("RecflexBatch.outputType is ", known.outputType,
                     "; give one of RecflexType");
  if (known.unused != 0)
    return makeError("RecflexBatch.unused is ", known.unused,
                     "; initialise the structure with RECFLEX_INIT");
  batch.batchSize = known.batchSize;
  batch.values = addressOf(known.values);
  batch.offsets = addressOf(known.offsets);
  batch.lengths = addressOf(known.lengths);
  batch.weights = addressOf(known.weights);
  batch.lookups = known.lookups;
  batch.keyStarts = addressOf(known.keyStarts);
  batch.bags = known.bags;
  batch.views = addressOf(known.views);
  batch.output = addressOf(known.output);
  batch.outputType = static_cast<RowType>(known.outputType);
  batch.outputStride =
      known.outputStride == 0 ? manifest.outputWidth : known.outputStride;
  return {};
}

RecflexStatus recflexLaunch(RecflexContext *context, const RecflexBatch *batch,
                            void *stream) {
  return guarded([&]() -> Status {
    if (Status status = need(context, "context is null; create one"); !status)
      return status;
    BatchArguments arguments;
    if (Status status =
            readBatch(batch, context->module->manifest(), arguments);
        !status)
      return status;
    return context->backend->launch(arguments, stream);
  });
}
