//===- HostTables.h - Tables in host memory ---------------------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_HOSTTABLES_H
#define RECFLEX_RUNTIME_HOSTTABLES_H

#include "recflex/Data/Batch.h"
#include "recflex/Data/Generator.h"
#include "recflex/Data/SafeTensors.h"
#include "recflex/Runtime/Manifest.h"

#include <optional>

namespace recflex {

/// The tables of a model as addresses: from a safetensors file, or generated.
/// A generated table only takes address space until a batch touches its rows,
/// so that models larger than the memory can be simulated and verified.
class HostTables {
public:
  static Result<HostTables> open(const std::string &path,
                                 const Manifest &manifest);
  static Result<HostTables> generate(const Manifest &manifest, uint64_t seed,
                                     TableFill fill);

  /// Makes sure that the rows which `batch` reads hold their values. Errors
  /// name an index outside its table.
  Status prepare(const Manifest &manifest, const Batch &batch);

  /// Row 0 of every table.
  const std::vector<const void *> &addresses() const { return pointers; }

  /// Writes bytes [offset, offset + bytes) of a table, whole rows, to `out`.
  void copy(const Manifest &manifest, size_t table, int64_t offset,
            int64_t bytes, char *out) const;

private:
  struct Reservation {
    char *base = nullptr;
    size_t bytes = 0;
    explicit Reservation(size_t bytes);
    Reservation(Reservation &&other) noexcept;
    ~Reservation();
  };

  std::optional<SafeTensors> file;
  std::vector<Reservation> memory;
  std::vector<std::vector<bool>> filled; ///< a table, a row
  std::vector<const void *> pointers;
  uint64_t seed = 0;
  TableFill fill = TableFill::uniform;
};

} // namespace recflex

#endif // RECFLEX_RUNTIME_HOSTTABLES_H
