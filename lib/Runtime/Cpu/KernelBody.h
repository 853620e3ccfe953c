//===- KernelBody.h - The kernels, for any instructions ---------*- C++ -*-===//
//
// Included once by each of PlainKernels.cpp, Avx2Kernels.cpp and
// Avx512Kernels.cpp, after they have defined
//   RECFLEX_TARGET   the attribute of every function that uses vectors;
//   Vector<Lanes>    f32 vectors: zero, fill, load, loadPart, add, multiplyAdd,
//                    max, divide, store, storePart;
//   kLanes, kCounts  lanes of a full vector, and how many vectors kernels have.
// All of it is local to the file: no function compiled for one kind of
// instructions may be merged with its twin of another.
//
//===----------------------------------------------------------------------===//

#include "BagFaults.h"
#include "Kernels.h"

#include <limits>
#include <type_traits>
#include <utility>

namespace recflex {
namespace {

/// What an index outside the table reads: as much as any kernel takes of a row.
alignas(64) constexpr std::byte kZeroRow[512] = {};

/// Vectors that one kernel sums up at once. With few, several lookups proceed
/// side by side, so that additions need not wait for one another.
constexpr int unrollOf(int vectors) {
  return vectors == 1 ? 4 : vectors <= 3 ? 2 : 1;
}

/// Lines of the cache that a kernel's part of a row takes.
constexpr int64_t kLineBytes = 64;

/// A row's address; of a zero row, with `bad` set, for what is no row.
RECFLEX_TARGET inline const std::byte *findRow(const PoolArguments &a,
                                               int64_t row, bool &bad) {
  if (__builtin_expect(
          static_cast<uint64_t>(row) < static_cast<uint64_t>(a.rows), 1))
    return a.table + row * a.rowBytes;
  bad = true;
  return kZeroRow;
}

template <int Lanes, int Count, bool Part, RowType Row, PoolOp Op>
struct Pooler {
  static_assert(Lanes * Count * sizeof(float) <= sizeof kZeroRow);
  using V = Vector<Lanes>;
  using Register = typename V::Register;
  using Mask = typename V::Mask;
  Register sums[Count];

  RECFLEX_TARGET void start() {
    for (int v = 0; v != Count; ++v)
      sums[v] = Op == PoolOp::max
                    ? V::fill(-std::numeric_limits<float>::infinity())
                    : V::zero();
  }

  RECFLEX_TARGET void clear() {
    for (int v = 0; v != Count; ++v)
      sums[v] = V::zero();
  }

  RECFLEX_TARGET void add(const std::byte *row, float weight, Mask mask) {
    for (int v = 0; v != Count; ++v) {
      const std::byte *from = row + v * Lanes * byteSize(Row);
      Register x = Part && v == Count - 1
                       ? V::template loadPart<Row>(from, mask)
                       : V::template load<Row>(from);
      if (Op == PoolOp::max)
        sums[v] = V::max(x, sums[v]);
      else if (Op == PoolOp::weightedSum)
        sums[v] = V::multiplyAdd(V::fill(weight), x, sums[v]);
      else
        sums[v] = V::add(sums[v], x);
    }
  }

  RECFLEX_TARGET void join(const Pooler &other) {
    for (int v = 0; v != Count; ++v)
      sums[v] = Op == PoolOp::max ? V::max(sums[v], other.sums[v])
                                  : V::add(sums[v], other.sums[v]);
  }

  RECFLEX_TARGET void divide(float by) {
    for (int v = 0; v != Count; ++v)
      sums[v] = V::divide(sums[v], V::fill(by));
  }

  template <RowType Output>
  RECFLEX_TARGET void storeAs(std::byte *to, Mask mask) const {
    for (int v = 0; v != Count; ++v) {
      std::byte *place = to + v * Lanes * byteSize(Output);
      if (Part && v == Count - 1)
        V::template storePart<Output>(place, sums[v], mask);
      else
        V::template store<Output>(place, sums[v]);
    }
  }

  RECFLEX_TARGET void store(std::byte *to, RowType type, Mask mask) const {
    if (type == RowType::f32)
      storeAs<RowType::f32>(to, mask);
    else if (type == RowType::f16)
      storeAs<RowType::f16>(to, mask);
    else
      storeAs<RowType::bf16>(to, mask);
  }
};

template <int Lanes, int Count, RowType Row, typename Index>
RECFLEX_TARGET inline void prefetchRow(const PoolArguments &a, Index row) {
  // Whatever the index is: a prefetch of an address that is none does nothing.
  uintptr_t from = reinterpret_cast<uintptr_t>(a.table) +
                   static_cast<uintptr_t>(static_cast<int64_t>(row)) *
                       static_cast<uintptr_t>(a.rowBytes);
  for (int64_t at = 0; at < Count * Lanes * byteSize(Row); at += kLineBytes)
    __builtin_prefetch(reinterpret_cast<const void *>(from + at));
}

template <int Lanes, int Count, bool Part, typename Index, RowType Row,
          PoolOp Op>
RECFLEX_TARGET void poolRange(const PoolArguments &a) {
  using Pooler = Pooler<Lanes, Count, Part, Row, Op>;
  constexpr int unroll = unrollOf(Count);
  const Index *values = reinterpret_cast<const Index *>(a.values);
  const bool wide = a.boundsType == IndexType::i64;
  const int32_t *bounds32 = reinterpret_cast<const int32_t *>(a.bounds);
  const int64_t *bounds64 = reinterpret_cast<const int64_t *>(a.bounds);
  const int64_t prefetched = a.prefetchEnd - a.prefetchDistance;
  const typename Pooler::Mask mask =
      Vector<Lanes>::mask(a.columns - (Count - 1) * Lanes);

  int64_t end = wide ? bounds64[a.firstSample] : bounds32[a.firstSample];
  std::byte *output = a.output + a.firstSample * a.outputStride;
  for (int64_t s = a.firstSample; s != a.lastSample;
       ++s, output += a.outputStride) {
    int64_t begin = end;
    end = wide ? bounds64[s + 1] : bounds32[s + 1];
    Pooler bag;
    if (__builtin_expect(begin == end || !isGoodBag(begin, end, a.lookups),
                         0)) {
      if (a.recordsFaults && !isGoodBag(begin, end, a.lookups))
        a.faults->recordBounds(s, begin, end, a.lookups);
      bag.clear();
      bag.store(output, a.outputType, mask);
      continue;
    }

    bool bad = false;
    bag.start();
    int64_t i = begin;
    if (unroll > 1 && end - begin >= unroll) {
      Pooler others[unroll > 1 ? unroll - 1 : 1];
      for (int u = 0; u != unroll - 1; ++u)
        others[u].start();
      for (; i <= end - unroll; i += unroll) {
        if (i + unroll <= prefetched)
          for (int u = 0; u != unroll; ++u)
            prefetchRow<Lanes, Count, Row>(a,
                                           values[i + a.prefetchDistance + u]);
        const std::byte *rows[unroll];
        for (int u = 0; u != unroll; ++u)
          rows[u] = findRow(a, values[i + u], bad);
        bag.add(rows[0], Op == PoolOp::weightedSum ? a.weights[i] : 1.0f, mask);
        for (int u = 1; u != unroll; ++u)
          others[u - 1].add(rows[u],
                            Op == PoolOp::weightedSum ? a.weights[i + u] : 1.0f,
                            mask);
      }
      for (int u = 0; u != unroll - 1; ++u)
        bag.join(others[u]);
    }
    for (; i != end; ++i) {
      if (i < prefetched)
        prefetchRow<Lanes, Count, Row>(a, values[i + a.prefetchDistance]);
      bag.add(findRow(a, values[i], bad),
              Op == PoolOp::weightedSum ? a.weights[i] : 1.0f, mask);
    }

    if (__builtin_expect(bad, 0)) {
      if (a.recordsFaults)
        a.faults->recordIndices(s, a.values, begin, end);
      if (a.faults->zeroBag)
        bag.clear();
    }
    if (a.mean)
      bag.divide(static_cast<float>(end - begin));
    bag.store(output, a.outputType, mask);
  }
}

template <int Lanes, int Count, bool Part, typename Index, RowType Row>
PoolFunction findForOp(PoolOp op) {
  switch (op) {
  case PoolOp::sum:
    return poolRange<Lanes, Count, Part, Index, Row, PoolOp::sum>;
  case PoolOp::weightedSum:
    return poolRange<Lanes, Count, Part, Index, Row, PoolOp::weightedSum>;
  case PoolOp::max:
    break;
  }
  return poolRange<Lanes, Count, Part, Index, Row, PoolOp::max>;
}

template <int Lanes, int Count, bool Part, typename Index>
PoolFunction findForRow(RowType row, PoolOp op) {
  switch (row) {
  case RowType::f32:
    return findForOp<Lanes, Count, Part, Index, RowType::f32>(op);
  case RowType::f16:
    return findForOp<Lanes, Count, Part, Index, RowType::f16>(op);
  case RowType::bf16:
    break;
  }
  return findForOp<Lanes, Count, Part, Index, RowType::bf16>(op);
}

template <int Lanes, int Count>
PoolFunction findForPart(IndexType index, RowType row, PoolOp op, bool part) {
  if (index == IndexType::i32)
    return part ? findForRow<Lanes, Count, true, int32_t>(row, op)
                : findForRow<Lanes, Count, false, int32_t>(row, op);
  return part ? findForRow<Lanes, Count, true, int64_t>(row, op)
              : findForRow<Lanes, Count, false, int64_t>(row, op);
}

/// The kernel of `Lanes` lanes whose count of vectors, one of `Counts` (which
/// grow from 1 on), is exactly what the columns want; or else the largest that
/// they fill.
template <int Lanes, int... Counts>
PoolKernel findForCount(IndexType index, RowType row, PoolOp op,
                        int64_t columns,
                        std::integer_sequence<int, Counts...>) {
  int64_t wanted = (columns + Lanes - 1) / Lanes;
  PoolKernel found;
  auto consider = [&](int64_t count, auto find) {
    if (count > wanted)
      return;
    found.columns = std::min(columns, count * Lanes);
    found.function = find(index, row, op, found.columns % Lanes != 0);
  };
  (consider(Counts, findForPart<Lanes, Counts>), ...);
  return found;
}

} // namespace
} // namespace recflex
