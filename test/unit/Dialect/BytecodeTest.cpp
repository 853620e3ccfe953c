//===- BytecodeTest.cpp - Versions of the dialect in bytecode files -------===//

#include "recflex/Dialect/Emb/IR/Bytecode.h"
#include "recflex/Dialect/Emb/IR/Emb.h"

#include "mlir/Bytecode/BytecodeImplementation.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace recflex;
using testing::HasSubstr;

namespace {

uint64_t writtenVersion, readVersionNumber;

/// What a RecFlex of another day writes.
struct OtherBytecode : mlir::BytecodeDialectInterface {
  explicit OtherBytecode(mlir::Dialect *dialect)
      : BytecodeDialectInterface(dialect) {}
  void writeVersion(mlir::DialectBytecodeWriter &writer) const final {
    writer.writeVarInt(writtenVersion);
  }
  std::unique_ptr<mlir::DialectVersion>
  readVersion(mlir::DialectBytecodeReader &reader) const final {
    EXPECT_TRUE(mlir::succeeded(reader.readVarInt(readVersionNumber)));
    return std::make_unique<mlir::DialectVersion>();
  }
  mlir::LogicalResult
  writeAttribute(mlir::Attribute, mlir::DialectBytecodeWriter &) const final {
    return mlir::failure();
  }
};

} // namespace

/// The emb dialect of another day, which knows no operation by its definition.
struct OtherEmb : mlir::Dialect {
  explicit OtherEmb(mlir::MLIRContext *context)
      : Dialect(getDialectNamespace(), context, mlir::TypeID::get<OtherEmb>()) {
    allowUnknownOperations();
    addInterfaces<OtherBytecode>();
  }
  static llvm::StringRef getDialectNamespace() { return "emb"; }
};

namespace {

template <typename DialectT> std::string write(const char *text) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<DialectT>();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  std::string bytes;
  llvm::raw_string_ostream os(bytes);
  EXPECT_TRUE(mlir::succeeded(mlir::writeBytecodeToFile(*module, os)));
  return bytes;
}

std::string writeWithVersion(uint64_t version) {
  writtenVersion = version;
  return write<OtherEmb>(R"("emb.concat"() : () -> ())");
}

/// What reading `bytes` says.
std::string errorOf(const std::string &bytes) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<emb::EmbDialect>();
  std::string message;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &error) {
    message += error.str() + '\n';
  });
  EXPECT_FALSE(mlir::parseSourceString<mlir::ModuleOp>(bytes, &context));
  return message;
}

TEST(Bytecode, LaterVersionSaysWhatToDo) {
  std::string error = errorOf(writeWithVersion(emb::kBytecodeVersion + 1));
  EXPECT_THAT(error, HasSubstr("has version " +
                               std::to_string(emb::kBytecodeVersion + 1) +
                               " of the emb dialect; RecFlex "));
  EXPECT_THAT(error,
              HasSubstr("reads versions up to " +
                        std::to_string(emb::kBytecodeVersion) +
                        ": use the RecFlex that wrote it, or a later one"));
}

TEST(Bytecode, FilesHaveTheVersion) {
  std::string bytes =
      write<emb::EmbDialect>("module attributes {test.a = !emb.bags<i32>} {}");
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<OtherEmb>();
  mlir::ScopedDiagnosticHandler quiet(&context, [](mlir::Diagnostic &) {});
  readVersionNumber = 0;
  // The other dialect knows no type.
  EXPECT_FALSE(mlir::parseSourceString<mlir::ModuleOp>(bytes, &context));
  EXPECT_EQ(readVersionNumber, emb::kBytecodeVersion);
}

TEST(Bytecode, AttributesAreVerified) {
  std::string bytes = write<emb::EmbDialect>(
      "module attributes {test.a = #emb.gather<vector = 4, lanes = 1, "
      "unroll = 8>} {}");
  // The attribute's number and its parameters; signed numbers are twice as
  // large, and all of a byte have 1 as their last bit.
  std::string parameters = {5 << 1 | 1, 8 << 1 | 1, 2 << 1 | 1, 16 << 1 | 1};
  size_t place = bytes.find(parameters);
  ASSERT_NE(place, std::string::npos);
  bytes[place + 1] = 6 << 1 | 1;
  EXPECT_THAT(errorOf(bytes),
              HasSubstr("'vector' must be a power of two from 1 to 8, not 3"));
  bytes[place] = 40 << 1 | 1;
  EXPECT_THAT(errorOf(bytes), HasSubstr("has the unknown emb attribute 40"));
}

TEST(Bytecode, ThisVersionIsRead) {
  // Up to what is wrong in it: a concatenation without inputs and result.
  std::string error = errorOf(writeWithVersion(emb::kBytecodeVersion));
  EXPECT_THAT(error, HasSubstr("emb.concat"));
  EXPECT_THAT(error, Not(HasSubstr("version")));
}

} // namespace
