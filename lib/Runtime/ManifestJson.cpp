//===- ManifestJson.cpp - The manifest as JSON ----------------------------===//
//
// One list of fields a struct (visitFields) serves the writer and the reader,
// so that the two cannot drift apart.
//
//===----------------------------------------------------------------------===//

#include "recflex/Runtime/ManifestJson.h"

#include "recflex/Support/Json.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <type_traits>

namespace recflex {

using Json = nlohmann::json;

template <typename Visitor, typename T>
static void visitFields(Visitor &v, T &o, const ManifestTable *) {
  v.field("name", o.name);
  v.field("rows", o.rows);
  v.field("width", o.width);
  v.field("type", o.type);
}

template <typename Visitor, typename T>
static void visitFields(Visitor &v, T &o, const ManifestFeature *) {
  v.field("name", o.name);
  v.field("key", o.key);
  v.field("table", o.table);
  v.field("body", o.body);
  v.field("column", o.column);
  v.field("pooling", o.pooling);
  v.field("weighted", o.weighted);
  v.field("samplesPerTile", o.samplesPerTile);
  v.field("columnTiles", o.columnTiles);
  v.field("parallelLookups", o.parallelLookups);
  v.field("warpSamples", o.warpSamples);
  v.field("scratch", o.scratch);
  v.field("rank", o.rank);
}

template <typename Visitor, typename T>
static void visitFields(Visitor &v, T &o, const ManifestBody *) {
  v.field("schedule", o.schedule);
  v.field("name", o.name);
}

template <typename Visitor, typename T>
static void visitFields(Visitor &v, T &o, const Manifest *) {
  v.field("name", o.name);
  v.field("chip", o.chip);
  v.field("ptxVersion", o.ptxVersion);
  v.field("leastDriver", o.leastDriver);
  v.field("producer", o.producer);
  v.field("indexType", o.indexType);
  v.field("jaggedFeatures", o.jaggedFeatures);
  v.field("outputWidth", o.outputWidth);
  v.field("maxBatch", o.maxBatch);
  v.field("maxLookups", o.maxLookups);
  v.field("threads", o.threads);
  v.field("blocksPerSM", o.blocksPerSM);
  v.field("sharedBytes", o.sharedBytes);
  v.field("scratchBytes", o.scratchBytes);
  v.field("weighted", o.weighted);
  v.field("fixedBinding", o.fixedBinding);
  v.field("tables", o.tables);
  v.field("features", o.features);
  v.field("bodies", o.bodies);
}

namespace {

/// Writes a struct as a JSON object, one space further to the right a level.
/// Without a document in between: see JsonGuard.
class Writer {
public:
  std::string text;

  template <typename T> void field(const char *name, const T &value) {
    next();
    write(std::string(name));
    text += ": ";
    write(value);
  }

  template <typename T> void write(const std::vector<T> &list) {
    open('[');
    for (const T &item : list) {
      next();
      write(item);
    }
    close(']');
  }

  template <typename T> void write(const T &value) {
    if constexpr (std::is_enum_v<T>) {
      write(std::string(toString(value)));
    } else if constexpr (std::is_arithmetic_v<T> ||
                         std::is_same_v<T, std::string>) {
      text += Json(value).dump(-1, ' ', /*ensure_ascii=*/false,
                               Json::error_handler_t::replace);
    } else {
      open('{');
      visitFields(*this, value, &value);
      close('}');
    }
  }

private:
  void open(char bracket) {
    text += bracket;
    ++depth;
    first = true;
  }

  /// Before each value of a list or an object.
  void next() {
    text += first ? "\n" : ",\n";
    text.append(depth, ' ');
    first = false;
  }

  void close(char bracket) {
    --depth;
    if (!first) {
      text += '\n';
      text.append(depth, ' ');
    }
    text += bracket;
    first = false;
  }

  size_t depth = 0;
  bool first = false; ///< whether nothing stands behind the last bracket yet
};

/// Collects the names of a struct's fields.
struct FieldNames {
  std::set<std::string> names;
  template <typename T> void field(const char *name, const T &) {
    names.insert(name);
  }
};

/// Fills a struct from a JSON object; keeps the first error.
class Reader {
public:
  Reader(const Json &json, std::string path)
      : json(json), path(std::move(path)) {
    if (!json.is_object())
      fail(this->path, "is not an object");
  }

  template <typename T> void field(const char *name, T &value) {
    ++known;
    if (!status)
      return;
    std::string place = path.empty() ? name : path + "." + name;
    auto it = json.find(name);
    if (it == json.end())
      return fail(place, "is missing");
    read(*it, place, value);
  }

  /// To be called after all fields: nothing else may stand in the object.
  template <typename T> Status finish(T &object) {
    if (status && json.size() != known)
      rejectUnknown(object);
    return status;
  }

private:
  const Json &json;
  std::string path;
  size_t known = 0;
  Status status;

  void fail(const std::string &place, const std::string &what) {
    status = makeError(place.empty() ? "the manifest" : place, ": ", what);
  }

  template <typename T> void rejectUnknown(T &object) {
    FieldNames fields;
    visitFields(fields, object, &object);
    for (auto it = json.begin(); it != json.end(); ++it)
      if (!fields.names.count(it.key()))
        return fail(path.empty() ? it.key() : path + "." + it.key(),
                    "is no field of this format");
  }

  void read(const Json &value, const std::string &place, std::string &out) {
    if (!value.is_string())
      return fail(place, "is not a string");
    out = value.get<std::string>();
  }

  void read(const Json &value, const std::string &place, bool &out) {
    if (!value.is_boolean())
      return fail(place, "is neither true nor false");
    out = value.get<bool>();
  }

  template <typename T>
  void read(const Json &value, const std::string &place, std::vector<T> &out) {
    if (!value.is_array())
      return fail(place, "is not a list");
    // One by one: a list of empty objects must not take more than its text.
    for (size_t i = 0; i != value.size() && status; ++i) {
      out.emplace_back();
      readStruct(value[i], place + "[" + std::to_string(i) + "]", out[i]);
    }
  }

  template <typename T>
  void read(const Json &value, const std::string &place, T &out) {
    if constexpr (std::is_enum_v<T>)
      readEnum(value, place, out);
    else
      readInteger(value, place, out);
  }

  template <typename T>
  void readStruct(const Json &value, const std::string &place, T &out) {
    Reader reader(value, place);
    visitFields(reader, out, &out);
    status = reader.finish(out);
  }

  template <typename T>
  void readEnum(const Json &value, const std::string &place, T &out) {
    if (!value.is_string())
      return fail(place, "is not a string");
    std::string name = value.get<std::string>();
    std::optional<T> parsed = parse<T>(name);
    if (!parsed)
      return fail(place, "'" + name + "' is not a value of this field");
    out = *parsed;
  }

  template <typename T>
  void readInteger(const Json &value, const std::string &place, T &out) {
    static_assert(std::is_integral_v<T> && std::is_signed_v<T>);
    if (!value.is_number_integer())
      return fail(place, "is not an integer");
    bool fits;
    if (value.is_number_unsigned()) {
      fits = value.get<uint64_t>() <=
             static_cast<uint64_t>(std::numeric_limits<T>::max());
    } else {
      int64_t number = value.get<int64_t>();
      fits = number >= std::numeric_limits<T>::min() &&
             number <= std::numeric_limits<T>::max();
    }
    if (!fits)
      return fail(place, value.dump() + " does not fit " +
                             std::to_string(8 * sizeof(T)) + " bits");
    out = value.get<T>();
  }
};

} // namespace

std::string toJson(const Manifest &m) {
  Writer writer;
  writer.write(m);
  return std::move(writer.text);
}

Result<Manifest> manifestFromJson(std::string_view text) {
  Result<Json> json = parseJson(text);
  if (!json)
    return json.error();
  JsonGuard guard(*json);
  Manifest manifest;
  Reader reader(*json, "");
  visitFields(reader, manifest, &manifest);
  if (Status status = reader.finish(manifest); !status)
    return status.error();
  if (Status status = check(manifest); !status)
    return status.error();
  return manifest;
}

} // namespace recflex
