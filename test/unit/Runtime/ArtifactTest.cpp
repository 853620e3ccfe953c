//===- ArtifactTest.cpp - The artifact file -------------------------------===//

#include "recflex/Runtime/Artifact.h"

#include "recflex/Runtime/ManifestJson.h"
#include "recflex/Support/Files.h"

#include "TestModel.h"

#include <cstdio>
#include <gtest/gtest.h>

namespace recflex {
namespace {

Artifact makeArtifact() {
  return {makeTestManifest(), ".version 8.0\n.target sm_90\n// PTX\n"};
}

bool equal(const Artifact &a, const Artifact &b) {
  return toJson(a.manifest) == toJson(b.manifest) && a.ptx == b.ptx;
}

/// Little-endian number of `bytes` bytes at `offset`.
uint64_t numberAt(const std::string &file, size_t offset, int bytes) {
  uint64_t number = 0;
  for (int i = bytes; i-- != 0;)
    number = number << 8 | static_cast<unsigned char>(file[offset + i]);
  return number;
}

TEST(Artifact, LayoutIsAsDocumented) {
  Artifact artifact = makeArtifact();
  std::string file = serialize(artifact);
  std::string manifest = toJson(artifact.manifest);
  EXPECT_EQ(file.substr(0, 8), std::string("RECFLEX\0", 8));
  EXPECT_EQ(numberAt(file, 8, 4), kArtifactFormat);
  EXPECT_EQ(numberAt(file, 12, 4), abi::kVersion);
  EXPECT_EQ(numberAt(file, 16, 8), file.size());
  EXPECT_EQ(numberAt(file, 24, 8), 64u);
  EXPECT_EQ(numberAt(file, 32, 8), manifest.size());
  EXPECT_EQ(numberAt(file, 40, 8), 64 + manifest.size());
  EXPECT_EQ(numberAt(file, 48, 8), artifact.ptx.size());
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i != file.size(); ++i)
    if (i < 56 || i >= 64)
      hash = (hash ^ static_cast<unsigned char>(file[i])) * 0x100000001b3u;
  EXPECT_EQ(numberAt(file, 56, 8), hash);
  EXPECT_EQ(file.substr(64), manifest + artifact.ptx);
}

TEST(Artifact, RoundTrip) {
  Artifact artifact = makeArtifact();
  std::string file = serialize(artifact);
  EXPECT_EQ(file, serialize(makeArtifact()));
  Result<Artifact> read = deserialize(file);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(equal(*read, artifact));
  EXPECT_EQ(serialize(*read), file);
}

TEST(Artifact, EveryTruncationIsRefused) {
  std::string file = serialize(makeArtifact());
  for (size_t size = 0; size != file.size(); ++size)
    EXPECT_FALSE(deserialize(file.substr(0, size))) << size;
  EXPECT_FALSE(deserialize(file + '\0'));
}

TEST(Artifact, EveryFlippedBitIsRefused) {
  std::string file = serialize(makeArtifact());
  for (size_t bit = 0; bit != 8 * file.size(); ++bit) {
    std::string flipped = file;
    flipped[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_FALSE(deserialize(flipped)) << "bit " << bit;
  }
}

TEST(Artifact, OtherVersionsAreNamed) {
  std::string file = serialize(makeArtifact());
  std::string other = file;
  other[12] = 7;
  EXPECT_NE(deserialize(other).error().message.find(
                "artifact has ABI version 7, this runtime reads " +
                std::to_string(abi::kVersion) + "; recompile"),
            std::string::npos);
  std::string format = file;
  format[8] = 9;
  EXPECT_NE(deserialize(format).error().message.find(
                "artifact has format version 9, this runtime reads 1"),
            std::string::npos);
  // A later format may be shorter than our header: still a version error.
  EXPECT_NE(
      deserialize(format.substr(0, 16)).error().message.find("format version"),
      std::string::npos);
  EXPECT_NE(deserialize("ELF and so on, long enough to be a header; but it is "
                        "none at all")
                .error()
                .message.find("not a RecFlex artifact"),
            std::string::npos);
}

TEST(Artifact, FilesNameTheirPath) {
  std::string path = testing::TempDir() + "recflex-artifact-test.rfx";
  Status written = writeArtifact(makeArtifact(), path);
  ASSERT_TRUE(written) << written.error().message;
  Result<Artifact> read = readArtifact(path);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(equal(*read, makeArtifact()));

  ASSERT_TRUE(writeFile(path, "nonsense"));
  EXPECT_EQ(readArtifact(path).error().message.find(path), 0u);
  std::remove(path.c_str());
  EXPECT_NE(readArtifact(path).error().message.find(path), std::string::npos);

  Artifact bad = makeArtifact();
  bad.manifest.threads = 7;
  Status refused = writeArtifact(bad, path);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.find("manifest: threads"), 0u);
}

} // namespace
} // namespace recflex
