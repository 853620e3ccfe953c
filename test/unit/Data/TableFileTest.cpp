//===- TableFileTest.cpp - Tables in safetensors files --------------------===//

#include "recflex/Data/TableFile.h"

#include "TestFiles.h"

#include <cstring>

using namespace recflex;

namespace {

ModelSpec makeModel() {
  ModelSpec model;
  // The second table takes more than one piece, and its last one is partial.
  model.tables = {{"odd", 3, 5, RowType::f16},
                  {"large", 40001, 32, RowType::f32},
                  {"wide", 2, 1024, RowType::bf16}};
  return model;
}

TEST(TableFile, holdsWhatFillTableGives) {
  TestFolder folder;
  ModelSpec model = makeModel();
  std::string path = folder.file("t.st");
  expectValue(writeGeneratedTables(model, 5, TableFill::uniform, path));
  Result<SafeTensors> file = SafeTensors::open(path);
  ASSERT_TRUE(file) << file.error().message;
  Result<std::vector<const void *>> tables = findTables(*file, model.tables);
  ASSERT_TRUE(tables) << tables.error().message;
  ASSERT_EQ(tables->size(), 3u);
  for (size_t t = 0; t < 3; ++t) {
    const TableSpec &table = model.tables[t];
    size_t bytes = table.rows * table.width * byteSize(table.type);
    std::vector<float> expected(bytes / 4 + 1);
    fillTable(table, t, 5, TableFill::uniform, expected.data(), 0, table.rows);
    EXPECT_EQ(std::memcmp((*tables)[t], expected.data(), bytes), 0) << t;
  }
}

TEST(TableFile, namesTheTableThatDoesNotMatch) {
  TestFolder folder;
  ModelSpec model = makeModel();
  std::string path = folder.file("t.st");
  expectValue(writeGeneratedTables(model, 5, TableFill::integers, path));
  Result<SafeTensors> file = SafeTensors::open(path);
  ASSERT_TRUE(file);
  auto refuses = [&](auto change, auto... parts) {
    ModelSpec other = makeModel();
    change(other.tables[1]);
    expectError(findTables(*file, other.tables), "t.st", parts...);
  };
  refuses([](TableSpec &t) { t.name = "none"; }, "'none'");
  refuses([](TableSpec &t) { t.type = RowType::f16; }, "'large'", "F32", "F16");
  refuses([](TableSpec &t) { t.rows = 7; }, "'large'", "[40001, 32]",
          "[7, 32]");
  refuses([](TableSpec &t) { std::swap(t.rows, t.width); }, "'large'",
          "[32, 40001]");
}

} // namespace
