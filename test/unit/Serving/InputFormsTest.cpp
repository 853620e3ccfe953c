//===- InputFormsTest.cpp - One batch in every form of input --------------===//

#include "recflex/Serving/InputForms.h"

#include "CpuTestModel.h"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <set>

namespace recflex {
namespace {

Manifest manifestOf(IndexType type) {
  Manifest manifest = makeTestManifest();
  manifest.indexType = type;
  return manifest;
}

ContextOptions roomFor(const Batch &batch) {
  ContextOptions options;
  options.maxBatch = batch.batchSize;
  options.maxLookups = 1 + batch.values.size() * (1 + kMostSpoiled);
  return options;
}

TEST(InputForms, RaggedBatchesEndEarlier) {
  Manifest manifest = manifestOf(IndexType::i32);
  Batch full = generateFor(manifest, 12);
  int64_t shortened = 0;
  for (uint64_t seed = 0; seed != 20; ++seed) {
    Batch ragged = makeRagged(full, seed);
    ASSERT_TRUE(ragged.check(manifest.jaggedFeatures));
    EXPECT_EQ(ragged.weights.size(), size_t(ragged.values.size()));
    for (int64_t key = 0; key != full.numFeatures; ++key) {
      bool ended = false;
      for (int64_t sample = 0; sample != 12; ++sample) {
        int64_t bag = key * 12 + sample;
        int64_t begin = ragged.offsets[bag], from = full.offsets[bag];
        int64_t length = ragged.offsets[bag + 1] - begin;
        int64_t before = full.offsets[bag + 1] - from;
        ended |= length == 0 && before != 0;
        ASSERT_EQ(length, ended ? 0 : before) << seed << ' ' << bag;
        for (int64_t i = 0; i != length; ++i)
          ASSERT_EQ(ragged.values[begin + i], full.values[from + i]);
      }
      shortened += ended;
    }
  }
  EXPECT_GT(shortened, 15);
  EXPECT_LT(shortened, 65);
}

TEST(InputForms, AllMeanTheSame) {
  for (IndexType type : {IndexType::i32, IndexType::i64}) {
    Manifest manifest = manifestOf(type);
    Batch batch = makeRagged(generateFor(manifest, 12), /*seed=*/3);
    FormedBatch plain = formBatch(batch, InputForm::offsets);
    EXPECT_EQ(plain.bounds.bytes, batch.offsets.bytes);
    for (InputForm form : kInputForms) {
      SCOPED_TRACE(nameOf(form));
      FormedBatch same =
          convertForm(formBatch(batch, form), manifest, roomFor(batch));
      EXPECT_EQ(same.form, InputForm::offsets);
      EXPECT_EQ(same.bounds.bytes, plain.bounds.bytes);
      EXPECT_EQ(same.values.bytes, plain.values.bytes);
      EXPECT_EQ(same.weights, plain.weights);
    }
    EXPECT_LT(formBatch(batch, InputForm::lengthsKeyStarts).bags,
              batch.batchSize * batch.numFeatures);
  }
}

/// Every array of a batch at `base`: its address, bytes and element.
struct Placed {
  DevicePtr address;
  size_t bytes, element;
};
std::vector<Placed> arraysOf(const FormedBatch &batch,
                             const PackedBatch &packed, DevicePtr base) {
  const BatchArguments &a = packed.arguments;
  size_t index = byteSize(batch.values.type);
  std::vector<Placed> arrays;
  auto add = [&](DevicePtr address, size_t count, size_t element) {
    if (address)
      arrays.push_back({address, count * element, element});
  };
  add(a.values, batch.values.size(), index);
  add(a.offsets, batch.bounds.size(), index);
  add(a.lengths, batch.bounds.size(), index);
  add(a.weights, batch.weights.size(), sizeof(float));
  add(a.keyStarts, batch.keyStarts.size(), sizeof(int32_t));
  add(a.views, batch.keys.size() * sizeof(KeyView) / 8, 8);
  for (size_t key = 0; key != batch.keys.size(); ++key) {
    KeyView view;
    std::memcpy(&view,
                packed.bytes.data() + (a.views - base) + key * sizeof view,
                sizeof view);
    add(view.values, batch.keys[key].values.size(), index);
    add(view.offsets, batch.keys[key].offsets.size(), index);
    add(view.weights, batch.keys[key].weights.size(), sizeof(float));
  }
  return arrays;
}

TEST(InputForms, PackedArraysAreApartAndAsOddAsAskedFor) {
  constexpr DevicePtr base = 0x7000;
  Manifest manifest = manifestOf(IndexType::i64);
  Batch batch = generateFor(manifest, 12);
  for (InputForm form : kInputForms)
    for (bool odd : {false, true}) {
      SCOPED_TRACE(nameOf(form));
      FormedBatch formed = formBatch(batch, form);
      PackedBatch packed = pack(formed, base, odd);
      std::vector<Placed> arrays = arraysOf(formed, packed, base);
      EXPECT_GE(arrays.size(), form == InputForm::views ? 13u : 3u);
      std::sort(arrays.begin(), arrays.end(),
                [](auto &a, auto &b) { return a.address < b.address; });
      DevicePtr end = base;
      for (const Placed &array : arrays) {
        EXPECT_GE(array.address, end + 32);
        end = array.address + array.bytes;
        if (odd)
          EXPECT_EQ(array.address % (2 * array.element), array.element);
        else
          EXPECT_EQ(array.address % 64, 0u);
      }
      EXPECT_LE(end, base + packed.bytes.size());
    }
}

TEST(InputForms, SpoilingGivesEveryKindOfFault) {
  for (IndexType type : {IndexType::i32, IndexType::i64}) {
    Manifest manifest = manifestOf(type);
    Tables tables;
    auto attached = tables.attach(manifest);
    ASSERT_TRUE(attached);
    Batch batch = makeRagged(generateFor(manifest, 8), /*seed=*/1);
    ContextOptions options = roomFor(batch);
    options.checks = InputChecks::zeroRow;
    options.faultCapacity = 4096;
    auto context = CpuContext::create(*attached, options);
    ASSERT_TRUE(context);
    std::vector<float> output(8 * manifest.outputWidth);
    for (InputForm form : kInputForms) {
      SCOPED_TRACE(nameOf(form));
      std::set<FaultKind> kinds;
      int64_t faulty = 0;
      for (uint64_t seed = 0; seed != 100; ++seed) {
        FormedBatch bad = formBatch(batch, form), again = bad;
        spoil(bad, manifest, seed);
        spoil(again, manifest, seed);
        EXPECT_EQ(pack(bad, 0, false).bytes, pack(again, 0, false).bytes);
        HostBatch host(bad, seed % 2);
        BatchArguments arguments = host.arguments();
        arguments.output = reinterpret_cast<DevicePtr>(output.data());
        arguments.outputStride = manifest.outputWidth;
        Status status = context->launch(arguments);
        ASSERT_TRUE(status) << status.error().message;
        for (const Fault &fault : context->faults().faults)
          kinds.insert(fault.kind);
        faulty += context->faults().total > 0;
        context->clearFaults();
      }
      EXPECT_GT(faulty, 60);
      EXPECT_TRUE(kinds.count(FaultKind::index));
      // Lengths that pass the values are offsets that do.
      EXPECT_TRUE(kinds.count(FaultKind::offsets));
      EXPECT_EQ(kinds.count(FaultKind::length), size_t(hasLengths(form)));
      EXPECT_EQ(kinds.count(FaultKind::keyStart),
                size_t(hasKeyStarts(form) || form == InputForm::views));
    }
  }
}

} // namespace
} // namespace recflex
