//===- TextBatchTest.cpp - The original RecFlex's text batches ------------===//

#include "recflex/Data/TextBatch.h"

#include "TestFiles.h"

using namespace recflex;

namespace {

std::vector<int64_t> numbers(const IndexArray &array) {
  std::vector<int64_t> result;
  for (int64_t i = 0; i < array.size(); ++i)
    result.push_back(array[i]);
  return result;
}

class TextBatch : public testing::Test {
protected:
  Result<std::vector<Batch>> read(std::string_view sizes, std::string_view f0,
                                  std::string_view f1,
                                  IndexType type = IndexType::i32) {
    folder.put("batch_sizes.txt", sizes);
    folder.put("f0.txt", f0);
    folder.put("f1.txt", f1);
    return readTextBatches(folder.path, 2, type);
  }
  TestFolder folder;
};

TEST_F(TextBatch, readsBatches) {
  for (IndexType type : {IndexType::i32, IndexType::i64}) {
    Result<std::vector<Batch>> batches =
        read("2\n1\n", "1,2\n\n3\n", "4\n5,6,7\n\n", type);
    ASSERT_TRUE(batches) << batches.error().message;
    ASSERT_EQ(batches->size(), 2u);
    const Batch &first = (*batches)[0], &second = (*batches)[1];
    expectValue(first.check(2));
    expectValue(second.check(2));
    EXPECT_EQ(first.values.type, type);
    EXPECT_EQ(first.batchSize, 2);
    EXPECT_EQ(numbers(first.values), (std::vector<int64_t>{1, 2, 4, 5, 6, 7}));
    EXPECT_EQ(numbers(first.offsets), (std::vector<int64_t>{0, 2, 2, 3, 6}));
    EXPECT_EQ(second.batchSize, 1);
    EXPECT_EQ(numbers(second.values), (std::vector<int64_t>{3}));
    EXPECT_EQ(numbers(second.offsets), (std::vector<int64_t>{0, 1, 1}));
  }
}

TEST_F(TextBatch, toleratesBlanksAndLineEnds) {
  Result<std::vector<Batch>> batches =
      read("2\r\n\r\n", "1, 2\r\n\r\n", "\n 3 ,4");
  ASSERT_TRUE(batches) << batches.error().message;
  EXPECT_EQ(numbers((*batches)[0].values), (std::vector<int64_t>{1, 2, 3, 4}));
}

TEST_F(TextBatch, checksLineCounts) {
  expectError(read("2\n", "1\n2\n", "1\n"), "f1.txt", "1 samples");
  expectError(read("2\n2\n", "1\n2\n3\n", "1\n2\n"), "f0.txt", "3 samples",
              "batch 1");
  expectError(read("2\n", "1\n2\n3\n", "1\n2\n"), "f0.txt:3", "2 samples");
  expectError(read("2\n", "1\n2\n\n", "1\n2\n"), "f0.txt:3");
  expectError(read("16000000\n", "1\n", "1\n"), "f0.txt", "1 samples");
}

TEST_F(TextBatch, namesFileAndLineOfBadRows) {
  for (const char *row :
       {"x", "1.5", "-3", "1 2", "0x10", "99999999999999999999"})
    expectError(read("2\n", std::string("1\n2,") + row + "\n", "1\n2\n"),
                "f0.txt:2", row);
  expectError(read("1\n", "1,\n", "1\n"), "f0.txt:1", "''");
  expectError(read("1\n", "1\n", ",\n"), "f1.txt:1", "''");
  expectError(read("1\n", "1\n", "2147483648\n"), "f1.txt:1", "2147483648",
              "i64");
  expectValue(read("1\n", "1\n", "2147483648\n", IndexType::i64));
}

TEST_F(TextBatch, refusesBadBatchSizes) {
  for (const char *size : {"0", "-1", "x", "1.5", "99999999999"})
    expectError(read(std::string("1\n") + size + "\n", "1\n", "1\n"),
                "batch_sizes.txt:2", size);
  expectError(read("", "1\n", "1\n"), "batch_sizes.txt", "no batch");
  std::string many;
  for (int i = 0; i != 65537; ++i)
    many += "1\n";
  expectError(read(many, "1\n", "1\n"), "batch_sizes.txt:65537", "65536");
}

TEST_F(TextBatch, namesMissingFiles) {
  expectValue(read("1\n", "1\n", "1\n"));
  std::filesystem::remove(folder.file("f1.txt"));
  expectError(readTextBatches(folder.path, 2, IndexType::i32), "f1.txt");
  expectValue(readTextBatches(folder.path, 1, IndexType::i32));
  std::filesystem::remove(folder.file("batch_sizes.txt"));
  expectError(readTextBatches(folder.path, 1, IndexType::i32),
              "batch_sizes.txt");
}

} // namespace
