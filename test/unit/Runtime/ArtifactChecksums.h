//===- ArtifactChecksums.h - Mutations with right checksums -----*- C++ -*-===//
//
// What a checksum hides from a test or a fuzzer, for it is refused before the
// rest is looked at. Written against docs/Artifact.md, not against the code
// under test; only the hash function is shared.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_TEST_UNIT_RUNTIME_ARTIFACTCHECKSUMS_H
#define RECFLEX_TEST_UNIT_RUNTIME_ARTIFACTCHECKSUMS_H

#include "recflex/Support/Sha256.h"

#include <cstdint>
#include <string>

namespace recflex {

/// The little-endian number of `bytes` bytes at `offset`.
inline uint64_t numberAt(const std::string &artifact, size_t offset,
                         int bytes) {
  uint64_t number = 0;
  for (int i = bytes; i-- != 0;)
    number = number << 8 | static_cast<unsigned char>(artifact[offset + i]);
  return number;
}

inline void setNumberAt(std::string &artifact, size_t offset, int bytes,
                        uint64_t number) {
  for (int i = 0; i != bytes; ++i)
    artifact[offset + i] = static_cast<char>(number >> (8 * i));
}

/// Makes every SHA-256 of `artifact` right for the bytes that stand there.
/// Sections that do not lie inside keep theirs, and so does a header whose
/// table does not; any bytes at all may be given.
inline void refreshChecksums(std::string &artifact) {
  constexpr size_t header = 64, entry = 64;
  if (artifact.size() < header)
    return;
  uint64_t sections = numberAt(artifact, 24, 4);
  if (sections > (artifact.size() - header) / entry)
    return;
  auto put = [&](size_t at, const Sha256::Digest &digest) {
    artifact.replace(at, digest.size(),
                     reinterpret_cast<const char *>(digest.data()),
                     digest.size());
  };
  for (size_t at = header; at != header + sections * entry; at += entry) {
    uint64_t offset = numberAt(artifact, at + 16, 8);
    uint64_t length = numberAt(artifact, at + 24, 8);
    if (offset <= artifact.size() && length <= artifact.size() - offset)
      put(at + 32, Sha256::of({artifact.data() + offset, length}));
  }
  put(32, Sha256::of(artifact.substr(0, 32) +
                     artifact.substr(header, sections * entry)));
}

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_RUNTIME_ARTIFACTCHECKSUMS_H
