//===- Passes.td - Lowering the emb dialect ----------------*- tablegen -*-===//

#ifndef RECFLEX_CONVERSION_PASSES_TD
#define RECFLEX_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertEmbToGPUPass : Pass<"convert-emb-to-gpu", "::mlir::ModuleOp"> {
  let summary = "Build the kernels of every fused lookup";
  let description = [{
    Adds a `gpu.module` for every `emb.fused_lookup` with its three kernels: two
    that bind thread blocks to (feature, tile) from the batch's offsets, and the
    fused one, a switch over one body for each distinct (schedule, shape). The
    op names its module in `kernel` and otherwise stays as it is.

    ```mlir
    // Before
    %out = emb.fused_lookup %kjt tables(%t0) [...] occupancy ...
    // After
    gpu.module @recflex_kernels {
      gpu.func @recflex_bind_keys(...) kernel { ... }
      gpu.func @recflex_bind_order(...) kernel { ... }
      gpu.func @recflex_forward(...) kernel { ... }
    }
    %out = emb.fused_lookup %kjt tables(%t0) [...] occupancy ...
        kernel @recflex_kernels
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::NVVM::NVVMDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect",
  ];
}

#endif // RECFLEX_CONVERSION_PASSES_TD
