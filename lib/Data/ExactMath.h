//===- ExactMath.h - log and exp with the same bits everywhere --*- C++ -*-===//
//
// The C library's log and exp differ in the last bit from system to system,
// and a bag length or a row number drawn with them may then differ too. These
// are made of additions, multiplications and divisions in a fixed order, which
// IEEE 754 rounds alike everywhere. Accurate to a few units in the last place.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_DATA_EXACTMATH_H
#define RECFLEX_LIB_DATA_EXACTMATH_H

namespace recflex::exact {

/// The natural logarithm of x, a positive normal number.
double log(double x);

/// e to the power of x; |x| at most 700.
double exp(double x);

/// log(1 + x) / x, and 1 at 0; x above -1.
double log1pOverX(double x);

/// (exp(x) - 1) / x, and 1 at 0; |x| at most 700.
double expm1OverX(double x);

} // namespace recflex::exact

#endif // RECFLEX_LIB_DATA_EXACTMATH_H
