//===- Svg.h - Pictures as text ---------------------------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_EXPLAIN_SVG_H
#define RECFLEX_TOOLS_RECFLEX_EXPLAIN_SVG_H

#include "llvm/ADT/StringRef.h"

#include <string>
#include <utility>
#include <vector>

namespace recflex {

/// `text` for XML and HTML, whatever a file holds: markup as entities, and what
/// XML forbids as \xNN.
std::string escapeMarkup(llvm::StringRef text);

/// A number with two decimals at most: "12.5", "3". The same on every machine.
std::string svgNumber(double number);

/// Writes one SVG document. Colours are classes of its style sheet (ink, soft,
/// grid, axis; fill0 to fill7 and stroke0 to stroke7), which has those for
/// light and for dark viewers.
class SvgWriter {
public:
  using Attributes = std::vector<std::pair<const char *, std::string>>;
  enum class Anchor { start, middle, end };

  /// Colours of fillN and strokeN.
  static constexpr size_t kColors = 8;

  /// The title is for those who cannot see it.
  SvgWriter(double width, double height, llvm::StringRef title);

  void line(double x1, double y1, double x2, double y2, llvm::StringRef style);
  /// Shapes with a tooltip, unless it is empty.
  void rectangle(double x, double y, double width, double height,
                 llvm::StringRef style, llvm::StringRef tip = "");
  void circle(double x, double y, double radius, llvm::StringRef style,
              llvm::StringRef tip = "");
  /// `data`: as in SVG's attribute d.
  void path(const std::string &data, llvm::StringRef style);
  void text(double x, double y, llvm::StringRef content, Anchor anchor,
            llvm::StringRef style, bool upwards = false);

  /// The document.
  std::string finish();

private:
  void element(const char *tag, const Attributes &attributes,
               llvm::StringRef tip);

  std::string document;
};

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_EXPLAIN_SVG_H
