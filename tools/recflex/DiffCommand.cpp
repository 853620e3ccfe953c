//===- DiffCommand.cpp - recflex diff -------------------------------------===//

#include "ArtifactDiff.h"
#include "Command.h"
#include "TextTable.h"

#include "recflex/Support/Files.h"

namespace cl = llvm::cl;

namespace recflex {
namespace {

/// Exits like diff(1): 0 equal, 1 different, 2 an error.
class DiffCommand final : public Command {
public:
  DiffCommand() : Command("diff", "what differs between two artifacts") {}

  Status run() override {
    Result<ArtifactFile> first = ArtifactFile::read(firstPath);
    if (!first)
      return first.error();
    Result<ArtifactFile> second = ArtifactFile::read(secondPath);
    if (!second)
      return second.error();
    std::vector<ArtifactChange> changes = compare(*first, *second);
    code = changes.empty() ? 0 : 1;
    return writeOutput("-", json ? toJson(changes) : toText(changes));
  }

  int errorCode() const override { return 2; }

private:
  using Json = nlohmann::ordered_json;

  static std::string dump(const Json &value, int indent = -1) {
    return value.dump(indent, ' ', /*ensure_ascii=*/false,
                      Json::error_handler_t::replace);
  }

  static std::string toJson(const std::vector<ArtifactChange> &changes) {
    Json list = Json::array();
    for (const ArtifactChange &change : changes) {
      Json entry = {{"path", change.path}};
      if (change.first)
        entry["first"] = *change.first;
      if (change.second)
        entry["second"] = *change.second;
      list.push_back(std::move(entry));
    }
    return dump({{"equal", changes.empty()}, {"changes", std::move(list)}}, 2) +
           "\n";
  }

  static std::string toText(const std::vector<ArtifactChange> &changes) {
    std::string text;
    for (const ArtifactChange &change : changes)
      text += printable(change.path) + ": " + describe(change) + "\n";
    return text;
  }

  static std::string describe(const ArtifactChange &change) {
    if (!change.first)
      return "only in the second";
    if (!change.second)
      return "only in the first";
    if (change.path != "ptx")
      return dump(*change.first) + " -> " + dump(*change.second);
    const Json &first = *change.first, &second = *change.second;
    return dump(first["onlyHere"]) + " of " + dump(first["lines"]) +
           " lines only in the first, " + dump(second["onlyHere"]) + " of " +
           dump(second["lines"]) + " only in the second";
  }

  cl::opt<std::string> firstPath{cl::Positional, cl::desc("<first.recflex>"),
                                 cl::Required, cl::sub(sub)};
  cl::opt<std::string> secondPath{cl::Positional, cl::desc("<second.recflex>"),
                                  cl::Required, cl::sub(sub)};
  cl::opt<bool> json{"json", cl::desc("one JSON object instead of text"),
                     cl::sub(sub)};
};

} // namespace

std::unique_ptr<Command> createDiffCommand() {
  return std::make_unique<DiffCommand>();
}

} // namespace recflex
