//===- HostTables.cpp - Tables in host memory -----------------------------===//

#include "recflex/Runtime/HostTables.h"

#include "recflex/Data/TableFile.h"

#include <cstring>
#include <sys/mman.h>
#include <thread>
#include <utility>

namespace recflex {

static std::vector<TableSpec> specsOf(const Manifest &manifest) {
  std::vector<TableSpec> specs;
  for (const ManifestTable &table : manifest.tables)
    specs.push_back({table.name, table.rows, table.width, table.type});
  return specs;
}

static int64_t rowBytes(const ManifestTable &table) {
  return table.width * byteSize(table.type);
}

HostTables::Reservation::Reservation(size_t bytes) : bytes(bytes) {
  void *memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  base = memory == MAP_FAILED ? nullptr : static_cast<char *>(memory);
}

HostTables::Reservation::Reservation(Reservation &&other) noexcept
    : base(std::exchange(other.base, nullptr)), bytes(other.bytes) {}

HostTables::Reservation::~Reservation() {
  if (base)
    ::munmap(base, bytes);
}

Result<HostTables> HostTables::open(const std::string &path,
                                    const Manifest &manifest) {
  Result<SafeTensors> file = SafeTensors::open(path);
  if (!file)
    return file.error();
  HostTables tables;
  tables.file = std::move(*file);
  Result<std::vector<const void *>> found =
      findTables(*tables.file, specsOf(manifest));
  if (!found)
    return found.error();
  tables.pointers = std::move(*found);
  return tables;
}

Result<HostTables> HostTables::generate(const Manifest &manifest, uint64_t seed,
                                        TableFill fill) {
  HostTables tables;
  tables.seed = seed;
  tables.fill = fill;
  for (const ManifestTable &table : manifest.tables) {
    Reservation memory(table.rows * rowBytes(table));
    if (!memory.base)
      return makeError("table '", table.name, "': cannot reserve ",
                       memory.bytes, " bytes of address space");
    tables.pointers.push_back(memory.base);
    tables.memory.push_back(std::move(memory));
    tables.filled.emplace_back(table.rows, false);
  }
  return tables;
}

Status HostTables::prepare(const Manifest &manifest, const Batch &batch) {
  std::vector<TableSpec> specs = specsOf(manifest);
  for (const ManifestFeature &feature : manifest.features) {
    const TableSpec &spec = specs[feature.table];
    int64_t bytes = spec.width * byteSize(spec.type);
    int64_t first = batch.offsets[feature.key * batch.batchSize];
    int64_t last = batch.offsets[(feature.key + 1) * batch.batchSize];
    for (int64_t i = first; i < last; ++i) {
      int64_t row = batch.values[i];
      if (row < 0 || row >= spec.rows)
        return makeError("feature '", feature.name, "': values[", i, "] is ",
                         row, ", outside table '", spec.name, "' of ",
                         spec.rows, " rows");
      if (file || filled[feature.table][row])
        continue;
      filled[feature.table][row] = true;
      fillTable(spec, feature.table, seed, fill,
                memory[feature.table].base + row * bytes, row, 1);
    }
  }
  return {};
}

void HostTables::copy(const Manifest &manifest, size_t table, int64_t offset,
                      int64_t bytes, char *out) const {
  if (file) {
    std::memcpy(out, static_cast<const char *>(pointers[table]) + offset,
                bytes);
    return;
  }
  TableSpec spec = specsOf(manifest)[table];
  int64_t row = rowBytes(manifest.tables[table]);
  int64_t rows = bytes / row, first = offset / row;
  // Every element is a function of its place: threads share the work freely.
  int64_t workers = std::max(1u, std::thread::hardware_concurrency());
  int64_t share = (rows + workers - 1) / workers;
  std::vector<std::thread> threads;
  for (int64_t begin = 0; begin < rows; begin += share)
    threads.emplace_back([&, begin] {
      fillTable(spec, table, seed, fill, out + begin * row, first + begin,
                std::min(share, rows - begin));
    });
  for (std::thread &thread : threads)
    thread.join();
}

} // namespace recflex
