//===- SafeTensors.h - Named tensors in one file ----------------*- C++ -*-===//
//
// The safetensors format (https://github.com/huggingface/safetensors): eight
// bytes of header length, little endian; a JSON header that gives each tensor
// its dtype, shape and place; the tensors' bytes without gaps. Hosts are
// little endian, so that bytes are used as they stand.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_DATA_SAFETENSORS_H
#define RECFLEX_DATA_SAFETENSORS_H

#include "recflex/Support/Result.h"
#include "recflex/Support/Types.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace recflex {

class NewFile;

/// The format's element types. RecFlex computes with f32, f16, bf16, i32 and
/// i64; files may hold tensors of the others beside them.
enum class DType : uint8_t {
  boolean,
  f4,
  f6E2M3,
  f6E3M2,
  u8,
  i8,
  f8E5M2,
  f8E4M3,
  f8E8M0,
  f8E4M3FNUZ,
  f8E5M2FNUZ,
  i16,
  u16,
  f16,
  bf16,
  i32,
  u32,
  f32,
  c64,
  f64,
  i64,
  u64
};

/// The dtype's name in files and messages: "F32".
std::string_view toString(DType type);

DType dtypeOf(IndexType type);
DType dtypeOf(RowType type);

using TensorShape = std::vector<int64_t>;

/// "[1024, 64]"
std::string toString(const TensorShape &shape);

struct TensorInfo {
  std::string name;
  DType type = DType::f32;
  TensorShape shape;
};

/// A tensor of an open file: lives as long as the SafeTensors it came from.
struct TensorView : TensorInfo {
  /// Row-major elements. Files of other programs may not align them.
  const std::byte *data = nullptr;
  int64_t bytes = 0;

  int64_t elements() const;
};

/// A read-only file, mapped into memory rather than read: opening costs the
/// header alone, however large the tensors are. The file must not be cut
/// short while it is open.
class SafeTensors {
public:
  /// Opens and checks a file: the header's JSON, that tensors neither overlap
  /// nor leave gaps nor leave the file, and that each one's bytes are its
  /// shape times its dtype. Errors name the file and the tensor.
  static Result<SafeTensors> open(const std::string &path);

  const std::string &path() const { return filePath; }

  /// All tensors, in the order of their bytes in the file.
  const std::vector<TensorView> &tensors() const { return views; }

  /// The header's `__metadata__`; empty where the file has none.
  const std::map<std::string, std::string> &metadata() const { return meta; }

  /// The tensor of that name, or null.
  const TensorView *find(std::string_view name) const;

  /// The tensor of that name and dtype, or an error that names the file and
  /// what was found instead.
  Result<TensorView> get(std::string_view name, DType type) const;

private:
  struct Mapping;

  std::string filePath;
  std::shared_ptr<const Mapping> mapping;
  std::vector<TensorView> views;
  std::map<std::string, size_t, std::less<>> positions; ///< name to view
  std::map<std::string, std::string> meta;
};

/// Writes a file piece by piece, so that tensors may be larger than memory.
/// The file appears whole on commit(), or not at all.
class SafeTensorsWriter {
public:
  /// Lays the file out. Tensors stand in it in an order of the writer's own
  /// choice, which aligns each one to its element size (and to 64 bytes where
  /// its size is a multiple of 64). Names must be distinct and not empty.
  static Result<SafeTensorsWriter>
  create(const std::string &path, std::vector<TensorInfo> tensors,
         const std::map<std::string, std::string> &metadata = {});

  SafeTensorsWriter(SafeTensorsWriter &&);
  SafeTensorsWriter &operator=(SafeTensorsWriter &&);
  ~SafeTensorsWriter();

  /// Adds the next `bytes` bytes: the tensors' elements, tensor after tensor
  /// in the order that create() was given. A piece may end anywhere.
  Status write(const void *data, size_t bytes);

  /// Flushes the file and moves it into place. An error if tensors are still
  /// incomplete; nothing is left behind then.
  Status commit();

private:
  struct Slot {
    std::string name;
    int64_t offset = 0; ///< in the file
    int64_t bytes = 0;
  };
  SafeTensorsWriter();

  std::unique_ptr<NewFile> file;
  std::vector<Slot> slots; ///< in the caller's order
  size_t current = 0;      ///< the slot that the next byte belongs to
  int64_t written = 0;     ///< bytes of the current slot that are in place
};

} // namespace recflex

#endif // RECFLEX_DATA_SAFETENSORS_H
