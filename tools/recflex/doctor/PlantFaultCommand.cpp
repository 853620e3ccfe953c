//===- PlantFaultCommand.cpp - recflex plant-fault ------------------------===//

#include "../Command.h"

#include "recflex/Runtime/PlantedFault.h"

#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

namespace recflex {
namespace {

class PlantFaultCommand final : public Command {
public:
  PlantFaultCommand()
      : Command("plant-fault",
                "a kernel with a fault, for compute-sanitizer to find") {}

  Status run() override {
    auto device = Device::open();
    if (!device)
      return device.error();
    if (Status status = plantFault(*device, fault); !status)
      return status;
    llvm::outs() << "the kernel ran; nobody objected\n";
    return {};
  }

private:
  cl::opt<PlantedFault> fault{
      "fault", cl::desc("what is wrong in it"),
      cl::values(
          clEnumValN(PlantedFault::outOfBounds, "out-of-bounds",
                     "a read past an allocation, for memcheck (default)"),
          clEnumValN(PlantedFault::race, "race",
                     "shared memory, unordered, for racecheck"),
          clEnumValN(PlantedFault::uninitialized, "uninitialized",
                     "a read of memory never written, for initcheck"),
          clEnumValN(PlantedFault::barrier, "barrier",
                     "a barrier that some threads skip, for synccheck")),
      cl::init(PlantedFault::outOfBounds), cl::sub(sub)};
};

} // namespace

std::unique_ptr<Command> createPlantFaultCommand() {
  return std::make_unique<PlantFaultCommand>();
}

} // namespace recflex
