//===- DeviceStream.cpp - Streams, events and captured graphs -------------===//

#include "recflex/Runtime/DeviceStream.h"

namespace recflex {

Result<Stream> Stream::create(DevicePointer device) {
  ContextScope scope(*device);
  if (!scope)
    return scope.error();
  const CudaDriver &driver = device->driver();
  CUstream_st *stream = nullptr;
  if (Status status =
          driver.check(driver.streamCreate(&stream, cuda::kStreamNonBlocking),
                       "cuStreamCreate");
      !status)
    return status.error();
  return Stream(std::move(device), stream);
}

Status Stream::synchronize() const {
  ContextScope scope(*device());
  if (!scope)
    return scope.error();
  const CudaDriver &driver = device()->driver();
  return driver.check(driver.streamSynchronize(get()), "cuStreamSynchronize");
}

Result<Event> Event::create(DevicePointer device, bool timed, bool sleeps) {
  ContextScope scope(*device);
  if (!scope)
    return scope.error();
  const CudaDriver &driver = device->driver();
  CUevent_st *event = nullptr;
  unsigned flags = (timed ? cuda::kEventDefault : cuda::kEventDisableTiming) |
                   (sleeps ? cuda::kEventBlockingSync : cuda::kEventDefault);
  if (Status status =
          driver.check(driver.eventCreate(&event, flags), "cuEventCreate");
      !status)
    return status.error();
  return Event(std::move(device), event);
}

Status Event::record(const Stream &stream) const {
  ContextScope scope(*handle.device());
  if (!scope)
    return scope.error();
  const CudaDriver &driver = handle.device()->driver();
  return driver.check(driver.eventRecord(handle.get(), stream.get()),
                      "cuEventRecord");
}

Status Event::synchronize() const {
  ContextScope scope(*handle.device());
  if (!scope)
    return scope.error();
  const CudaDriver &driver = handle.device()->driver();
  return driver.check(driver.eventSynchronize(handle.get()),
                      "cuEventSynchronize");
}

Result<double> Event::elapsedSeconds(const Event &end) const {
  ContextScope scope(*handle.device());
  if (!scope)
    return scope.error();
  const CudaDriver &driver = handle.device()->driver();
  float milliseconds = 0;
  if (Status status =
          driver.check(driver.eventElapsedTime(&milliseconds, handle.get(),
                                               end.handle.get()),
                       "cuEventElapsedTime");
      !status)
    return status.error();
  return milliseconds * 1e-3;
}

Result<Graph> Graph::capture(const Stream &stream,
                             const std::function<Status()> &enqueue) {
  const DevicePointer &device = stream.device();
  const CudaDriver &driver = device->driver();
  ContextScope scope(*device);
  if (!scope)
    return scope.error();
  // Thread-local: what other threads do meanwhile cannot spoil the capture.
  if (Status status =
          driver.check(driver.streamBeginCapture(
                           stream.get(), cuda::kStreamCaptureModeThreadLocal),
                       "cuStreamBeginCapture");
      !status)
    return status.error();

  Status enqueued = enqueue();
  CUgraph_st *captured = nullptr;
  Status ended = driver.check(driver.streamEndCapture(stream.get(), &captured),
                              "cuStreamEndCapture");
  DeviceHandle<CUgraph_st *, &CudaDriver::graphDestroy> graph(device, captured);
  if (!enqueued)
    return enqueued.error();
  if (!ended)
    return ended.error();

  CUgraphExec_st *executable = nullptr;
  if (Status status =
          driver.check(driver.graphInstantiate(&executable, graph.get(), 0),
                       "cuGraphInstantiate");
      !status)
    return status.error();
  return Graph(device, executable);
}

Status Graph::launch(const Stream &stream) const {
  ContextScope scope(*handle.device());
  if (!scope)
    return scope.error();
  const CudaDriver &driver = handle.device()->driver();
  return driver.check(driver.graphLaunch(handle.get(), stream.get()),
                      "cuGraphLaunch");
}

} // namespace recflex
