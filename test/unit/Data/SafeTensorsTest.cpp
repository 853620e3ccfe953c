//===- SafeTensorsTest.cpp - Opening safetensors files --------------------===//

#include "recflex/Data/SafeTensors.h"

#include "TestFiles.h"

#include <cstring>
#include <sys/stat.h>

using namespace recflex;

namespace {

/// A file's bytes from its header's text and `bodyBytes` bytes 0, 1, 2, ...
std::string fileBytes(const std::string &header, size_t bodyBytes) {
  uint64_t length = header.size();
  std::string bytes(reinterpret_cast<const char *>(&length), 8);
  bytes += header;
  for (size_t i = 0; i < bodyBytes; ++i)
    bytes += static_cast<char>(i);
  return bytes;
}

class SafeTensorsFile : public testing::Test {
protected:
  Result<SafeTensors> open(const std::string &header, size_t bodyBytes) {
    return SafeTensors::open(folder.put("x.st", fileBytes(header, bodyBytes)));
  }
  /// Expects an error with the file's name and these parts.
  template <typename... Parts>
  void refuses(const std::string &header, size_t bodyBytes,
               const Parts &...parts) {
    expectError(open(header, bodyBytes), "x.st", parts...);
  }
  TestFolder folder;
};

TEST_F(SafeTensorsFile, readsTensorsAndMetadata) {
  Result<SafeTensors> file =
      open(R"({"b":{"dtype":"F16","shape":[2,3],"data_offsets":[8,20]},)"
           R"("__metadata__":{"format":"pt","k":"v"},)"
           R"("a":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}   )",
           20);
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_EQ(file->tensors().size(), 2u);
  EXPECT_EQ(file->tensors()[0].name, "a");
  EXPECT_EQ(file->tensors()[1].name, "b");
  EXPECT_EQ(file->metadata().at("format"), "pt");
  EXPECT_EQ(file->metadata().at("k"), "v");

  Result<TensorView> b = file->get("b", DType::f16);
  ASSERT_TRUE(b);
  EXPECT_EQ(b->shape, (TensorShape{2, 3}));
  EXPECT_EQ(b->bytes, 12);
  EXPECT_EQ(b->elements(), 6);
  EXPECT_EQ(static_cast<int>(b->data[0]), 8);
  EXPECT_EQ(static_cast<int>(b->data[11]), 19);
  const TensorView *a = file->find("a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->elements(), 1);
  EXPECT_EQ(file->find("c"), nullptr);
}

TEST_F(SafeTensorsFile, outlivesTheFileAndTheObject) {
  auto file = std::make_unique<SafeTensors>(
      *open(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 4));
  SafeTensors copy = *file;
  file.reset();
  std::filesystem::remove(folder.file("x.st"));
  EXPECT_EQ(static_cast<int>(copy.find("a")->data[3]), 3);
}

TEST_F(SafeTensorsFile, namesBothDtypes) {
  Result<SafeTensors> file =
      open(R"({"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}})", 8);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->find("a")->type, DType::f64);
  expectError(file->get("a", DType::f32), "x.st", "'a'", "F64", "F32");
  expectError(file->get("b", DType::f32), "x.st", "'b'");
}

TEST_F(SafeTensorsFile, knowsTheSizeOfEveryDtype) {
  const std::pair<const char *, int> sizes[] = {
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},   {"F8_E4M3", 1}, {"I16", 2},
      {"U16", 2},  {"F16", 2}, {"BF16", 2}, {"I32", 4},     {"U32", 4},
      {"F32", 4},  {"F64", 8}, {"I64", 8},  {"U64", 8},     {"C64", 8}};
  for (auto [name, size] : sizes) {
    std::string entry = std::string(R"({"a":{"dtype":")") + name +
                        R"(","shape":[3],"data_offsets":[0,)" +
                        std::to_string(3 * size) + "]}}";
    Result<SafeTensors> file = open(entry, 3 * size);
    ASSERT_TRUE(file) << name << ": " << file.error().message;
    EXPECT_EQ(toString(file->find("a")->type), name);
  }
}

TEST_F(SafeTensorsFile, countsBitsOfSmallDtypes) {
  expectValue(
      open(R"({"a":{"dtype":"F4","shape":[6],"data_offsets":[0,3]}})", 3));
  refuses(R"({"a":{"dtype":"F4","shape":[5],"data_offsets":[0,3]}})", 3, "'a'");
}

TEST_F(SafeTensorsFile, acceptsEmptyTensorsAndEmptyFiles) {
  expectValue(open("{}", 0));
  Result<SafeTensors> file =
      open(R"({"a":{"dtype":"F32","shape":[0,4],"data_offsets":[4,4]},)"
           R"("b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
           R"("c":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})",
           4);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->tensors().size(), 3u);
}

TEST_F(SafeTensorsFile, refusesBadLengths) {
  expectError(SafeTensors::open(folder.put("x.st", "")), "x.st", "0 bytes");
  expectError(SafeTensors::open(folder.put("x.st", "1234567")), "7 bytes");
  std::string bytes = fileBytes("{}", 0);
  for (uint64_t length :
       {uint64_t(3), uint64_t(100000001), UINT64_MAX, UINT64_MAX - 7}) {
    std::memcpy(bytes.data(), &length, 8);
    expectError(SafeTensors::open(folder.put("x.st", bytes)), "x.st",
                std::to_string(length));
  }
}

TEST_F(SafeTensorsFile, refusesWhatIsNoFile) {
  expectError(SafeTensors::open(folder.path), "regular file");
  expectError(SafeTensors::open(folder.file("none")), "none", "No such file");
  ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0600), 0);
  expectError(SafeTensors::open(folder.file("pipe")), "regular file");
}

TEST_F(SafeTensorsFile, refusesBadHeaders) {
  refuses("[]", 0, "header");
  refuses("{", 0, "header", "line 1");
  refuses("", 0, "header");
  refuses(R"({"a":1})", 0, "'a'", "object");
  refuses(R"({"__metadata__":[]})", 0, "__metadata__");
  refuses(R"({"__metadata__":{"k":1}})", 0, "'k'", "string");
  refuses(R"({"a":{"dtype":"U8","shape":[0]}})", 0, "'a'", "data_offsets");
  refuses(R"({"a":{"shape":[0],"data_offsets":[0,0]}})", 0, "'a'", "dtype");
  refuses(R"({"a":{"dtype":"U8","data_offsets":[0,0]}})", 0, "'a'", "shape");
  refuses(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1}})", 0,
          "'a'", "keys besides");
}

TEST_F(SafeTensorsFile, refusesDuplicateNames) {
  refuses(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
          R"("a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
          2, "'a'", "twice");
}

TEST_F(SafeTensorsFile, refusesBadDtypesAndShapes) {
  refuses(R"({"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}})", 4, "'a'",
          "'F33'");
  refuses(R"({"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}})", 4, "'a'");
  refuses(R"({"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}})", 4, "'a'");
  for (const char *dimension : {"-1", "1.5", "\"1\"", "18446744073709551615"})
    refuses(std::string(R"({"a":{"dtype":"F32","shape":[)") + dimension +
                R"(],"data_offsets":[0,4]}})",
            4, "'a'", "shape");
}

TEST_F(SafeTensorsFile, refusesSizesThatDoNotMatchOrOverflow) {
  refuses(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4, "'a'",
          "[2] of F32", "4 bytes");
  // 2^62 elements of 4 bytes are 2^64: 0 once the product wraps around.
  refuses(R"({"a":{"dtype":"F32","shape":[4611686018427387904],)"
          R"("data_offsets":[0,0]}})",
          0, "'a'");
  refuses(R"({"a":{"dtype":"U8","shape":[4294967296,4294967296],)"
          R"("data_offsets":[0,0]}})",
          0, "'a'");
}

TEST_F(SafeTensorsFile, refusesPlacesOutsideTheFile) {
  refuses(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 7, "'a'",
          "cut short");
  for (const char *offsets :
       {"[4,0]", "[0]", "[0,4,8]", "[-4,0]", "0", "[0.0,4]", "[\"0\",4]"})
    refuses(std::string(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":)") +
                offsets + "}}",
            4, "'a'", "data_offsets");
}

TEST_F(SafeTensorsFile, messagesShowLittleOfTheFile) {
  std::string ones = "1";
  for (int i = 0; i != 100000; ++i)
    ones += ",1";
  std::string name(1 << 20, 'x');
  for (const std::string &entry :
       {R"("a":{"dtype":"U8","shape":[)" + ones + R"(],"data_offsets":[0,4]})",
        R"("a":{"dtype":"U8","shape":[)" + ones +
            R"(,-1],"data_offsets":[0,1]})",
        R"("a":{"dtype":"U8","shape":[4],"data_offsets":[)" + ones + "]}",
        R"("a":{"dtype":")" + name + R"(","shape":[4],"data_offsets":[0,4]})",
        "\"" + name + R"(\u001b":{"dtype":"U8","shape":[4]})"}) {
    Result<SafeTensors> file = open("{" + entry + "}", 4);
    ASSERT_FALSE(file);
    EXPECT_LT(file.error().message.size(), 4000u);
    EXPECT_EQ(file.error().message.find('\x1b'), std::string::npos);
  }
}

TEST_F(SafeTensorsFile, refusesOverlapsAndGaps) {
  refuses(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
          R"("b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}})",
          7, "'b'", "overlaps");
  refuses(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
          R"("b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})",
          4, "'b'", "overlaps");
  refuses(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
          R"("b":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}})",
          4, "overlaps");
  refuses(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
          R"("b":{"dtype":"U8","shape":[2],"data_offsets":[5,7]}})",
          7, "'b'", "gap");
  refuses(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[1,5]}})", 5, "'a'",
          "gap");
  refuses(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 5,
          "belong to no tensor");
}

} // namespace
