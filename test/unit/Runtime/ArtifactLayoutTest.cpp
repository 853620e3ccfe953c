//===- ArtifactLayoutTest.cpp - Where in the file what stands -------------===//

#include "recflex/Runtime/ArtifactLayout.h"

#include "ArtifactChecksums.h"
#include "TestModel.h"
#include "recflex/Runtime/KernelABI.h"
#include "recflex/Runtime/ManifestJson.h"

#include <functional>
#include <gtest/gtest.h>

namespace recflex {
namespace {

constexpr size_t kHeader = 64, kEntry = 64;

/// First byte of section `i`'s entry in the table.
constexpr size_t entryAt(size_t i) { return kHeader + i * kEntry; }

std::string makeFile() { return serialize(makeTestArtifact()); }

std::string errorOf(const std::string &file) {
  auto sections = readLayout(file);
  return sections ? "none" : sections.error().message;
}

/// The error of the test's artifact after `change`, its checksums made right.
std::string errorAfter(const std::function<void(std::string &)> &change) {
  std::string file = makeFile();
  change(file);
  refreshChecksums(file);
  return errorOf(file);
}

/// The same after setting one number.
std::string errorWith(size_t offset, int bytes, uint64_t number) {
  return errorAfter(
      [&](std::string &file) { setNumberAt(file, offset, bytes, number); });
}

TEST(ArtifactLayout, IsAsDocumented) {
  Artifact artifact = makeTestArtifact();
  std::string file = serialize(artifact);
  EXPECT_EQ(file.substr(0, 8), std::string("RECFLEX\0", 8));
  EXPECT_EQ(numberAt(file, 8, 4), 2u);
  EXPECT_EQ(numberAt(file, 12, 4), abi::kVersion);
  EXPECT_EQ(numberAt(file, 16, 8), file.size());
  EXPECT_EQ(numberAt(file, 24, 4), 4u);
  EXPECT_EQ(numberAt(file, 28, 4), 0u);

  std::string contents[] = {toJson(artifact.manifest), artifact.ptx,
                            artifact.cubins[0].image, artifact.cubins[1].image};
  uint64_t kinds[] = {1, 2, 3, 3};
  std::string chips[] = {"", "", "sm_90", "sm_100"};
  uint64_t end = kHeader + 4 * kEntry;
  for (size_t i = 0; i != 4; ++i) {
    EXPECT_EQ(numberAt(file, entryAt(i), 4), kinds[i]);
    EXPECT_EQ(numberAt(file, entryAt(i) + 4, 4), 0u);
    std::string chip = chips[i];
    chip.resize(8);
    EXPECT_EQ(file.substr(entryAt(i) + 8, 8), chip);
    uint64_t offset = numberAt(file, entryAt(i) + 16, 8);
    EXPECT_EQ(offset, (end + 63) / 64 * 64);
    EXPECT_EQ(numberAt(file, entryAt(i) + 24, 8), contents[i].size());
    EXPECT_EQ(file.substr(end, offset - end), std::string(offset - end, '\0'));
    EXPECT_EQ(file.substr(offset, contents[i].size()), contents[i]);
    end = offset + contents[i].size();
  }
  EXPECT_EQ(end, file.size());

  // refreshChecksums() is written against the same page: nothing must change.
  std::string refreshed = file;
  refreshChecksums(refreshed);
  EXPECT_EQ(refreshed, file);
}

TEST(ArtifactLayout, SectionsAreFound) {
  std::string file = makeFile();
  auto sections = readLayout(file);
  ASSERT_TRUE(sections) << sections.error().message;
  ASSERT_EQ(sections->size(), 4u);
  Artifact artifact = makeTestArtifact();
  EXPECT_EQ(toString((*sections)[0].kind), "manifest");
  EXPECT_EQ((*sections)[1].in(file), artifact.ptx);
  EXPECT_EQ((*sections)[2].chip, "sm_90");
  EXPECT_EQ((*sections)[3].in(file), artifact.cubins[1].image);
  EXPECT_EQ((*sections)[1].sha256, Sha256::of(artifact.ptx));
}

TEST(ArtifactLayout, EveryTruncationIsRefused) {
  std::string file = makeFile();
  for (size_t size = 0; size != file.size(); ++size) {
    std::string cut = file.substr(0, size);
    EXPECT_NE(errorOf(cut), "none") << size;
    refreshChecksums(cut);
    EXPECT_NE(errorOf(cut), "none") << size;
  }
  EXPECT_NE(errorOf(file + '\0'), "none");
}

TEST(ArtifactLayout, EveryFlippedBitIsRefused) {
  std::string file = makeFile();
  for (size_t bit = 0; bit != 8 * file.size(); ++bit) {
    file[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_NE(errorOf(file), "none") << "bit " << bit;
    file[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
}

TEST(ArtifactLayout, OtherVersionsAreNamed) {
  std::string file = makeFile();
  std::string abi = file, format = file;
  abi[12] = 7;
  EXPECT_EQ(errorOf(abi),
            "artifact has ABI version 7, this runtime reads " +
                std::to_string(abi::kVersion) +
                "; recompile it with this version's 'recflex compile'");
  EXPECT_EQ(readLayout(abi).error().code, ErrorCode::unsupportedVersion);
  format[8] = 9;
  EXPECT_EQ(errorOf(format).find("artifact has format version 9, this runtime "
                                 "reads 2; recompile"),
            0u);
  // Another format may be shorter than our header: still a version error.
  EXPECT_EQ(readLayout(format.substr(0, 16)).error().code,
            ErrorCode::unsupportedVersion);
  auto other = readLayout("ELF and so on");
  EXPECT_EQ(other.error().code, ErrorCode::badArtifact);
  EXPECT_EQ(other.error().message.find("is not a RecFlex artifact"), 0u);
}

TEST(ArtifactLayout, DamageIsFoundByItsChecksum) {
  std::string table = makeFile(), ptx = table;
  table[entryAt(1) + 40] ^= 1;
  EXPECT_EQ(
      errorOf(table).find("artifact is damaged: the SHA-256 of its header"),
      0u);
  ptx[numberAt(ptx, entryAt(1) + 16, 8)] ^= 1;
  EXPECT_EQ(errorOf(ptx).find("artifact's section 1 is damaged: its SHA-256"),
            0u);
}

TEST(ArtifactLayout, HeadersThatLieAreRefused) {
  EXPECT_EQ(errorWith(28, 4, 1).find("artifact's header has 1 at offset 28"),
            0u);
  EXPECT_EQ(errorWith(16, 8, UINT64_MAX).find("artifact is "), 0u);
  EXPECT_EQ(errorWith(24, 4, 0).find("artifact has 0 sections"), 0u);
  EXPECT_EQ(errorWith(24, 4, 1).find("artifact has 1 sections"), 0u);
  EXPECT_EQ(errorWith(24, 4, 3).find("artifact's section 0 is at 320, not at"),
            0u);
  EXPECT_EQ(errorWith(24, 4, UINT32_MAX).find("artifact's table of 4294967295"),
            0u);
}

TEST(ArtifactLayout, EntriesThatLieAreRefused) {
  auto find = [](const std::string &error, const char *part) {
    EXPECT_NE(error.find(part), std::string::npos) << error;
  };
  find(errorWith(entryAt(2), 4, 4), "section 2 is of unknown kind 4");
  find(errorWith(entryAt(0), 4, 0), "section 0 is of unknown kind 0");
  find(errorWith(entryAt(1), 4, 1), "section 1 is a manifest where a ptx");
  find(errorWith(entryAt(0), 4, 2), "section 0 is a ptx where a manifest");
  find(errorWith(entryAt(2), 4, 2), "section 2 is a ptx where a cubin");
  find(errorWith(entryAt(1) + 4, 4, 1), "section 1 has 1 where");
  find(errorWith(entryAt(1) + 8, 1, 's'), "section 1 names a chip");
  find(errorWith(entryAt(2) + 8, 1, 't'), "section 2 is for 'tm_90'");
  find(errorWith(entryAt(2) + 15, 1, 'x'), "name is not padded with zeros");
  find(errorWith(entryAt(3) + 8, 8, numberAt(makeFile(), entryAt(2) + 8, 8)),
       "section 3 is for sm_90, which does not come after sm_90");
  for (uint64_t offset : {uint64_t{0}, uint64_t{321}, UINT64_MAX})
    find(errorWith(entryAt(0) + 16, 8, offset), "section 0 is at");
  for (uint64_t length : {uint64_t{1} << 20, UINT64_MAX, UINT64_MAX - 320})
    find(errorWith(entryAt(0) + 24, 8, length), "section 0 has");
  // The last section is made shorter, and longer than the file.
  uint64_t length = numberAt(makeFile(), entryAt(3) + 24, 8);
  find(errorWith(entryAt(3) + 24, 8, length - 1), "1 bytes behind its last");
  find(errorWith(entryAt(3) + 24, 8, length + 1), "section 3 has");
}

TEST(ArtifactLayout, PaddingMustBeZero) {
  std::string file = makeFile();
  for (size_t i = 1; i != 4; ++i) {
    uint64_t end = numberAt(file, entryAt(i - 1) + 16, 8) +
                   numberAt(file, entryAt(i - 1) + 24, 8);
    uint64_t start = numberAt(file, entryAt(i) + 16, 8);
    ASSERT_LT(end, start) << "the test model has no padding here";
    for (uint64_t at = end; at != start; ++at)
      EXPECT_NE(errorWith(at, 1, 1).find("follows padding that is not zero"),
                std::string::npos);
  }
}

} // namespace
} // namespace recflex
