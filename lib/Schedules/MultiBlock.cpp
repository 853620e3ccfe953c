//===- MultiBlock.cpp - A bag over several blocks -------------------------===//
//
// Each block pools its part of a bag and leaves the row in the sample's scratch.
// The last block to come combines them in the order of the parts, so that the
// result does not depend on which one that is. Which it is, a counter in the
// scratch says, one for each lane that writes: no lane waits for another. It
// comes back to zero by itself, for the next launch.
//
//===----------------------------------------------------------------------===//

#include "Candidates.h"
#include "TeamReduction.h"

#include "recflex/Runtime/KernelABI.h"
#include "recflex/Schedules/BodyBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace recflex {
namespace {

/// Partial rows that are read together.
constexpr int64_t kPartsInFlight = 4;

/// Emits the body of one schedule.
class MultiBlock {
public:
  MultiBlock(BodyBuilder &b, emb::MultiBlockAttr schedule)
      : b(b), schedule(schedule), vector(schedule.getVector()),
        parts(schedule.getParts()) {}
  void emit();

private:
  Value poolPart(const BagRange &bag, Value length, Value group);
  Value partialAddress(Value from);
  Value combineParts();
  void leave(Value row, const BagRange &bag);

  BodyBuilder &b;
  emb::MultiBlockAttr schedule;
  int64_t vector, parts;
  Value part;    ///< of the bag, that the block does
  Value sample, column;
  Value scratch; ///< of the sample
  Value isShort; ///< one block does the whole bag
};

} // namespace

/// A part is a neighbouring piece; all of a short bag is the first.
Value MultiBlock::poolPart(const BagRange &bag, Value length, Value group) {
  // Unsigned: what is rounded up may pass 2^31.
  Value size = arith::DivUIOp::create(b, b.add(length, b.index(parts - 1)),
                                      b.index(parts));
  size = b.select(isShort, length, size);
  Value before =
      arith::MinUIOp::create(b, b.mul(size, b.toIndex(part)), length);
  size = arith::MinUIOp::create(b, size, b.sub(length, before));
  Value begin = b.add(bag.begin, before);
  return b.pool(b.identity(vector), b.add(begin, b.toIndex(group)),
                b.add(begin, size), column, vector, schedule.getUnroll(),
                schedule.getRows());
}

/// Where the calling lane's columns of a partial row are, from part `from` on.
Value MultiBlock::partialAddress(Value from) {
  int64_t width = b.lookup().width;
  Value rows = b.gep(
      scratch, b.getI8Type(),
      b.i32(emb::MultiBlockAttr::counterBytes(b.lookup(), vector)));
  return b.gep(rows, b.getF32Type(), b.add(b.mul(from, b.i32(width)), column));
}

/// All parts, in their order.
Value MultiBlock::combineParts() {
  int64_t together = std::min(parts, kPartsInFlight);
  unsigned alignment = std::min<int64_t>(16, vector * 4);
  SmallVector<Value> last = b.loopWhile(
      {b.i32(0), b.identity(vector)},
      [&](ValueRange at) { return b.less(at[0], b.i32(parts)); },
      [&](ValueRange at) -> SmallVector<Value> {
        SmallVector<Value> rows;
        for (int64_t i = 0; i < together; ++i)
          rows.push_back(b.load(b.rowType(vector),
                                partialAddress(b.add(at[0], b.i32(i))),
                                alignment));
        Value row = at[1];
        for (Value other : rows)
          row = b.combine(row, other);
        return {b.add(at[0], b.i32(together)), row};
      });
  return last[1];
}

/// Leaves the part's row to the last block of the bag, which may be this one.
void MultiBlock::leave(Value row, const BagRange &bag) {
  b.store(row, partialAddress(part), std::min<int64_t>(16, vector * 4));
  b.releaseFence();
  Value counter = b.gep(scratch, b.getI32Type(), b.divide(column, vector));
  Value before = b.countUp(counter, b.i32(parts - 1));
  b.guarded(b.equal(before, b.i32(parts - 1)), [&] {
    b.acquireFence();
    b.storeRow(b.finish(combineParts(), bag), sample, column);
  });
}

void MultiBlock::emit() {
  int64_t lanes = schedule.getLanes(), rows = schedule.getRows();
  int64_t team = lanes * rows;
  emb::TileShape tile = schedule.getTileShape(b.lookup(), b.shape().threads);
  Value thread = b.tile().thread;
  Value group = b.modulo(b.divide(thread, lanes), rows);
  // tile = (samples, part of the width, part of the bags).
  Value rest = b.modulo(b.tile().tile, tile.columnTiles);
  part = b.modulo(rest, parts);
  sample = b.sampleOfTeam(tile, team);
  column = b.mul(b.add(b.mul(b.divide(rest, parts), b.i32(lanes)),
                       b.modulo(thread, lanes)),
                 b.i32(vector));
  // A block may have threads left over that make no whole team.
  Value inTeam = b.less(thread, b.i32(tile.samples * team));
  Value active = b.both(b.both(b.less(sample, b.tile().batch),
                               b.less(column, b.i32(b.lookup().width))),
                        inTeam);

  BagRange bag = b.loadBag(sample, active);
  Value length = b.sub(bag.end, bag.begin);
  isShort = b.lessOrEqual(length, b.index(rows * schedule.getUnroll()));
  Value row = poolPart(bag, length, group);
  row = reduceTeam(b, row, b.select(inTeam, group, b.i32(rows)), lanes, rows);
  b.guarded(b.both(active, b.equal(group, b.i32(0))), [&] {
    b.choose(
        isShort,
        [&] {
          b.guarded(b.equal(part, b.i32(0)), [&] {
            b.storeRow(b.finish(row, bag), sample, column);
          });
        },
        [&] {
          Value before =
              b.mul(b.widen(sample), b.i64(b.shape().scratchStride));
          scratch = b.gep(b.tile().scratch, b.getI8Type(), before);
          leave(row, bag);
        });
  });
}

namespace {
struct MultiBlockBody final
    : emb::ScheduleBodyInterface::ExternalModel<MultiBlockBody,
                                                emb::MultiBlockAttr> {
  void emitBody(Attribute attribute, BodyBuilder &b) const {
    MultiBlock(b, cast<emb::MultiBlockAttr>(attribute)).emit();
  }
};
} // namespace

void attachMultiBlockBody(MLIRContext *context) {
  emb::MultiBlockAttr::attachInterface<MultiBlockBody>(*context);
}

void addMultiBlockCandidates(MLIRContext *context,
                             const emb::LookupShape &shape,
                             const emb::BagStats &stats, AddSchedule add) {
  // More in flight spills at the 48 registers that the default occupancy leaves
  // a thread; weights take their part, and so does the length of a mean's bag.
  bool holdsLong = shape.pooling == Pooling::mean &&
                   shape.indexType == recflex::IndexType::i64;
  int64_t rowsInFlight = shape.weighted || holdsLong ? 4 : 8;
  int64_t inFlight = holdsLong ? 8 : shape.weighted ? 16 : 32;
  for (int64_t vector = widestVector(shape); vector >= 1; vector /= 2) {
    int64_t lanes = coveringLanes(shape, vector);
    // Teams of a warp, or of a block of 128 threads.
    for (int64_t rows : {32 / lanes, 128 / lanes})
      for (int64_t parts = 2; parts <= abi::kMaxBagParts; parts *= 2)
        for (int64_t unroll : {8, 4, 2, 1}) {
          // Bags of few lookups are not cut, or leave parts with next to
          // nothing to do.
          bool isNeverCut =
              stats.batch > 0 &&
              (stats.max <= rows * unroll || stats.max < 2 * parts * rows);
          if (isNeverCut || unroll > rowsInFlight || vector * unroll > inFlight)
            continue;
          add(emb::MultiBlockAttr::get(context, vector, lanes, rows, parts,
                                       unroll));
        }
  }
}

} // namespace recflex
