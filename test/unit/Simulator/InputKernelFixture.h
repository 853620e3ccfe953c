//===- InputKernelFixture.h - Batches in every form, converted --*- C++ -*-===//
//
// The compiler's input kernels on the simulator, and the host's loops beside
// them. Memory outside the arrays, races and uninitialised reads are the
// simulator's to find.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_TEST_UNIT_SIMULATOR_INPUTKERNELFIXTURE_H
#define RECFLEX_TEST_UNIT_SIMULATOR_INPUTKERNELFIXTURE_H

#include "SimulatedLaunch.h"

#include "recflex/Conversion/ImportModel.h"
#include "recflex/InitAll.h"
#include "recflex/Pipelines/Compiler.h"
#include "recflex/Runtime/FaultReport.h"
#include "recflex/Runtime/InputConversion.h"
#include "recflex/Simulator/SimulatedForward.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

#include "gtest/gtest.h"

#include <map>
#include <sstream>

namespace recflex::test {

inline LoweredModel compileModel(IndexType type) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  ModelSpec spec;
  spec.name = "pair";
  spec.indexType = type;
  spec.tables = {{"plain", 50, 4}, {"heavy", 50, 8}};
  spec.features.resize(2);
  spec.features[0].name = "plain";
  spec.features[1] = {"heavy", 1, Pooling::sum, /*weighted=*/true, {}};
  auto module = importModel(&context, spec);
  auto lowered = lowerModel(*module, CompileOptions());
  return std::move(*lowered);
}

/// The model of two keys, the second of them weighted.
inline const LoweredModel &modelOf(IndexType type) {
  static std::map<IndexType, LoweredModel> models;
  auto it = models.find(type);
  if (it == models.end())
    it = models.emplace(type, compileModel(type)).first;
  return it->second;
}

/// Its kernels: those of input depend on the index type alone, so that they
/// serve any number of keys.
inline Simulator &kernelsOf(IndexType type) {
  static std::map<IndexType, std::unique_ptr<Simulator>> simulators;
  std::unique_ptr<Simulator> &simulator = simulators[type];
  if (!simulator)
    simulator = std::move(*Simulator::create(*modelOf(type).kernels));
  simulator->clearMemory();
  return *simulator;
}

inline IndexArray indices(IndexType type, const std::vector<int64_t> &numbers) {
  IndexArray array;
  array.type = type;
  for (int64_t number : numbers)
    array.append(number);
  return array;
}

template <typename T> DevicePtr addressOf(const std::vector<T> &array) {
  return reinterpret_cast<DevicePtr>(array.data());
}
inline DevicePtr addressOf(const IndexArray &array) {
  return addressOf(array.bytes);
}

/// The arrays of a key that is given as a view.
struct OwnArrays {
  IndexArray values, offsets;
  std::vector<float> weights;
  int64_t samples = 0;
};

/// A batch in host memory, in any form.
struct Input {
  Input(IndexType type, int64_t keys, int64_t batchSize) {
    manifest.indexType = type;
    manifest.jaggedFeatures = static_cast<int32_t>(keys);
    manifest.outputWidth = 4;
    batch.batchSize = batchSize;
    batch.output = addressOf(output);
    batch.outputStride = 4;
    options.maxBatch = batchSize;
  }

  void setLengths(const std::vector<int64_t> &numbers) {
    lengths = indices(manifest.indexType, numbers);
    batch.lengths = addressOf(lengths);
  }
  void setOffsets(const std::vector<int64_t> &numbers) {
    offsets = indices(manifest.indexType, numbers);
    batch.offsets = addressOf(offsets);
  }
  void setKeyStarts(const std::vector<int32_t> &numbers, int64_t bags) {
    starts = numbers;
    batch.keyStarts = addressOf(starts);
    batch.bags = bags;
  }
  /// Afterwards `views` can be changed.
  void setViews(std::vector<OwnArrays> own, int64_t maxLookups) {
    arrays = std::move(own);
    for (const OwnArrays &key : arrays)
      views.push_back({addressOf(key.values), addressOf(key.offsets),
                       addressOf(key.weights), key.values.size(), key.samples});
    batch.views = addressOf(views);
    options.maxLookups = maxLookups;
  }

  Manifest manifest;
  BatchArguments batch;
  ContextOptions options;
  std::vector<KeyView> views;

private:
  IndexArray lengths, offsets;
  std::vector<int32_t> starts;
  std::vector<OwnArrays> arrays;
  std::vector<float> output = std::vector<float>(4);
};

/// What the kernels made of a batch.
struct Converted {
  std::vector<int64_t> offsets, values;
  std::vector<float> weights;
  std::vector<Fault> faults; ///< by key and sample
};

inline std::vector<int64_t> readIndices(DevicePtr from, IndexType type,
                                        int64_t count) {
  std::vector<int64_t> numbers;
  for (int64_t i = 0; i < count; ++i)
    numbers.push_back(type == IndexType::i32
                          ? reinterpret_cast<const int32_t *>(from)[i]
                          : reinterpret_cast<const int64_t *>(from)[i]);
  return numbers;
}

/// The faults in a check state, all of which there is room for.
inline std::vector<Fault> readFaults(DevicePtr address) {
  auto *state = reinterpret_cast<const abi::CheckState *>(address);
  auto *first = reinterpret_cast<const Fault *>(state + 1);
  std::vector<Fault> faults(first, first + state->total);
  sortFaults(faults);
  return faults;
}

/// Runs the kernels, without checks and once more with.
inline Converted convert(const Input &input) {
  const Manifest &manifest = input.manifest;
  Status right = check(input.batch, manifest, input.options);
  EXPECT_TRUE(right) << right.error().message;
  Converted result;
  for (InputChecks checks : {InputChecks::off, InputChecks::zeroRow}) {
    ContextOptions options = input.options;
    options.checks = checks;
    options.faultCapacity = 10000;
    right = check(options, manifest);
    EXPECT_TRUE(right) << right.error().message;
    Simulator &simulator = kernelsOf(manifest.indexType);
    addInputMemory(simulator, manifest, input.batch);
    HostWorkspace workspace(workspaceArrays(manifest, options), simulator);
    SimulatorQueue queue(simulator);
    InputConverter converter(manifest, workspace.addresses(), options);
    auto canonical = converter.enqueue(input.batch, queue);
    EXPECT_TRUE(canonical) << canonical.error().message;
    if (!canonical)
      return result;
    EXPECT_TRUE(isCanonical(*canonical));
    if (checks != InputChecks::off)
      result.faults = readFaults(workspace.addresses().checkState);
    int64_t bags = manifest.jaggedFeatures * input.batch.batchSize;
    result.offsets =
        readIndices(canonical->offsets, manifest.indexType, bags + 1);
    if (!input.batch.views) {
      EXPECT_EQ(canonical->values, input.batch.values);
      continue;
    }
    int64_t total = result.offsets.back();
    result.values = readIndices(canonical->values, manifest.indexType, total);
    if (manifest.weighted) {
      auto *weights = reinterpret_cast<const float *>(canonical->weights);
      result.weights.assign(weights, weights + total);
    }
  }
  return result;
}

/// "kind key sample: value" of each, all faults being those of keys.
inline std::vector<std::string> texts(const std::vector<Fault> &faults) {
  std::vector<std::string> lines;
  for (const Fault &fault : faults) {
    EXPECT_EQ(fault.feature, -1);
    EXPECT_EQ(fault.position, 0);
    const char *const kinds[] = {"?", "index", "offsets", "length", "start"};
    std::ostringstream os;
    os << kinds[static_cast<int>(fault.kind)] << ' ' << fault.key << ' '
       << fault.sample << ": " << fault.value;
    lines.push_back(os.str());
  }
  return lines;
}

/// Runs the kernels and the host's loops; their results must be equal.
inline Converted compareWithHost(const Input &input) {
  Converted device = convert(input);
  ConvertedInput host =
      convertOnHost(input.batch, input.manifest, input.options);
  auto numbers = [](const IndexArray &array) {
    return readIndices(addressOf(array), array.type, array.size());
  };
  EXPECT_EQ(device.offsets, numbers(host.offsets));
  EXPECT_EQ(device.values, numbers(host.values));
  EXPECT_EQ(device.weights, host.weights);
  EXPECT_EQ(texts(device.faults), texts(host.faults));
  return device;
}

using Numbers = std::vector<int64_t>;
using Texts = std::vector<std::string>;

inline constexpr IndexType kTypes[] = {IndexType::i32, IndexType::i64};

} // namespace recflex::test

#endif // RECFLEX_TEST_UNIT_SIMULATOR_INPUTKERNELFIXTURE_H
