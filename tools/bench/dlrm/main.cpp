//===- main.cpp - Runs the compiled dlrm.mlir, and checks it --------------===//
//
//   dlrm-gpu [--batch=4096] [--iterations=50]
//
// Fills tables, indices and weights, calls @embed and @dlrm for two batch
// sizes, compares what they give with plain loops, and prints the largest
// errors and the median times of a call. Exits with 1 if an element is wrong.
// Everything that kernels read or write is the GPU's memory, and outputs are
// NaN at first.
//
//===----------------------------------------------------------------------===//

#include "recflex-c/GpuRuntime.h"
#include "recflex/Support/HalfFloat.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace {

//===----------------------------------------------------------------------===//
// The compiled functions: memrefs by MLIR's C interface
//===----------------------------------------------------------------------===//

template <int rank> struct Memref {
  void *allocated;
  void *aligned;
  int64_t offset;
  int64_t sizes[rank];
  int64_t strides[rank];
};

Memref<1> memref(void *data, int64_t size) {
  return {data, data, 0, {size}, {1}};
}

Memref<2> memref(void *data, int64_t rows, int64_t columns) {
  return {data, data, 0, {rows, columns}, {columns, 1}};
}

} // namespace

extern "C" {
void _mlir_ciface_embed(Memref<1> *values, Memref<1> *offsets, Memref<2> *t0,
                        Memref<2> *t1, Memref<2> *t2, Memref<2> *t3,
                        Memref<2> *t4, Memref<2> *t5, Memref<2> *t6,
                        Memref<2> *rows);
void _mlir_ciface_dlrm(Memref<2> *dense, Memref<1> *values, Memref<1> *offsets,
                       Memref<2> *t0, Memref<2> *t1, Memref<2> *t2,
                       Memref<2> *t3, Memref<2> *t4, Memref<2> *t5,
                       Memref<2> *t6, Memref<2> *bottom, Memref<1> *bottomBias,
                       Memref<2> *top, Memref<1> *topBias, Memref<2> *scores);
}

namespace {

//===----------------------------------------------------------------------===//
// The model, as dlrm.mlir has it
//===----------------------------------------------------------------------===//

enum class Element { f32, f16, bf16 };
enum class Pooling { sum, mean, max };

struct Table {
  int64_t rows, width;
  Element element;
};

struct Feature {
  int table;
  Pooling pooling;
  int64_t longest; ///< lookups of a bag; all lengths from 0 on are as likely
};

constexpr Table kTables[] = {
    {100000, 64, Element::f32},  {50000, 32, Element::f32},
    {200000, 128, Element::f16}, {1000, 16, Element::f32},
    {10000, 8, Element::f32},    {500000, 32, Element::f32},
    {20000, 64, Element::bf16}};
constexpr Feature kFeatures[] = {
    {0, Pooling::sum, 40},   {1, Pooling::mean, 10}, {2, Pooling::sum, 80},
    {3, Pooling::max, 4},    {4, Pooling::sum, 1},   {5, Pooling::sum, 1},
    {5, Pooling::mean, 200}, {6, Pooling::sum, 20}};
constexpr int64_t kDense = 13, kHidden = 16, kPooled = 376, kScores = 256;
constexpr int64_t kJoined = kHidden + kPooled;

//===----------------------------------------------------------------------===//
// Arrays of the host, and of the GPU
//===----------------------------------------------------------------------===//

/// Multiples of 1/8 from -1 to 1, which all types hold: sums are exact.
std::vector<float> makeNumbers(int64_t count, std::mt19937 &random) {
  std::vector<float> numbers(count);
  for (float &number : numbers)
    number = static_cast<float>(static_cast<int>(random() % 17) - 8) / 8;
  return numbers;
}

std::vector<uint16_t> narrow(const std::vector<float> &numbers,
                             Element element) {
  std::vector<uint16_t> narrowed;
  narrowed.reserve(numbers.size());
  for (float number : numbers)
    narrowed.push_back(element == Element::f16 ? recflex::f32ToF16(number)
                                               : recflex::f32ToBF16(number));
  return narrowed;
}

class Device {
public:
  Device() : stream(mgpuStreamCreate()) {}

  void *allocate(size_t bytes) {
    return mgpuMemAlloc(bytes, stream, /*isHostShared=*/false);
  }
  void *upload(const void *data, size_t bytes) {
    void *copy = allocate(bytes);
    mgpuMemcpy(copy, data, bytes, stream);
    mgpuStreamSynchronize(stream);
    return copy;
  }
  template <typename T> void *upload(const std::vector<T> &data) {
    return upload(data.data(), data.size() * sizeof(T));
  }
  /// `count` numbers that are NaN.
  void *poison(int64_t count) {
    void *memory = allocate(count * sizeof(float));
    mgpuMemset32(memory, UINT32_MAX, count, stream);
    mgpuStreamSynchronize(stream);
    return memory;
  }
  std::vector<float> download(void *memory, int64_t count) {
    std::vector<float> numbers(count);
    mgpuMemcpy(numbers.data(), memory, count * sizeof(float), stream);
    mgpuStreamSynchronize(stream);
    return numbers;
  }
  void release(void *memory) { mgpuMemFree(memory, stream); }

private:
  void *stream;
};

struct Model {
  std::vector<std::vector<float>> tables;
  std::vector<float> bottom, bottomBias, top, topBias;

  explicit Model(std::mt19937 &random) {
    for (const Table &table : kTables)
      tables.push_back(makeNumbers(table.rows * table.width, random));
    bottom = makeNumbers(kDense * kHidden, random);
    bottomBias = makeNumbers(kHidden, random);
    top = makeNumbers(kJoined * kScores, random);
    topBias = makeNumbers(kScores, random);
  }
};

struct Batch {
  int64_t samples;
  std::vector<float> dense;
  std::vector<int32_t> values, offsets{0};

  Batch(int64_t samples, std::mt19937 &random)
      : samples(samples), dense(makeNumbers(samples * kDense, random)) {
    for (const Feature &feature : kFeatures)
      for (int64_t sample = 0; sample != samples; ++sample) {
        auto length = static_cast<int64_t>(random() % (feature.longest + 1));
        for (int64_t i = 0; i != length; ++i)
          values.push_back(
              static_cast<int32_t>(random() % kTables[feature.table].rows));
        offsets.push_back(static_cast<int32_t>(values.size()));
      }
  }
};

//===----------------------------------------------------------------------===//
// The same by plain loops
//===----------------------------------------------------------------------===//

std::vector<float> poolPlainly(const Model &model, const Batch &batch) {
  std::vector<float> pooled(batch.samples * kPooled);
  int64_t column = 0, bag = 0;
  for (const Feature &feature : kFeatures) {
    const std::vector<float> &table = model.tables[feature.table];
    int64_t width = kTables[feature.table].width;
    for (int64_t sample = 0; sample != batch.samples; ++sample, ++bag) {
      float *row = &pooled[sample * kPooled + column];
      int64_t begin = batch.offsets[bag], end = batch.offsets[bag + 1];
      for (int64_t i = begin; i != end; ++i) {
        const float *source = &table[batch.values[i] * width];
        for (int64_t c = 0; c != width; ++c)
          if (feature.pooling == Pooling::max)
            row[c] = i == begin ? source[c] : std::max(row[c], source[c]);
          else
            row[c] += source[c];
      }
      if (feature.pooling == Pooling::mean && end != begin)
        for (int64_t c = 0; c != width; ++c)
          row[c] /= static_cast<float>(end - begin);
    }
    column += width;
  }
  return pooled;
}

/// relu(rows x weights + bias), accumulated in f64.
std::vector<float> layer(const std::vector<float> &rows, int64_t inputs,
                         const std::vector<float> &weights,
                         const std::vector<float> &bias) {
  int64_t outputs = bias.size(), samples = rows.size() / inputs;
  std::vector<float> result;
  result.reserve(samples * outputs);
  std::vector<double> sums(outputs);
  for (int64_t sample = 0; sample != samples; ++sample) {
    std::copy(bias.begin(), bias.end(), sums.begin());
    for (int64_t k = 0; k != inputs; ++k)
      for (int64_t c = 0; c != outputs; ++c)
        sums[c] += static_cast<double>(rows[sample * inputs + k]) *
                   weights[k * outputs + c];
    for (double sum : sums)
      result.push_back(static_cast<float>(std::max(sum, 0.0)));
  }
  return result;
}

std::vector<float> scorePlainly(const Model &model, const Batch &batch,
                                const std::vector<float> &pooled) {
  std::vector<float> hidden =
      layer(batch.dense, kDense, model.bottom, model.bottomBias);
  std::vector<float> joined;
  joined.reserve(batch.samples * kJoined);
  for (int64_t sample = 0; sample != batch.samples; ++sample) {
    auto append = [&](const std::vector<float> &rows, int64_t width) {
      joined.insert(joined.end(), rows.begin() + sample * width,
                    rows.begin() + (sample + 1) * width);
    };
    append(hidden, kHidden);
    append(pooled, kPooled);
  }
  return layer(joined, kJoined, model.top, model.topBias);
}

/// Prints the largest error; whether all elements are right. Errors are
/// relative to what is expected, or absolute below 1.
bool compare(const char *what, const std::vector<float> &actual,
             const std::vector<float> &expected) {
  constexpr double tolerance = 1e-4;
  double largest = 0;
  int64_t wrong = 0;
  for (size_t i = 0; i != actual.size(); ++i) {
    double size = std::max(1.0, std::abs(double{expected[i]}));
    double error = std::abs(double{actual[i]} - expected[i]) / size;
    if (!(error <= tolerance)) // NaN is wrong too
      ++wrong;
    else
      largest = std::max(largest, error);
  }
  std::printf(
      "%s: %zu elements, %lld wrong, largest error of the others %.2g\n", what,
      actual.size(), static_cast<long long>(wrong), largest);
  return wrong == 0;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

/// What @embed and @dlrm are called with.
class Program {
public:
  Program(const Model &model, Device &device) : device(device) {
    for (size_t i = 0; i != std::size(kTables); ++i) {
      const Table &table = kTables[i];
      void *data = table.element == Element::f32
                       ? device.upload(model.tables[i])
                       : device.upload(narrow(model.tables[i], table.element));
      tables.push_back(memref(data, table.rows, table.width));
    }
    bottom = memref(device.upload(model.bottom), kDense, kHidden);
    bottomBias = memref(device.upload(model.bottomBias), kHidden);
    top = memref(device.upload(model.top), kJoined, kScores);
    topBias = memref(device.upload(model.topBias), kScores);
  }

  void setBatch(const Batch &batch) {
    dense = memref(device.upload(batch.dense), batch.samples, kDense);
    values = memref(device.upload(batch.values), batch.values.size());
    offsets = memref(device.upload(batch.offsets), batch.offsets.size());
    rows =
        memref(device.poison(batch.samples * kPooled), batch.samples, kPooled);
    scores =
        memref(device.poison(batch.samples * kScores), batch.samples, kScores);
  }
  void dropBatch() {
    for (void *memory : {dense.aligned, values.aligned, offsets.aligned,
                         rows.aligned, scores.aligned})
      device.release(memory);
  }

  void embed() {
    Memref<2> *t = tables.data();
    _mlir_ciface_embed(&values, &offsets, t, t + 1, t + 2, t + 3, t + 4, t + 5,
                       t + 6, &rows);
  }
  void dlrm() {
    Memref<2> *t = tables.data();
    _mlir_ciface_dlrm(&dense, &values, &offsets, t, t + 1, t + 2, t + 3, t + 4,
                      t + 5, t + 6, &bottom, &bottomBias, &top, &topBias,
                      &scores);
  }
  std::vector<float> pooled() {
    return device.download(rows.aligned, rows.sizes[0] * kPooled);
  }
  std::vector<float> scored() {
    return device.download(scores.aligned, scores.sizes[0] * kScores);
  }

private:
  Device &device;
  std::vector<Memref<2>> tables;
  Memref<2> bottom, top, dense, rows, scores;
  Memref<1> bottomBias, topBias, values, offsets;
};

/// Median of the wall-clock times of `iterations` calls, in microseconds. A
/// call returns when the GPU is done.
template <typename Call> double medianTime(int iterations, const Call &call) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  for (int i = 0; i != iterations; ++i) {
    Clock::time_point start = Clock::now();
    call();
    times.push_back(
        std::chrono::duration<double, std::micro>(Clock::now() - start)
            .count());
  }
  std::nth_element(times.begin(), times.begin() + times.size() / 2,
                   times.end());
  return times[times.size() / 2];
}

bool run(Program &program, const Model &model, const Batch &batch,
         int iterations) {
  std::printf("batch of %lld samples, %zu lookups\n",
              static_cast<long long>(batch.samples), batch.values.size());
  program.setBatch(batch);
  program.embed();
  program.dlrm();
  std::vector<float> pooled = poolPlainly(model, batch);
  bool right = compare("pooled rows", program.pooled(), pooled);
  right &=
      compare("scores", program.scored(), scorePlainly(model, batch, pooled));
  if (iterations > 0) {
    // Beyond the calls above: clocks rise, the memory pool grows.
    for (int i = 0; i != 10; ++i)
      program.dlrm();
    double embed = medianTime(iterations, [&] { program.embed(); });
    double dlrm = medianTime(iterations, [&] { program.dlrm(); });
    std::printf("median of %d calls: embed %.1f us, dlrm %.1f us\n", iterations,
                embed, dlrm);
    right &= compare("scores of the last call", program.scored(),
                     scorePlainly(model, batch, pooled));
  }
  program.dropBatch();
  return right;
}

/// The number of "--name=N", which is at least `least`.
bool readOption(const std::string &argument, const std::string &name,
                int64_t least, int64_t &value) {
  std::string prefix = "--" + name + "=";
  if (argument.compare(0, prefix.size(), prefix) != 0)
    return false;
  char *end = nullptr;
  const char *text = argument.c_str() + prefix.size();
  value = std::strtoll(text, &end, 10);
  if (end == text || *end != '\0' || value < least || value > 1000000) {
    std::fprintf(stderr, "error: %s is not a number from %lld to 1000000\n",
                 argument.c_str(), static_cast<long long>(least));
    std::exit(2);
  }
  return true;
}

} // namespace

int main(int argc, char **argv) {
  int64_t samples = 4096, iterations = 50;
  for (int i = 1; i != argc; ++i)
    if (!readOption(argv[i], "batch", 1, samples) &&
        !readOption(argv[i], "iterations", 0, iterations)) {
      std::fprintf(stderr, "usage: %s [--batch=N] [--iterations=N]\n", argv[0]);
      return 2;
    }
  std::mt19937 random(1);
  Model model(random);
  Device device;
  Program program(model, device);
  // One code for all batches: the second is no multiple of anything.
  bool right =
      run(program, model, Batch(samples, random), static_cast<int>(iterations));
  right &= run(program, model, Batch((samples + 1) / 2 | 1, random),
               /*iterations=*/0);
  std::printf(right ? "all right\n" : "wrong\n");
  return right ? 0 : 1;
}
