//===- Chip.h - Names of GPU architectures ----------------------*- C++ -*-===//
//
// "sm_90" is compute capability 9.0. Code for "sm_90a" is for that chip alone,
// code for "sm_100f" for the family of 10.x.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_RUNTIME_CHIP_H
#define RECFLEX_RUNTIME_CHIP_H

#include <string_view>

namespace recflex {

/// Whether `chip` is written as sm_90, sm_90a or sm_100f.
bool isChipName(std::string_view chip);

/// The order of chips in a file: by number, then sm_90 before sm_90a.
bool chipBefore(std::string_view a, std::string_view b);

/// Whether a GPU of compute capability major.minor runs PTX compiled for
/// `chip`: "sm_90" runs on 9.0 and all later, "sm_90a" on 9.0 alone, "sm_100f"
/// on 10.0 and later minor versions of it.
bool runsOn(std::string_view chip, int major, int minor);

/// The same for a cubin: "sm_80" runs on 8.0 and later minor versions of it.
bool cubinRunsOn(std::string_view chip, int major, int minor);

} // namespace recflex

#endif // RECFLEX_RUNTIME_CHIP_H
