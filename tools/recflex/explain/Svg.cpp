//===- Svg.cpp - Pictures as text -----------------------------------------===//

#include "Svg.h"

#include "recflex/Support/Excerpt.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

namespace recflex {

// Colours that people tell apart who see few: those of Okabe and Ito
// (https://jfly.uni-koeln.de/color/), black and yellow replaced, for lines on
// white and on black alike.
static constexpr const char *kStyle = R"(<style>
svg { font: 12px system-ui, sans-serif; }
.back { fill: #ffffff; } .ink { fill: #1f1f1f; } .soft { fill: #5c5c5c; }
.title { font-size: 15px; font-weight: 600; }
.grid { stroke: #e4e4e4; } .axis { stroke: #8a8a8a; }
.line { fill: none; stroke-width: 2; } .dashed { stroke-dasharray: 5 4; }
.dots { fill: none; stroke-width: 3; stroke-linecap: round;
  stroke-opacity: 0.6; }
.area { fill-opacity: 0.65; } .ring { fill: none; stroke-width: 2.5; }
.fill0 { fill: #0072b2; } .stroke0 { stroke: #0072b2; }
.fill1 { fill: #d55e00; } .stroke1 { stroke: #d55e00; }
.fill2 { fill: #009e73; } .stroke2 { stroke: #009e73; }
.fill3 { fill: #b8558f; } .stroke3 { stroke: #b8558f; }
.fill4 { fill: #b98000; } .stroke4 { stroke: #b98000; }
.fill5 { fill: #3b9fd8; } .stroke5 { stroke: #3b9fd8; }
.fill6 { fill: #7a5cc0; } .stroke6 { stroke: #7a5cc0; }
.fill7 { fill: #7d7d7d; } .stroke7 { stroke: #7d7d7d; }
@media (prefers-color-scheme: dark) {
.back { fill: #16181c; } .ink { fill: #ededed; } .soft { fill: #b0b0b0; }
.grid { stroke: #33363c; } .axis { stroke: #8a8a8a; }
.fill0 { fill: #4aa8e0; } .stroke0 { stroke: #4aa8e0; }
.fill1 { fill: #f08040; } .stroke1 { stroke: #f08040; }
.fill2 { fill: #2fc79a; } .stroke2 { stroke: #2fc79a; }
.fill3 { fill: #e08fc0; } .stroke3 { stroke: #e08fc0; }
.fill4 { fill: #e6b040; } .stroke4 { stroke: #e6b040; }
.fill5 { fill: #8ccbf2; } .stroke5 { stroke: #8ccbf2; }
.fill6 { fill: #ab95e8; } .stroke6 { stroke: #ab95e8; }
.fill7 { fill: #a8a8a8; } .stroke7 { stroke: #a8a8a8; }
}
</style>
)";

/// Characters that Unicode allows and XML does not, U+FFFE and U+FFFF.
static bool isForbidden(llvm::StringRef rest) {
  return rest.starts_with("\xef\xbf\xbe") || rest.starts_with("\xef\xbf\xbf");
}

std::string escapeMarkup(llvm::StringRef text) {
  std::string clean = excerpt(std::string_view(text), /*limit=*/text.size());
  std::string escaped;
  for (llvm::StringRef rest = clean; !rest.empty();) {
    if (isForbidden(rest)) {
      escaped += rest[2] == '\xbe' ? "\\xef\\xbf\\xbe" : "\\xef\\xbf\\xbf";
      rest = rest.drop_front(3);
      continue;
    }
    switch (rest.front()) {
    case '&':
      escaped += "&amp;";
      break;
    case '<':
      escaped += "&lt;";
      break;
    case '>':
      escaped += "&gt;";
      break;
    case '"':
      escaped += "&quot;";
      break;
    default:
      escaped += rest.front();
    }
    rest = rest.drop_front();
  }
  return escaped;
}

std::string svgNumber(double number) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.2f", number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.')
    text.pop_back();
  return text == "-0" ? "0" : text;
}

SvgWriter::SvgWriter(double width, double height, llvm::StringRef title) {
  document = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " +
             svgNumber(width) + " " + svgNumber(height) + "\" width=\"" +
             svgNumber(width) + "\" height=\"" + svgNumber(height) +
             "\" role=\"img\">\n<title>" + escapeMarkup(title) + "</title>\n" +
             kStyle;
  rectangle(0, 0, width, height, "back");
}

void SvgWriter::element(const char *tag, const Attributes &attributes,
                        llvm::StringRef tip) {
  document += std::string("<") + tag;
  for (const auto &[name, value] : attributes)
    document += std::string(" ") + name + "=\"" + value + "\"";
  if (tip.empty())
    document += "/>\n";
  else
    document += "><title>" + escapeMarkup(tip) + "</title></" + tag + ">\n";
}

void SvgWriter::line(double x1, double y1, double x2, double y2,
                     llvm::StringRef style) {
  element("line",
          {{"x1", svgNumber(x1)},
           {"y1", svgNumber(y1)},
           {"x2", svgNumber(x2)},
           {"y2", svgNumber(y2)},
           {"class", style.str()}},
          "");
}

void SvgWriter::rectangle(double x, double y, double width, double height,
                          llvm::StringRef style, llvm::StringRef tip) {
  element("rect",
          {{"x", svgNumber(x)},
           {"y", svgNumber(y)},
           {"width", svgNumber(width)},
           {"height", svgNumber(height)},
           {"class", style.str()}},
          tip);
}

void SvgWriter::circle(double x, double y, double radius, llvm::StringRef style,
                       llvm::StringRef tip) {
  element("circle",
          {{"cx", svgNumber(x)},
           {"cy", svgNumber(y)},
           {"r", svgNumber(radius)},
           {"class", style.str()}},
          tip);
}

void SvgWriter::path(const std::string &data, llvm::StringRef style) {
  element("path", {{"d", data}, {"class", style.str()}}, "");
}

void SvgWriter::text(double x, double y, llvm::StringRef content, Anchor anchor,
                     llvm::StringRef style, bool upwards) {
  std::string place = svgNumber(x) + "\" y=\"" + svgNumber(y);
  document += "<text x=\"" + place + "\" class=\"" + style.str() + "\"";
  if (anchor != Anchor::start)
    document += anchor == Anchor::middle ? " text-anchor=\"middle\""
                                         : " text-anchor=\"end\"";
  if (upwards)
    document +=
        " transform=\"rotate(-90 " + svgNumber(x) + " " + svgNumber(y) + ")\"";
  document += ">" + escapeMarkup(content) + "</text>\n";
}

std::string SvgWriter::finish() { return document + "</svg>\n"; }

} // namespace recflex
