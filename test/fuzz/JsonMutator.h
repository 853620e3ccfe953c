//===- JsonMutator.h - Changes JSON so that it stays JSON -------*- C++ -*-===//

#ifndef RECFLEX_TEST_FUZZ_JSONMUTATOR_H
#define RECFLEX_TEST_FUZZ_JSONMUTATOR_H

#include <cstddef>
#include <random>
#include <string>

namespace recflex {

/// Changes one thing of a document: a number or a string, a member or an
/// element (dropped, doubled, many times, in another's place), or some byte.
/// The result has at most `maxSize` bytes, or is `text`.
std::string mutateJson(const std::string &text, size_t maxSize,
                       std::minstd_rand &random);

} // namespace recflex

#endif // RECFLEX_TEST_FUZZ_JSONMUTATOR_H
