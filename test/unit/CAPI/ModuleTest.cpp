//===- ModuleTest.cpp - Loading through the C API -------------------------===//

#include "Loaded.h"

#include "../Runtime/FakeCuda.h"

#include "recflex/Runtime/ManifestJson.h"

#include <cstdio>
#include <gtest/gtest.h>
#include <unistd.h>

namespace recflex {
namespace {

TEST(CModule, SaysWhatItIs) {
  FakeCuda cuda;
  Loaded loaded(cuda.driver());
  ASSERT_TRUE(loaded.module) << recflexLastError();
  RecflexModuleInfo info = RECFLEX_INIT(info);
  ASSERT_EQ(recflexModuleInfo(loaded.module, &info), RECFLEX_OK);
  EXPECT_EQ(info.structSize, sizeof info);
  EXPECT_STREQ(info.name, "small");
  EXPECT_STREQ(info.chip, "sm_90");
  EXPECT_STREQ(info.producer, "recflex test");
  EXPECT_EQ(info.device, 0);
  EXPECT_EQ(info.indexType, RECFLEX_INDEX_I32);
  EXPECT_EQ(info.keys, 4);
  EXPECT_EQ(info.features, 3);
  EXPECT_EQ(info.tables, 2);
  EXPECT_EQ(info.weighted, 1);
  EXPECT_EQ(info.outputWidth, 12);
  EXPECT_EQ(info.maxBatch, makeTestManifest().maxBatch);
  EXPECT_EQ(info.maxLookups, makeTestManifest().maxLookups);

  RecflexTableInfo table = RECFLEX_INIT(table);
  ASSERT_EQ(recflexModuleTable(loaded.module, 1, &table), RECFLEX_OK);
  EXPECT_STREQ(table.name, "items");
  EXPECT_EQ(table.rows, 20);
  EXPECT_EQ(table.width, 8);
  EXPECT_EQ(table.type, RECFLEX_F16);
  EXPECT_EQ(table.bytes, 20 * 8 * 2);

  RecflexFeatureInfo feature = RECFLEX_INIT(feature);
  ASSERT_EQ(recflexModuleFeature(loaded.module, 1, &feature), RECFLEX_OK);
  EXPECT_STREQ(feature.name, "b");
  EXPECT_EQ(feature.key, 1);
  EXPECT_EQ(feature.table, 0);
  EXPECT_EQ(feature.column, 10);
  EXPECT_EQ(feature.width, 2);
  EXPECT_EQ(feature.pooling, RECFLEX_POOLING_MEAN);
  EXPECT_EQ(feature.weighted, 1);

  Result<Manifest> manifest =
      manifestFromJson(recflexModuleManifest(loaded.module));
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->name, "small");
}

TEST(CModule, GivesBackAllItTook) {
  FakeCuda cuda;
  {
    Loaded loaded(cuda.driver());
    ASSERT_TRUE(loaded.context) << recflexLastError();
    EXPECT_EQ(cuda.retained, 1);
  }
  EXPECT_EQ(cuda.retained, 0);
  EXPECT_TRUE(cuda.alive.empty());
  EXPECT_TRUE(cuda.misuse.empty());
}

TEST(CModule, HandlesMayGoInAnyOrder) {
  FakeCuda cuda;
  {
    Loaded loaded(cuda.driver());
    ASSERT_TRUE(loaded.context);
    recflexModuleDestroy(loaded.module);
    recflexTablesDestroy(loaded.tables);
    loaded.module = nullptr;
    loaded.tables = nullptr;
    RecflexBatch batch = Loaded::batch();
    EXPECT_EQ(recflexLaunch(loaded.context, &batch, nullptr), RECFLEX_OK);
    EXPECT_EQ(cuda.retained, 1);
  }
  EXPECT_EQ(cuda.retained, 0);
  EXPECT_TRUE(cuda.alive.empty());
}

TEST(CModule, NullHandlesAreFineToDestroy) {
  recflexModuleDestroy(nullptr);
  recflexTablesDestroy(nullptr);
  recflexContextDestroy(nullptr);
}

TEST(CModule, CountsAndNamesThatAreNotThere) {
  FakeCuda cuda;
  Loaded loaded(cuda.driver());
  ASSERT_TRUE(loaded.module);
  RecflexTableInfo table = RECFLEX_INIT(table);
  RecflexFeatureInfo feature = RECFLEX_INIT(feature);
  for (int32_t i : {-1, 2}) {
    EXPECT_EQ(recflexModuleTable(loaded.module, i, &table),
              RECFLEX_INVALID_ARGUMENT);
    EXPECT_EQ(recflexLastError(), "there is no table " + std::to_string(i) +
                                      "; the model has 2, counted from 0");
    EXPECT_EQ(table.name, nullptr);
  }
  for (int32_t i : {-1, 3})
    EXPECT_EQ(recflexModuleFeature(loaded.module, i, &feature),
              RECFLEX_INVALID_ARGUMENT);
}

TEST(CModule, NullsAreRefused) {
  FakeCuda cuda;
  Loaded loaded(cuda.driver());
  RecflexModule *module = nullptr;
  RecflexModuleInfo info = RECFLEX_INIT(info);
  RecflexTableInfo table = RECFLEX_INIT(table);
  RecflexFeatureInfo feature = RECFLEX_INIT(feature);
  for (RecflexStatus status :
       {recflexModuleLoad(nullptr, nullptr, &module),
        recflexModuleLoad("x", nullptr, nullptr),
        recflexModuleLoadMemory(nullptr, 1, nullptr, &module),
        recflexModuleLoadMemory("x", 1, nullptr, nullptr),
        recflexModuleInfo(nullptr, &info),
        recflexModuleInfo(loaded.module, nullptr),
        recflexModuleTable(nullptr, 0, &table),
        recflexModuleTable(loaded.module, 0, nullptr),
        recflexModuleFeature(nullptr, 0, &feature),
        recflexModuleFeature(loaded.module, 0, nullptr)})
    EXPECT_EQ(status, RECFLEX_INVALID_ARGUMENT);
  EXPECT_STREQ(recflexModuleManifest(nullptr), "");
  EXPECT_EQ(module, nullptr);
}

TEST(CModule, SizesThatWereNeverSetAreRefused) {
  FakeCuda cuda;
  Loaded loaded(cuda.driver());
  RecflexModuleInfo info = {};
  EXPECT_EQ(recflexModuleInfo(loaded.module, &info), RECFLEX_INVALID_ARGUMENT);
  EXPECT_EQ(std::string(recflexLastError()).find("RecflexModuleInfo.structS"),
            0u);
  RecflexLoadOptions options = {};
  RecflexModule *module = nullptr;
  EXPECT_EQ(load(makeArtifactBytes(), cuda.driver(), &module, &options),
            RECFLEX_INVALID_ARGUMENT);
  EXPECT_EQ(std::string(recflexLastError()).find("RecflexLoadOptions.struct"),
            0u);
}

TEST(CModule, OptionsThatCannotBe) {
  FakeCuda cuda;
  RecflexModule *module = nullptr;
  RecflexLoadOptions options = RECFLEX_INIT(options);
  options.cpuThreads = -1;
  EXPECT_EQ(load(makeArtifactBytes(), cuda.driver(), &module, &options),
            RECFLEX_INVALID_ARGUMENT);
  options.cpuThreads = 0;
  for (int32_t device : {-2, 1}) {
    options.device = device;
    EXPECT_EQ(load(makeArtifactBytes(), cuda.driver(), &module, &options),
              RECFLEX_NO_DEVICE);
    EXPECT_EQ(std::string(recflexLastError())
                  .find("there is no GPU " + std::to_string(device)),
              0u);
  }
  EXPECT_EQ(module, nullptr);
  EXPECT_EQ(cuda.retained, 0);
}

TEST(CModule, BadArtifacts) {
  FakeCuda cuda;
  RecflexModule *module = nullptr;
  std::string bytes = makeArtifactBytes();
  auto statusOf = [&](const std::string &changed) {
    return load(changed, cuda.driver(), &module);
  };
  EXPECT_EQ(statusOf(""), RECFLEX_BAD_ARTIFACT);
  EXPECT_EQ(statusOf("PK"), RECFLEX_BAD_ARTIFACT);
  EXPECT_EQ(statusOf(bytes.substr(0, bytes.size() - 1)), RECFLEX_BAD_ARTIFACT);
  std::string changed = bytes;
  changed[bytes.size() / 2] ^= 1;
  EXPECT_EQ(statusOf(changed), RECFLEX_BAD_ARTIFACT);
  changed = bytes;
  changed[8] = 77; // the format's version
  EXPECT_EQ(statusOf(changed), RECFLEX_UNSUPPORTED_VERSION);
  EXPECT_EQ(module, nullptr);
  // Nobody asked for a GPU.
  EXPECT_TRUE(cuda.calls.empty());
}

TEST(CModule, GpusThatDoNotFit) {
  FakeCuda cuda;
  cuda.major = 8;
  RecflexModule *module = nullptr;
  EXPECT_EQ(load(makeArtifactBytes(), cuda.driver(), &module),
            RECFLEX_INCOMPATIBLE_DEVICE);
  EXPECT_NE(std::string(recflexLastError()).find("recompile it for sm_80"),
            std::string::npos);
  EXPECT_EQ(cuda.retained, 0);
}

TEST(CModule, DriversThatFail) {
  RecflexModule *module = nullptr;
  {
    FakeCuda cuda;
    cuda.failName = "cuModuleLoadDataEx";
    EXPECT_EQ(load(makeArtifactBytes(), cuda.driver(), &module),
              RECFLEX_OUT_OF_MEMORY);
    cuda.failCode = 719;
    EXPECT_EQ(load(makeArtifactBytes(), cuda.driver(), &module),
              RECFLEX_DRIVER_ERROR);
    EXPECT_TRUE(cuda.alive.empty());
    EXPECT_EQ(cuda.retained, 0);
    // And when it has recovered, so has the library.
    cuda.failName = "";
    EXPECT_EQ(load(makeArtifactBytes(), cuda.driver(), &module), RECFLEX_OK);
    recflexModuleDestroy(module);
  }
}

TEST(CModule, EveryCallOfTheDriverMayFail) {
  bool reached = true;
  for (int k = 0; reached; ++k) {
    FakeCuda cuda;
    cuda.failAt = k;
    cuda.failCode = 719;
    {
      Loaded loaded(cuda.driver());
      RecflexBatch batch = Loaded::batch();
      RecflexStatus status =
          loaded.context ? recflexLaunch(loaded.context, &batch, nullptr)
                         : RECFLEX_DRIVER_ERROR;
      reached = static_cast<int>(cuda.calls.size()) > k;
      // Giving back a temporary stream enters the context too, and has nobody
      // to tell.
      if (!reached || cuda.calls[k] != "cuCtxPushCurrent") {
        EXPECT_EQ(status, reached ? RECFLEX_DRIVER_ERROR : RECFLEX_OK) << k;
        EXPECT_TRUE(cuda.misuse.empty()) << k;
      }
      cuda.failAt = -1;
    }
    EXPECT_TRUE(cuda.alive.empty()) << k;
    EXPECT_EQ(cuda.retained, 0) << k;
  }
}

/// A file that goes at the end.
struct TemporaryFile {
  explicit TemporaryFile(const std::string &contents)
      : path(testing::TempDir() + "recflex-capi-" + std::to_string(getpid())) {
    FILE *file = fopen(path.c_str(), "wb");
    fwrite(contents.data(), 1, contents.size(), file);
    fclose(file);
  }
  ~TemporaryFile() { unlink(path.c_str()); }
  std::string path;
};

TEST(CModule, FilesAreNamedInErrors) {
  RecflexModule *module = nullptr;
  EXPECT_EQ(recflexModuleLoad("/no/such/file", nullptr, &module),
            RECFLEX_IO_ERROR);
  EXPECT_EQ(std::string(recflexLastError()).find("/no/such/file: "), 0u);
  EXPECT_EQ(recflexModuleLoad("/", nullptr, &module), RECFLEX_IO_ERROR);

  std::string bytes = makeArtifactBytes();
  bytes.back() ^= 1;
  TemporaryFile file(bytes);
  EXPECT_EQ(recflexModuleLoad(file.path.c_str(), nullptr, &module),
            RECFLEX_BAD_ARTIFACT);
  EXPECT_EQ(std::string(recflexLastError()).find(file.path + ": "), 0u);
  EXPECT_EQ(module, nullptr);
}

} // namespace
} // namespace recflex
