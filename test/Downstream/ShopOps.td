//===- ShopOps.td - A dialect that has RecFlex as a guest --*- tablegen -*-===//

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "recflex/Dialect/Emb/IR/EmbTypes.td"

def Shop_Dialect : Dialect {
  let name = "shop";
  let cppNamespace = "::shop";
}

def Shop_ProfileOp : Op<Shop_Dialect, "profile", [Pure]> {
  let summary = "What a shop knows of a visitor: rows of tables, summed, joined";
  let arguments = (ins Emb_KjtType:$ids,
                       Variadic<2DTensorOf<[F32, F16, BF16]>>:$tables);
  let results = (outs 2DTensorOf<[F32]>:$profile);
  let assemblyFormat = [{
    $ids `tables` `(` $tables `)` attr-dict `:` qualified(type($ids)) `,`
    type($tables) `->` type($profile)
  }];
}

def Shop_ScoreOp : Op<Shop_Dialect, "score", [Pure]> {
  let summary = "How likely a visitor buys; RecFlex knows nothing of it";
  let arguments = (ins 2DTensorOf<[F32]>:$profile);
  let results = (outs 1DTensorOf<[F32]>:$scores);
  let assemblyFormat = "$profile attr-dict `:` type($profile) `->` type($scores)";
}
