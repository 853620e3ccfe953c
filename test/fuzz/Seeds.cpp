//===- Seeds.cpp - Writes what the fuzzers start from ---------------------===//
//
// usage: fuzz-seeds FOLDER
//
// One folder a target: small files that are right, in every form that the
// reader knows.
//
//===----------------------------------------------------------------------===//

#include "TestModel.h"

#include "recflex/Data/BatchFile.h"
#include "recflex/Data/ModelJson.h"
#include "recflex/Data/SafeTensors.h"
#include "recflex/Support/Files.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

using namespace recflex;

static void require(const Status &status) {
  if (status)
    return;
  std::fprintf(stderr, "fuzz-seeds: error: %s\n",
               status.error().message.c_str());
  std::exit(1);
}

static std::string folderOf(const std::string &root, const char *target) {
  std::string folder = root + "/" + target;
  std::filesystem::create_directories(folder);
  return folder + "/";
}

/// `count` features of one sort.
static Manifest makeWideManifest(int count) {
  Manifest m = makeTestManifest();
  m.jaggedFeatures = count;
  m.outputWidth = 8 * count;
  m.weighted = false;
  m.features.clear();
  for (int i = 0; i != count; ++i)
    m.features.push_back({"f" + std::to_string(i), i, 1, 2, 8 * i, Pooling::max,
                          false, 1, 2, 8});
  return m;
}

static void writeArtifacts(const std::string &folder) {
  Artifact artifact = makeTestArtifact(); // with cubins
  require(writeArtifact(artifact, folder + "cubins"));
  artifact.cubins.clear();
  require(writeArtifact(artifact, folder + "small"));
  artifact.manifest = makeWideManifest(20);
  require(writeArtifact(artifact, folder + "wide"));
  artifact.manifest.tables.clear();
  artifact.manifest.features.clear();
  require(writeArtifact(artifact, folder + "empty"));
}

static void writeTensors(const std::string &folder) {
  Batch batch = makeBatch(3, 2, {1, 0, 2, 3, 0, 1}, {4, 1, 1, 0, 2, 9, 7});
  require(writeBatch(batch, folder + "batch-i32"));
  batch.weights = {1, 2, 3, 4, 5, 6, 7};
  require(writeBatch(batch, folder + "batch-weights"));
  require(writeBatch(makeBatch(1, 3, {1, 0, 2}, {4, 1, 1}, IndexType::i64),
                     folder + "batch-i64"));

  // As other programs write it: lengths, and the batch size as a tensor.
  Result<SafeTensorsWriter> writer = SafeTensorsWriter::create(
      folder + "batch-lengths", {{"values", DType::i64, {2}},
                                 {"lengths", DType::i32, {3}},
                                 {"batch_size", DType::i64, {1}}});
  require(writer ? Status() : writer.error());
  int64_t values[] = {5, 6}, size[] = {1};
  int32_t lengths[] = {1, 0, 1};
  require(writer->write(values, sizeof values));
  require(writer->write(lengths, sizeof lengths));
  require(writer->write(size, sizeof size));
  require(writer->commit());

  Result<SafeTensorsWriter> tables = SafeTensorsWriter::create(
      folder + "tables", {{"users", DType::f32, {2, 2}},
                          {"items", DType::bf16, {2, 4}},
                          {"none", DType::f8E4M3, {0, 3}},
                          {"one", DType::u8, {}}});
  require(tables ? Status() : tables.error());
  char bytes[16 + 16 + 1] = {};
  require(tables->write(bytes, sizeof bytes));
  require(tables->commit());
}

static void writeModels(const std::string &folder) {
  require(writeFile(folder + "all", R"({
  "format": "recflex.model.v1", "name": "all", "index_type": "i64",
  "tables": [
    {"name": "user", "rows": 1000, "width": 4},
    {"name": "word", "rows": 5000, "width": 64, "type": "f16"},
    {"name": "many", "rows": 10, "width": 8, "type": "bf16", "count": 3}],
  "features": [
    {"name": "user", "table": "user"},
    {"name": "fixed", "table": "user", "pooling": "sum",
     "bags": {"kind": "multi-hot-static", "hotness": 5}},
    {"name": "query", "table": "word", "pooling": "mean", "weighted": true,
     "bags": {"kind": "multi-hot", "mean": 40, "stddev": 15.5, "max": 100,
              "coverage": 0.8}},
    {"name": "side", "table": "many_1", "pooling": "max",
     "bags": {"kind": "multi-hot-one-side", "mean": 1, "stddev": 2}},
    {"name": "each", "table": "many", "count": 3,
     "bags": {"kind": "one-hot", "coverage": 0.5}}]})"));
  require(writeFile(folder + "least", R"({"format": "recflex.model.v1",
"tables": [{"name": "t", "rows": 1, "width": 1}],
"features": [{"name": "f", "table": "t"}]})"));
}

static void writeTexts(const std::string &folder) {
  auto write = [&](const char *name, char reader, const std::string &first,
                   const std::string &second) {
    require(writeFile(folder + name, reader + first + '\0' + second));
  };
  write("batch-i32", 0, "2\n3\n", "1,2,3\n\n4\r\n0\n7 , 8\n");
  write("batch-i64", 1, "1\n", "99999999999\n");
  write("config", 2, "10,4\n20,8\n30,16\n40,32\n",
        "one-hot,1,0.5\nmulti-hot-static,1,3,1\n"
        "multi-hot,1,10.5,2,30,0.25\nmulti-hot-one-side,1,5,1e1,1\n");
}

int main(int argc, char **argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz-seeds FOLDER\n");
    return 2;
  }
  writeArtifacts(folderOf(argv[1], "artifact"));
  writeTensors(folderOf(argv[1], "safetensors"));
  writeModels(folderOf(argv[1], "model"));
  writeTexts(folderOf(argv[1], "text"));
  require(writeFile(folderOf(argv[1], "cpu") + "zeros", std::string(200, 0)));
  return 0;
}
