//===- CpuTestModel.h - The test model on the CPU ---------------*- C++ -*-===//

#ifndef RECFLEX_TEST_UNIT_SERVING_CPUTESTMODEL_H
#define RECFLEX_TEST_UNIT_SERVING_CPUTESTMODEL_H

#include "recflex/Data/Generator.h"
#include "recflex/Runtime/CpuForward.h"
#include "recflex/Runtime/ManifestInput.h"

#include "../Runtime/TestModel.h"

namespace recflex {

/// Tables of whole numbers.
struct Tables {
  std::vector<float> users = std::vector<float>(10 * 2);
  std::vector<uint16_t> items = std::vector<uint16_t>(20 * 8);
  std::vector<const void *> addresses{users.data(), items.data()};

  Tables() {
    fillTable({"users", 10, 2, RowType::f32}, 0, 0, TableFill::integers,
              users.data(), 0, 10);
    fillTable({"items", 20, 8, RowType::f16}, 1, 0, TableFill::integers,
              items.data(), 0, 20);
  }
  Tables(const Tables &) = delete;
  Tables &operator=(const Tables &) = delete;

  /// On the CPU; they outlive it.
  Result<std::shared_ptr<const CpuTables>>
  attach(const Manifest &manifest) const {
    auto model = CpuModel::load(manifest);
    if (!model)
      return model.error();
    std::vector<DevicePtr> pointers;
    for (const void *table : addresses)
      pointers.push_back(reinterpret_cast<DevicePtr>(table));
    return CpuTables::attach(*model, pointers);
  }
};

/// A right batch for the test model, of either index type.
inline Batch generateFor(const Manifest &manifest, int64_t samples,
                         int64_t number = 0) {
  return *generateBatch(describeInput(manifest), samples, number, {});
}

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_SERVING_CPUTESTMODEL_H
