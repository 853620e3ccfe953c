//===- InspectCommand.cpp - recflex inspect -------------------------------===//

#include "ArtifactFile.h"
#include "Command.h"

#include "recflex/Support/Files.h"

namespace cl = llvm::cl;

namespace recflex {
namespace {

class InspectCommand final : public Command {
public:
  InspectCommand() : Command("inspect", "what is in an artifact") {}

  Status run() override {
    if (json + ptx + manifest + !cubin.empty() > 1)
      return makeError("--json, --ptx, --manifest and --cubin exclude one "
                       "another; give one of them");
    Result<ArtifactFile> file = ArtifactFile::read(path);
    if (!file)
      return file.error();
    Result<std::string> text = choose(*file);
    if (!text)
      return text.error();
    return writeOutput(output, *text);
  }

private:
  Result<std::string> choose(const ArtifactFile &file) const {
    if (ptx)
      return file.artifact.ptx;
    if (manifest)
      return file.manifestText;
    if (!cubin.empty())
      return findCubin(file);
    if (json)
      return toJson(file).dump(2, ' ', /*ensure_ascii=*/false,
                               nlohmann::json::error_handler_t::replace) +
             "\n";
    std::string text;
    llvm::raw_string_ostream os(text);
    print(os, file);
    return text;
  }

  Result<std::string> findCubin(const ArtifactFile &file) const {
    std::string present;
    for (const Cubin &other : file.artifact.cubins) {
      if (other.chip == cubin)
        return other.image;
      present += (present.empty() ? "" : ", ") + other.chip;
    }
    return makeError(file.path, ": has no cubin for '", cubin.getValue(),
                     "'; it has ", present.empty() ? "none" : present);
  }

  cl::opt<std::string> path{cl::Positional, cl::desc("<model.recflex>"),
                            cl::Required, cl::sub(sub)};
  cl::opt<bool> json{"json", cl::desc("one JSON object instead of text"),
                     cl::sub(sub)};
  cl::opt<bool> ptx{"ptx", cl::desc("the PTX instead"), cl::sub(sub)};
  cl::opt<bool> manifest{"manifest", cl::desc("the manifest instead"),
                         cl::sub(sub)};
  cl::opt<std::string> cubin{"cubin", cl::desc("the cubin for a chip instead"),
                             cl::value_desc("sm_XX"), cl::sub(sub)};
  cl::opt<std::string> output{"o", cl::desc("where to write it"),
                              cl::value_desc("file"), cl::init("-"),
                              cl::sub(sub)};
};

} // namespace

std::unique_ptr<Command> createInspectCommand() {
  return std::make_unique<InspectCommand>();
}

} // namespace recflex
