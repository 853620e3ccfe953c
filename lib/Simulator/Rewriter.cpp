//===- Rewriter.cpp - Turns a GPU module into a host module ---------------===//

#include "Rewriter.h"

#include "EntryPoints.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/ReplaceConstant.h"
#include "llvm/Support/NVPTXAddrSpace.h"
#include "llvm/Support/raw_ostream.h"

#include <functional>
#include <type_traits>

using namespace llvm;

namespace recflex::sim {

static_assert(std::is_standard_layout_v<LaneContext> &&
                  std::is_standard_layout_v<BlockState>,
              "generated code reads fields at fixed offsets");

namespace {

constexpr unsigned sharedSpace = NVPTXAS::ADDRESS_SPACE_SHARED;

/// Between shared arrays, so that an index that is off by one is noticed.
constexpr uint64_t sharedGap = 16;
/// Of dynamic shared memory; what asynchronous copies ask for at most.
constexpr uint64_t dynamicAlign = 128;

uint32_t launchBound(const Function &function, StringRef attribute,
                     uint32_t otherwise) {
  StringRef text = function.getFnAttribute(attribute).getValueAsString();
  // "256", or "1,256,1": what counts is the product.
  SmallVector<StringRef, 3> parts;
  text.split(parts, ',');
  uint32_t bound = 1;
  for (StringRef part : parts) {
    uint32_t size = 0;
    if (part.trim().getAsInteger(10, size))
      return otherwise;
    bound *= size;
  }
  return bound;
}

} // namespace

Result<Program> Rewriter::run() {
  // What these refer to need not be kept, and their uses are in nobody's way
  // once they are gone.
  for (const char *name : {"llvm.used", "llvm.compiler.used"})
    if (GlobalVariable *list = module.getGlobalVariable(name))
      list->eraseFromParent();
  if (!module.getModuleInlineAsm().empty())
    return makeError("module-level inline assembly is not modelled by the "
                     "simulator");

  if (Status status = collectFunctions(); !status)
    return status.error();
  if (Status status = collectGlobals(); !status)
    return status.error();
  for (auto &[function, info] : functions) {
    current = &info;
    if (Status status = rewriteFunction(*function); !status)
      return status.error();
  }
  if (Status status = analyzeCalls(); !status)
    return status.error();
  for (auto &entry : sharedObjects)
    if (entry.first->use_empty())
      entry.first->eraseFromParent();
    else
      return makeError("the address of shared array '",
                       entry.first->getName().str(),
                       "' initializes another global, which the simulator does "
                       "not model");
  return std::move(program);
}

Status Rewriter::collectFunctions() {
  SmallVector<Function *> bodies;
  for (Function &function : module)
    if (!function.isDeclaration())
      bodies.push_back(&function);
  for (Function *function : bodies)
    if (Status status = addContextArgument(*function); !status)
      return status;
  return {};
}

Status Rewriter::addContextArgument(Function &function) {
  LLVMContext &context = module.getContext();
  Type *pointer = PointerType::get(context, 0);
  bool kernel = function.getCallingConv() == CallingConv::PTX_Kernel;
  std::string name = function.getName().str();
  if (function.isVarArg())
    return makeError("function '", name,
                     "' takes a variable number of arguments, which the "
                     "simulator does not model");

  SmallVector<Type *> types = {pointer};
  if (kernel)
    types.push_back(pointer);
  else
    append_range(types, function.getFunctionType()->params());
  auto *type = FunctionType::get(function.getReturnType(), types, false);
  Function *result = Function::Create(type,
                                      kernel ? GlobalValue::ExternalLinkage
                                             : GlobalValue::InternalLinkage,
                                      "", module);
  result->takeName(&function);
  result->splice(result->begin(), &function);
  result->addFnAttr(Attribute::NoUnwind);
  result->setSubprogram(function.getSubprogram());
  function.setSubprogram(nullptr);

  FunctionInfo info;
  for (Instruction &inst : instructions(*result))
    info.originals.push_back(&inst);
  IRBuilder<> builder(&*result->getEntryBlock().begin());
  for (Argument &argument : function.args()) {
    if (!kernel) {
      argument.replaceAllUsesWith(result->getArg(argument.getArgNo() + 1));
      continue;
    }
    Type *argumentType = argument.getType();
    if (argument.hasByValAttr() || !argumentType->isSingleValueType() ||
        module.getDataLayout().getTypeStoreSize(argumentType) > 8)
      return makeError("parameter ", argument.getArgNo(), " of kernel '", name,
                       "' is wider than 8 bytes or passed by value, which the "
                       "simulator does not model");
    Value *slot = builder.CreateConstGEP1_32(
        builder.getInt64Ty(), result->getArg(1), argument.getArgNo());
    argument.replaceAllUsesWith(builder.CreateLoad(argumentType, slot));
  }

  info.index = static_cast<uint32_t>(program.functions.size());
  info.kernel = kernel;
  program.functions.push_back(name);
  if (kernel) {
    Kernel entry;
    entry.name = name;
    entry.parameters = static_cast<uint32_t>(function.arg_size());
    entry.maxThreads =
        std::min(maxThreads, launchBound(function, "nvvm.maxntid", maxThreads));
    entry.requiredThreads = launchBound(function, "nvvm.reqntid", 0);
    program.kernels.push_back(std::move(entry));
  }
  rewritten[&function] = result;
  functions.insert({result, std::move(info)});
  return {};
}

Status Rewriter::collectGlobals() {
  const DataLayout &layout = module.getDataLayout();
  SmallVector<Constant *> shared;
  uint64_t offset = 0;
  for (GlobalVariable &global : make_early_inc_range(module.globals())) {
    if (global.getName().starts_with("llvm."))
      return makeError("module-level '", global.getName().str(),
                       "' is not modelled by the simulator");
    uint64_t bytes = layout.getTypeAllocSize(global.getValueType());
    if (global.getAddressSpace() == sharedSpace) {
      SharedObject object;
      object.name = global.getName().str();
      object.bytes = bytes;
      object.dynamic = bytes == 0;
      if (!object.dynamic) {
        offset = alignTo(offset, std::max(layout.getPreferredAlign(&global),
                                          Align(sharedGap)));
        object.offset = offset;
        offset += bytes + sharedGap;
      }
      sharedObjects[&global] =
          static_cast<uint32_t>(program.sharedObjects.size());
      program.sharedObjects.push_back(std::move(object));
      shared.push_back(&global);
      continue;
    }
    if (global.isDeclaration()) {
      if (global.use_empty()) {
        global.eraseFromParent();
        continue;
      }
      return makeError("global '", global.getName().str(),
                       "' is declared and not defined: link its module first");
    }
    if (!global.hasName())
      global.setName("rfx.global");
    global.setLinkage(GlobalValue::ExternalLinkage);
    global.setVisibility(GlobalValue::DefaultVisibility);
    global.setDSOLocal(true);
    global.setSection("");
    program.globals.push_back(
        {global.getName().str(), bytes, !global.isConstant()});
  }
  program.staticSharedBytes = offset == 0 ? 0 : alignTo(offset, dynamicAlign);
  for (SharedObject &object : program.sharedObjects)
    if (object.dynamic)
      object.offset = program.staticSharedBytes;
  convertUsersOfConstantsToInstructions(shared);
  return {};
}

Status Rewriter::rewriteFunction(Function &function) {
  resolveShared(function);
  countIterations(function);
  for (Instruction *inst : current->originals)
    if (Status status = rewriteInstruction(*inst); !status)
      return status;
  return {};
}

void Rewriter::resolveShared(Function &function) {
  Instruction *first = &*function.getEntryBlock().begin();
  Value *base = nullptr;
  for (auto &[global, index] : sharedObjects) {
    SmallVector<Use *> uses;
    for (Use &use : global->uses())
      if (auto *user = dyn_cast<Instruction>(use.getUser()))
        if (user->getFunction() == &function)
          uses.push_back(&use);
    if (uses.empty())
      continue;
    IRBuilder<> builder(first);
    if (!base) {
      Value *block =
          loadField(builder, function.getArg(0), offsetof(LaneContext, block),
                    builder.getPtrTy());
      base = loadField(builder, block, offsetof(BlockState, shared),
                       builder.getPtrTy(sharedSpace));
    }
    Value *address = builder.CreateConstGEP1_64(
        builder.getInt8Ty(), base, program.sharedObjects[index].offset);
    for (Use *use : uses)
      use->set(address);
    current->shared.insert(global);
  }
}

void Rewriter::countIterations(Function &function) {
  SmallVector<std::pair<const BasicBlock *, const BasicBlock *>> edges;
  FindFunctionBackedges(function, edges);
  SmallSetVector<const BasicBlock *, 8> sources;
  for (auto &edge : edges)
    sources.insert(edge.first);
  for (const BasicBlock *source : sources) {
    IRBuilder<> builder(const_cast<BasicBlock *>(source)->getTerminator());
    callEntry(builder, entry::iterate, builder.getVoidTy(),
              {function.getArg(0)});
  }
}

Status Rewriter::rewriteInstruction(Instruction &inst) {
  // The host must round where the GPU rounds: flags that let it do otherwise
  // have been used by the pipeline that came before, or have not.
  if (isa<FPMathOperator>(inst))
    inst.copyFastMathFlags(FastMathFlags());

  if (auto *load = dyn_cast<LoadInst>(&inst))
    return rewriteAccess(
        inst, load->getPointerOperand(), load->getType(), load->getAlign(),
        load->isAtomic() ? AccessKind::AtomicLoad : AccessKind::Load);
  if (auto *store = dyn_cast<StoreInst>(&inst))
    return rewriteAccess(inst, store->getPointerOperand(),
                         store->getValueOperand()->getType(), store->getAlign(),
                         store->isAtomic() ? AccessKind::AtomicStore
                                           : AccessKind::Store);
  if (auto *update = dyn_cast<AtomicRMWInst>(&inst))
    return rewriteAccess(inst, update->getPointerOperand(), update->getType(),
                         update->getAlign(), AccessKind::AtomicUpdate);
  if (auto *exchange = dyn_cast<AtomicCmpXchgInst>(&inst))
    return rewriteAccess(inst, exchange->getPointerOperand(),
                         exchange->getNewValOperand()->getType(),
                         exchange->getAlign(), AccessKind::AtomicUpdate);
  if (auto *alloca = dyn_cast<AllocaInst>(&inst))
    return rewriteAlloca(*alloca);
  if (auto *call = dyn_cast<CallInst>(&inst))
    return rewriteCall(*call);
  if (isa<UnreachableInst>(inst)) {
    callTrap(inst);
    return {};
  }
  if (auto *binary = dyn_cast<BinaryOperator>(&inst))
    if (binary->isIntDivRem())
      return rewriteDivision(*binary);
  if (isa<VAArgInst, InvokeInst, CallBrInst, IndirectBrInst, ResumeInst,
          CatchPadInst, CleanupPadInst, LandingPadInst>(inst))
    return unsupported(inst, std::string("instruction '") +
                                 inst.getOpcodeName() + "'");
  return {};
}

Status Rewriter::analyzeCalls() {
  constexpr uint32_t visiting = UINT32_MAX;
  std::function<Status(Function *)> visit = [&](Function *function) -> Status {
    FunctionInfo &info = functions.find(function)->second;
    if (info.depth == visiting)
      return makeError("function '", function->getName().str(),
                       "' calls itself, which the simulator does not model");
    if (info.depth != 0)
      return {};
    info.depth = visiting;
    uint32_t depth = 0;
    for (Function *callee : info.callees) {
      if (Status status = visit(callee); !status)
        return status;
      const FunctionInfo &below = functions.find(callee)->second;
      depth = std::max(depth, below.depth);
      info.synchronizes |= below.synchronizes;
      info.shared.insert(below.shared.begin(), below.shared.end());
    }
    info.depth = depth + 1;
    return {};
  };
  auto kernel = program.kernels.begin();
  for (auto &[function, info] : functions) {
    if (Status status = visit(function); !status)
      return status;
    program.callDepth = std::max(program.callDepth, info.depth);
    if (!info.kernel)
      continue;
    kernel->synchronizes = info.synchronizes;
    for (GlobalVariable *global : info.shared) {
      const SharedObject &object =
          program.sharedObjects[sharedObjects.lookup(global)];
      kernel->usesDynamicShared |= object.dynamic;
      if (!object.dynamic)
        kernel->staticSharedBytes += object.bytes;
    }
    ++kernel;
  }
  for (auto &[original, replacement] : rewritten) {
    if (!original->use_empty())
      return makeError("the address of function '",
                       replacement->getName().str(),
                       "' is taken, which the simulator does not model");
    original->eraseFromParent();
  }
  return {};
}

uint32_t Rewriter::addSite(const Instruction &inst, AccessKind kind,
                           uint64_t bytes, uint64_t align) {
  Site site;
  site.kind = kind;
  site.bytes = static_cast<uint32_t>(bytes);
  site.align = static_cast<uint32_t>(align);
  site.function = current->index;
  if (const DebugLoc &location = inst.getDebugLoc())
    site.line = location.getLine();
  program.sites.push_back(site);
  return static_cast<uint32_t>(program.sites.size() - 1);
}

Value *Rewriter::contextOf(const Instruction &inst) const {
  return const_cast<Function *>(inst.getFunction())->getArg(0);
}

CallInst *Rewriter::callEntry(IRBuilder<> &builder, const char *name,
                              Type *result, ArrayRef<Value *> arguments) {
  SmallVector<Type *> types;
  for (Value *argument : arguments)
    types.push_back(argument->getType());
  auto *type = FunctionType::get(result, types, false);
  Function *callee = module.getFunction(name);
  if (!callee) {
    callee = Function::Create(type, GlobalValue::ExternalLinkage, name, module);
    callee->addFnAttr(Attribute::NoUnwind);
  }
  return builder.CreateCall(type, callee, arguments);
}

Value *Rewriter::loadField(IRBuilder<> &builder, Value *record, size_t offset,
                           Type *type) {
  return builder.CreateLoad(
      type, builder.CreateConstGEP1_64(builder.getInt8Ty(), record, offset));
}

void Rewriter::replace(CallInst &call, Value *value) {
  if (value)
    call.replaceAllUsesWith(value);
  call.eraseFromParent();
}

Error Rewriter::unsupported(const Instruction &inst, const std::string &what) {
  const std::string &function = program.functions[current->index];
  std::string where;
  if (const DebugLoc &location = inst.getDebugLoc())
    where = " at line " + std::to_string(location.getLine());
  return makeError(what, " in function '", function, "'", where,
                   " is not modelled by the simulator");
}

} // namespace recflex::sim
