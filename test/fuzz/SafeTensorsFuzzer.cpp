//===- SafeTensorsFuzzer.cpp - Opens tensor files, reads batches ----------===//

#include "FuzzTarget.h"
#include "JsonMutator.h"

#include "recflex/Data/BatchFile.h"
#include "recflex/Data/SafeTensors.h"

#include <cstring>

namespace recflex {

/// Reads every byte of a tensor.
static void readAll(const TensorView &view) {
  require(view.elements() >= 0 && view.bytes >= 0, "a negative tensor");
  for (int64_t i = 0; i != view.bytes; ++i)
    static_cast<void>(*(const volatile std::byte *)(view.data + i));
}

static void open(const std::string &path) {
  Result<SafeTensors> file = SafeTensors::open(path);
  if (!accepted(file))
    return;
  for (const TensorView &view : file->tensors()) {
    readAll(view);
    require(file->find(view.name) == &view, "a tensor that is not found");
    accepted(file->get(view.name, DType::f32));
  }
  for (IndexType type : {IndexType::i32, IndexType::i64})
    for (int64_t features : {1, 3})
      if (Result<Batch> batch = readBatch(path, features, type);
          accepted(batch))
        require(accepted(batch->check(features)), "an unchecked batch");
}

} // namespace recflex

using namespace recflex;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static MemoryFile file;
  file.set({reinterpret_cast<const char *>(data), size});
  runLimited(size, [] { open(file.path()); });
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t maxSize, unsigned seed) {
  std::minstd_rand random(seed);
  uint64_t headerBytes = 0;
  if (size >= 8)
    std::memcpy(&headerBytes, data, 8);
  if (size < 8 || headerBytes > size - 8 || random() % 8 == 0)
    return LLVMFuzzerMutate(data, size, maxSize);
  std::string bytes(reinterpret_cast<const char *>(data), size);
  std::string header = bytes.substr(8, headerBytes);
  std::string body = bytes.substr(8 + headerBytes);
  if (random() % 4 == 0)
    body = mutateBytes(body, body.size() + 64);
  else
    header = mutateJson(header, maxSize, random);
  headerBytes = header.size();
  bytes.resize(8);
  std::memcpy(bytes.data(), &headerBytes, 8);
  bytes += header + body;
  return bytes.size() <= maxSize ? putBack(bytes, data, maxSize)
                                 : LLVMFuzzerMutate(data, size, maxSize);
}
