//===- SafeTensors.cpp - Opens and checks a safetensors file --------------===//

#include "recflex/Data/SafeTensors.h"

#include "SafeTensorsFormat.h"
#include "recflex/Support/Json.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

using nlohmann::json;

namespace recflex {

/// A file's bytes for as long as someone looks at them.
struct SafeTensors::Mapping {
  const std::byte *data = nullptr;
  size_t size = 0;

  Mapping() = default;
  Mapping(const Mapping &) = delete;
  ~Mapping() {
    if (data)
      ::munmap(const_cast<std::byte *>(data), size);
  }

  Status map(const std::string &path) {
    auto failed = [&](const char *what) {
      return makeError(ErrorCode::io, path, ": ", what, ": ",
                       std::strerror(errno));
    };
    // O_NONBLOCK: a pipe by mistake is an error at once.
    int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
      return failed("cannot open the file");
    Status status;
    struct stat info;
    if (::fstat(fd, &info) != 0) {
      status = failed("cannot stat the file");
    } else if (!S_ISREG(info.st_mode)) {
      status = makeError(ErrorCode::io, path,
                         ": is not a regular file; name a file");
    } else if (info.st_size > 0) {
      void *start = ::mmap(nullptr, info.st_size, PROT_READ, MAP_SHARED, fd, 0);
      if (start == MAP_FAILED) {
        status = failed("cannot map the file");
      } else {
        data = static_cast<const std::byte *>(start);
        size = info.st_size;
      }
    }
    ::close(fd);
    return status;
  }
};

template <typename... Parts>
static Error tensorError(const std::string &name, const Parts &...what) {
  return makeError("tensor '", name, "': ", what...);
}

/// Reads a whole number that is not negative.
static std::optional<int64_t> readCount(const json &value) {
  if (!value.is_number_unsigned())
    return std::nullopt;
  uint64_t count = value.get<uint64_t>();
  if (count > uint64_t(INT64_MAX))
    return std::nullopt;
  return static_cast<int64_t>(count);
}

/// Reads one tensor's entry of the header. `body` is what follows the header,
/// `bodyBytes` long.
static Result<TensorView> readEntry(const std::string &name, const json &entry,
                                    const std::byte *body, int64_t bodyBytes) {
  if (!entry.is_object())
    return tensorError(name, "its header entry is not an object");
  for (const char *key : {"dtype", "shape", "data_offsets"})
    if (!entry.contains(key))
      return tensorError(name, "its header entry has no '", key, "'");
  if (entry.size() != 3)
    return tensorError(name, "its header entry has keys besides dtype, shape "
                             "and data_offsets");

  TensorView view;
  view.name = name;
  const json &type = entry["dtype"];
  if (!type.is_string())
    return tensorError(name, "its dtype is not a string");
  std::optional<DType> parsed = parseDType(type.get_ref<const std::string &>());
  if (!parsed)
    return tensorError(name, "the dtype '", type.get<std::string>(),
                       "' is unknown; RecFlex reads F32, F16, BF16, I32 and "
                       "I64");
  view.type = *parsed;

  const json &shape = entry["shape"];
  if (!shape.is_array())
    return tensorError(name, "its shape is not a list");
  for (const json &dimension : shape) {
    std::optional<int64_t> count = readCount(dimension);
    if (!count)
      return tensorError(name, "its shape ", shape.dump(),
                         " has an entry that is not a whole number from 0");
    view.shape.push_back(*count);
  }

  const json &offsets = entry["data_offsets"];
  std::optional<int64_t> begin, end;
  if (offsets.is_array() && offsets.size() == 2) {
    begin = readCount(offsets[0]);
    end = readCount(offsets[1]);
  }
  if (!begin || !end || *begin > *end)
    return tensorError(name, "its data_offsets ", offsets.dump(),
                       " are not [begin, end]");
  if (*end > bodyBytes)
    return tensorError(name, "its bytes ", *begin, " to ", *end,
                       " pass the file's ", bodyBytes,
                       " bytes of data; the file is cut short");
  std::optional<int64_t> bytes = tensorBytes(view.type, view.shape);
  if (!bytes || *bytes != *end - *begin)
    return tensorError(name, "its shape ", toString(view.shape), " of ",
                       toString(view.type), " does not match its ",
                       *end - *begin, " bytes");
  view.data = body + *begin;
  view.bytes = *bytes;
  return view;
}

/// Tensors must fill the body without overlap or gap: `views` is in the order
/// of their places.
static Status checkPlaces(const std::vector<TensorView> &views,
                          const std::byte *body, int64_t bodyBytes) {
  int64_t expected = 0;
  for (const TensorView &view : views) {
    int64_t begin = view.data - body;
    if (begin != expected)
      return tensorError(view.name, "starts at byte ", begin, " but ",
                         begin < expected
                             ? "overlaps the tensor before it, which ends at "
                             : "leaves a gap after byte ",
                         expected);
    expected = begin + view.bytes;
  }
  if (expected != bodyBytes)
    return makeError("the tensors end at byte ", expected,
                     " of the data but the file has ", bodyBytes,
                     "; there are bytes that belong to no tensor");
  return {};
}

Result<SafeTensors> SafeTensors::open(const std::string &path) {
  auto mapping = std::make_shared<Mapping>();
  if (Status mapped = mapping->map(path); !mapped)
    return mapped.error();

  if (mapping->size < 8)
    return makeError(path, ": has ", mapping->size,
                     " bytes; a safetensors file has at least 8");
  uint64_t headerBytes;
  std::memcpy(&headerBytes, mapping->data, sizeof headerBytes);
  if (headerBytes > uint64_t(maxSafeTensorsHeader) ||
      headerBytes > mapping->size - 8)
    return makeError(path, ": says that its header is ", headerBytes,
                     " bytes long, but the file has ", mapping->size,
                     " bytes and a header at most ", maxSafeTensorsHeader,
                     "; it is cut short or no safetensors file");
  std::string_view text(reinterpret_cast<const char *>(mapping->data) + 8,
                        headerBytes);
  Result<json> header = parseJson(text);
  if (!header)
    return header.error().in(path + ": header");
  if (!header->is_object())
    return makeError(path, ": header is not a JSON object");

  SafeTensors file;
  file.filePath = path;
  const std::byte *body = mapping->data + 8 + headerBytes;
  int64_t bodyBytes = mapping->size - 8 - headerBytes;
  for (const auto &[name, entry] : header->items()) {
    if (name != safeTensorsMetadataKey) {
      Result<TensorView> view = readEntry(name, entry, body, bodyBytes);
      if (!view)
        return view.error().in(path);
      file.views.push_back(std::move(*view));
      continue;
    }
    if (!entry.is_object())
      return makeError(path, ": __metadata__ is not an object");
    for (const auto &[key, value] : entry.items()) {
      if (!value.is_string())
        return makeError(path, ": __metadata__ key '", key,
                         "' is not a string");
      file.meta[key] = value.get<std::string>();
    }
  }
  // Empty tensors first where several start at one place.
  std::sort(file.views.begin(), file.views.end(),
            [](const TensorView &a, const TensorView &b) {
              return std::tie(a.data, a.bytes, a.name) <
                     std::tie(b.data, b.bytes, b.name);
            });
  if (Status places = checkPlaces(file.views, body, bodyBytes); !places)
    return places.error().in(path);
  for (size_t i = 0; i < file.views.size(); ++i)
    file.positions[file.views[i].name] = i;
  file.mapping = std::move(mapping);
  return file;
}

const TensorView *SafeTensors::find(std::string_view name) const {
  auto position = positions.find(name);
  return position == positions.end() ? nullptr : &views[position->second];
}

Result<TensorView> SafeTensors::get(std::string_view name, DType type) const {
  const TensorView *view = find(name);
  if (!view)
    return makeError(filePath, ": has no tensor '", name, "'");
  if (view->type != type)
    return makeError(filePath, ": tensor '", name, "' is ",
                     toString(view->type), " but must be ", toString(type));
  return *view;
}

} // namespace recflex
