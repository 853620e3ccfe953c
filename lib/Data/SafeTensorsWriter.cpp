//===- SafeTensorsWriter.cpp - Writes a safetensors file in pieces --------===//

#include "SafeTensorsFormat.h"

#include "recflex/Support/NewFile.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>
#include <set>
#include <sys/stat.h>

using nlohmann::json;

namespace recflex {

/// Where the data starts, and how tensors whose size allows it are aligned: a
/// cache line, so that rows can be read in place with the widest loads.
static constexpr int64_t dataAlignment = 64;

SafeTensorsWriter::SafeTensorsWriter() = default;
SafeTensorsWriter::SafeTensorsWriter(SafeTensorsWriter &&) = default;
SafeTensorsWriter &SafeTensorsWriter::operator=(SafeTensorsWriter &&) = default;
SafeTensorsWriter::~SafeTensorsWriter() = default;

/// The largest power of two, up to dataAlignment, that divides `bytes`.
static int64_t alignmentOf(int64_t bytes) {
  return std::gcd(bytes, dataAlignment);
}

Result<SafeTensorsWriter>
SafeTensorsWriter::create(const std::string &path,
                          std::vector<TensorInfo> tensors,
                          const std::map<std::string, std::string> &metadata) {
  SafeTensorsWriter writer;
  std::set<std::string_view> names;
  for (const TensorInfo &tensor : tensors) {
    if (tensor.name.empty() || tensor.name == safeTensorsMetadataKey)
      return makeError(path, ": a tensor cannot be named '", tensor.name, "'");
    if (!names.insert(tensor.name).second)
      return makeError(path, ": two tensors are named '", tensor.name, "'");
    std::optional<int64_t> bytes = tensorBytes(tensor.type, tensor.shape);
    if (!bytes)
      return makeError(
          path, ": tensor '", tensor.name, "': ", toString(tensor.shape),
          " of ", toString(tensor.type), " is no size that a file can have");
    writer.slots.push_back({tensor.name, 0, *bytes});
  }

  // The format allows no gaps. In the order of falling power-of-two factors
  // of their sizes, every tensor starts at a multiple of its own factor.
  std::vector<size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    int64_t left = alignmentOf(writer.slots[a].bytes);
    int64_t right = alignmentOf(writer.slots[b].bytes);
    return left != right ? left > right : a < b;
  });

  json header = json::object();
  if (!metadata.empty())
    header[safeTensorsMetadataKey] = metadata;
  int64_t end = 0;
  for (size_t i : order) {
    Slot &slot = writer.slots[i];
    slot.offset = end;
    if (__builtin_add_overflow(end, slot.bytes, &end))
      return makeError(path, ": tensor '", slot.name,
                       "': the file would pass 2^63 bytes");
    header[slot.name] = {{"dtype", toString(tensors[i].type)},
                         {"shape", tensors[i].shape},
                         {"data_offsets", {slot.offset, end}}};
  }
  std::string text =
      header.dump(-1, ' ', false, json::error_handler_t::replace);
  while ((8 + text.size()) % dataAlignment != 0)
    text += ' ';
  if (int64_t(text.size()) > maxSafeTensorsHeader)
    return makeError(path, ": the header of ", tensors.size(),
                     " tensors would be ", text.size(),
                     " bytes long; the format allows ", maxSafeTensorsHeader);

  struct stat info;
  if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode))
    return makeError(path, ": is not a regular file; name a file");
  auto file = NewFile::create(path);
  if (!file)
    return file.error();
  writer.file = std::move(*file);
  uint64_t headerBytes = text.size();
  text.insert(0, reinterpret_cast<const char *>(&headerBytes), 8);
  if (Status put = writer.file->writeAt(0, text); !put)
    return put.error();
  for (Slot &slot : writer.slots)
    if (__builtin_add_overflow(slot.offset, text.size(), &slot.offset))
      return makeError(path, ": tensor '", slot.name,
                       "': the file would pass 2^63 bytes");
  return writer;
}

Status SafeTensorsWriter::write(const void *data, size_t bytes) {
  const char *from = static_cast<const char *>(data);
  while (bytes > 0) {
    while (current < slots.size() && written == slots[current].bytes) {
      ++current;
      written = 0;
    }
    if (current == slots.size())
      return makeError(file->path(), ": ", bytes,
                       " more bytes than its tensors hold");
    const Slot &slot = slots[current];
    int64_t piece = std::min<uint64_t>(bytes, slot.bytes - written);
    Status put = file->writeAt(slot.offset + written,
                               {from, static_cast<size_t>(piece)});
    if (!put)
      return put;
    from += piece;
    bytes -= piece;
    written += piece;
  }
  return {};
}

Status SafeTensorsWriter::commit() {
  while (current < slots.size() && written == slots[current].bytes) {
    ++current;
    written = 0;
  }
  if (current < slots.size())
    return makeError(file->path(), ": tensor '", slots[current].name, "' got ",
                     written, " of its ", slots[current].bytes, " bytes");
  return file->commit();
}

} // namespace recflex
