//===- DeviceTables.cpp - Tables in device memory -------------------------===//

#include "recflex/Runtime/DeviceTables.h"

namespace recflex {

Result<DeviceTables> DeviceTables::upload(const Stream &stream,
                                          const Manifest &manifest,
                                          const HostTables &tables) {
  DeviceTables result;
  for (size_t i = 0; i < manifest.tables.size(); ++i) {
    const ManifestTable &table = manifest.tables[i];
    int64_t row = table.width * byteSize(table.type);
    int64_t bytes = table.rows * row;
    Result<DeviceBuffer> buffer =
        DeviceBuffer::allocate(stream.device(), bytes);
    if (!buffer)
      return buffer.error().in("table '" + table.name + "'");
    // Whole rows a piece: the pieces may then be generated.
    int64_t staging = kStagingBytes / row * row;
    Status status = uploadPieces(
        stream, buffer->address(), bytes,
        [&](int64_t offset, char *piece, int64_t size) -> Status {
          tables.copy(manifest, i, offset, size, piece);
          return {};
        },
        staging);
    if (!status)
      return status.error().in("table '" + table.name + "'");
    result.buffers.push_back(std::move(*buffer));
  }
  return result;
}

std::vector<DevicePtr> DeviceTables::addresses() const {
  std::vector<DevicePtr> result;
  for (const DeviceBuffer &buffer : buffers)
    result.push_back(buffer.address());
  return result;
}

} // namespace recflex
