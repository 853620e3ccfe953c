//===- FormStress.h - The forms of a served model ---------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_SERVE_FORMSTRESS_H
#define RECFLEX_TOOLS_RECFLEX_SERVE_FORMSTRESS_H

#include "ServedModel.h"

#include "recflex/Serving/FormEndurance.h"

namespace recflex {

/// Runs enduranceForms() on GPU 0, or with `onCpu` on the CPU, which is then
/// compared with itself. Errors: the model cannot be loaded.
Result<EnduranceReport> stressForms(ServedModel &model, bool onCpu,
                                    int64_t count);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_SERVE_FORMSTRESS_H
