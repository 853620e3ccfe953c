//===- ExcerptTest.cpp - Foreign text in messages -------------------------===//

#include "recflex/Support/Excerpt.h"
#include "recflex/Support/Result.h"

#include <gtest/gtest.h>

using namespace recflex;

namespace {

TEST(Excerpt, leavesGoodTextAlone) {
  for (const char *text : {"", "user", "a b/c.json",
                           "Gr\xc3\xb6\xc3\x9f"
                           "e",
                           "\xe2\x82\xac", "\xf0\x9f\x98\x80"})
    EXPECT_EQ(excerpt(text), text);
}

TEST(Excerpt, showsControlCharacters) {
  EXPECT_EQ(excerpt(std::string("a\0b\n\x1b[2J\x7f", 9)),
            "a\\x00b\\x0a\\x1b[2J\\x7f");
  EXPECT_EQ(excerpt("\xc2\x9b"
                    "31m"), // U+009B: a terminal may take it as ESC [
            "\\xc2\\x9b31m");
}

TEST(Excerpt, showsWhatIsNoText) {
  // Continued by nothing, begun by nothing, overlong, a surrogate, too large.
  EXPECT_EQ(excerpt("\xe2\x82"), "\\xe2\\x82");
  EXPECT_EQ(excerpt("\x80x"), "\\x80x");
  EXPECT_EQ(excerpt("\xc0\xaf"), "\\xc0\\xaf");
  EXPECT_EQ(excerpt("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");
  EXPECT_EQ(excerpt("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(excerpt("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
}

TEST(Excerpt, keepsBothEndsOfLongText) {
  EXPECT_EQ(excerpt("0123456789ABCDEF", 9), "012345...DEF");
  EXPECT_EQ(excerpt("012345678", 9), "012345678");
  EXPECT_EQ(excerpt(std::string(1 << 20, 'x')).size(), kExcerptBytes + 3);
  // Euro signs of three bytes: none is cut in two.
  std::string euros;
  for (int i = 0; i != 10; ++i)
    euros += "\xe2\x82\xac";
  EXPECT_EQ(excerpt(euros, 12), "\xe2\x82\xac\xe2\x82\xac...\xe2\x82\xac");
  // What continues nothing is not a character either.
  EXPECT_EQ(excerpt(std::string(100, '\x80'), 12),
            "\\x80\\x80\\x80\\x80\\x80..."
            "\\x80");
}

TEST(Excerpt, isWhatErrorsShow) {
  std::string name = "a\n" + std::string(100000, 'x');
  Error error = makeError("'", name, "' is ", 7, "; choose another").in(name);
  EXPECT_EQ(error.message.find('\n'), std::string::npos);
  EXPECT_LT(error.message.size(), 2 * kExcerptBytes + 100);
  EXPECT_EQ(error.message.substr(0, 5), "a\\x0a");
  EXPECT_NE(error.message.find("' is 7; choose another"), std::string::npos);
  EXPECT_NE(makeError(std::string_view(name)).message.find("..."),
            std::string::npos);
}

} // namespace
