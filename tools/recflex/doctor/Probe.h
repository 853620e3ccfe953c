//===- Probe.h - One thing that recflex doctor looks at ---------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_DOCTOR_PROBE_H
#define RECFLEX_TOOLS_RECFLEX_DOCTOR_PROBE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/JSON.h"

#include <memory>
#include <optional>
#include <string>

namespace recflex {

enum class Health {
  ok,
  missing, ///< not there
  failed   ///< there, but does not work
};

llvm::StringRef toString(Health health);

/// What a probe found.
struct Finding {
  std::string name; ///< "compiler"
  Health health = Health::ok;
  std::string detail;       ///< one line
  std::string remedy;       ///< what to do about it; empty if all is well
  llvm::json::Object facts; ///< the detail's figures, for machines

  llvm::json::Object toJson() const;
  /// Nothing for what toJson() does not make.
  static std::optional<Finding> fromJson(const llvm::json::Object &object);
};

/// Looks at one thing. Probes run in processes of their own (Isolation.h): what
/// they load or break is gone afterwards.
class Probe {
public:
  using Report = llvm::function_ref<void(Finding)>;

  explicit Probe(std::string name) : probeName(std::move(name)) {}
  virtual ~Probe() = default;

  const std::string &name() const { return probeName; }
  /// Reports what it finds, as it finds it.
  virtual void run(Report report) const = 0;

private:
  std::string probeName;
};

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_DOCTOR_PROBE_H
