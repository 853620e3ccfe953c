//===- EmbBytecode.cpp - The emb dialect in MLIR's bytecode ---------------===//
//
// A file has the version of the dialect that wrote it, so that later ones know
// what they read. Attributes and types are numbers rather than text, for text
// could not gain a parameter and still be read.
//
// A change of what is written here, of an operation's properties, or of what
// any of them means is a new version: kBytecodeVersion counts up, the reading
// functions ask reader.getDialectVersion<EmbDialect>() where old files differ,
// and upgradeFromVersion() changes operations. Golden files in
// test/Dialect/Emb/Inputs keep all versions readable.
//
//===----------------------------------------------------------------------===//

#include "recflex/Dialect/Emb/IR/Bytecode.h"
#include "recflex/Dialect/Emb/IR/Emb.h"

#include "mlir/Bytecode/BytecodeImplementation.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace recflex::emb;

namespace {

// Files have these numbers: new ones come at the end.
enum class AttributeCode : uint64_t {
  Pooling = 0,
  Stats,
  Occupancy,
  Target,
  FusedFeature,
  Gather,
  SubWarp,
  BlockReduce,
  SegmentedScan,
  MultiBlock,
  Binding,
};
enum class TypeCode : uint64_t { Kjt = 0, Bags };

struct EmbVersion : DialectVersion {
  uint64_t number = 0;
};

//===----------------------------------------------------------------------===//
// Parts of attributes
//===----------------------------------------------------------------------===//

auto errorsOf(DialectBytecodeReader &reader) {
  return [&reader] { return reader.emitError(); };
}

LogicalResult readReal(DialectBytecodeReader &reader, APFloat &value) {
  FailureOr<APFloat> read =
      reader.readAPFloatWithKnownSemantics(APFloat::IEEEdouble());
  if (succeeded(read))
    value = *read;
  return read;
}

/// One of an enumeration's cases, which `symbolize` knows by number.
template <typename Kind>
LogicalResult readKind(DialectBytecodeReader &reader, StringRef what,
                       std::optional<Kind> (*symbolize)(uint32_t),
                       Kind &value) {
  uint64_t number;
  if (failed(reader.readVarInt(number)))
    return failure();
  std::optional<Kind> kind;
  if (number <= UINT32_MAX)
    kind = symbolize(static_cast<uint32_t>(number));
  if (!kind)
    return reader.emitError() << "has the unknown " << what << ' ' << number;
  value = *kind;
  return success();
}

LogicalResult readPooling(DialectBytecodeReader &reader, PoolingKind &value) {
  return readKind(reader, "pooling", symbolizePoolingKind, value);
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

/// An attribute whose parameters are `Count` integers.
template <typename AttributeT, size_t Count>
Attribute readIntegers(DialectBytecodeReader &reader) {
  std::array<int64_t, Count> values;
  for (int64_t &value : values)
    if (failed(reader.readSignedVarInt(value)))
      return {};
  return std::apply(
      [&](auto... parameters) {
        return AttributeT::getChecked(errorsOf(reader), reader.getContext(),
                                      parameters...);
      },
      values);
}

void writeIntegers(DialectBytecodeWriter &writer, AttributeCode code,
                   ArrayRef<int64_t> values) {
  writer.writeVarInt(static_cast<uint64_t>(code));
  for (int64_t value : values)
    writer.writeSignedVarInt(value);
}

Attribute readPoolingAttr(DialectBytecodeReader &reader) {
  PoolingKind kind;
  if (failed(readPooling(reader, kind)))
    return {};
  return PoolingKindAttr::get(reader.getContext(), kind);
}

Attribute readBinding(DialectBytecodeReader &reader) {
  BindingKind kind;
  if (failed(readKind(reader, "binding", symbolizeBindingKind, kind)))
    return {};
  return BindingKindAttr::get(reader.getContext(), kind);
}

Attribute readStats(DialectBytecodeReader &reader) {
  APFloat mean(0.0), stddev(0.0), coverage(0.0), distinct(0.0);
  int64_t max, batch;
  if (failed(readReal(reader, mean)) || failed(readReal(reader, stddev)) ||
      failed(reader.readSignedVarInt(max)) ||
      failed(readReal(reader, coverage)) ||
      failed(readReal(reader, distinct)) ||
      failed(reader.readSignedVarInt(batch)))
    return {};
  return StatsAttr::getChecked(errorsOf(reader), reader.getContext(), mean,
                               stddev, max, coverage, distinct, batch);
}

void write(DialectBytecodeWriter &writer, StatsAttr stats) {
  writer.writeVarInt(static_cast<uint64_t>(AttributeCode::Stats));
  writer.writeAPFloatWithKnownSemantics(stats.getMean());
  writer.writeAPFloatWithKnownSemantics(stats.getStddev());
  writer.writeSignedVarInt(stats.getMax());
  writer.writeAPFloatWithKnownSemantics(stats.getCoverage());
  writer.writeAPFloatWithKnownSemantics(stats.getDistinct());
  writer.writeSignedVarInt(stats.getBatch());
}

Attribute readTarget(DialectBytecodeReader &reader) {
  StringRef chip;
  if (failed(reader.readString(chip)))
    return {};
  return TargetAttr::get(reader.getContext(), chip);
}

void write(DialectBytecodeWriter &writer, TargetAttr target) {
  writer.writeVarInt(static_cast<uint64_t>(AttributeCode::Target));
  writer.writeOwnedString(target.getChip());
}

Attribute readFusedFeature(DialectBytecodeReader &reader) {
  int64_t key, table, column;
  PoolingKind pooling;
  bool weighted;
  ScheduleAttrInterface schedule;
  if (failed(reader.readSignedVarInt(key)) ||
      failed(reader.readSignedVarInt(table)) ||
      failed(readPooling(reader, pooling)) ||
      failed(reader.readBool(weighted)) ||
      failed(reader.readSignedVarInt(column)) ||
      failed(reader.readAttribute(schedule)))
    return {};
  return FusedFeatureAttr::get(reader.getContext(), key, table, pooling,
                               weighted, column, schedule);
}

void write(DialectBytecodeWriter &writer, FusedFeatureAttr feature) {
  writer.writeVarInt(static_cast<uint64_t>(AttributeCode::FusedFeature));
  writer.writeSignedVarInt(feature.getKey());
  writer.writeSignedVarInt(feature.getTable());
  writer.writeVarInt(static_cast<uint64_t>(feature.getPooling()));
  writer.writeOwnedBool(feature.getWeighted());
  writer.writeSignedVarInt(feature.getColumn());
  writer.writeAttribute(feature.getSchedule());
}

//===----------------------------------------------------------------------===//
// The interface
//===----------------------------------------------------------------------===//

struct EmbBytecode : BytecodeDialectInterface {
  explicit EmbBytecode(Dialect *dialect) : BytecodeDialectInterface(dialect) {}

  void writeVersion(DialectBytecodeWriter &writer) const final {
    writer.writeVarInt(kBytecodeVersion);
  }

  std::unique_ptr<DialectVersion>
  readVersion(DialectBytecodeReader &reader) const final {
    auto version = std::make_unique<EmbVersion>();
    if (failed(reader.readVarInt(version->number)))
      return nullptr;
    if (version->number <= kBytecodeVersion)
      return version;
    reader.emitError() << "has version " << version->number
                       << " of the emb dialect; RecFlex " RECFLEX_VERSION
                          " reads versions up to "
                       << kBytecodeVersion
                       << ": use the RecFlex that wrote it, or a later one";
    return nullptr;
  }

  Attribute readAttribute(DialectBytecodeReader &reader) const final {
    uint64_t code;
    if (failed(reader.readVarInt(code)))
      return {};
    switch (static_cast<AttributeCode>(code)) {
    case AttributeCode::Pooling:
      return readPoolingAttr(reader);
    case AttributeCode::Stats:
      return readStats(reader);
    case AttributeCode::Occupancy:
      return readIntegers<OccupancyAttr, 2>(reader);
    case AttributeCode::Target:
      return readTarget(reader);
    case AttributeCode::FusedFeature:
      return readFusedFeature(reader);
    case AttributeCode::Gather:
      return readIntegers<GatherAttr, 3>(reader);
    case AttributeCode::SubWarp:
      return readIntegers<SubWarpAttr, 3>(reader);
    case AttributeCode::BlockReduce:
      return readIntegers<BlockReduceAttr, 4>(reader);
    case AttributeCode::SegmentedScan:
      return readIntegers<SegmentedScanAttr, 4>(reader);
    case AttributeCode::MultiBlock:
      return readIntegers<MultiBlockAttr, 5>(reader);
    case AttributeCode::Binding:
      return readBinding(reader);
    }
    reader.emitError() << "has the unknown emb attribute " << code;
    return {};
  }

  LogicalResult writeAttribute(Attribute attribute,
                               DialectBytecodeWriter &writer) const final {
    using Code = AttributeCode;
    return TypeSwitch<Attribute, LogicalResult>(attribute)
        .Case([&](PoolingKindAttr pooling) {
          writer.writeVarInt(static_cast<uint64_t>(Code::Pooling));
          writer.writeVarInt(static_cast<uint64_t>(pooling.getValue()));
          return success();
        })
        .Case([&](BindingKindAttr binding) {
          writer.writeVarInt(static_cast<uint64_t>(Code::Binding));
          writer.writeVarInt(static_cast<uint64_t>(binding.getValue()));
          return success();
        })
        .Case<StatsAttr, TargetAttr, FusedFeatureAttr>([&](auto other) {
          write(writer, other);
          return success();
        })
        .Case([&](OccupancyAttr a) {
          writeIntegers(writer, Code::Occupancy,
                        {a.getThreads(), a.getBlocks()});
          return success();
        })
        .Case([&](GatherAttr a) {
          writeIntegers(writer, Code::Gather,
                        {a.getVector(), a.getLanes(), a.getUnroll()});
          return success();
        })
        .Case([&](SubWarpAttr a) {
          writeIntegers(writer, Code::SubWarp,
                        {a.getVector(), a.getLanes(), a.getUnroll()});
          return success();
        })
        .Case([&](BlockReduceAttr a) {
          writeIntegers(
              writer, Code::BlockReduce,
              {a.getVector(), a.getLanes(), a.getRows(), a.getUnroll()});
          return success();
        })
        .Case([&](SegmentedScanAttr a) {
          writeIntegers(
              writer, Code::SegmentedScan,
              {a.getVector(), a.getLanes(), a.getSamples(), a.getUnroll()});
          return success();
        })
        .Case([&](MultiBlockAttr a) {
          writeIntegers(writer, Code::MultiBlock,
                        {a.getVector(), a.getLanes(), a.getRows(), a.getParts(),
                         a.getUnroll()});
          return success();
        })
        .Default([](Attribute) { return failure(); });
  }

  Type readType(DialectBytecodeReader &reader) const final {
    uint64_t code;
    int64_t features;
    IntegerType indexType;
    if (failed(reader.readVarInt(code)))
      return {};
    switch (static_cast<TypeCode>(code)) {
    case TypeCode::Kjt:
      if (failed(reader.readSignedVarInt(features)) ||
          failed(reader.readType(indexType)))
        return {};
      return KjtType::getChecked(errorsOf(reader), reader.getContext(),
                                 features, indexType);
    case TypeCode::Bags:
      if (failed(reader.readType(indexType)))
        return {};
      return BagsType::getChecked(errorsOf(reader), reader.getContext(),
                                  indexType);
    }
    reader.emitError() << "has the unknown emb type " << code;
    return {};
  }

  LogicalResult writeType(Type type,
                          DialectBytecodeWriter &writer) const final {
    return TypeSwitch<Type, LogicalResult>(type)
        .Case([&](KjtType kjt) {
          writer.writeVarInt(static_cast<uint64_t>(TypeCode::Kjt));
          writer.writeSignedVarInt(kjt.getFeatures());
          writer.writeType(kjt.getIndexType());
          return success();
        })
        .Case([&](BagsType bags) {
          writer.writeVarInt(static_cast<uint64_t>(TypeCode::Bags));
          writer.writeType(bags.getIndexType());
          return success();
        })
        .Default([](Type) { return failure(); });
  }
};

} // namespace

void recflex::emb::addBytecodeInterface(EmbDialect &dialect) {
  dialect.addInterfaces<EmbBytecode>();
}
