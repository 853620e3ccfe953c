//===- Artifact.cpp - The file that the compiler leaves -------------------===//
//
// docs/Artifact.md has the layout byte by byte.
//
//===----------------------------------------------------------------------===//

#include "recflex/Runtime/Artifact.h"

#include "recflex/Runtime/ManifestJson.h"
#include "recflex/Support/Files.h"

#include <cstring>
#include <string_view>

namespace recflex {

namespace {

constexpr std::string_view kMagic{"RECFLEX\0", 8};

/// The fields behind the magic, in file order. All are little-endian.
struct Header {
  uint32_t formatVersion = kArtifactFormat;
  uint32_t abiVersion = abi::kVersion;
  uint64_t totalLength = 0;
  uint64_t manifestOffset = 0;
  uint64_t manifestLength = 0;
  uint64_t ptxOffset = 0;
  uint64_t ptxLength = 0;
  uint64_t checksum = 0; ///< of every byte before it and behind the header

  template <typename Visitor> void visit(Visitor &&v) {
    v(formatVersion);
    v(abiVersion);
    v(totalLength);
    v(manifestOffset);
    v(manifestLength);
    v(ptxOffset);
    v(ptxLength);
    v(checksum);
  }
};

constexpr size_t kHeaderBytes = 64;
constexpr size_t kChecksumOffset = kHeaderBytes - sizeof(uint64_t);
/// Magic and the two versions: what every version of the format starts with.
constexpr size_t kVersionedBytes = 16;

} // namespace

/// FNV-1a, 64 bits (Fowler, Noll, Vo; constants from their reference).
static uint64_t hash(std::string_view bytes,
                     uint64_t state = 0xcbf29ce484222325u) {
  for (unsigned char byte : bytes)
    state = (state ^ byte) * 0x100000001b3u;
  return state;
}

/// The checksum of a whole artifact: all of it but the checksum itself.
static uint64_t checksumOf(std::string_view artifact) {
  return hash(artifact.substr(kHeaderBytes),
              hash(artifact.substr(0, kChecksumOffset)));
}

static std::string writeHeader(Header header) {
  std::string bytes(kMagic);
  header.visit([&](auto field) {
    for (size_t i = 0; i != sizeof field; ++i)
      bytes.push_back(static_cast<char>(field >> (8 * i)));
  });
  return bytes;
}

static Header readHeader(std::string_view bytes) {
  Header header;
  size_t position = kMagic.size();
  header.visit([&](auto &field) {
    field = 0;
    for (size_t i = 0; i != sizeof field && position != bytes.size(); ++i)
      field |= static_cast<std::decay_t<decltype(field)>>(
                   static_cast<unsigned char>(bytes[position++]))
               << (8 * i);
  });
  return header;
}

/// Magic and versions, before any other field is believed.
static Status checkVersions(std::string_view bytes) {
  if (bytes.substr(0, kMagic.size()) != kMagic.substr(0, bytes.size()) ||
      bytes.empty())
    return makeError("is not a RecFlex artifact: it does not start with the "
                     "magic 'RECFLEX'");
  if (bytes.size() < kVersionedBytes)
    return makeError("artifact is cut off after ", bytes.size(),
                     " bytes; write it again with 'recflex compile'");
  Header header = readHeader(bytes.substr(0, kVersionedBytes));
  if (header.formatVersion != kArtifactFormat)
    return makeError("artifact has format version ", header.formatVersion,
                     ", this runtime reads ", kArtifactFormat,
                     "; recompile it with this version's 'recflex compile'");
  if (header.abiVersion != abi::kVersion)
    return makeError("artifact has ABI version ", header.abiVersion,
                     ", this runtime reads ", abi::kVersion,
                     "; recompile it with this version's 'recflex compile'");
  return {};
}

/// The sections must follow the header and one another without gaps.
static Status checkSections(const Header &header, std::string_view bytes) {
  uint64_t size = bytes.size();
  if (header.totalLength != size)
    return makeError("artifact is ", size, " bytes long, its header says ",
                     header.totalLength, "; copy or compile it again");
  uint64_t payload = size - kHeaderBytes;
  if (header.manifestOffset != kHeaderBytes || header.manifestLength > payload)
    return makeError("artifact's manifest, ", header.manifestLength,
                     " bytes at ", header.manifestOffset,
                     ", does not lie behind the header and inside the file");
  if (header.ptxOffset != kHeaderBytes + header.manifestLength ||
      header.ptxLength != payload - header.manifestLength)
    return makeError("artifact's PTX, ", header.ptxLength, " bytes at ",
                     header.ptxOffset,
                     ", does not fill the file behind the manifest");
  uint64_t checksum = checksumOf(bytes);
  if (header.checksum != checksum)
    return makeError("artifact is damaged: its checksum is ", checksum,
                     ", its header says ", header.checksum,
                     "; copy or compile it again");
  return {};
}

std::string serialize(const Artifact &artifact) {
  std::string manifest = toJson(artifact.manifest);
  Header header;
  header.manifestOffset = kHeaderBytes;
  header.manifestLength = manifest.size();
  header.ptxOffset = kHeaderBytes + manifest.size();
  header.ptxLength = artifact.ptx.size();
  header.totalLength = header.ptxOffset + header.ptxLength;

  std::string payload = manifest + artifact.ptx;
  header.checksum = checksumOf(writeHeader(header) + payload);
  return writeHeader(header) + payload;
}

Result<Artifact> deserialize(const std::string &bytes) {
  if (Status status = checkVersions(bytes); !status)
    return status.error();
  if (bytes.size() < kHeaderBytes)
    return makeError("artifact is cut off after ", bytes.size(),
                     " bytes; its header alone has ", kHeaderBytes);
  Header header = readHeader(bytes);
  if (Status status = checkSections(header, bytes); !status)
    return status.error();

  Result<Manifest> manifest = manifestFromJson(
      bytes.substr(header.manifestOffset, header.manifestLength));
  if (!manifest)
    return manifest.error().in("manifest");
  Artifact artifact;
  artifact.manifest = std::move(*manifest);
  artifact.ptx = bytes.substr(header.ptxOffset, header.ptxLength);
  return artifact;
}

Status writeArtifact(const Artifact &artifact, const std::string &path) {
  if (Status status = check(artifact.manifest); !status)
    return status.error().in("manifest");
  return writeFile(path, serialize(artifact));
}

Result<Artifact> readArtifact(const std::string &path) {
  Result<std::string> bytes = readFile(path);
  if (!bytes)
    return bytes.error();
  Result<Artifact> artifact = deserialize(*bytes);
  if (!artifact)
    return artifact.error().in(path);
  return artifact;
}

} // namespace recflex
