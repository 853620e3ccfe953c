//===- ExplainPage.cpp - An explanation as one page -----------------------===//

#include "ExplainPage.h"

#include "ExplainText.h"
#include "Svg.h"

namespace recflex {

static constexpr const char *kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Tuning explained</title>
<style>
body { font: 14px system-ui, sans-serif; margin: 24px auto; max-width: 1200px;
  padding: 0 16px; background: #ffffff; color: #1f1f1f; }
figure { display: inline-block; margin: 8px; max-width: 100%; }
figure svg { max-width: 100%; height: auto; }
div { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; }
th, td { text-align: left; padding: 3px 10px; white-space: nowrap;
  border-bottom: 1px solid #e4e4e4; }
.number { text-align: right; }
@media (prefers-color-scheme: dark) {
  body { background: #16181c; color: #ededed; }
  th, td { border-color: #33363c; }
}
</style>
</head>
<body>
<h1>Tuning explained</h1>
)";

static void addRow(std::string &page, const char *cell,
                   const std::vector<std::string> &row,
                   const std::vector<bool> &isNumber) {
  page += "<tr>";
  for (auto [number, text] : llvm::enumerate(row))
    page += std::string("<") + cell +
            (isNumber[number] ? " class=\"number\">" : ">") +
            escapeMarkup(text) + "</" + cell + ">";
  page += "</tr>\n";
}

std::string drawPage(const TuningProblem &problem,
                     const Explanation &explanation,
                     const std::vector<Plot> &plots) {
  std::string page = kHead;
  for (const std::string &line : summarize(problem, explanation))
    page += "<p>" + escapeMarkup(line) + "</p>\n";
  for (const Plot &plot : plots)
    page += "<figure>\n" + plot.svg + "</figure>\n";

  std::vector<std::string> titles = explanationTitles();
  std::vector<bool> isNumber;
  for (std::string &title : titles) {
    isNumber.push_back(title.back() == '>');
    if (isNumber.back())
      title.pop_back();
  }
  page += "<div><table>\n<thead>\n";
  addRow(page, "th", titles, isNumber);
  page += "</thead>\n<tbody>\n";
  for (const auto &row : explanationRows(problem, explanation))
    addRow(page, "td", row, isNumber);
  return page + "</tbody>\n</table></div>\n</body>\n</html>\n";
}

} // namespace recflex
