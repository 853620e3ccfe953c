//===- row_gather.cu - What a GPU gives when it gathers rows --------------===//
//
// The ceiling that narrow rows have: rows of 16 to 512 bytes at random places
// of a table that fits L2 or does not, read 16 bytes a lane with 8 rows in
// flight, as many threads resident as fit. Row numbers are computed (`hashed`),
// or read as bags of consecutive lookups are, one after the other by all lanes
// of a row (`read`). Nothing is pooled or written.
//
//   nvcc -O3 -arch=sm_90 tools/bench/row_gather.cu -o row_gather && ./row_gather
//
//===----------------------------------------------------------------------===//

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#define CHECK(call)                                                            \
  do {                                                                         \
    cudaError_t error = (call);                                                \
    if (error != cudaSuccess) {                                                \
      std::fprintf(stderr, "%s: %s\n", #call, cudaGetErrorString(error));      \
      std::exit(1);                                                            \
    }                                                                          \
  } while (false)

constexpr int kInFlight = 8;
constexpr int kThreads = 128;
constexpr uint32_t kBag = 32; ///< lookups a bag, where row numbers are read

__device__ uint32_t hashed(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352dU;
  x ^= x >> 15;
  x *= 0x846ca68bU;
  return x ^ (x >> 16);
}

/// `rows` is a power of two. Each team of `Lanes` lanes takes bags in turn.
template <int Lanes, bool Read>
__global__ void __launch_bounds__(kThreads)
    gather(const float4 *table, const int *indices, uint32_t rows,
           uint32_t bags, uint32_t seed, float *sink) {
  uint32_t thread = blockIdx.x * kThreads + threadIdx.x;
  uint32_t lane = thread % Lanes, teams = gridDim.x * kThreads / Lanes;
  float4 sum = {0, 0, 0, 0};
  for (uint32_t bag = thread / Lanes; bag < bags; bag += teams)
    for (uint32_t at = 0; at < kBag; at += kInFlight) {
      float4 row[kInFlight];
#pragma unroll
      for (uint32_t u = 0; u < kInFlight; ++u) {
        uint32_t position = bag * kBag + at + u;
        uint32_t index = Read ? __ldg(indices + position)
                              : hashed(position + seed) & (rows - 1);
        row[u] = __ldg(table + uint64_t{index} * Lanes + lane);
      }
#pragma unroll
      for (uint32_t u = 0; u < kInFlight; ++u) {
        sum.x += row[u].x;
        sum.y += row[u].y;
        sum.z += row[u].z;
        sum.w += row[u].w;
      }
    }
  if (sum.x + sum.y + sum.z + sum.w == 0.125f)
    *sink = 1;
}

__global__ void fill(int *indices, uint32_t count, uint32_t rows) {
  for (uint32_t i = blockIdx.x * blockDim.x + threadIdx.x; i < count;
       i += gridDim.x * blockDim.x)
    indices[i] = hashed(i * 2654435761U + 17) & (rows - 1);
}

template <int Lanes, bool Read>
void measure(const float4 *table, int *indices, uint64_t tableBytes,
             float *sink, int processors) {
  uint32_t rows = tableBytes / (16 * Lanes);
  uint32_t bags = (512u << 20) / (16 * Lanes) / kBag; // half a GiB of rows
  if (Read)
    fill<<<processors * 8, 256>>>(indices, bags * kBag, rows);
  int resident = 0;
  CHECK(cudaOccupancyMaxActiveBlocksPerMultiprocessor(
      &resident, gather<Lanes, Read>, kThreads, 0));
  cudaEvent_t begin, end;
  CHECK(cudaEventCreate(&begin));
  CHECK(cudaEventCreate(&end));
  std::vector<float> times;
  for (uint32_t run = 0; run < 23; ++run) {
    CHECK(cudaEventRecord(begin));
    gather<Lanes, Read><<<processors * resident, kThreads>>>(
        table, indices, rows, bags, run * 0x9e3779b9U, sink);
    CHECK(cudaEventRecord(end));
    CHECK(cudaEventSynchronize(end));
    float ms = 0;
    CHECK(cudaEventElapsedTime(&ms, begin, end));
    if (run >= 2)
      times.push_back(ms);
  }
  std::sort(times.begin(), times.end());
  double seconds = times[times.size() / 2] * 1e-3;
  double read = double(bags) * kBag;
  std::printf("| %4d | %5llu MiB | %-6s | %6.2f | %6.1f |\n", 16 * Lanes,
              static_cast<unsigned long long>(tableBytes >> 20),
              Read ? "read" : "hashed", read * 16 * Lanes / seconds * 1e-12,
              read / seconds * 1e-9);
}

template <int Lanes>
void measureWidth(const float4 *table, int *indices, float *sink,
                  int processors) {
  for (uint64_t bytes : {uint64_t{16} << 20, uint64_t{4} << 30}) {
    measure<Lanes, false>(table, indices, bytes, sink, processors);
    measure<Lanes, true>(table, indices, bytes, sink, processors);
  }
}

int main() {
  cudaDeviceProp device;
  CHECK(cudaGetDeviceProperties(&device, 0));
  float4 *table;
  int *indices;
  float *sink;
  CHECK(cudaMalloc(&table, uint64_t{4} << 30));
  CHECK(cudaMemset(table, 1, uint64_t{4} << 30));
  CHECK(cudaMalloc(&indices, (512u << 20) / 16 * sizeof(int)));
  CHECK(cudaMalloc(&sink, sizeof(float)));
  int processors = device.multiProcessorCount;
  std::printf("%s\n\n| row bytes | table | row numbers | TB/s of rows | 10^9 "
              "rows/s |\n| ---: | ---: | --- | ---: | ---: |\n",
              device.name);
  measureWidth<1>(table, indices, sink, processors);
  measureWidth<2>(table, indices, sink, processors);
  measureWidth<4>(table, indices, sink, processors);
  measureWidth<8>(table, indices, sink, processors);
  measureWidth<16>(table, indices, sink, processors);
  measureWidth<32>(table, indices, sink, processors);
  CHECK(cudaDeviceSynchronize());
  return 0;
}
