//===- Layouts.cpp - The C API's types are the runtime's ------------------===//
//
// Structures that devices read and write, and enumerations, are passed on as
// they are. A difference does not compile.
//
//===----------------------------------------------------------------------===//

#include "recflex-c/Runtime.h"

#include "recflex/Runtime/BatchArguments.h"

#include <cstddef>
#include <type_traits>

using namespace recflex;

template <typename A, typename B> constexpr bool equal(A a, B b) {
  return static_cast<int64_t>(a) == static_cast<int64_t>(b);
}

static_assert(equal(RECFLEX_INVALID_ARGUMENT, ErrorCode::invalidArgument));
static_assert(equal(RECFLEX_IO_ERROR, ErrorCode::io));
static_assert(equal(RECFLEX_BAD_ARTIFACT, ErrorCode::badArtifact));
static_assert(equal(RECFLEX_UNSUPPORTED_VERSION,
                    ErrorCode::unsupportedVersion));
static_assert(equal(RECFLEX_NO_DEVICE, ErrorCode::noDevice));
static_assert(equal(RECFLEX_INCOMPATIBLE_DEVICE,
                    ErrorCode::incompatibleDevice));
static_assert(equal(RECFLEX_OUT_OF_MEMORY, ErrorCode::outOfMemory));
static_assert(equal(RECFLEX_DRIVER_ERROR, ErrorCode::driver));
static_assert(equal(RECFLEX_LIMIT_EXCEEDED, ErrorCode::limitExceeded));

static_assert(equal(RECFLEX_INDEX_I32, IndexType::i32));
static_assert(equal(RECFLEX_INDEX_I64, IndexType::i64));

static_assert(equal(RECFLEX_F32, RowType::f32));
static_assert(equal(RECFLEX_F16, RowType::f16));
static_assert(equal(RECFLEX_BF16, RowType::bf16));

static_assert(equal(RECFLEX_POOLING_SUM, Pooling::sum));
static_assert(equal(RECFLEX_POOLING_MEAN, Pooling::mean));
static_assert(equal(RECFLEX_POOLING_MAX, Pooling::max));

static_assert(equal(RECFLEX_CHECKS_OFF, InputChecks::off));
static_assert(equal(RECFLEX_CHECKS_ZERO_ROW, InputChecks::zeroRow));
static_assert(equal(RECFLEX_CHECKS_ZERO_BAG, InputChecks::zeroBag));

static_assert(equal(RECFLEX_FAULT_INDEX, FaultKind::index));
static_assert(equal(RECFLEX_FAULT_OFFSETS, FaultKind::offsets));
static_assert(equal(RECFLEX_FAULT_LENGTH, FaultKind::length));
static_assert(equal(RECFLEX_FAULT_KEY_START, FaultKind::keyStart));

#define RECFLEX_SAME_FIELD(CType, Type, field)                                 \
  static_assert(offsetof(CType, field) == offsetof(Type, field) &&             \
                sizeof(CType::field) == sizeof(Type::field))

static_assert(sizeof(RecflexKeyView) == sizeof(KeyView));
static_assert(alignof(RecflexKeyView) == alignof(KeyView));
RECFLEX_SAME_FIELD(RecflexKeyView, KeyView, values);
RECFLEX_SAME_FIELD(RecflexKeyView, KeyView, offsets);
RECFLEX_SAME_FIELD(RecflexKeyView, KeyView, weights);
RECFLEX_SAME_FIELD(RecflexKeyView, KeyView, lookups);
RECFLEX_SAME_FIELD(RecflexKeyView, KeyView, samples);

static_assert(sizeof(RecflexFault) == sizeof(Fault));
static_assert(alignof(RecflexFault) == alignof(Fault));
static_assert(std::is_trivially_copyable_v<Fault>);
RECFLEX_SAME_FIELD(RecflexFault, Fault, kind);
RECFLEX_SAME_FIELD(RecflexFault, Fault, feature);
RECFLEX_SAME_FIELD(RecflexFault, Fault, key);
RECFLEX_SAME_FIELD(RecflexFault, Fault, sample);
RECFLEX_SAME_FIELD(RecflexFault, Fault, position);
RECFLEX_SAME_FIELD(RecflexFault, Fault, value);
#undef RECFLEX_SAME_FIELD
