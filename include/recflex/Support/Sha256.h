//===- Sha256.h - The SHA-256 of bytes --------------------------*- C++ -*-===//
//
// FIPS 180-4, sections 4.1.2, 4.2.2, 5 and 6.2.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_SUPPORT_SHA256_H
#define RECFLEX_SUPPORT_SHA256_H

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace recflex {

/// Hashes bytes that come in pieces.
class Sha256 {
public:
  using Digest = std::array<uint8_t, 32>;

  void update(std::string_view bytes);
  /// The hash of all bytes so far; nothing can be added afterwards.
  Digest finish();

  static Digest of(std::string_view bytes);

private:
  static constexpr size_t kBlock = 64;

  void compress(const uint8_t *block);

  std::array<uint32_t, 8> state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                   0xa54ff53a, 0x510e527f, 0x9b05688c,
                                   0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, kBlock> pending; ///< bytes of a block not yet full
  uint64_t length = 0;                 ///< bytes so far
};

/// "e3b0c442...": 64 digits.
std::string toHex(const Sha256::Digest &digest);

} // namespace recflex

#endif // RECFLEX_SUPPORT_SHA256_H
