//===- Json.cpp - JSON text to a document, without exceptions -------------===//

#include "recflex/Support/Json.h"

#include <optional>
#include <vector>

using nlohmann::json;

namespace recflex {

namespace {
constexpr size_t maxDepth = 64;
/// A value takes up to 150 bytes of memory, but as few as two of text. A model
/// of as many features as ModelLimits.h allows has some 1.2 million values.
constexpr size_t maxValues = size_t{1} << 21;

/// Builds the document from the parser's events and keeps the first error.
class DocumentBuilder : public nlohmann::json_sax<json> {
public:
  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(int64_t value) override { return add(value); }
  bool number_unsigned(uint64_t value) override { return add(value); }
  bool number_float(double value, const std::string &) override {
    return add(value);
  }
  bool string(std::string &value) override { return add(std::move(value)); }
  bool binary(json::binary_t &value) override { return add(std::move(value)); }

  bool start_object(size_t) override { return open(json::object()); }
  bool start_array(size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string &name) override {
    json &object = *stack.back();
    if (object.contains(name)) {
      error = makeError("the key '", name, "' stands twice in one object");
      return false;
    }
    slot = &object[name];
    return true;
  }

  bool parse_error(size_t, const std::string &,
                   const nlohmann::detail::exception &exception) override {
    // "[json.exception.parse_error.101] parse error at line 1, ...": the
    // bracket means nothing to a user.
    std::string message = exception.what();
    size_t bracket = message.find("] ");
    if (bracket != std::string::npos)
      message.erase(0, bracket + 2);
    error = makeError(message);
    return false;
  }

  json root;
  std::optional<Error> error;

private:
  /// Puts a value where the document continues; returns it in `slot`.
  bool add(json value) {
    if (++values > maxValues) {
      error = makeError("has more than ", maxValues, " values");
      return false;
    }
    if (stack.empty()) {
      root = std::move(value);
      slot = &root;
    } else if (stack.back()->is_array()) {
      stack.back()->push_back(std::move(value));
      slot = &stack.back()->back();
    } else {
      *slot = std::move(value);
    }
    return true;
  }

  bool open(json container) {
    if (stack.size() == maxDepth) {
      error = makeError("nested deeper than ", maxDepth, " levels");
      return false;
    }
    if (!add(std::move(container)))
      return false;
    stack.push_back(slot);
    return true;
  }

  bool close() {
    stack.pop_back();
    return true;
  }

  JsonGuard guard{root};     ///< of a document that is not finished
  size_t values = 0;
  std::vector<json *> stack; ///< the open containers, outermost first
  json *slot = nullptr;      ///< the value just added, or just named by a key
};
} // namespace

/// A container whose values are empty is freed without allocating.
static void discard(json &value) noexcept {
  if (value.is_array()) {
    auto &array = value.get_ref<json::array_t &>();
    for (json &element : array)
      discard(element);
    array.clear();
  } else if (value.is_object()) {
    auto &object = value.get_ref<json::object_t &>();
    for (auto &member : object)
      discard(member.second);
    object.clear();
  }
}

JsonGuard::~JsonGuard() { discard(document); }

Result<json> parseJson(std::string_view text) {
  DocumentBuilder builder;
  bool parsed = json::sax_parse(text.begin(), text.end(), &builder);
  if (builder.error)
    return *builder.error;
  if (!parsed)
    return makeError("is not a JSON document");
  return std::move(builder.root);
}

} // namespace recflex
