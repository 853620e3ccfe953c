//===- ArtifactParts.cpp - An artifact apart and together -----------------===//

#include "ArtifactParts.h"

#include "recflex/Runtime/Artifact.h"

namespace recflex {

static constexpr size_t kHeaderBytes = 64, kChecksum = 56;

static uint64_t numberAt(const std::string &bytes, size_t offset) {
  uint64_t number = 0;
  for (int i = 8; i-- != 0;)
    number = number << 8 | static_cast<unsigned char>(bytes[offset + i]);
  return number;
}

static void append(std::string &bytes, uint64_t number, int count) {
  for (int i = 0; i != count; ++i)
    bytes.push_back(static_cast<char>(number >> 8 * i));
}

bool split(const std::string &bytes, ArtifactParts &parts) {
  if (bytes.size() < kHeaderBytes)
    return false;
  uint64_t manifestBytes = numberAt(bytes, 32);
  if (manifestBytes > bytes.size() - kHeaderBytes)
    return false;
  parts.manifest = bytes.substr(kHeaderBytes, manifestBytes);
  parts.ptx = bytes.substr(kHeaderBytes + manifestBytes);
  return true;
}

std::string join(const ArtifactParts &parts) {
  std::string bytes("RECFLEX\0", 8);
  append(bytes, kArtifactFormat, 4);
  append(bytes, abi::kVersion, 4);
  uint64_t ptxOffset = kHeaderBytes + parts.manifest.size();
  append(bytes, ptxOffset + parts.ptx.size(), 8);
  append(bytes, kHeaderBytes, 8);
  append(bytes, parts.manifest.size(), 8);
  append(bytes, ptxOffset, 8);
  append(bytes, parts.ptx.size(), 8);
  append(bytes, 0, 8);
  bytes += parts.manifest + parts.ptx;
  refreshChecksums(bytes);
  return bytes;
}

void refreshChecksums(std::string &bytes) {
  if (bytes.size() < kHeaderBytes)
    return;
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i != bytes.size(); ++i)
    if (i < kChecksum || i >= kHeaderBytes)
      hash = (hash ^ static_cast<unsigned char>(bytes[i])) * 0x100000001b3u;
  for (int i = 0; i != 8; ++i)
    bytes[kChecksum + i] = static_cast<char>(hash >> 8 * i);
}

} // namespace recflex
