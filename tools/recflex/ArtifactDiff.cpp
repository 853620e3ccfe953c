//===- ArtifactDiff.cpp - What differs between two artifacts --------------===//

#include "ArtifactDiff.h"

#include "recflex/Runtime/ManifestJson.h"

#include <map>
#include <string_view>
#include <unordered_map>

namespace recflex {

namespace {

using Json = nlohmann::ordered_json;

/// Things with names, in their order.
using NamedList = std::vector<std::pair<std::string, Json>>;

/// A manifest with names where it has numbers.
struct NamedManifest {
  Json head; ///< all fields but the lists
  NamedList tables, features, bodies;
};

/// Fills a list; a second thing of one name becomes "name (2)".
class NamedListBuilder {
public:
  NamedList list;

  void add(const std::string &name, Json value) {
    int count = ++counts[name];
    list.emplace_back(count == 1 ? name
                                 : name + " (" + std::to_string(count) + ")",
                      std::move(value));
  }

private:
  std::map<std::string, int> counts;
};

NamedManifest nameEverything(const Manifest &m) {
  NamedManifest named;
  named.head = Json::parse(toJson(m));
  NamedListBuilder tables, features, bodies;
  for (Json &table : named.head["tables"]) {
    std::string name = table["name"];
    table.erase("name");
    tables.add(name, std::move(table));
  }
  for (Json &feature : named.head["features"]) {
    std::string name = feature["name"];
    feature.erase("name");
    int64_t body = feature["body"];
    feature["table"] = tables.list[feature["table"].get<int64_t>()].first;
    feature["body"] = m.bodies[body].name;
    feature["schedule"] = m.bodies[body].schedule;
    features.add(name, std::move(feature));
  }
  // Several bodies of one name differ in their schedules.
  for (const ManifestBody &body : m.bodies)
    bodies.add(body.name + ", " + body.schedule, Json::object());
  for (const char *list : {"tables", "features", "bodies"})
    named.head.erase(list);
  named.tables = std::move(tables.list);
  named.features = std::move(features.list);
  named.bodies = std::move(bodies.list);
  return named;
}

class Comparison {
public:
  std::vector<ArtifactChange> changes;

  void objects(const std::string &path, const Json &first, const Json &second) {
    for (auto &[field, value] : first.items())
      if (value != second[field])
        changes.push_back({path + field, value, second[field]});
  }

  /// Objects with the same fields, by name.
  void lists(const std::string &path, const NamedList &first,
             const NamedList &second) {
    std::map<std::string_view, const Json *> before, after;
    for (auto &[name, value] : first)
      before[name] = &value;
    for (auto &[name, value] : second)
      after[name] = &value;
    for (auto &[name, value] : first) {
      std::string place = path + "[" + name + "]";
      if (auto other = after.find(name); other != after.end())
        objects(place + ".", value, *other->second);
      else
        changes.push_back({place, value, std::nullopt});
    }
    for (auto &[name, value] : second)
      if (!before.count(name))
        changes.push_back({path + "[" + name + "]", std::nullopt, value});
  }
};

} // namespace

/// Lines with how often they occur in `text`.
static std::unordered_map<std::string_view, int64_t>
countLines(std::string_view text) {
  std::unordered_map<std::string_view, int64_t> counts;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    ++counts[line];
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return counts;
}

/// Of one of two PTX texts: its lines, and those of them that the other does
/// not have, wherever they stand.
static Json describePtx(std::string_view text, std::string_view otherText) {
  auto counts = countLines(text), others = countLines(otherText);
  int64_t lines = 0, only = 0;
  for (auto [line, count] : counts) {
    lines += count;
    auto it = others.find(line);
    only += std::max<int64_t>(0, count - (it == others.end() ? 0 : it->second));
  }
  return {{"lines", lines}, {"onlyHere", only}};
}

static NamedList describeCubins(const ArtifactFile &file) {
  NamedList list;
  for (const ArtifactSection &section : file.sections)
    if (section.kind == SectionKind::cubin)
      list.emplace_back(section.chip, Json{{"bytes", section.length},
                                           {"sha256", toHex(section.sha256)}});
  return list;
}

std::vector<ArtifactChange> compare(const ArtifactFile &first,
                                    const ArtifactFile &second) {
  Comparison comparison;
  NamedManifest before = nameEverything(first.artifact.manifest);
  NamedManifest after = nameEverything(second.artifact.manifest);
  comparison.objects("", before.head, after.head);
  comparison.lists("tables", before.tables, after.tables);
  comparison.lists("features", before.features, after.features);
  comparison.lists("bodies", before.bodies, after.bodies);
  if (comparison.changes.empty() && first.manifestText != second.manifestText)
    comparison.changes.push_back({"manifest", "the same, in another order",
                                  "or with other white space"});

  const std::string &ptx = first.artifact.ptx, &otherPtx = second.artifact.ptx;
  if (ptx != otherPtx)
    comparison.changes.push_back(
        {"ptx", describePtx(ptx, otherPtx), describePtx(otherPtx, ptx)});
  comparison.lists("cubins", describeCubins(first), describeCubins(second));
  return std::move(comparison.changes);
}

} // namespace recflex
