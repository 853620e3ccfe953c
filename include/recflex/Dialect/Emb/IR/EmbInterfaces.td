//===- EmbInterfaces.td - What a schedule must answer ------*- tablegen -*-===//

#ifndef RECFLEX_DIALECT_EMB_IR_EMBINTERFACES_TD
#define RECFLEX_DIALECT_EMB_IR_EMBINTERFACES_TD

include "mlir/IR/OpBase.td"

def Emb_ScheduleAttrInterface : AttrInterface<"ScheduleAttrInterface"> {
  let cppNamespace = "::recflex::emb";
  let description = [{
    How one feature's lookups are spread over thread blocks and lanes. All
    answers are for one lookup (its LookupShape) and a number of threads a
    block, which is the same for every feature of a fused kernel.
  }];
  let methods = [
    InterfaceMethod<[{
        Whether this schedule can do such a lookup at all. `emitError` starts a
        message that says which parameter is wrong, and what would be right.
      }],
      "::llvm::LogicalResult", "verifyFor",
      (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
           "const ::recflex::emb::LookupShape &":$shape)>,
    InterfaceMethod<[{
        The fewest threads a block that this schedule can work with.
      }],
      "int64_t", "getMinThreads",
      (ins "const ::recflex::emb::LookupShape &":$shape)>,
    InterfaceMethod<[{
        How a batch is cut into tiles of one block each.
      }],
      "::recflex::emb::TileShape", "getTileShape",
      (ins "const ::recflex::emb::LookupShape &":$shape,
           "int64_t":$threads)>,
    InterfaceMethod<[{
        Bytes of static shared memory that a block needs.
      }],
      "int64_t", "getSharedBytes",
      (ins "const ::recflex::emb::LookupShape &":$shape,
           "int64_t":$threads)>,
    InterfaceMethod<[{
        What one sample costs, for ranking schedules without measuring.
      }],
      "::recflex::emb::ScheduleCost", "estimateCost",
      (ins "const ::recflex::emb::LookupShape &":$shape,
           "const ::recflex::emb::BagStats &":$stats,
           "int64_t":$threads)>,
    InterfaceMethod<[{
        What is left of this schedule without that which follows from the row's
        width, such as the lanes that cover it: equal for schedules that lookups
        of different widths may have at once, when all are tried together.
        Unless it says otherwise, a schedule has nothing of that kind.
      }],
      "::mlir::Attribute", "getSetting", (ins), /*methodBody=*/"",
      /*defaultImplementation=*/"return $_attr;">,
  ];
}

def Emb_ScheduleBodyInterface : AttrInterface<"ScheduleBodyInterface"> {
  let cppNamespace = "::recflex::emb";
  let description = [{
    Emits the code by which one block does one tile. Kept apart from
    ScheduleAttrInterface so that the dialect needs no code generator: schedules
    of the emb dialect promise it, and `registerSchedules` attaches it.
  }];
  let methods = [
    InterfaceMethod<[{
        Emits the body at `body`'s insertion point. Every thread of the block
        enters it, and leaves it at its end.
      }],
      "void", "emitBody", (ins "::recflex::BodyBuilder &":$body)>,
  ];
}

#endif // RECFLEX_DIALECT_EMB_IR_EMBINTERFACES_TD
