//===- Owned.h - Handles that go at the end ---------------------*- C++ -*-===//

#ifndef RECFLEX_TEST_UNIT_CAPI_COMPILER_OWNED_H
#define RECFLEX_TEST_UNIT_CAPI_COMPILER_OWNED_H

#include "recflex-c/Compiler.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace recflex {

struct Destroyer {
  void operator()(RecflexText *p) const { recflexTextDestroy(p); }
  void operator()(RecflexDescription *p) const { recflexDescriptionDestroy(p); }
  void operator()(RecflexCompiler *p) const { recflexCompilerDestroy(p); }
  void operator()(RecflexModel *p) const { recflexModelDestroy(p); }
  void operator()(RecflexArtifact *p) const { recflexArtifactDestroy(p); }
  void operator()(RecflexModule *p) const { recflexModuleDestroy(p); }
};

template <typename T> using Owned = std::unique_ptr<T, Destroyer>;

/// What a call makes through its last argument; null where it failed, with the
/// message as a test failure.
template <typename T, typename Call> Owned<T> make(Call &&call) {
  T *made = nullptr;
  RecflexStatus status = call(&made);
  EXPECT_EQ(status, RECFLEX_OK) << recflexLastError();
  return Owned<T>(made);
}

/// Expects that a call failed, with a message that begins like that.
inline void expectError(RecflexStatus status, const std::string &message,
                        RecflexStatus expected = RECFLEX_INVALID_ARGUMENT) {
  EXPECT_EQ(status, expected) << recflexStatusName(status);
  EXPECT_EQ(std::string(recflexLastError()).substr(0, message.size()), message);
}

/// Whether the last error has that in it.
inline void expectMentioned(const std::string &text) {
  EXPECT_NE(std::string(recflexLastError()).find(text), std::string::npos)
      << recflexLastError();
}

inline Owned<RecflexDescription>
createDescription(RecflexIndexType type = RECFLEX_INDEX_I32) {
  return make<RecflexDescription>([&](RecflexDescription **made) {
    return recflexDescriptionCreate("shop", type, made);
  });
}

inline RecflexStatus addTable(const Owned<RecflexDescription> &description,
                              const char *name, int64_t rows, int64_t width,
                              int32_t type = RECFLEX_F32) {
  RecflexTableDescription table = RECFLEX_INIT(table);
  table.name = name;
  table.rows = rows;
  table.width = width;
  table.type = type;
  return recflexDescriptionAddTable(description.get(), &table);
}

inline RecflexStatus addFeature(const Owned<RecflexDescription> &description,
                                const char *name, const char *table,
                                int32_t pooling = RECFLEX_POOLING_SUM) {
  RecflexFeatureDescription feature = RECFLEX_INIT(feature);
  feature.name = name;
  feature.table = table;
  feature.pooling = pooling;
  return recflexDescriptionAddFeature(description.get(), &feature);
}

/// Two features: `user` of 100 x 4, `words` of 1000 x 64 in f16.
inline Owned<RecflexDescription> describeShop() {
  Owned<RecflexDescription> shop = createDescription();
  EXPECT_EQ(addTable(shop, "users", 100, 4), RECFLEX_OK);
  EXPECT_EQ(addTable(shop, "texts", 1000, 64, RECFLEX_F16), RECFLEX_OK);
  EXPECT_EQ(addFeature(shop, "user", "users"), RECFLEX_OK);
  EXPECT_EQ(addFeature(shop, "words", "texts", RECFLEX_POOLING_MEAN),
            RECFLEX_OK);
  return shop;
}

inline Owned<RecflexCompiler>
createCompiler(const RecflexCompilerOptions *options = nullptr) {
  return make<RecflexCompiler>([&](RecflexCompiler **made) {
    return recflexCompilerCreate(options, made);
  });
}

inline Owned<RecflexModel> import(const Owned<RecflexCompiler> &compiler,
                                  const Owned<RecflexDescription> &shop) {
  return make<RecflexModel>([&](RecflexModel **made) {
    return recflexModelImport(compiler.get(), shop.get(), made);
  });
}

inline Owned<RecflexModel> parse(const Owned<RecflexCompiler> &compiler,
                                 const std::string &source) {
  return make<RecflexModel>([&](RecflexModel **made) {
    return recflexModelParse(compiler.get(), source.data(), source.size(),
                             "shop.mlir", made);
  });
}

inline std::string bytesOf(const Owned<RecflexText> &text) {
  return {recflexTextData(text.get()), recflexTextSize(text.get())};
}

inline std::string print(const Owned<RecflexModel> &model) {
  return bytesOf(make<RecflexText>([&](RecflexText **made) {
    return recflexModelPrint(model.get(), made);
  }));
}

/// A batch of three samples of the shop: one user each, 2, 0 and 1 words.
struct ShopBatch {
  int32_t values[6] = {5, 6, 5, 10, 20, 30};
  int32_t offsets[7] = {0, 1, 2, 3, 5, 5, 6};
  int32_t lengths[6] = {1, 1, 1, 2, 0, 1};

  RecflexBatch get() const {
    RecflexBatch batch = RECFLEX_INIT(batch);
    batch.batchSize = 3;
    batch.values = values;
    batch.offsets = offsets;
    return batch;
  }
};

inline RecflexStatus attach(const Owned<RecflexModel> &model,
                            const RecflexBatch &batch) {
  const RecflexBatch *batches[] = {&batch};
  return recflexModelAttachSamples(model.get(), batches, 1);
}

/// The shop as emb IR, with statistics.
inline Owned<RecflexModel> createShop(const Owned<RecflexCompiler> &compiler) {
  Owned<RecflexModel> model = import(compiler, describeShop());
  EXPECT_EQ(attach(model, ShopBatch().get()), RECFLEX_OK);
  return model;
}

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_CAPI_COMPILER_OWNED_H
