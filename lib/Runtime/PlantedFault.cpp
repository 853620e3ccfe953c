//===- PlantedFault.cpp - Kernels that are wrong on purpose ---------------===//

#include "recflex/Runtime/PlantedFault.h"

#include "PlantedPtx.h"
#include "recflex/Runtime/PtxModule.h"

namespace recflex {

static const char *kernelOf(PlantedFault fault) {
  switch (fault) {
  case PlantedFault::outOfBounds:
    return "recflex_out_of_bounds";
  case PlantedFault::race:
    return "recflex_race";
  case PlantedFault::uninitialized:
    return "recflex_uninitialized";
  case PlantedFault::barrier:
    return "recflex_barrier";
  }
  return "";
}

Status plantFault(const DevicePointer &device, PlantedFault fault) {
  auto module = loadPtx(device, kPlantedPtx);
  if (!module)
    return module.error();
  auto kernel = findKernel(*module, kernelOf(fault), kPlantedThreads);
  if (!kernel)
    return kernel.error();
  uint64_t bytes = kPlantedThreads * sizeof(uint32_t);
  auto from = DeviceBuffer::allocate(device, bytes);
  if (!from)
    return from.error();
  auto to = DeviceBuffer::allocate(device, bytes);
  if (!to)
    return to.error();
  auto stream = Stream::create(device);
  if (!stream)
    return stream.error();
  // Each kernel has its one fault and no other.
  if (fault != PlantedFault::uninitialized)
    if (Status status = fillBytes(*stream, from->address(), 0, bytes); !status)
      return status;
  DevicePtr source = from->address(), target = to->address();
  {
    ContextScope scope(*device);
    if (!scope)
      return scope.error();
    if (Status status =
            launchKernel(device->driver(), *kernel, /*blocks=*/1,
                         kPlantedThreads, stream->get(), source, target, bytes);
        !status)
      return status;
  }
  return stream->synchronize();
}

} // namespace recflex
