//===- InputKernelRandomTests.cpp - Any batch in any form ----------------===//

#include "InputKernelFixture.h"

#include <random>

namespace recflex::test {
namespace {

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

} // namespace
} // namespace recflex::test
