//===- SegmentedScan.cpp - Lookups of a tile in equal shares --------------===//
//
// The bags of a tile are neighbours in the values array, so their lookups are
// one range. Each group of lanes takes an equal part of it, however long the
// bags are: it adds up rows, and starts anew where a bag ends. A bag that lies
// in the shares of several groups is put together after a barrier.
//
//===----------------------------------------------------------------------===//

#include "Candidates.h"

#include "recflex/Schedules/BodyBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace recflex {
namespace {

/// Emits the body of one schedule.
class SegmentedScan {
public:
  SegmentedScan(BodyBuilder &b, emb::SegmentedScanAttr schedule);
  void emit();

private:
  /// The lookups of a group that are still to do: `left` from `position` on.
  struct Share {
    Value position, left; ///< of the index type
  };
  /// Where a group stands in its share.
  struct State {
    Value inBag; ///< lookups from `position` to the bag's end, index type
    Value bag;   ///< of the tile, i32
    Value row;   ///< what is pooled of the bag
  };

  Value offsetAddress(Value bag);
  Value offset(Value bag);
  BagRange bagRange(Value bag);
  void stageOffsets();
  void store(Value row, Value bag);
  void poolOddBags(Value isSmall);
  Value findBag(Value position);
  State closeBag(const Share &share, const State &state, int64_t pooled);
  State step(const Share &share, const State &state);
  State walk(const Share &share, const State &start);
  State walkShare(Value begin, Value total);
  Value addShares(const State &state);

  BodyBuilder &b;
  int64_t vector, lanes, samples, unroll;
  int64_t groups;
  Value thread, group, column, active;
  Value first; ///< sample of the tile
  Value bags;  ///< of the tile
  Value size;  ///< lookups of a share
  Value head;  ///< bags up to this one began ahead of the group's share, i32
};

} // namespace

SegmentedScan::SegmentedScan(BodyBuilder &b, emb::SegmentedScanAttr schedule)
    : b(b), vector(schedule.getVector()), lanes(schedule.getLanes()),
      samples(schedule.getSamples()), unroll(schedule.getUnroll()),
      groups(b.shape().threads / lanes) {
  emb::TileShape tile = schedule.getTileShape(b.lookup(), b.shape().threads);
  thread = b.tile().thread;
  group = b.divide(thread, lanes);
  column = b.columnOfLane(tile, lanes, vector);
  // A block may have threads left over that make no whole group.
  active = b.both(b.less(column, b.i32(b.lookup().width)),
                  b.less(group, b.i32(groups)));
  first = b.mul(b.divide(b.tile().tile, tile.columnTiles), b.i32(samples));
  bags = b.minimum(b.sub(b.tile().batch, first), b.i32(samples));
}

//===----------------------------------------------------------------------===//
// Offsets in shared memory, behind a row for each thread
//===----------------------------------------------------------------------===//

Value SegmentedScan::offsetAddress(Value bag) {
  Value base = b.gep(b.tile().shared, b.rowType(vector),
                     b.i32(b.shape().threads));
  return b.gep(base, b.indexType(), bag);
}

Value SegmentedScan::offset(Value bag) {
  return b.load(b.indexType(), offsetAddress(bag),
                byteSize(b.lookup().indexType));
}

/// All samples + 1 of them; bags past the batch are empty.
void SegmentedScan::stageOffsets() {
  auto loop =
      scf::ForOp::create(b, thread, b.i32(samples + 1), b.i32(b.shape().threads));
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value bag = loop.getInductionVar();
    b.store(b.loadOffset(b.add(first, b.minimum(bag, bags))),
            offsetAddress(bag), byteSize(b.lookup().indexType));
  }
  b.barrier();
}

BagRange SegmentedScan::bagRange(Value bag) {
  return b.bagRange(offset(bag), offset(b.add(bag, b.i32(1))));
}

//===----------------------------------------------------------------------===//
// A group's share
//===----------------------------------------------------------------------===//

void SegmentedScan::store(Value row, Value bag) {
  b.storeRow(b.finish(row, bagRange(bag)), b.add(first, bag), column);
}

/// Bags that no step leads to: the empty ones, and all where the tile has no
/// whole step.
void SegmentedScan::poolOddBags(Value isSmall) {
  auto loop = scf::ForOp::create(b, group, bags, b.i32(groups));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value bag = loop.getInductionVar();
  BagRange range = bagRange(bag);
  b.guarded(b.either(range.empty, isSmall), [&] {
    Value row = b.pool(b.identity(vector), range.begin, range.end, column,
                       vector, /*unroll=*/1, /*stride=*/1);
    b.storeRow(b.finish(row, range), b.add(first, bag), column);
  });
}

/// The bag of the lookup at `position`, by a binary search.
Value SegmentedScan::findBag(Value position) {
  Value bag = b.i32(0);
  for (int64_t distance = samples / 2; distance >= 1; distance /= 2) {
    Value later = b.add(bag, b.i32(distance));
    bag = b.select(b.lessOrEqual(offset(later), position), later, bag);
  }
  return bag;
}

/// The bag ends with lookup `pooled` - 1 of the step: writes it, or leaves what
/// belongs to the group where it began, and goes on to the next.
SegmentedScan::State SegmentedScan::closeBag(const Share &share,
                                             const State &state,
                                             int64_t pooled) {
  b.choose(
      b.lessOrEqual(state.bag, head),
      [&] { b.storeShared(state.row, thread); },
      [&] { store(state.row, state.bag); });
  // Empty bags lie between. Behind the last lookup there is no next one.
  Value more = b.less(b.index(pooled), share.left);
  SmallVector<Value> next = b.loopWhile(
      {state.inBag, state.bag},
      [&](ValueRange at) {
        return b.both(more, b.lessOrEqual(at[0], b.index(pooled)));
      },
      [&](ValueRange at) -> SmallVector<Value> {
        Value end = offset(b.add(at[1], b.i32(2)));
        return {b.sub(end, share.position), b.add(at[1], b.i32(1))};
      });
  return {next[0], next[1], b.identity(vector)};
}

/// Pools the next `unroll` lookups: all at once if no bag ends with them.
SegmentedScan::State SegmentedScan::step(const Share &share,
                                         const State &state) {
  BodyBuilder::Lookups lookups =
      b.loadLookups(share.position, column, vector, unroll);
  auto pack = [&](const State &state) -> SmallVector<Value> {
    return {b.sub(state.inBag, b.index(unroll)), state.bag, state.row};
  };
  SmallVector<Value> next = b.chooseAll(
      b.less(b.index(unroll), state.inBag),
      [&] {
        State all = state;
        for (int64_t u = 0; u < unroll; ++u)
          all.row = b.poolLookup(all.row, lookups, u);
        return pack(all);
      },
      [&] {
        State one = state;
        for (int64_t u = 0; u < unroll; ++u) {
          one.row = b.poolLookup(one.row, lookups, u);
          SmallVector<Value> closed = b.chooseAll(
              b.equal(one.inBag, b.index(u + 1)),
              [&]() -> SmallVector<Value> {
                State next = closeBag(share, one, u + 1);
                return {next.inBag, next.bag, next.row};
              },
              [&]() -> SmallVector<Value> {
                return {one.inBag, one.bag, one.row};
              });
          one = {closed[0], closed[1], closed[2]};
        }
        return pack(one);
      });
  return {next[0], next[1], next[2]};
}

SegmentedScan::State SegmentedScan::walk(const Share &share,
                                         const State &start) {
  SmallVector<Value> last = b.loopWhile(
      {share.position, share.left, start.inBag, start.bag, start.row},
      [&](ValueRange at) { return b.less(b.index(0), at[1]); },
      [&](ValueRange at) -> SmallVector<Value> {
        State next = step({at[0], at[1]}, {at[2], at[3], at[4]});
        return {b.add(at[0], b.index(unroll)), b.sub(at[1], b.index(unroll)),
                next.inBag, next.bag, next.row};
      });
  return {last[2], last[3], last[4]};
}

/// What the groups behind have left of the bag, added in their order.
Value SegmentedScan::addShares(const State &state) {
  return b.loopWhile(
      {state.inBag, b.add(thread, b.i32(lanes)), state.row},
      [&](ValueRange at) { return b.less(b.index(0), at[0]); },
      [&](ValueRange at) -> SmallVector<Value> {
        return {b.sub(at[0], size), b.add(at[1], b.i32(lanes)),
                b.combine(at[2], b.loadShared(at[1], vector))};
      })[2];
}

/// Pools the group's share. What is left is the bag that goes on behind it: its
/// `inBag` is 0 if there is none.
SegmentedScan::State SegmentedScan::walkShare(Value begin, Value total) {
  Value before = b.mul(size, b.toIndex(group));
  Value own = arith::MinUIOp::create(b, size, b.sub(total, before));
  Value start = b.add(begin, before);
  Value bag = findBag(start), ahead = b.sub(bag, b.i32(1));
  head = b.select(b.less(offset(bag), start), bag, ahead);

  // Shares are whole steps. The tile's last one may have to be filled up, with
  // lookups of the share ahead, as if they were a bag of their own.
  Value extra = arith::RemUIOp::create(b, b.sub(size, own), b.index(unroll));
  Share share{b.sub(start, extra), b.add(own, extra)};
  Value isFilled = b.less(b.index(0), extra);
  Value inBag = b.sub(offset(b.add(bag, b.i32(1))), share.position);
  return walk(share, {b.select(isFilled, extra, inBag),
                      b.select(isFilled, ahead, bag), b.identity(vector)});
}

void SegmentedScan::emit() {
  stageOffsets();
  Value begin = offset(b.i32(0));
  Value total = b.sub(offset(b.i32(samples)), begin);
  Value isSmall = b.less(total, b.index(unroll));
  b.guarded(active, [&] { poolOddBags(isSmall); });

  // Unsigned: what is rounded up may pass 2^31.
  Value together = b.index(groups * unroll);
  Value steps = arith::DivUIOp::create(
      b, b.add(total, b.index(groups * unroll - 1)), together);
  size = b.mul(steps, b.index(unroll));
  Value some = b.below(b.mul(size, b.toIndex(group)), total);
  some = b.both(b.both(some, active), b.equal(isSmall, b.boolean(false)));
  SmallVector<Value> walked = b.chooseAll(
      some,
      [&]() -> SmallVector<Value> {
        State last = walkShare(begin, total);
        return {last.inBag, last.bag, last.row, head};
      },
      [&]() -> SmallVector<Value> {
        return {b.index(0), b.i32(0), b.identity(vector), b.i32(0)};
      });
  State open{walked[0], walked[1], walked[2]};
  Value isOpen = b.less(b.index(0), open.inBag);
  Value beganHere = b.less(walked[3], open.bag);
  b.guarded(b.both(isOpen, b.equal(beganHere, b.boolean(false))),
            [&] { b.storeShared(open.row, thread); });
  b.barrier();
  b.guarded(b.both(isOpen, beganHere),
            [&] { store(addShares(open), open.bag); });
}

namespace {
struct SegmentedScanBody final
    : emb::ScheduleBodyInterface::ExternalModel<SegmentedScanBody,
                                                emb::SegmentedScanAttr> {
  void emitBody(Attribute attribute, BodyBuilder &b) const {
    SegmentedScan(b, cast<emb::SegmentedScanAttr>(attribute)).emit();
  }
};
} // namespace

void attachSegmentedScanBody(MLIRContext *context) {
  emb::SegmentedScanAttr::attachInterface<SegmentedScanBody>(*context);
}

/// Whether rows in flight fit the 48 registers that the default occupancy leaves
/// a thread. They are held as they are stored, the pooled row and weights as
/// f32. The divisions of a mean stand between them, with lengths of its indices'
/// type.
static bool fitsRegisters(const emb::LookupShape &shape, int64_t vector,
                          int64_t unroll) {
  if (unroll == 1)
    return true;
  bool isMean = shape.pooling == Pooling::mean;
  bool isLong = shape.indexType == recflex::IndexType::i64;
  int64_t limit = 64; // bytes
  for (bool takesHalf : {shape.weighted, isMean, isMean && isLong})
    limit /= takesHalf ? 2 : 1;
  if (vector == 8)
    limit = shape.weighted || isMean ? 0 : 32;
  return vector * unroll * byteSize(shape.rowType) <= limit;
}

void addSegmentedScanCandidates(MLIRContext *context,
                                const emb::LookupShape &shape,
                                const emb::BagStats &, AddSchedule add) {
  for (int64_t vector = widestVector(shape); vector >= 1; vector /= 2) {
    int64_t cover = coveringLanes(shape, vector);
    for (int64_t lanes = cover; lanes >= std::max<int64_t>(1, cover / 2);
         lanes /= 2)
      // One or four bags for each group of a block of 128 threads.
      for (int64_t samples : {128 / lanes, 512 / lanes})
        for (int64_t unroll : {8, 4, 2, 1})
          if (fitsRegisters(shape, vector, unroll))
            add(emb::SegmentedScanAttr::get(context, vector, lanes, samples,
                                            unroll));
  }
}

} // namespace recflex
