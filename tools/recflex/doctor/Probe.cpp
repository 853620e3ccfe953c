//===- Probe.cpp - One thing that recflex doctor looks at -----------------===//

#include "Probe.h"

namespace json = llvm::json;

namespace recflex {

llvm::StringRef toString(Health health) {
  switch (health) {
  case Health::ok:
    return "ok";
  case Health::missing:
    return "missing";
  case Health::failed:
    return "failed";
  }
  return "";
}

json::Object Finding::toJson() const {
  // Details carry messages of drivers and programs: any bytes.
  return json::Object{{"name", json::fixUTF8(name)},
                      {"health", toString(health)},
                      {"detail", json::fixUTF8(detail)},
                      {"remedy", json::fixUTF8(remedy)},
                      {"facts", json::Object(facts)}};
}

std::optional<Finding> Finding::fromJson(const json::Object &object) {
  auto name = object.getString("name"), health = object.getString("health"),
       detail = object.getString("detail"), remedy = object.getString("remedy");
  const json::Object *facts = object.getObject("facts");
  if (!name || !health || !detail || !remedy || !facts)
    return std::nullopt;
  for (Health h : {Health::ok, Health::missing, Health::failed})
    if (*health == toString(h))
      return Finding{name->str(), h, detail->str(), remedy->str(), *facts};
  return std::nullopt;
}

} // namespace recflex
