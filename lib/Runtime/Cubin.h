//===- Cubin.h - Code that a GPU runs as it is ------------------*- C++ -*-===//

#ifndef RECFLEX_LIB_RUNTIME_CUBIN_H
#define RECFLEX_LIB_RUNTIME_CUBIN_H

#include "recflex/Support/Result.h"

#include <string_view>

namespace recflex {

/// Whether `image` is an ELF file for the CUDA machine, never one for a CPU,
/// whose headers and parts lie inside it: the driver is told where an image
/// begins, not how long it is.
Status checkCubin(std::string_view image);

} // namespace recflex

#endif // RECFLEX_LIB_RUNTIME_CUBIN_H
