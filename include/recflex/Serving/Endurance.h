//===- Endurance.h - The same, very often -----------------------*- C++ -*-===//
//
// Long tests of a server whose outputs are known (Server::expect). Each does
// one thing `count` times; none keeps more than the first problem.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_SERVING_ENDURANCE_H
#define RECFLEX_SERVING_ENDURANCE_H

#include "recflex/Serving/Malformed.h"
#include "recflex/Serving/Server.h"

namespace recflex {

/// What an endurance test found.
struct EnduranceReport {
  int64_t count = 0; ///< times that it was done
  double seconds = 0;
  std::string detail;  ///< figures, for people
  std::string problem; ///< empty: passed
};

/// Launches `count` batches from many threads, thread i in stream i modulo
/// `streams`. Every output is poisoned first and compared, bit for bit, with
/// what the server expects.
EnduranceReport enduranceLaunches(Server &server, size_t batches, int64_t count,
                                  int64_t threads, int64_t streams);

/// Replays one captured launch `count` times; the contents of its arrays change
/// before each replay, and every output is compared.
EnduranceReport enduranceReplays(Server &server, size_t batches, int64_t count);

/// Loads and unloads the artifact `count` times. The device's free memory, once
/// the driver has warmed up, must be the same at the end.
EnduranceReport enduranceReloads(Server &server, int64_t count);

/// Launches `count` malformed batches, each followed by a right one, in a
/// server whose contexts check and keep `capacity` faults. Its first
/// `rightBatches` batches are right, behind them stands one for each list of
/// `faults`, which it has. Every fault must be counted, those kept must be
/// among the batch's, and all outputs, after good and bad input, be as
/// expected.
EnduranceReport enduranceFaults(Server &server, size_t rightBatches,
                                const std::vector<std::vector<Fault>> &faults,
                                int64_t capacity, int64_t count);

} // namespace recflex

#endif // RECFLEX_SERVING_ENDURANCE_H
