//===- Bytecode.h - The emb dialect in MLIR's bytecode ----------*- C++ -*-===//

#ifndef RECFLEX_DIALECT_EMB_IR_BYTECODE_H
#define RECFLEX_DIALECT_EMB_IR_BYTECODE_H

#include <cstdint>

namespace recflex::emb {

class EmbDialect;

/// The version of the dialect that bytecode files are written with, and the
/// latest that can be read.
constexpr uint64_t kBytecodeVersion = 1;

/// Teaches the dialect to write and read bytecode of its version.
void addBytecodeInterface(EmbDialect &dialect);

} // namespace recflex::emb

#endif // RECFLEX_DIALECT_EMB_IR_BYTECODE_H
