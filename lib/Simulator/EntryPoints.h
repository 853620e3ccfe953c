//===- EntryPoints.h - What generated code may call -------------*- C++ -*-===//

#ifndef RECFLEX_LIB_SIMULATOR_ENTRYPOINTS_H
#define RECFLEX_LIB_SIMULATOR_ENTRYPOINTS_H

#include <vector>

namespace recflex::sim {

/// A function of the host program under the name that generated code gives it.
struct HostSymbol {
  const char *name;
  const void *address;
};

// The simulator's own functions. All take the LaneContext first.
namespace entry {
constexpr const char *checkAccess = "rfx.access";   // (ctx, address, i32 site)
constexpr const char *checkShared = "rfx.shared";   // (ctx, address, i32 site)
constexpr const char *checkLocal = "rfx.local";     // (ctx, address, base,
                                                    //  i64 bytes, i32 site)
constexpr const char *checkRange = "rfx.range";     // (ctx, address,
                                                    //  i64 bytes, i32 site)
constexpr const char *warpOperation = "rfx.warp";   // (ctx, i32 operation,
                                                    //  i32 mask, i64 value,
                                                    //  i32 b, i32 c) -> i32
constexpr const char *barrier = "rfx.barrier";      // (ctx, i32 site, i32 id,
                                                    //  i32 count, i32 result,
                                                    //  i32 vote) -> i32
constexpr const char *iterate = "rfx.iterate";      // (ctx)
constexpr const char *trap = "rfx.trap";            // (ctx, i32 site)
constexpr const char *assertion = "rfx.assertion";  // (ctx, message, i32 site)
constexpr const char *checkDivisor = "rfx.divisor"; // (ctx, i32 bad, i32 site)
constexpr const char *clock = "rfx.clock";          // (ctx) -> i64
} // namespace entry

/// All of the above.
std::vector<HostSymbol> entryPoints();

/// The functions of the C and compiler run-time libraries that a code generator
/// may call for an arithmetic instruction or intrinsic.
std::vector<HostSymbol> libraryFunctions();

} // namespace recflex::sim

#endif // RECFLEX_LIB_SIMULATOR_ENTRYPOINTS_H
