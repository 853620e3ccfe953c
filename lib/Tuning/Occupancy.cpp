//===- Occupancy.cpp - What a device has room for -------------------------===//

#include "recflex/Tuning/Occupancy.h"

#include "recflex/Dialect/Emb/IR/Emb.h"

#include <algorithm>
#include <cstdlib>
#include <map>

namespace recflex {

std::string toString(const Occupancy &occupancy) {
  return std::to_string(occupancy.threads) + " x " +
         std::to_string(occupancy.blocks);
}

int64_t registersLeft(const TuningDevice &device, const Occupancy &occupancy) {
  int64_t each = device.registers / (occupancy.threads * occupancy.blocks);
  return std::min<int64_t>(each / kRegisterUnit * kRegisterUnit, 255);
}

std::vector<Occupancy> occupanciesToTry(const TuningDevice &device,
                                        int64_t threads) {
  int64_t most = std::min(device.maxBlocks, device.maxThreads / threads);
  std::map<int64_t, int64_t> blocksByRegisters;
  for (int64_t blocks = 1; blocks <= most; ++blocks)
    blocksByRegisters[registersLeft(device, {threads, blocks})] = blocks;
  std::vector<Occupancy> occupancies;
  for (auto [registers, blocks] : blocksByRegisters)
    if (registers > 0)
      occupancies.push_back({threads, blocks});
  auto rank = [](const Occupancy &occupancy) {
    int64_t warps = occupancy.threads * occupancy.blocks / 32;
    return std::pair(std::abs(warps - 40), -warps);
  };
  std::sort(occupancies.begin(), occupancies.end(),
            [&](const Occupancy &a, const Occupancy &b) {
              return rank(a) < rank(b);
            });
  return occupancies;
}

std::vector<Occupancy> occupanciesToTry(const TuningDevice &device) {
  std::vector<Occupancy> usual = occupanciesToTry(device, emb::kDefaultThreads);
  constexpr size_t kAhead = 3;
  auto place = usual.begin() + std::min(kAhead, usual.size());
  std::vector<Occupancy> occupancies(usual.begin(), place);
  for (auto [threads, count] : {std::pair(256, 1), {512, 2}, {1024, 1}}) {
    std::vector<Occupancy> larger = occupanciesToTry(device, threads);
    larger.resize(std::min<size_t>(larger.size(), count));
    occupancies.insert(occupancies.end(), larger.begin(), larger.end());
  }
  occupancies.insert(occupancies.end(), place, usual.end());
  return occupancies;
}

} // namespace recflex
