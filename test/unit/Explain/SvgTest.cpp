//===- SvgTest.cpp - Pictures as text -------------------------------------===//

#include "Svg.h"

#include <gmock/gmock.h>

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace recflex {
namespace {

TEST(SvgTest, NumbersAreShort) {
  EXPECT_EQ(svgNumber(3), "3");
  EXPECT_EQ(svgNumber(12.5), "12.5");
  EXPECT_EQ(svgNumber(0.126), "0.13");
  EXPECT_EQ(svgNumber(-0.001), "0");
  EXPECT_EQ(svgNumber(100), "100");
  EXPECT_EQ(svgNumber(-20.5), "-20.5");
}

TEST(SvgTest, NoTextIsMarkup) {
  EXPECT_EQ(escapeMarkup("<script>&\"x\"</script>"),
            "&lt;script&gt;&amp;&quot;x&quot;&lt;/script&gt;");
  EXPECT_EQ(escapeMarkup("a\x1b[2J"), "a\\x1b[2J"); // XML forbids it
  EXPECT_EQ(escapeMarkup("\xff"), "\\xff");
  EXPECT_EQ(escapeMarkup("größe"), "größe");
  EXPECT_EQ(escapeMarkup("a\xef\xbf\xbe"), "a\\xef\\xbf\\xbe"); // U+FFFE
  EXPECT_EQ(escapeMarkup("\xef\xbf\xbd."), "\xef\xbf\xbd."); // U+FFFD
  EXPECT_EQ(escapeMarkup(std::string(1000, 'a')), std::string(1000, 'a'));
}

TEST(SvgTest, WritesADocument) {
  SvgWriter svg(100, 50.5, "a < b");
  svg.circle(1, 2, 3, "fill0", "tip & more");
  svg.text(4, 5, "<here>", SvgWriter::Anchor::middle, "ink",
           /*upwards=*/true);
  std::string document = svg.finish();
  EXPECT_THAT(document, StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\" "
                                   "viewBox=\"0 0 100 50.5\""));
  EXPECT_THAT(document, HasSubstr("<title>a &lt; b</title>"));
  EXPECT_THAT(document,
              HasSubstr("<circle cx=\"1\" cy=\"2\" r=\"3\" class=\"fill0\">"
                        "<title>tip &amp; more</title></circle>"));
  EXPECT_THAT(document, HasSubstr("transform=\"rotate(-90 4 5)\">&lt;here&gt;"
                                  "</text>"));
  EXPECT_THAT(document, HasSubstr("prefers-color-scheme: dark"));
  EXPECT_THAT(document, Not(HasSubstr("<here>")));
}

} // namespace
} // namespace recflex
