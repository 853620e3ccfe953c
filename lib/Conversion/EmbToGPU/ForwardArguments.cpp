//===- ForwardArguments.cpp - What the forward kernels are given ----------===//

#include "ForwardArguments.h"

using namespace mlir;

namespace recflex {
namespace {
/// One argument: where it stands, and its type.
struct Parameter {
  Value ForwardArguments::*member;
  enum Kind { pointer, i32, i64 } kind;
};
} // namespace

static constexpr Parameter kParameters[] = {
    {&ForwardArguments::descriptors, Parameter::pointer},
    {&ForwardArguments::count, Parameter::i32},
    {&ForwardArguments::order, Parameter::pointer},
    {&ForwardArguments::starts, Parameter::pointer},
    {&ForwardArguments::values, Parameter::pointer},
    {&ForwardArguments::offsets, Parameter::pointer},
    {&ForwardArguments::weights, Parameter::pointer},
    {&ForwardArguments::output, Parameter::pointer},
    {&ForwardArguments::outputStride, Parameter::i64},
    {&ForwardArguments::outputFormat, Parameter::i32},
    {&ForwardArguments::batch, Parameter::i32},
    {&ForwardArguments::lookups, Parameter::i64},
    {&ForwardArguments::state, Parameter::pointer},
    {&ForwardArguments::capacity, Parameter::i32},
    {&ForwardArguments::zeroBags, Parameter::i32},
    {&ForwardArguments::views, Parameter::pointer},
    {&ForwardArguments::scratch, Parameter::pointer},
};

SmallVector<Type> ForwardArguments::types(MLIRContext *context) {
  Type kinds[] = {LLVM::LLVMPointerType::get(context, 1),
                  IntegerType::get(context, 32), IntegerType::get(context, 64)};
  return llvm::map_to_vector(
      kParameters,
      [&](const Parameter &parameter) { return kinds[parameter.kind]; });
}

ForwardArguments ForwardArguments::of(Block &entry, Type indexType) {
  ForwardArguments arguments;
  // One of them may have more, behind these.
  for (auto [parameter, argument] :
       llvm::zip_first(kParameters, entry.getArguments()))
    arguments.*parameter.member = argument;
  arguments.indexType = indexType;
  return arguments;
}

} // namespace recflex
