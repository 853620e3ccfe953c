//===- EmbTypes.td - Jagged inputs and bags ----------------*- tablegen -*-===//

#ifndef RECFLEX_DIALECT_EMB_IR_EMBTYPES_TD
#define RECFLEX_DIALECT_EMB_IR_EMBTYPES_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinTypeInterfaces.td"
include "recflex/Dialect/Emb/IR/EmbDialect.td"

class Emb_Type<string name, string typeMnemonic>
    : TypeDef<Emb_Dialect, name> {
  let mnemonic = typeMnemonic;
  let genVerifyDecl = 1;
}

def Emb_KjtType : Emb_Type<"Kjt", "kjt"> {
  let summary = "The jagged input of a whole batch";
  let description = [{
    What TorchRec calls a KeyedJaggedTensor and FBGEMM takes as values and
    offsets: `features` sparse features of one batch, feature-major. Values and
    offsets share one integer type.

    ```mlir
    !emb.kjt<26 x i64>
    ```
  }];
  let parameters = (ins "int64_t":$features, "::mlir::IntegerType":$indexType);
  let hasCustomAssemblyFormat = 1;
}

def Emb_BagsType : Emb_Type<"Bags", "bags"> {
  let summary = "The bags of one feature, one a sample";
  let description = [{
    ```mlir
    !emb.bags<i32>
    ```
  }];
  let parameters = (ins "::mlir::IntegerType":$indexType);
  let assemblyFormat = "`<` $indexType `>`";
}

#endif // RECFLEX_DIALECT_EMB_IR_EMBTYPES_TD
