//===- EmbAttributes.cpp - Statistics and occupancy -----------------------===//

#include "recflex/Dialect/Emb/IR/Emb.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace recflex::emb;

#include "recflex/Dialect/Emb/IR/EmbEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "recflex/Dialect/Emb/IR/EmbAttributes.cpp.inc"

void EmbDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "recflex/Dialect/Emb/IR/EmbAttributes.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// StatsAttr
//===----------------------------------------------------------------------===//

/// 1.5 rather than 1.500000e+00.
static std::string shortText(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%g", value);
  return text;
}

LogicalResult StatsAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                APFloat mean, APFloat stddev, int64_t max,
                                APFloat coverage, APFloat distinct,
                                int64_t batch) {
  constexpr double kHuge = 9.2e18; // the longest bag that an i64 can count
  const std::tuple<StringRef, double, double> limits[] = {
      {"mean", mean.convertToDouble(), kHuge},
      {"stddev", stddev.convertToDouble(), kHuge},
      {"max", static_cast<double>(max), kHuge},
      {"coverage", coverage.convertToDouble(), 1.0},
      {"distinct", distinct.convertToDouble(), kHuge},
      {"batch", static_cast<double>(batch), kHuge}};
  for (auto [name, value, limit] : limits)
    if (!(value >= 0 && value <= limit))
      return emitError() << "'" << name << "' must be from 0 to "
                         << shortText(limit) << ", not " << shortText(value);
  if (mean.convertToDouble() > static_cast<double>(max))
    return emitError() << "'mean' is " << shortText(mean.convertToDouble())
                       << ", past 'max', which is " << max;
  return success();
}

// #emb.stats<mean = 8.1, stddev = 9.6, max = 50, coverage = 0.8,
//            distinct = 950.0, batch = 512>
Attribute StatsAttr::parse(AsmParser &parser, Type) {
  BagStats stats;
  SMLoc location = parser.getCurrentLocation();
  auto parseNumber = [&](StringRef name, auto &value) -> ParseResult {
    if (parser.parseKeyword(name) || parser.parseEqual())
      return failure();
    if constexpr (std::is_same_v<decltype(value), double &>)
      return parser.parseFloat(value);
    else
      return parser.parseInteger(value);
  };
  if (parser.parseLess() || parseNumber("mean", stats.mean) ||
      parser.parseComma() || parseNumber("stddev", stats.stddev) ||
      parser.parseComma() || parseNumber("max", stats.max) ||
      parser.parseComma() || parseNumber("coverage", stats.coverage) ||
      parser.parseComma() || parseNumber("distinct", stats.distinct) ||
      parser.parseComma() || parseNumber("batch", stats.batch) ||
      parser.parseGreater())
    return {};
  return parser.getChecked<StatsAttr>(
      location, parser.getContext(), APFloat(stats.mean), APFloat(stats.stddev),
      stats.max, APFloat(stats.coverage), APFloat(stats.distinct), stats.batch);
}

void StatsAttr::print(AsmPrinter &printer) const {
  printer << "<mean = ";
  printer.printFloat(getMean());
  printer << ", stddev = ";
  printer.printFloat(getStddev());
  printer << ", max = " << getMax() << ", coverage = ";
  printer.printFloat(getCoverage());
  printer << ", distinct = ";
  printer.printFloat(getDistinct());
  printer << ", batch = " << getBatch() << '>';
}

//===----------------------------------------------------------------------===//
// OccupancyAttr
//===----------------------------------------------------------------------===//

OccupancyAttr recflex::emb::resolveOccupancy(Operation *function,
                                             int64_t threads, int64_t blocks) {
  auto attribute =
      function->getAttrOfType<OccupancyAttr>(EmbDialect::kOccupancyAttr);
  if (threads == 0)
    threads = attribute ? attribute.getThreads() : kDefaultThreads;
  if (blocks == 0)
    blocks = attribute && attribute.getThreads() == threads
                 ? attribute.getBlocks()
                 : defaultBlocks(threads);
  return OccupancyAttr::getChecked(
      [&] { return emitError(function->getLoc()); }, function->getContext(),
      threads, blocks);
}

FailureOr<BindingKind> recflex::emb::resolveBinding(Operation *function,
                                                    StringRef given) {
  if (given.empty()) {
    auto attribute =
        function->getAttrOfType<BindingKindAttr>(EmbDialect::kBindingAttr);
    return attribute ? attribute.getValue() : BindingKind::Runtime;
  }
  if (std::optional<BindingKind> kind = symbolizeBindingKind(given))
    return *kind;
  return emitError(function->getLoc())
         << "binding '" << given << "' is neither 'runtime' nor 'fixed'";
}

LogicalResult
OccupancyAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      int64_t threads, int64_t blocks) {
  if (threads < 32 || threads > 1024 || threads % 32 != 0)
    return emitError() << "'threads' must be a multiple of 32 from 32 to 1024, "
                          "not "
                       << threads;
  if (blocks < 1 || blocks > 32)
    return emitError() << "'blocks' must be from 1 to 32, not " << blocks;
  if (threads * blocks > kMaxResidentThreads)
    return emitError() << "a multiprocessor holds " << kMaxResidentThreads
                       << " threads; " << blocks << " blocks of " << threads
                       << " are " << threads * blocks;
  return success();
}
