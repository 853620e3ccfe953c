//===- BufferizableOpInterfaceImpl.h - emb and bufferization ----*- C++ -*-===//

#ifndef RECFLEX_DIALECT_EMB_TRANSFORMS_BUFFERIZABLEOPINTERFACEIMPL_H
#define RECFLEX_DIALECT_EMB_TRANSFORMS_BUFFERIZABLEOPINTERFACEIMPL_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace recflex::emb {

/// Attaches upstream's BufferizableOpInterface to emb.launch, when the dialect
/// is loaded: -one-shot-bufferize then takes it, into the destination's own
/// buffer where that is safe.
void registerBufferizableOpInterfaceModels(mlir::DialectRegistry &registry);

} // namespace recflex::emb

#endif // RECFLEX_DIALECT_EMB_TRANSFORMS_BUFFERIZABLEOPINTERFACEIMPL_H
