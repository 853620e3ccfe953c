//===- Cubin.cpp - Code that a GPU runs as it is --------------------------===//
//
// Offsets are those of Elf64_Ehdr, Elf64_Phdr and Elf64_Shdr: System V ABI,
// "Object Files". The machine's number is EM_CUDA of <elf.h>.
//
//===----------------------------------------------------------------------===//

#include "Cubin.h"

#include <cstdint>

namespace recflex {

namespace {

constexpr std::string_view kElf64Little{"\x7f"
                                        "ELF\2\1",
                                        6};
constexpr uint16_t kCudaMachine = 190;
constexpr size_t kElfHeaderBytes = 64;
constexpr uint32_t kNoBits = 8; ///< SHT_NOBITS: takes no room in the file

/// The little-endian number at `offset`, which lies inside.
template <typename T> T numberAt(std::string_view image, uint64_t offset) {
  T value = 0;
  for (size_t i = 0; i != sizeof value; ++i)
    value |= static_cast<T>(static_cast<unsigned char>(image[offset + i]))
             << (8 * i);
  return value;
}

bool inside(std::string_view image, uint64_t offset, uint64_t bytes) {
  return offset <= image.size() && bytes <= image.size() - offset;
}

/// Where a table of headers says so, and where its entries say what they
/// describe.
struct HeaderTable {
  const char *name;
  size_t offsetField, sizeField, countField; ///< in the ELF header
  uint16_t entryBytes;
  size_t entryOffsetField, entryBytesField; ///< in an entry
};

constexpr HeaderTable kProgramHeaders{"program", 32, 54, 56, 56, 8, 32};
constexpr HeaderTable kSectionHeaders{"section", 40, 58, 60, 64, 24, 32};

} // namespace

static Status checkTable(std::string_view image, const HeaderTable &table) {
  auto offset = numberAt<uint64_t>(image, table.offsetField);
  auto count = numberAt<uint16_t>(image, table.countField);
  if (count == 0)
    return {};
  if (numberAt<uint16_t>(image, table.sizeField) != table.entryBytes)
    return makeError("has ", table.name, " headers of another size than ",
                     table.entryBytes, " bytes");
  if (!inside(image, offset, uint64_t{count} * table.entryBytes))
    return makeError("has ", count, " ", table.name, " headers at ", offset,
                     ", outside its ", image.size(), " bytes");
  for (uint64_t i = 0; i != count; ++i) {
    std::string_view entry =
        image.substr(offset + i * table.entryBytes, table.entryBytes);
    if (&table == &kSectionHeaders && numberAt<uint32_t>(entry, 4) == kNoBits)
      continue;
    auto start = numberAt<uint64_t>(entry, table.entryOffsetField);
    auto bytes = numberAt<uint64_t>(entry, table.entryBytesField);
    if (!inside(image, start, bytes))
      return makeError("has a ", table.name, " of ", bytes, " bytes at ", start,
                       ", outside its ", image.size(), " bytes");
  }
  return {};
}

Status checkCubin(std::string_view image) {
  if (image.size() < kElfHeaderBytes ||
      image.substr(0, kElf64Little.size()) != kElf64Little)
    return makeError("is not a 64-bit little-endian ELF file");
  if (auto machine = numberAt<uint16_t>(image, 18); machine != kCudaMachine)
    return makeError("is an ELF file for machine ", machine, ", not for CUDA (",
                     kCudaMachine, ")");
  if (Status status = checkTable(image, kProgramHeaders); !status)
    return status;
  return checkTable(image, kSectionHeaders);
}

} // namespace recflex
