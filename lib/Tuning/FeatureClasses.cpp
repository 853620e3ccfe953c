//===- FeatureClasses.cpp - Lookups that one trial speaks for -------------===//

#include "recflex/Tuning/FeatureClasses.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>
#include <tuple>

namespace recflex {

/// The middle of the bucket that `value` falls into, as text. Middles are the
/// powers of 1 + tolerance; zero has a bucket of its own.
static std::string bucket(double value, double tolerance) {
  std::ostringstream os;
  os.precision(4);
  if (value > 0) {
    double step = std::log1p(tolerance);
    value = std::exp(std::round(std::log(value) / step) * step);
  }
  os << value;
  return os.str();
}

static std::string keyOf(const TunedLookup &lookup,
                         const ClassTolerance &tolerance) {
  const emb::LookupShape &shape = lookup.shape;
  const emb::BagStats &stats = lookup.stats;
  // Past 2^31 rows the code for row numbers is another.
  bool wide = shape.rows > INT32_MAX;
  std::ostringstream os;
  os << 'w' << shape.width << ' ' << toString(shape.rowType) << ' '
     << toString(shape.indexType) << ' ' << toString(shape.pooling) << ' '
     << (shape.weighted ? "weighted" : "plain") << (wide ? " wide" : "")
     << " rows=" << bucket(static_cast<double>(shape.rows), tolerance.rows)
     << " mean=" << bucket(stats.mean, tolerance.mean)
     << " stddev=" << bucket(stats.stddev, tolerance.stddev)
     << " max=" << bucket(static_cast<double>(stats.max), tolerance.max)
     << " coverage=" << bucket(stats.coverage, tolerance.coverage)
     << " distinct=" << bucket(stats.distinct, tolerance.distinct)
     << " batch=" << stats.batch;
  return os.str();
}

/// The member in the middle when they are sorted by their bags.
static size_t chooseRepresentative(const std::vector<TunedLookup> &lookups,
                                   std::vector<size_t> members) {
  std::sort(members.begin(), members.end(), [&](size_t a, size_t b) {
    const emb::BagStats &first = lookups[a].stats, &second = lookups[b].stats;
    return std::tie(first.mean, first.max, first.stddev, a) <
           std::tie(second.mean, second.max, second.stddev, b);
  });
  return members[members.size() / 2];
}

std::vector<FeatureClass>
classifyLookups(const std::vector<TunedLookup> &lookups,
                const ClassTolerance &tolerance) {
  std::vector<FeatureClass> classes;
  std::map<std::string, size_t> numbers;
  for (size_t i = 0; i != lookups.size(); ++i) {
    std::string key = keyOf(lookups[i], tolerance);
    auto [entry, isNew] = numbers.try_emplace(key, classes.size());
    if (isNew) {
      classes.emplace_back();
      classes.back().key = std::move(key);
    }
    classes[entry->second].members.push_back(i);
  }
  for (FeatureClass &featureClass : classes) {
    featureClass.representative =
        chooseRepresentative(lookups, featureClass.members);
    featureClass.lookup = lookups[featureClass.representative];
  }
  return classes;
}

std::string describe(const FeatureClass &featureClass) {
  std::string text = "feature '" + featureClass.lookup.name + "'";
  if (featureClass.members.size() > 1)
    text += " and " + std::to_string(featureClass.members.size() - 1) + " more";
  return text;
}

} // namespace recflex
