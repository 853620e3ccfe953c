//===- PtxHeader.cpp - What PTX says of itself ----------------------------===//

#include "recflex/Runtime/PtxHeader.h"

namespace recflex {

namespace {
struct Release {
  std::string_view ptx;
  int cuda;
};
} // namespace

/// NVIDIA, "Parallel Thread Execution ISA", table "PTX Release History"
/// (docs.nvidia.com/cuda/parallel-thread-execution, section 13), from the first
/// version that knows sm_80 on. There is none of CUDA 12.6: it has 8.5 too.
static constexpr Release kReleases[] = {
    {"7.0", 11000}, {"7.1", 11010}, {"7.2", 11020}, {"7.3", 11030},
    {"7.4", 11040}, {"7.5", 11050}, {"7.6", 11060}, {"7.7", 11070},
    {"7.8", 11080}, {"8.0", 12000}, {"8.1", 12010}, {"8.2", 12020},
    {"8.3", 12030}, {"8.4", 12040}, {"8.5", 12050}, {"8.6", 12070},
    {"8.7", 12080}, {"8.8", 12090}, {"9.0", 13000}, {"9.1", 13010},
};

std::optional<int> leastDriverFor(std::string_view ptxVersion) {
  for (const Release &release : kReleases)
    if (release.ptx == ptxVersion)
      return release.cuda;
  return std::nullopt;
}

std::optional<std::string> newestPtxFor(int cudaVersion) {
  std::optional<std::string> newest;
  for (const Release &release : kReleases)
    if (release.cuda <= cudaVersion)
      newest = release.ptx;
  return newest;
}

std::string cudaVersionName(int version) {
  return std::to_string(version / 1000) + "." +
         std::to_string(version % 1000 / 10);
}

static bool isNumber(std::string_view text) {
  return !text.empty() && text.size() <= 2 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool isPtxVersion(std::string_view version) {
  size_t dot = version.find('.');
  return dot != std::string_view::npos && isNumber(version.substr(0, dot)) &&
         isNumber(version.substr(dot + 1));
}

/// Drops white space and comments from the front of `text`.
static void skipBlank(std::string_view &text) {
  for (;;) {
    size_t start = text.find_first_not_of(" \t\r\n");
    text.remove_prefix(start == std::string_view::npos ? text.size() : start);
    std::string_view end = text.substr(0, 2) == "//"   ? "\n"
                           : text.substr(0, 2) == "/*" ? "*/"
                                                       : "";
    if (end.empty())
      return;
    size_t close = text.find(end, 2);
    text.remove_prefix(close == std::string_view::npos ? text.size()
                                                       : close + end.size());
  }
}

/// The word behind the directive `name`, which must come next.
static Result<std::string> readDirective(std::string_view &text,
                                         std::string_view name) {
  skipBlank(text);
  if (text.substr(0, name.size()) != name)
    return makeError("does not begin with the directives .version and "
                     ".target");
  text.remove_prefix(name.size());
  size_t start = text.find_first_not_of(" \t");
  text.remove_prefix(start == std::string_view::npos ? text.size() : start);
  std::string_view word = text.substr(0, text.find_first_of(" \t\r\n,"));
  text.remove_prefix(word.size());
  return std::string(word);
}

Result<PtxHeader> readPtxHeader(std::string_view ptx) {
  Result<std::string> version = readDirective(ptx, ".version");
  if (!version)
    return version.error();
  Result<std::string> target = readDirective(ptx, ".target");
  if (!target)
    return target.error();
  return PtxHeader{std::move(*version), std::move(*target)};
}

} // namespace recflex
