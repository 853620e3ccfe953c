//===- ArtifactTest.cpp - The artifact file -------------------------------===//

#include "recflex/Runtime/Artifact.h"

#include "ArtifactChecksums.h"
#include "TestModel.h"
#include "recflex/Runtime/ManifestJson.h"
#include "recflex/Support/Files.h"

#include <cstdio>
#include <functional>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace recflex {
namespace {

bool equal(const Artifact &a, const Artifact &b) {
  if (a.cubins.size() != b.cubins.size())
    return false;
  for (size_t i = 0; i != a.cubins.size(); ++i)
    if (a.cubins[i].chip != b.cubins[i].chip ||
        a.cubins[i].image != b.cubins[i].image)
      return false;
  return toJson(a.manifest) == toJson(b.manifest) && a.ptx == b.ptx;
}

TEST(Artifact, RoundTrip) {
  Artifact artifact = makeTestArtifact();
  std::string file = serialize(artifact);
  EXPECT_EQ(file, serialize(makeTestArtifact()));
  Result<Artifact> read = deserialize(file);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(equal(*read, artifact));
  EXPECT_EQ(serialize(*read), file);

  artifact.cubins.clear();
  read = deserialize(serialize(artifact));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(equal(*read, artifact));
}

TEST(Artifact, OrderOfCubinsDoesNotMatter) {
  Artifact artifact = makeTestArtifact();
  std::string file = serialize(artifact);
  std::swap(artifact.cubins[0], artifact.cubins[1]);
  EXPECT_EQ(serialize(artifact), file);
}

/// Every byte is changed, and the checksums made right: what is still taken
/// must be as good as any other artifact.
TEST(Artifact, MutationsWithRightChecksumsAreRefusedOrHarmless) {
  const std::string file = serialize(makeTestArtifact());
  size_t taken = 0;
  for (size_t at = 0; at != file.size(); ++at)
    for (int mask : {0x01, 0x10, 0x80, 0xff}) {
      std::string mutated = file;
      mutated[at] ^= static_cast<char>(mask);
      refreshChecksums(mutated);
      Result<Artifact> read = deserialize(mutated);
      if (!read) {
        EXPECT_FALSE(read.error().message.empty());
        EXPECT_TRUE(read.error().code == ErrorCode::badArtifact ||
                    read.error().code == ErrorCode::unsupportedVersion)
            << at << ": " << read.error().message;
        continue;
      }
      ++taken;
      Status status = check(*read);
      EXPECT_TRUE(status) << at << ": " << status.error().message;
      EXPECT_TRUE(deserialize(serialize(*read)));
    }
  // Names, numbers, comments and code have other values that are as good.
  EXPECT_GT(taken, 0u);
  EXPECT_LT(taken, 4 * file.size());
}

std::string errorAfter(const std::function<void(Artifact &)> &change) {
  Artifact artifact = makeTestArtifact();
  change(artifact);
  Status status = check(artifact);
  if (status) {
    EXPECT_TRUE(deserialize(serialize(artifact)));
    return "none";
  }
  EXPECT_EQ(status.error().code, ErrorCode::badArtifact);
  // The reader finds what the writer would have.
  Result<Artifact> read = deserialize(serialize(artifact));
  EXPECT_FALSE(read);
  if (!read)
    EXPECT_EQ(read.error().code, ErrorCode::badArtifact);
  return status.error().message;
}

TEST(Artifact, ContentsThatCannotBeAreRefused) {
  EXPECT_EQ(errorAfter([](Artifact &) {}), "none");
  EXPECT_EQ(errorAfter([](Artifact &a) {
              a.manifest.threads = 7;
            }).find("manifest: threads: 7"),
            0u);
  EXPECT_EQ(errorAfter([](Artifact &a) {
              a.ptx += '\0';
            }).find("PTX: has a NUL byte at"),
            0u);
  EXPECT_EQ(errorAfter([](Artifact &a) { a.ptx = "int main() {}"; }),
            "PTX: does not begin with the directives .version and .target");
  EXPECT_EQ(errorAfter([](Artifact &a) { a.manifest.ptxVersion = "8.0"; }),
            "PTX: is of version 7.0, the manifest says 8.0");
  EXPECT_EQ(errorAfter([](Artifact &a) { a.manifest.chip = "sm_80"; }),
            "PTX: is for sm_90, the manifest says sm_80");
  EXPECT_EQ(errorAfter([](Artifact &a) { a.cubins[1].image = "MZ"; }),
            "cubin for sm_100: is not a 64-bit little-endian ELF file");
  EXPECT_EQ(errorAfter([](Artifact &a) { a.cubins[1].chip = "sm_90"; }),
            "cubin for sm_90: there are two of them");
  EXPECT_EQ(errorAfter([](Artifact &a) { a.cubins[1].chip = "x86"; }),
            "cubin for 'x86': is not a GPU architecture; write it as sm_90");
}

TEST(Artifact, FilesNameTheirPath) {
  std::string path = testing::TempDir() + "recflex-artifact-test.rfx";
  Status written = writeArtifact(makeTestArtifact(), path);
  ASSERT_TRUE(written) << written.error().message;
  Result<Artifact> read = readArtifact(path);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(equal(*read, makeTestArtifact()));

  ASSERT_TRUE(writeFile(path, "nonsense"));
  EXPECT_EQ(readArtifact(path).error().message.find(path + ": is not"), 0u);
  EXPECT_EQ(readArtifact(path).error().code, ErrorCode::badArtifact);
  std::remove(path.c_str());
  EXPECT_EQ(readArtifact(path).error().message.find(path), 0u);
  EXPECT_EQ(readArtifact(path).error().code, ErrorCode::io);

  Artifact bad = makeTestArtifact();
  bad.manifest.threads = 7;
  Status refused = writeArtifact(bad, path);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.find("manifest: threads"), 0u);
  EXPECT_EQ(readArtifact(path).error().code, ErrorCode::io);
}

TEST(Artifact, OnlyRegularFilesOfSensibleSizeAreRead) {
  std::string path = testing::TempDir() + "recflex-artifact-pipe";
  std::remove(path.c_str());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  for (const std::string &special : {path, std::string("/dev/zero")}) {
    Error error = readArtifact(special).error();
    EXPECT_EQ(error.code, ErrorCode::io);
    EXPECT_EQ(error.message,
              special + ": is a device or a pipe; name a regular file");
  }
  std::remove(path.c_str());
  EXPECT_EQ(readArtifact(testing::TempDir()).error().message,
            testing::TempDir() + ": is a folder; name a file");

  // A hole takes no room on the disk.
  ASSERT_TRUE(writeFile(path, "RECFLEX"));
  ASSERT_EQ(truncate(path.c_str(), off_t{1} << 40), 0);
  Error error = readArtifact(path).error();
  EXPECT_EQ(error.code, ErrorCode::io);
  EXPECT_EQ(error.message.find(path + ": is 1099511627776 bytes long, more"),
            0u);
  std::remove(path.c_str());
}

} // namespace
} // namespace recflex
