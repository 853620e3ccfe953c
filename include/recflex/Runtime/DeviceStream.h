//===- DeviceStream.h - Streams, events and captured graphs -----*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_DEVICESTREAM_H
#define RECFLEX_RUNTIME_DEVICESTREAM_H

#include "recflex/Runtime/Device.h"

#include <functional>

namespace recflex {

/// A stream of our own; it does not wait for the legacy default stream.
class Stream {
public:
  static Result<Stream> create(DevicePointer device);

  CUstream_st *get() const { return handle.get(); }
  const DevicePointer &device() const { return handle.device(); }

  /// Waits until all work in the stream is done; reports what went wrong in it.
  Status synchronize() const;

private:
  explicit Stream(DevicePointer device, CUstream_st *stream)
      : handle(std::move(device), stream) {}
  DeviceHandle<CUstream_st *, &CudaDriver::streamDestroy> handle;
};

/// A point in a stream.
class Event {
public:
  /// `timed` events can be given to elapsedSeconds(). A thread that waits for
  /// one that `sleeps` leaves its processor to others meanwhile.
  static Result<Event> create(DevicePointer device, bool timed,
                              bool sleeps = false);

  Status record(const Stream &stream) const;
  Status synchronize() const;

  /// Seconds from this event to the later event `end`, both reached.
  Result<double> elapsedSeconds(const Event &end) const;

private:
  explicit Event(DevicePointer device, CUevent_st *event)
      : handle(std::move(device), event) {}
  DeviceHandle<CUevent_st *, &CudaDriver::eventDestroy> handle;
};

/// Work captured from a stream, to be launched again and again.
class Graph {
public:
  /// Calls `enqueue`, which puts work into `stream`, and keeps the work instead
  /// of running it. When `enqueue` fails, so does the capture, with its error.
  static Result<Graph> capture(const Stream &stream,
                               const std::function<Status()> &enqueue);

  Status launch(const Stream &stream) const;

private:
  explicit Graph(DevicePointer device, CUgraphExec_st *graph)
      : handle(std::move(device), graph) {}
  DeviceHandle<CUgraphExec_st *, &CudaDriver::graphExecDestroy> handle;
};

} // namespace recflex

#endif // RECFLEX_RUNTIME_DEVICESTREAM_H
