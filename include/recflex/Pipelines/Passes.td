//===- Passes.td - From kernels to artifacts ---------------*- tablegen -*-===//

#ifndef RECFLEX_PIPELINES_PASSES_TD
#define RECFLEX_PIPELINES_PASSES_TD

include "mlir/Pass/PassBase.td"

def EmbWriteArtifactsPass : Pass<"emb-write-artifacts", "::mlir::ModuleOp"> {
  let summary = "Write an artifact for every fused lookup";
  let description = [{
    Compiles the kernels that each `emb.fused_lookup` names, which must be in the
    NVVM dialect (`-recflex-lower`), and writes the file that the runtime loads,
    `<function>.recflex`, into `folder`. The module stays as it is. An artifact is
    one lookup: if a function has several, the pass fails.

    ```mlir
    // --pass-pipeline="builtin.module(...,recflex-lower,emb-write-artifacts{folder=out})"
    // writes out/model.recflex for
    func.func @model(%kjt: !emb.kjt<1 x i32>, %t0: tensor<1024x4xf32>)
        -> tensor<?x4xf32> {
      %0 = emb.fused_lookup %kjt tables(%t0) [...] occupancy ...
          kernel @recflex_kernels ...
      return %0 : tensor<?x4xf32>
    }
    ```
  }];
  let options = [
    Option<"folder", "folder", "std::string", [{"."}],
           "where to write; it must exist">,
  ];
}

#endif // RECFLEX_PIPELINES_PASSES_TD
