//===- Sha256Test.cpp - The SHA-256 of bytes ------------------------------===//

#include "recflex/Support/Sha256.h"

#include <gtest/gtest.h>

namespace recflex {
namespace {

std::string hex(std::string_view bytes) { return toHex(Sha256::of(bytes)); }

/// The examples of FIPS 180-4: "abc", 448 bits, 896 bits, a million times "a".
TEST(Sha256, ExamplesOfTheStandard) {
  EXPECT_EQ(hex(""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  EXPECT_EQ(hex(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/// Messages of every length around the ends of blocks, where padding may take
/// one block more: hashed in pieces of every size they must give the same.
TEST(Sha256, PiecesAreAsGoodAsTheWhole) {
  for (size_t length = 0; length != 200; ++length) {
    std::string message;
    for (size_t i = 0; i != length; ++i)
      message.push_back(static_cast<char>(i * 37 + length));
    Sha256::Digest whole = Sha256::of(message);
    for (size_t piece : {1, 3, 55, 63, 64, 65, 128}) {
      Sha256 hash;
      for (size_t at = 0; at < length; at += piece)
        hash.update(std::string_view(message).substr(at, piece));
      EXPECT_EQ(hash.finish(), whole) << length << " in pieces of " << piece;
    }
  }
}

/// By sha256sum of GNU coreutils 9.1: the lengths at which padding changes.
TEST(Sha256, EndsOfBlocks) {
  EXPECT_EQ(hex(std::string(55, 'x')),
            "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072");
  EXPECT_EQ(hex(std::string(56, 'x')),
            "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e");
  EXPECT_EQ(hex(std::string(63, 'x')),
            "75220b47218278e656f2013bb8f0c455a25eaf01e86c64924e9d48d89776d6f2");
  EXPECT_EQ(hex(std::string(64, 'x')),
            "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c");
}

} // namespace
} // namespace recflex
