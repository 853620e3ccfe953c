//===- SafeTensorsWriterTest.cpp - Writing safetensors files --------------===//

#include "recflex/Data/SafeTensors.h"

#include "TestFiles.h"

#include <algorithm>
#include <cstring>

using namespace recflex;

namespace {

std::vector<unsigned char> numbered(size_t bytes, int start) {
  std::vector<unsigned char> data(bytes);
  for (size_t i = 0; i < bytes; ++i)
    data[i] = static_cast<unsigned char>(start + i);
  return data;
}

bool holds(const SafeTensors &file, const char *name,
           const std::vector<unsigned char> &data) {
  const TensorView *view = file.find(name);
  if (!view || view->bytes != int64_t(data.size()))
    return false;
  for (size_t i = 0; i < data.size(); ++i)
    if (std::to_integer<int>(view->data[i]) != data[i])
      return false;
  return true;
}

TEST(SafeTensorsWriter, writesWhatOpenReads) {
  TestFolder folder;
  std::string path = folder.file("x.st");
  // An odd-sized tensor comes first; the wider ones must still be aligned.
  Result<SafeTensorsWriter> writer =
      SafeTensorsWriter::create(path,
                                {{"odd", DType::f16, {3}},
                                 {"empty", DType::f32, {0, 7}},
                                 {"wide", DType::i64, {3}},
                                 {"lines", DType::f32, {4, 16}},
                                 {"name \"quoted\"\n", DType::bf16, {2, 1}}},
                                {{"format", "test"}, {"k", "\xc3\xa9"}});
  ASSERT_TRUE(writer) << writer.error().message;
  std::vector<std::vector<unsigned char>> data = {
      numbered(6, 0), {}, numbered(24, 10), numbered(256, 40), numbered(4, 99)};
  for (const auto &piece : data)
    expectValue(writer->write(piece.data(), piece.size()));
  EXPECT_FALSE(std::filesystem::exists(path));
  expectValue(writer->commit());
  EXPECT_EQ(folder.files(), 1u);

  Result<SafeTensors> file = SafeTensors::open(path);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->tensors().size(), 5u);
  EXPECT_TRUE(holds(*file, "odd", data[0]));
  EXPECT_TRUE(holds(*file, "empty", data[1]));
  EXPECT_TRUE(holds(*file, "wide", data[2]));
  EXPECT_TRUE(holds(*file, "lines", data[3]));
  EXPECT_TRUE(holds(*file, "name \"quoted\"\n", data[4]));
  EXPECT_EQ(file->find("empty")->shape, (TensorShape{0, 7}));
  EXPECT_EQ(file->metadata().at("k"), "\xc3\xa9");

  auto address = [&](const char *name) {
    return reinterpret_cast<uintptr_t>(file->find(name)->data);
  };
  EXPECT_EQ(address("lines") % 64, 0u);
  EXPECT_EQ(address("wide") % 8, 0u);
  EXPECT_EQ(address("odd") % 2, 0u);
}

TEST(SafeTensorsWriter, padsTheHeaderToEightBytes) {
  TestFolder folder;
  for (const char *name : {"a", "ab", "abc", "abcd", "abcdefghijk"}) {
    std::string path = folder.file("x.st");
    Result<SafeTensorsWriter> writer =
        SafeTensorsWriter::create(path, {{name, DType::u8, {1}}});
    ASSERT_TRUE(writer);
    expectValue(writer->write("x", 1));
    expectValue(writer->commit());
    Result<std::string> bytes = readFile(path);
    ASSERT_TRUE(bytes);
    uint64_t length;
    std::memcpy(&length, bytes->data(), 8);
    EXPECT_EQ(length % 8, 0u);
    EXPECT_EQ(8 + length + 1, bytes->size());
    EXPECT_EQ((*bytes)[8], '{');
  }
}

TEST(SafeTensorsWriter, takesPiecesThatEndAnywhere) {
  TestFolder folder;
  std::string path = folder.file("x.st");
  std::vector<unsigned char> data = numbered(40, 0);
  for (size_t piece : {1, 3, 7, 40}) {
    Result<SafeTensorsWriter> writer =
        SafeTensorsWriter::create(path, {{"a", DType::u8, {5}},
                                         {"none", DType::u8, {0}},
                                         {"b", DType::f32, {8}},
                                         {"c", DType::u8, {3}}});
    ASSERT_TRUE(writer);
    for (size_t i = 0; i < data.size(); i += piece)
      expectValue(
          writer->write(data.data() + i, std::min(piece, data.size() - i)));
    expectValue(writer->commit());
    Result<SafeTensors> file = SafeTensors::open(path);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_TRUE(holds(*file, "a", {data.begin(), data.begin() + 5}));
    EXPECT_TRUE(holds(*file, "b", {data.begin() + 5, data.begin() + 37}));
    EXPECT_TRUE(holds(*file, "c", {data.begin() + 37, data.end()}));
  }
}

TEST(SafeTensorsWriter, leavesNothingBehindWithoutCommit) {
  TestFolder folder;
  std::string path = folder.put("x.st", "the old contents");
  {
    Result<SafeTensorsWriter> writer =
        SafeTensorsWriter::create(path, {{"a", DType::f32, {2}}});
    ASSERT_TRUE(writer);
    expectValue(writer->write("1234567", 7));
    expectError(writer->commit(), "x.st", "'a'", "7", "8 bytes");
  }
  EXPECT_EQ(folder.files(), 1u);
  EXPECT_EQ(*readFile(path), "the old contents");
}

TEST(SafeTensorsWriter, refusesTooManyBytes) {
  TestFolder folder;
  Result<SafeTensorsWriter> writer =
      SafeTensorsWriter::create(folder.file("x.st"), {{"a", DType::u8, {2}}});
  ASSERT_TRUE(writer);
  expectError(writer->write("123", 3), "x.st", "1 more bytes");
}

TEST(SafeTensorsWriter, refusesBadNamesAndSizes) {
  TestFolder folder;
  std::string path = folder.file("x.st");
  auto create = [&](std::vector<TensorInfo> tensors) {
    return SafeTensorsWriter::create(path, std::move(tensors));
  };
  expectError(create({{"", DType::u8, {1}}}), "x.st", "named ''");
  expectError(create({{"__metadata__", DType::u8, {1}}}), "__metadata__");
  expectError(create({{"a", DType::u8, {1}}, {"a", DType::u8, {1}}}), "'a'",
              "two");
  expectError(create({{"a", DType::f32, {int64_t(1) << 62}}}), "'a'");
  expectError(create({{"a", DType::f32, {-1}}}), "'a'");
  std::vector<TensorInfo> huge;
  for (int i = 0; i < 9; ++i)
    huge.push_back({std::to_string(i), DType::u8, {INT64_MAX / 8}});
  expectError(create(huge), "2^63");
  EXPECT_EQ(folder.files(), 0u);
}

TEST(SafeTensorsWriter, refusesFoldersAndMissingFolders) {
  TestFolder folder;
  expectError(SafeTensorsWriter::create(folder.path, {}), "regular file");
  expectError(SafeTensorsWriter::create("/dev/null", {}), "regular file");
  expectError(SafeTensorsWriter::create(folder.file("none/x.st"), {}),
              "cannot create");
}

TEST(SafeTensorsWriter, writesFilesThatOthersMayRead) {
  TestFolder folder;
  Result<SafeTensorsWriter> writer =
      SafeTensorsWriter::create(folder.file("x.st"), {});
  ASSERT_TRUE(writer);
  expectValue(writer->commit());
  std::string plain = folder.put("plain", "");
  EXPECT_EQ(std::filesystem::status(folder.file("x.st")).permissions(),
            std::filesystem::status(plain).permissions());
}

} // namespace
