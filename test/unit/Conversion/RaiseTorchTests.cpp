//===- RaiseTorchTests.cpp - Where torch-mlir's dialects are registered ---===//
//
// The lit tests know torch's ops and types as unregistered ones. Here are two
// dialects that register them, with a type that prints as torch-mlir's does:
// the front door must find them by name, and cast by torch_c's ops.
//
//===----------------------------------------------------------------------===//

#include "recflex/Conversion/Passes.h"

#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/ExtensibleDialect.h"
#include "mlir/Pass/PassManager.h"

#include "gtest/gtest.h"

using namespace mlir;

namespace {

struct TorchTypeStorage : TypeStorage {
  using KeyTy = StringRef;
  explicit TorchTypeStorage(StringRef text) : text(text) {}
  bool operator==(StringRef other) const { return text == other; }
  static TorchTypeStorage *construct(TypeStorageAllocator &allocator,
                                     StringRef text) {
    return new (allocator.allocate<TorchTypeStorage>())
        TorchTypeStorage(allocator.copyInto(text));
  }
  StringRef text;
};

/// Any type of torch's: whatever is printed behind `!torch.`.
struct TorchType : Type::TypeBase<TorchType, Type, TorchTypeStorage> {
  using Base::Base;
  static constexpr StringLiteral name = "torch.type";
  StringRef text() const { return getImpl()->text; }
};

/// A dialect with the ops that it is told to have.
struct OpsDialect : ExtensibleDialect {
  OpsDialect(StringRef name, MLIRContext *context, TypeID id,
             ArrayRef<StringRef> ops)
      : ExtensibleDialect(name, context, id) {
    auto accept = [](Operation *) { return success(); };
    for (StringRef op : ops)
      registerDynamicOp(DynamicOpDefinition::get(op, this, accept, accept));
  }
};

struct TorchDialect : OpsDialect {
  explicit TorchDialect(MLIRContext *context)
      : OpsDialect(getDialectNamespace(), context, TypeID::get<TorchDialect>(),
                   {"constant.bool", "constant.int", "constant.none",
                    "aten.embedding_bag.padding_idx"}) {
    addTypes<TorchType>();
  }
  static StringRef getDialectNamespace() { return "torch"; }
  void printType(Type type, DialectAsmPrinter &printer) const override {
    printer << cast<TorchType>(type).text();
  }
};

struct TorchConversionDialect : OpsDialect {
  explicit TorchConversionDialect(MLIRContext *context)
      : OpsDialect(getDialectNamespace(), context,
                   TypeID::get<TorchConversionDialect>(),
                   {"to_builtin_tensor", "from_builtin_tensor"}) {}
  static StringRef getDialectNamespace() { return "torch_c"; }
};

class RaiseTorch : public testing::Test {
protected:
  RaiseTorch() : context(MLIRContext::Threading::DISABLED), b(&context) {
    context
        .loadDialect<TorchDialect, TorchConversionDialect, func::FuncDialect>();
  }

  Type torchType(StringRef text) { return TorchType::get(&context, text); }

  Value create(StringRef name, Type type, Attribute value = {}) {
    OperationState state(b.getUnknownLoc(), name);
    state.addTypes(type);
    if (value)
      state.addAttribute("value", value);
    return b.create(state)->getResult(0);
  }

  /// A function that returns the sums of the bags of its arguments.
  OwningOpRef<ModuleOp> makeModel() {
    Type table = torchType("vtensor<[10,4],f32>");
    Type indices = torchType("vtensor<[?],si64>");
    Type rows = torchType("vtensor<[?,4],f32>");
    OwningOpRef<ModuleOp> module = ModuleOp::create(b.getUnknownLoc());
    b.setInsertionPointToEnd(module->getBody());
    auto function = func::FuncOp::create(
        b, b.getUnknownLoc(), "model",
        b.getFunctionType({table, indices, indices}, {rows}));
    b.setInsertionPointToStart(function.addEntryBlock());
    Value no =
        create("torch.constant.bool", torchType("bool"), b.getBoolAttr(false));
    Value sum =
        create("torch.constant.int", torchType("int"), b.getI64IntegerAttr(0));
    Value none = create("torch.constant.none", torchType("none"));
    OperationState bag(b.getUnknownLoc(),
                       "torch.aten.embedding_bag.padding_idx");
    bag.addOperands(function.getArguments());
    bag.addOperands({no, sum, no, none, no, none});
    bag.addTypes({rows, indices, indices, indices});
    Value pooled = b.create(bag)->getResult(0);
    func::ReturnOp::create(b, b.getUnknownLoc(), pooled);
    return module;
  }

  MLIRContext context;
  OpBuilder b;
};

TEST_F(RaiseTorch, RegisteredOpsAreFoundByName) {
  OwningOpRef<ModuleOp> module = makeModel();
  PassManager pm(&context);
  pm.addPass(recflex::createRaiseTorchEmbeddingBagToEmbPass());
  ASSERT_TRUE(succeeded(pm.run(*module)));

  std::vector<std::string> names;
  module->walk([&](Operation *op) {
    names.push_back(op->getName().getStringRef().str());
  });
  EXPECT_EQ(names, (std::vector<std::string>{
                       "torch_c.to_builtin_tensor", "torch_c.to_builtin_tensor",
                       "torch_c.to_builtin_tensor", "emb.bags", "emb.lookup",
                       "torch_c.from_builtin_tensor", "func.return",
                       "func.func", "builtin.module"}));
}

} // namespace
