//===- InputKernelTests.cpp - Other forms of input, as kernels -----------===//

#include "InputKernelFixture.h"

namespace recflex::test {
namespace {

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
} // namespace recflex::test
