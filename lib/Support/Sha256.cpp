//===- Sha256.cpp - The SHA-256 of bytes ----------------------------------===//

#include "recflex/Support/Sha256.h"

#include <algorithm>
#include <cstring>

namespace recflex {

/// Bytes of the message's length at the end of the last block.
constexpr size_t kLengthBytes = 8;

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

/// The first 32 bits of the fractional parts of the cube roots of the first 64
/// primes (FIPS 180-4, section 4.2.2).
static constexpr uint32_t kConstants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

void Sha256::compress(const uint8_t *block) {
  uint32_t schedule[64];
  for (int t = 0; t != 16; ++t)
    schedule[t] = uint32_t{block[4 * t]} << 24 | block[4 * t + 1] << 16 |
                  block[4 * t + 2] << 8 | block[4 * t + 3];
  for (int t = 16; t != 64; ++t) {
    uint32_t early = schedule[t - 15], late = schedule[t - 2];
    schedule[t] = schedule[t - 16] + schedule[t - 7] +
                  (rotate(early, 7) ^ rotate(early, 18) ^ early >> 3) +
                  (rotate(late, 17) ^ rotate(late, 19) ^ late >> 10);
  }

  auto [a, b, c, d, e, f, g, h] = state;
  for (int t = 0; t != 64; ++t) {
    uint32_t first = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
                     ((e & f) ^ (~e & g)) + kConstants[t] + schedule[t];
    uint32_t second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
                      ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  uint32_t added[8] = {a, b, c, d, e, f, g, h};
  for (int i = 0; i != 8; ++i)
    state[i] += added[i];
}

void Sha256::update(std::string_view bytes) {
  const auto *next = reinterpret_cast<const uint8_t *>(bytes.data());
  size_t left = bytes.size();
  while (left != 0) {
    size_t filled = length % kBlock;
    if (filled == 0 && left >= kBlock) {
      compress(next);
      next += kBlock;
      left -= kBlock;
      length += kBlock;
      continue;
    }
    size_t taken = std::min(left, kBlock - filled);
    std::memcpy(pending.data() + filled, next, taken);
    next += taken;
    left -= taken;
    length += taken;
    if (length % kBlock == 0)
      compress(pending.data());
  }
}

Sha256::Digest Sha256::finish() {
  uint64_t bits = length * 8;
  // A one, zeros up to the last 8 bytes of a block, the length in bits.
  size_t filled = length % kBlock;
  size_t zeros = (filled < kBlock - kLengthBytes ? 0 : kBlock) + kBlock -
                 kLengthBytes - filled - 1;
  std::string padding(1 + zeros + kLengthBytes, '\0');
  padding[0] = static_cast<char>(0x80);
  for (size_t i = 0; i != kLengthBytes; ++i)
    padding[padding.size() - 1 - i] = static_cast<char>(bits >> 8 * i);
  update(padding);

  Digest digest;
  for (size_t i = 0; i != digest.size(); ++i)
    digest[i] = static_cast<uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  return digest;
}

Sha256::Digest Sha256::of(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

std::string toHex(const Sha256::Digest &digest) {
  std::string text;
  for (uint8_t byte : digest) {
    text.push_back("0123456789abcdef"[byte >> 4]);
    text.push_back("0123456789abcdef"[byte & 15]);
  }
  return text;
}

} // namespace recflex
