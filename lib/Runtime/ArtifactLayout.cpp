//===- ArtifactLayout.cpp - Where in the file what stands -----------------===//
//
// docs/Artifact.md has the layout byte by byte, and the order of the checks.
//
//===----------------------------------------------------------------------===//

#include "recflex/Runtime/ArtifactLayout.h"

#include "recflex/Runtime/Chip.h"
#include "recflex/Runtime/KernelABI.h"

#include <cstring>

namespace recflex {

namespace {

constexpr std::string_view kMagic{"RECFLEX\0", 8};
/// Magic and the two versions: what every version of the format starts with.
constexpr size_t kVersionedBytes = 16;
constexpr size_t kDigestBytes = 32;
constexpr size_t kDigestOffset = 32;
constexpr size_t kHeaderBytes = kDigestOffset + kDigestBytes;
constexpr size_t kEntryBytes = 64;
constexpr size_t kChipBytes = 8;

/// Puts little-endian numbers and bytes one behind the other.
class ByteWriter {
public:
  std::string bytes;

  template <typename T> void number(T value) {
    for (size_t i = 0; i != sizeof value; ++i)
      bytes.push_back(static_cast<char>(value >> (8 * i)));
  }
  /// `text` and zeros, `size` bytes in all.
  void text(std::string_view text, size_t size) {
    bytes.append(text);
    bytes.append(size - text.size(), '\0');
  }
  void digest(const Sha256::Digest &digest) {
    bytes.append(reinterpret_cast<const char *>(digest.data()), digest.size());
  }
};

/// Reads them again; the caller has made sure that they are there.
class ByteReader {
public:
  explicit ByteReader(std::string_view bytes) : rest(bytes) {}

  template <typename T> T number() {
    T value = 0;
    for (size_t i = 0; i != sizeof value; ++i)
      value |= static_cast<T>(static_cast<unsigned char>(rest[i])) << (8 * i);
    rest.remove_prefix(sizeof value);
    return value;
  }
  std::string_view text(size_t size) {
    std::string_view text = rest.substr(0, size);
    rest.remove_prefix(size);
    return text;
  }
  Sha256::Digest digest() {
    Sha256::Digest digest;
    std::memcpy(digest.data(), rest.data(), digest.size());
    rest.remove_prefix(digest.size());
    return digest;
  }

private:
  std::string_view rest;
};

template <typename... Args> Error bad(const Args &...args) {
  return makeError(ErrorCode::badArtifact, args...);
}

} // namespace

static constexpr const char *kAgain = "; copy or compile it again";

std::string_view toString(SectionKind kind) {
  switch (kind) {
  case SectionKind::manifest:
    return "manifest";
  case SectionKind::ptx:
    return "ptx";
  case SectionKind::cubin:
    return "cubin";
  }
  return "";
}

static uint64_t aligned(uint64_t offset) {
  return (offset + kSectionAlignment - 1) / kSectionAlignment *
         kSectionAlignment;
}

/// The checksum of the header, without itself, and the table.
static Sha256::Digest hashTable(std::string_view artifact, size_t sections) {
  Sha256 hash;
  hash.update(artifact.substr(0, kDigestOffset));
  hash.update(artifact.substr(kHeaderBytes, sections * kEntryBytes));
  return hash.finish();
}

std::string writeLayout(const std::vector<SectionContents> &sections) {
  ByteWriter table;
  uint64_t end = kHeaderBytes + sections.size() * kEntryBytes;
  for (const SectionContents &section : sections) {
    uint64_t offset = aligned(end);
    table.number(static_cast<uint32_t>(section.kind));
    table.number(uint32_t{0});
    table.text(section.chip, kChipBytes);
    table.number(offset);
    table.number(uint64_t{section.bytes.size()});
    table.digest(Sha256::of(section.bytes));
    end = offset + section.bytes.size();
  }

  ByteWriter file;
  file.bytes.reserve(end);
  file.text(kMagic, kMagic.size());
  file.number(kArtifactFormat);
  file.number(abi::kVersion);
  file.number(end);
  file.number(static_cast<uint32_t>(sections.size()));
  file.number(uint32_t{0});
  Sha256 hash;
  hash.update(file.bytes);
  hash.update(table.bytes);
  file.digest(hash.finish());
  file.bytes += table.bytes;
  for (const SectionContents &section : sections) {
    file.bytes.append(aligned(file.bytes.size()) - file.bytes.size(), '\0');
    file.bytes += section.bytes;
  }
  return std::move(file.bytes);
}

/// Magic and versions, before any other field is believed.
static Status checkVersions(std::string_view artifact) {
  if (artifact.empty() ||
      artifact.substr(0, kMagic.size()) != kMagic.substr(0, artifact.size()))
    return bad("is not a RecFlex artifact: it does not start with the magic "
               "'RECFLEX'");
  if (artifact.size() < kVersionedBytes)
    return bad("artifact is cut off after ", artifact.size(),
               " bytes; write it again with 'recflex compile'");
  ByteReader reader(artifact.substr(kMagic.size()));
  auto check = [](const char *what, uint32_t present,
                  uint32_t wanted) -> Status {
    if (present != wanted)
      return makeError(ErrorCode::unsupportedVersion, "artifact has ", what,
                       " version ", present, ", this runtime reads ", wanted,
                       "; recompile it with this version's 'recflex compile'");
    return {};
  };
  if (Status status =
          check("format", reader.number<uint32_t>(), kArtifactFormat);
      !status)
    return status;
  return check("ABI", reader.number<uint32_t>(), abi::kVersion);
}

/// Length, table and its checksum; returns the number of sections.
static Result<size_t> checkHeader(std::string_view artifact) {
  if (artifact.size() < kHeaderBytes)
    return bad("artifact is cut off after ", artifact.size(),
               " bytes; its header alone has ", kHeaderBytes);
  ByteReader reader(artifact.substr(kVersionedBytes));
  auto length = reader.number<uint64_t>();
  auto sections = reader.number<uint32_t>();
  auto reserved = reader.number<uint32_t>();
  if (length != artifact.size())
    return bad("artifact is ", artifact.size(), " bytes long, its header says ",
               length, kAgain);
  if (sections > (artifact.size() - kHeaderBytes) / kEntryBytes)
    return bad("artifact's table of ", sections, " sections does not fit its ",
               length, " bytes", kAgain);
  Sha256::Digest written = reader.digest();
  Sha256::Digest found = hashTable(artifact, sections);
  if (written != found)
    return bad("artifact is damaged: the SHA-256 of its header and section "
               "table is ",
               toHex(found), ", its header says ", toHex(written), kAgain);
  if (reserved != 0)
    return bad("artifact's header has ", reserved,
               " at offset 28, where this version has zero", kAgain);
  return sections;
}

/// The chip's name in `field`, padded with zeros.
static Result<std::string> readChip(std::string_view field, SectionKind kind) {
  std::string_view name = field.substr(0, field.find('\0'));
  if (field.find_first_not_of('\0', name.size()) != std::string_view::npos)
    return bad("has a chip whose name is not padded with zeros");
  if (kind == SectionKind::cubin && !isChipName(name))
    return bad("is for '", name, "', which is not a GPU architecture");
  if (kind != SectionKind::cubin && !name.empty())
    return bad("names a chip, but is a ", toString(kind));
  return std::string(name);
}

/// The section's entry, which must follow the section `before` (or none).
static Result<ArtifactSection> readEntry(std::string_view entry,
                                         const ArtifactSection *before) {
  ByteReader reader(entry);
  auto number = reader.number<uint32_t>();
  auto reserved = reader.number<uint32_t>();
  ArtifactSection section;
  section.kind = static_cast<SectionKind>(number);
  if (toString(section.kind).empty())
    return bad("is of unknown kind ", number);
  if (reserved != 0)
    return bad("has ", reserved, " where this version has zero");
  SectionKind wanted = !before ? SectionKind::manifest
                       : before->kind == SectionKind::manifest
                           ? SectionKind::ptx
                           : SectionKind::cubin;
  if (section.kind != wanted)
    return bad("is a ", toString(section.kind), " where a ", toString(wanted),
               " belongs");
  Result<std::string> chip = readChip(reader.text(kChipBytes), section.kind);
  if (!chip)
    return chip.error();
  section.chip = std::move(*chip);
  if (before && section.kind == SectionKind::cubin &&
      before->kind == SectionKind::cubin &&
      !chipBefore(before->chip, section.chip))
    return bad("is for ", section.chip, ", which does not come after ",
               before->chip);
  section.offset = reader.number<uint64_t>();
  section.length = reader.number<uint64_t>();
  section.sha256 = reader.digest();
  return section;
}

/// The section must start where the bytes before it end, but for padding with
/// zeros, lie inside the file and have the checksum of its entry.
static Status checkSection(const ArtifactSection &section,
                           std::string_view artifact, uint64_t end) {
  uint64_t start = aligned(end);
  if (section.offset != start)
    return bad("is at ", section.offset, ", not at ", start,
               " behind what comes before it");
  if (start > artifact.size() || section.length > artifact.size() - start)
    return bad("has ", section.length, " bytes at ", start, " of a file of ",
               artifact.size());
  if (artifact.substr(end, start - end).find_first_not_of('\0') !=
      std::string_view::npos)
    return bad("follows padding that is not zero");
  Sha256::Digest found = Sha256::of(section.in(artifact));
  if (found != section.sha256)
    return bad("is damaged: its SHA-256 is ", toHex(found),
               ", the section table says ", toHex(section.sha256));
  return {};
}

Result<std::vector<ArtifactSection>> readLayout(std::string_view artifact) {
  if (Status status = checkVersions(artifact); !status)
    return status.error();
  Result<size_t> count = checkHeader(artifact);
  if (!count)
    return count.error();
  if (*count < 2)
    return bad("artifact has ", *count,
               " sections; a manifest and PTX are the least", kAgain);

  std::vector<ArtifactSection> sections;
  uint64_t end = kHeaderBytes + *count * kEntryBytes;
  for (size_t i = 0; i != *count; ++i) {
    auto fail = [&](const Error &error) {
      return bad("artifact's section ", i, " ", error.message, kAgain);
    };
    Result<ArtifactSection> section =
        readEntry(artifact.substr(kHeaderBytes + i * kEntryBytes, kEntryBytes),
                  sections.empty() ? nullptr : &sections.back());
    if (!section)
      return fail(section.error());
    if (Status status = checkSection(*section, artifact, end); !status)
      return fail(status.error());
    end = section->offset + section->length;
    sections.push_back(std::move(*section));
  }
  if (end != artifact.size())
    return bad("artifact has ", artifact.size() - end,
               " bytes behind its last section", kAgain);
  return sections;
}

} // namespace recflex
