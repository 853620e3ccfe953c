//===- CompileCommand.cpp - recflex compile -------------------------------===//

#include "Build.h"
#include "Command.h"

#include "recflex/Pipelines/Cubins.h"
#include "recflex/Support/Files.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

namespace recflex {
namespace {

enum class Emit { mlir, llvmIR, ptx, artifact };

class CompileCommand final : public Command {
public:
  CompileCommand() : Command("compile", "emb IR to PTX or an artifact") {}

  Status run() override {
    if (Status status = options.check(); !status)
      return status;
    if (Status status = checkChips(); !status)
      return status;
    CompilerSession session(options.session());
    mlir::TimingScope reading = session.timing().nest("Model and samples");
    auto module = input.readModule(session.context());
    if (!module)
      return module.error().then(session.takeDetail());
    if (Status status = takeStats(**module); !status)
      return status;
    reading.stop();
    bool emitsPtx = emit == Emit::ptx || emit == Emit::artifact;
    Result<BuiltModel> model = build(session, **module, options, emitsPtx);
    if (!model)
      return model.error();
    mlir::TimingScope assembling =
        chips.empty() ? mlir::TimingScope() : session.timing().nest("cubins");
    if (Status status = addCubins(model->artifact, cubinChips()); !status)
      return status;
    assembling.stop();
    return write(**module, *model);
  }

private:
  Status takeStats(mlir::ModuleOp module) {
    if (samples.empty())
      return {};
    Result<JaggedInput> jagged = findJaggedInput(module);
    if (!jagged)
      return jagged.error();
    auto batches = readSamples({samples.begin(), samples.end()}, *jagged);
    if (!batches)
      return batches.error();
    attachStats(module, *batches);
    return {};
  }

  std::vector<std::string> cubinChips() const {
    return {chips.begin(), chips.end()};
  }

  /// Whether --cubin makes sense by itself.
  Status checkChips() const {
    if (!chips.empty() && emit != Emit::artifact)
      return makeError("--cubin adds to an artifact; it goes with "
                       "--emit=artifact alone");
    if (Status status = checkCubinChips(cubinChips(), options.arch()); !status)
      return status.error().in("--cubin");
    return {};
  }

  Status write(mlir::ModuleOp module, const BuiltModel &model) {
    if (emit == Emit::artifact) {
      if (output == "-")
        return makeError("an artifact is no text; say where to write it with "
                         "-o model.recflex");
      return writeArtifact(model.artifact, output);
    }
    std::string text;
    llvm::raw_string_ostream os(text);
    if (emit == Emit::mlir)
      os << module << '\n';
    else if (emit == Emit::llvmIR)
      model.lowered.kernels->print(os, nullptr);
    else
      os << model.artifact.ptx;
    return writeOutput(output, text);
  }

  ModelInput input{sub};
  BuildOptions options{sub};
  cl::list<std::string> samples{
      "samples", cl::CommaSeparated,
      cl::desc("sample batches (safetensors) to take statistics from"),
      cl::value_desc("file,..."), cl::sub(sub)};
  cl::list<std::string> chips{
      "cubin", cl::CommaSeparated,
      cl::desc("chips to assemble the PTX for as well, with ptxas"),
      cl::value_desc("sm_XX,..."), cl::sub(sub)};
  cl::opt<Emit> emit{
      "emit", cl::desc("what to write"),
      cl::values(clEnumValN(Emit::mlir, "mlir", "lowered IR (NVVM dialect)"),
                 clEnumValN(Emit::llvmIR, "llvm", "LLVM IR of the kernels"),
                 clEnumValN(Emit::ptx, "ptx", "PTX"),
                 clEnumValN(Emit::artifact, "artifact",
                            "what the runtime loads (default)")),
      cl::init(Emit::artifact), cl::sub(sub)};
  cl::opt<std::string> output{"o", cl::desc("where to write it"),
                              cl::value_desc("file"), cl::init("-"),
                              cl::sub(sub)};
};

} // namespace

std::unique_ptr<Command> createCompileCommand() {
  return std::make_unique<CompileCommand>();
}

} // namespace recflex
