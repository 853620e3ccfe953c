//===- InputKernelTests.cpp - Other forms of input, as kernels ------------===//
//
// The compiler's input kernels on the simulator, against plain loops. Memory
// outside the arrays, races and uninitialised reads are the simulator's to
// find.
//
//===----------------------------------------------------------------------===//

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
#include <random>
#include <sstream>

namespace recflex {
namespace {

LoweredModel compileModel(IndexType type) {
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
const LoweredModel &modelOf(IndexType type) {
  static std::map<IndexType, LoweredModel> models;
  auto it = models.find(type);
  if (it == models.end())
    it = models.emplace(type, compileModel(type)).first;
  return it->second;
}

/// Its kernels: those of input depend on the index type alone, so that they
/// serve any number of keys.
Simulator &kernelsOf(IndexType type) {
  static std::map<IndexType, std::unique_ptr<Simulator>> simulators;
  std::unique_ptr<Simulator> &simulator = simulators[type];
  if (!simulator)
    simulator = std::move(*Simulator::create(*modelOf(type).kernels));
  simulator->clearMemory();
  return *simulator;
}

IndexArray indices(IndexType type, const std::vector<int64_t> &numbers) {
  IndexArray array;
  array.type = type;
  for (int64_t number : numbers)
    array.append(number);
  return array;
}

template <typename T> DevicePtr addressOf(const std::vector<T> &array) {
  return reinterpret_cast<DevicePtr>(array.data());
}
DevicePtr addressOf(const IndexArray &array) { return addressOf(array.bytes); }

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

std::vector<int64_t> readIndices(DevicePtr from, IndexType type,
                                 int64_t count) {
  std::vector<int64_t> numbers;
  for (int64_t i = 0; i < count; ++i)
    numbers.push_back(type == IndexType::i32
                          ? reinterpret_cast<const int32_t *>(from)[i]
                          : reinterpret_cast<const int64_t *>(from)[i]);
  return numbers;
}

/// The faults in a check state, all of which there is room for.
std::vector<Fault> readFaults(DevicePtr address) {
  auto *state = reinterpret_cast<const abi::CheckState *>(address);
  auto *first = reinterpret_cast<const Fault *>(state + 1);
  std::vector<Fault> faults(first, first + state->total);
  sortFaults(faults);
  return faults;
}

/// Runs the kernels, without checks and once more with.
Converted convert(const Input &input) {
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
std::vector<std::string> texts(const std::vector<Fault> &faults) {
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
Converted compareWithHost(const Input &input) {
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

constexpr IndexType kTypes[] = {IndexType::i32, IndexType::i64};

//===----------------------------------------------------------------------===//
// What comes out, in small
//===----------------------------------------------------------------------===//

TEST(InputKernels, LengthsBecomeOffsets) {
  for (IndexType type : kTypes) {
    Input input(type, 2, 3);
    input.setLengths({2, 0, 3, 1, 0, 0});
    Converted result = compareWithHost(input);
    EXPECT_EQ(result.offsets, (Numbers{0, 2, 2, 5, 6, 6, 6}));
    EXPECT_TRUE(result.faults.empty());
  }
}

TEST(InputKernels, NegativeLengthsAreEmptyBags) {
  for (IndexType type : kTypes) {
    Input input(type, 1, 4);
    input.setLengths({2, -1, 3, INT32_MIN});
    Converted result = compareWithHost(input);
    EXPECT_EQ(result.offsets, (Numbers{0, 2, 2, 5, 5}));
    EXPECT_EQ(texts(result.faults),
              (Texts{"length 0 1: -1", "length 0 3: -2147483648"}));
  }
}

TEST(InputKernels, SumsOfLengthsDoNotWrap) {
  Input narrow(IndexType::i32, 1, 4);
  narrow.setLengths({INT32_MAX - 1, 1, 1, INT32_MAX});
  Converted result = compareWithHost(narrow);
  EXPECT_EQ(result.offsets,
            (Numbers{0, INT32_MAX - 1, INT32_MAX, INT32_MAX, INT32_MAX}));

  Input wide(IndexType::i64, 1, 4);
  wide.setLengths({5, INT64_MAX, INT64_MAX, INT64_MAX});
  result = compareWithHost(wide);
  EXPECT_EQ(result.offsets, (Numbers{0, 5, abi::kMaxScanLimit,
                                     abi::kMaxScanLimit, abi::kMaxScanLimit}));
}

TEST(InputKernels, KeysHaveTheirOwnNumbersOfSamples) {
  for (IndexType type : kTypes) {
    Input input(type, 3, 3);
    input.setKeyStarts({0, 2, 2, 5}, 5);
    input.setOffsets({0, 4, 5, 5, 6, 9});
    Numbers expected = {0, 4, 5, 5, 5, 5, 5, 5, 6, 9};
    Converted result = compareWithHost(input);
    EXPECT_EQ(result.offsets, expected);
    EXPECT_TRUE(result.faults.empty());

    Input lengths(type, 3, 3);
    lengths.setKeyStarts({0, 2, 2, 5}, 5);
    lengths.setLengths({4, 1, 0, 1, 3});
    result = compareWithHost(lengths);
    EXPECT_EQ(result.offsets, expected);
    EXPECT_TRUE(result.faults.empty());
  }
}

TEST(InputKernels, KeysBehindABadStartAreEmpty) {
  struct Case {
    std::vector<int32_t> starts;
    Numbers offsets;
    Texts faults;
  };
  for (const Case &c : {
           // Too many samples for the batch of 2.
           Case{{0, 1, 4, 5}, {0, 1, 1, 1, 1, 1, 1}, {"start 1 0: 4"}},
           // Decreasing.
           Case{{0, 2, 1, 3}, {0, 1, 3, 3, 3, 3, 3}, {"start 1 0: 1"}},
           // Past the last bag.
           Case{{0, 2, 4, 6}, {0, 1, 3, 6, 10, 10, 10}, {"start 2 0: 6"}},
           Case{{0, 2, INT32_MAX, 5},
                {0, 1, 3, 3, 3, 3, 3},
                {"start 1 0: 2147483647", "start 2 0: 2147483647"}},
           // Negative, so that the difference would wrap.
           Case{{INT32_MIN, INT32_MAX, 4, 5},
                {0, 0, 0, 0, 0, 0, 0},
                {"start 0 0: -2147483648", "start 1 0: 2147483647"}},
           Case{{7, 8, 9, 10},
                {15, 15, 15, 15, 15, 15, 15},
                {"start 0 0: 7", "start 1 0: 8", "start 2 0: 9"}},
       }) {
    Input input(IndexType::i32, 3, 2);
    input.setKeyStarts(c.starts, 5);
    input.setOffsets({0, 1, 3, 6, 10, 15});
    Converted result = compareWithHost(input);
    EXPECT_EQ(result.offsets, c.offsets);
    EXPECT_EQ(texts(result.faults), c.faults);
  }
}

TEST(InputKernels, BadLengthsOfKeysAreTheirs) {
  for (IndexType type : kTypes) {
    // The first bag is no key's, and nobody knows where key 2 begins.
    Input input(type, 3, 3);
    input.setKeyStarts({1, 3, 5, 9}, 6);
    input.setLengths({-8, 4, -1, -2, 1, -3});
    Converted result = compareWithHost(input);
    EXPECT_EQ(result.offsets, (Numbers{0, 4, 4, 4, 4, 5, 5, 5, 5, 5}));
    EXPECT_EQ(texts(result.faults),
              (Texts{"length 0 1: -1", "length 1 0: -2", "start 2 0: 9"}));
  }
}

TEST(InputKernels, NoBagsAtAll) {
  for (IndexType type : kTypes) {
    Input input(type, 2, 2);
    input.setKeyStarts({0, 0, 0}, 0);
    std::vector<int64_t> unread = {77};
    input.batch.lengths = addressOf(unread);
    Converted result = compareWithHost(input);
    EXPECT_EQ(result.offsets, (Numbers{0, 0, 0, 0, 0}));
    EXPECT_TRUE(result.faults.empty());
  }
}

/// Two keys of 2 and 3 samples, in a batch of 3.
Input makeViews(IndexType type, int64_t maxLookups = 100) {
  Input input(type, 2, 3);
  input.manifest.weighted = true;
  OwnArrays first, second;
  first.values = indices(type, {9, 8, 7});
  first.offsets = indices(type, {0, 1, 3});
  first.samples = 2;
  second.values = indices(type, {1, 2, 3, 4});
  second.weights = {0.5f, 1.5f, 2.5f, 3.5f};
  // The first value belongs to no bag.
  second.offsets = indices(type, {1, 2, 2, 4});
  second.samples = 3;
  input.setViews({first, second}, maxLookups);
  input.views[0].weights = 0;
  return input;
}

TEST(InputKernels, ViewsBecomeOneArray) {
  for (IndexType type : kTypes) {
    Converted result = compareWithHost(makeViews(type));
    EXPECT_EQ(result.offsets, (Numbers{0, 1, 3, 3, 4, 4, 6}));
    EXPECT_EQ(result.values, (Numbers{9, 8, 7, 2, 3, 4}));
    EXPECT_EQ(result.weights, (std::vector<float>{0, 0, 0, 1.5f, 2.5f, 3.5f}));
    EXPECT_TRUE(result.faults.empty());
  }
}

TEST(InputKernels, ModelsWithoutWeightsCopyNone) {
  Input input = makeViews(IndexType::i32);
  input.manifest.weighted = false;
  EXPECT_TRUE(compareWithHost(input).weights.empty());
}

TEST(InputKernels, BadViewsAreEmpty) {
  struct Case {
    void (*spoil)(Input &);
    Numbers offsets;
    Texts faults;
  };
  for (IndexType type : kTypes)
    for (const Case &c : {
             Case{[](Input &i) { i.views[0].samples = 4; },
                  {0, 0, 0, 0, 1, 1, 3},
                  {"start 0 0: 4"}},
             Case{[](Input &i) { i.views[0].samples = -1; },
                  {0, 0, 0, 0, 1, 1, 3},
                  {"start 0 0: -1"}},
             Case{[](Input &i) { i.views[0].samples = INT64_MIN; },
                  {0, 0, 0, 0, 1, 1, 3},
                  {"start 0 0: -9223372036854775808"}},
             Case{[](Input &i) { i.views[0].offsets = 0; },
                  {0, 0, 0, 0, 1, 1, 3},
                  {}},
             Case{[](Input &i) { i.views[0].values = 0; },
                  {0, 0, 0, 0, 1, 1, 3},
                  {"offsets 0 0: 1", "offsets 0 1: 1"}},
             // Fewer lookups than the last bag needs.
             Case{[](Input &i) { i.views[1].lookups = 3; },
                  {0, 1, 3, 3, 4, 4, 4},
                  {"offsets 1 2: 4"}},
             Case{[](Input &i) { i.views[1].lookups = -5; },
                  {0, 1, 3, 3, 3, 3, 3},
                  {"offsets 1 0: 1", "offsets 1 1: 2", "offsets 1 2: 2"}},
         }) {
      Input input = makeViews(type);
      c.spoil(input);
      Converted result = compareWithHost(input);
      EXPECT_EQ(result.offsets, c.offsets);
      EXPECT_EQ(texts(result.faults), c.faults);
    }
}

TEST(InputKernels, KeysWithoutSamplesNeedNoArrays) {
  Input input = makeViews(IndexType::i64);
  input.views[0] = KeyView();
  Converted result = compareWithHost(input);
  EXPECT_EQ(result.offsets, (Numbers{0, 0, 0, 0, 1, 1, 3}));
  EXPECT_TRUE(result.faults.empty());
}

TEST(InputKernels, ViewsStopAtTheContextsRoom) {
  for (IndexType type : kTypes)
    for (int64_t room = 1; room <= 6; ++room) {
      Converted result = compareWithHost(makeViews(type, room));
      EXPECT_EQ(result.faults.size(), room < 6);
      if (room < 6)
        EXPECT_EQ(result.faults[0].value, room + 1);
      EXPECT_EQ(result.values.size(), static_cast<size_t>(room));
    }
}

//===----------------------------------------------------------------------===//
// At random
//===----------------------------------------------------------------------===//

class Random {
public:
  explicit Random(uint64_t seed) : engine(seed) {}
  int64_t draw(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(engine() % (high - low + 1));
  }
  bool oneIn(int64_t n) { return draw(1, n) == 1; }

  /// A length; many bags are empty, some are long.
  int64_t length() {
    return oneIn(3) ? 0 : oneIn(40) ? draw(100, 900) : draw(0, 4);
  }
  /// A number that is wrong almost anywhere.
  int64_t wrong(IndexType type) {
    int64_t number = oneIn(2) ? -draw(1, 9) : draw(5000, 9000);
    if (oneIn(4))
      number = oneIn(2) ? INT32_MAX : INT32_MIN;
    if (type == IndexType::i64 && oneIn(4))
      number = oneIn(2) ? INT64_MAX : INT64_MIN;
    return number;
  }

private:
  std::mt19937_64 engine;
};

/// Samples of each key, some of none and some of all.
std::vector<int32_t> drawStarts(Random &random, int64_t keys,
                                int64_t batchSize) {
  std::vector<int32_t> starts = {0};
  for (int64_t key = 0; key < keys; ++key) {
    int64_t samples = random.oneIn(4)   ? 0
                      : random.oneIn(3) ? batchSize
                                        : random.draw(0, batchSize);
    starts.push_back(starts.back() + static_cast<int32_t>(samples));
  }
  return starts;
}

Numbers drawLengths(Random &random, int64_t bags) {
  Numbers lengths;
  for (int64_t bag = 0; bag < bags; ++bag)
    lengths.push_back(random.length());
  return lengths;
}

Numbers sumUp(const Numbers &lengths) {
  Numbers offsets = {0};
  for (int64_t length : lengths)
    offsets.push_back(offsets.back() + length);
  return offsets;
}

OwnArrays drawView(Random &random, IndexType type, int64_t samples,
                   bool spoiled) {
  OwnArrays own;
  own.samples = samples;
  Numbers offsets = sumUp(drawLengths(random, samples));
  own.values.type = type;
  for (int64_t i = 0; i < offsets.back(); ++i) {
    own.values.append(random.draw(0, 1000));
    own.weights.push_back(static_cast<float>(random.draw(0, 99)));
  }
  for (int64_t &offset : offsets)
    if (spoiled && random.oneIn(10))
      offset = random.wrong(type);
  own.offsets = indices(type, offsets);
  return own;
}

Input drawInput(Random &random) {
  IndexType type = random.oneIn(2) ? IndexType::i32 : IndexType::i64;
  int64_t keys = random.draw(1, random.oneIn(2) ? 5 : 300);
  int64_t batchSize =
      random.oneIn(4) ? 1 : random.draw(1, std::max<int64_t>(1, 6000 / keys));
  Input input(type, keys, batchSize);
  input.manifest.weighted = random.oneIn(2);
  bool spoiled = random.oneIn(2);
  std::vector<int32_t> starts = drawStarts(random, keys, batchSize);
  if (random.oneIn(2)) {
    std::vector<OwnArrays> own;
    int64_t total = 0;
    for (int64_t key = 0; key < keys; ++key) {
      own.push_back(
          drawView(random, type, starts[key + 1] - starts[key], spoiled));
      total += own.back().values.size();
    }
    input.setViews(
        own, std::max<int64_t>(1, total - (random.oneIn(3) ? total / 3 : 0)));
    for (KeyView &view : input.views)
      if (spoiled && random.oneIn(20))
        view.samples = batchSize + random.draw(1, 9);
      else if (random.oneIn(8))
        view.weights = 0;
    return input;
  }
  bool ownSamples = random.oneIn(2);
  int64_t bags = ownSamples ? starts.back() : keys * batchSize;
  Numbers lengths = drawLengths(random, bags);
  if (ownSamples) {
    if (spoiled)
      starts[random.draw(0, keys)] =
          static_cast<int32_t>(random.wrong(IndexType::i32));
    input.setKeyStarts(starts, bags);
  }
  if (ownSamples && random.oneIn(2)) {
    input.setOffsets(sumUp(lengths));
    return input;
  }
  for (int64_t &length : lengths)
    if (spoiled && random.oneIn(50))
      length = random.wrong(type);
  lengths.reserve(1); // an address, even if there is no bag
  input.setLengths(lengths);
  if (!input.batch.lengths)
    input.batch.lengths = input.batch.output;
  return input;
}

TEST(InputKernels, RandomBatchesAsOnTheHost) {
  int64_t bad = 0, manyChunks = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    Input input = drawInput(random);
    Converted result = compareWithHost(input);
    bad += !result.faults.empty();
    manyChunks += result.offsets.size() > 2 * abi::kInputChunk;
    if (HasFailure())
      return;
  }
  // Neither kind of input is rare.
  EXPECT_GT(bad, 10);
  EXPECT_LT(bad, 50);
  EXPECT_GT(manyChunks, 3);
}

/// Hands kernels on; copies with one block.
class NarrowQueue final : public KernelQueue {
public:
  explicit NarrowQueue(KernelQueue &queue) : queue(queue) {}
  Status launch(const KernelLaunch &launch,
                KernelArguments arguments) override {
    KernelLaunch narrow = launch;
    if (launch.kernel == KernelId::copyViews)
      narrow.blocks = 1;
    return queue.launch(narrow, arguments);
  }

private:
  KernelQueue &queue;
};

TEST(InputKernels, AnyGridCopiesViews) {
  Random random(3);
  Input input(IndexType::i32, 3, 500);
  std::vector<OwnArrays> own;
  for (int key = 0; key < 3; ++key)
    own.push_back(drawView(random, IndexType::i32, 500, /*spoiled=*/false));
  input.setViews(own, 1 << 20);
  Converted expected = convert(input);
  // Several turns for each warp of the one block.
  ASSERT_GT(expected.values.size(), 3 * abi::kInputChunk);

  Simulator &simulator = kernelsOf(IndexType::i32);
  addInputMemory(simulator, input.manifest, input.batch);
  HostWorkspace workspace(workspaceArrays(input.manifest, input.options),
                          simulator);
  SimulatorQueue queue(simulator);
  NarrowQueue narrow(queue);
  InputConverter converter(input.manifest, workspace.addresses(),
                           input.options);
  auto canonical = converter.enqueue(input.batch, narrow);
  ASSERT_TRUE(canonical) << canonical.error().message;
  EXPECT_EQ(
      readIndices(canonical->values, IndexType::i32, expected.values.size()),
      expected.values);
}

TEST(InputKernels, MoreChunksThanABlockHasThreads) {
  Random random(7);
  int64_t bags = abi::kInputChunk * (abi::kInputThreads + 3);
  Input input(IndexType::i32, 1, bags);
  input.setLengths(drawLengths(random, bags));
  Converted result = compareWithHost(input);
  EXPECT_GT(result.offsets.back(), bags);
}

//===----------------------------------------------------------------------===//
// With the kernels that follow
//===----------------------------------------------------------------------===//

TEST(InputKernels, EveryFormPoolsAlike) {
  for (IndexType type : kTypes) {
    const LoweredModel &model = modelOf(type);
    auto forward = SimulatedForward::create(model.manifest, *model.kernels);
    ASSERT_TRUE(forward) << forward.error().message;
    alignas(16) float plain[50 * 4], heavy[50 * 8];
    for (size_t i = 0; i < std::size(plain); ++i)
      plain[i] = static_cast<float>(i);
    for (size_t i = 0; i < std::size(heavy); ++i)
      heavy[i] = static_cast<float>(2 * i);

    // Key 0 has samples 0 and 1 of the batch's 3, key 1 all.
    Batch batch;
    batch.batchSize = 3;
    batch.numFeatures = 2;
    batch.values = indices(type, {9, 8, 7, 2, 3, 4});
    batch.offsets = indices(type, {0, 1, 3, 3, 4, 4, 6});
    batch.weights = {1, 1, 1, 1.5f, 2.5f, 3.5f};
    auto expected = forward->run({plain, heavy}, batch);
    ASSERT_TRUE(expected) << expected.error().message;

    std::vector<Input> forms;
    auto addForm = [&]() -> Input & {
      Input &form = forms.emplace_back(type, 2, 3);
      form.batch.values = addressOf(batch.values);
      form.batch.weights = addressOf(batch.weights);
      form.batch.lookups = 6;
      return form;
    };
    forms.reserve(4);
    addForm().setLengths({1, 2, 0, 1, 0, 2});
    Input &starts = addForm();
    starts.setKeyStarts({0, 2, 5}, 5);
    starts.setOffsets({0, 1, 3, 4, 4, 6});
    Input &lengths = addForm();
    lengths.setKeyStarts({0, 2, 5}, 5);
    lengths.setLengths({1, 2, 1, 0, 2});
    forms.push_back(makeViews(type));
    for (const Input &form : forms)
      for (InputChecks checks : {InputChecks::off, InputChecks::zeroRow}) {
        SimulatedLaunch launch;
        launch.context = form.options;
        launch.context.checks = checks;
        auto result = forward->run({plain, heavy}, form.batch, launch);
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(result->output, expected->output);
        EXPECT_EQ(result->faults.total, 0);
      }
  }
}

} // namespace
} // namespace recflex
