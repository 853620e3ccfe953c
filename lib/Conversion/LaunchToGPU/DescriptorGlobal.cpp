//===- DescriptorGlobal.cpp - Descriptors as a constant -------------------===//

#include "DescriptorGlobal.h"

#include <cstring>

using namespace mlir;

namespace recflex {

static_assert(offsetof(abi::FeatureDescriptor, table) == 0,
              "the first word is the table's address");

memref::GlobalOp
createDescriptorGlobal(SymbolTable &symbols, Location loc, StringRef name,
                       const std::vector<abi::FeatureDescriptor> &descriptors) {
  SmallVector<int64_t> words(descriptors.size() * kDescriptorWords);
  std::memcpy(words.data(), descriptors.data(),
              descriptors.size() * sizeof(abi::FeatureDescriptor));
  OpBuilder builder(loc.getContext());
  Type word = builder.getI64Type();
  SmallVector<int64_t> shape{static_cast<int64_t>(descriptors.size()),
                             kDescriptorWords};
  auto contents = DenseElementsAttr::get(RankedTensorType::get(shape, word),
                                         ArrayRef<int64_t>(words));
  auto global = memref::GlobalOp::create(
      builder, loc, (name + "_descriptors").str(),
      /*sym_visibility=*/builder.getStringAttr("private"),
      MemRefType::get(shape, word), contents, /*constant=*/true,
      /*alignment=*/builder.getI64IntegerAttr(sizeof(uint64_t)));
  symbols.insert(
      global, Block::iterator(symbols.getOp()->getRegion(0).front().begin()));
  return global;
}

} // namespace recflex
