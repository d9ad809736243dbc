// JSON output: RapidJSON's writers with the few calls that commands need.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "writ/impl/json_writer.h"
#include "writ/impl/utf8.h"

namespace writ::cli {

/// File names and the texts of refused documents can hold anything; what is printed is UTF-8.
using detail::as_utf8;

/// Builds one JSON value, on one line or indented by two spaces.
template <class Writer>
class BasicJsonOutput {
 public:
  BasicJsonOutput() : writer_(buffer_) {
    if constexpr (requires { writer_.SetIndent(' ', 2); }) writer_.SetIndent(' ', 2);
  }

  void begin_object() { writer_.StartObject(); }
  void end_object() { writer_.EndObject(); }
  void begin_array() { writer_.StartArray(); }
  void end_array() { writer_.EndArray(); }
  void key(std::string_view name) { detail::write_key(writer_, name); }
  void string(std::string_view value) { detail::write_string(writer_, value); }
  void number(std::uint64_t value) { writer_.Uint64(value); }
  /// A number as it is spelled.
  void raw_number(std::string_view spelling) {
    writer_.RawValue(spelling.data(), spelling.size(), rapidjson::kNumberType);
  }
  void boolean(bool value) { writer_.Bool(value); }
  void null() { writer_.Null(); }

  void member(std::string_view name, std::string_view value) {
    key(name);
    string(value);
  }
  void member(std::string_view name, const char* value) { member(name, std::string_view(value)); }
  void member(std::string_view name, std::uint64_t value) {
    key(name);
    number(value);
  }
  void member(std::string_view name, std::uint32_t value) {
    member(name, static_cast<std::uint64_t>(value));
  }
  void member(std::string_view name, bool value) {
    key(name);
    boolean(value);
  }

  /// A member that is an array of strings: what `text_of` makes of each value.
  template <class Values, class Projection = std::identity>
  void strings(std::string_view name, const Values& values, Projection text_of = {}) {
    key(name);
    begin_array();
    for (const auto& value : values) string(std::invoke(text_of, value));
    end_array();
  }

  [[nodiscard]] std::string_view text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  detail::JsonBuffer buffer_;
  Writer writer_;
};

using JsonLine = BasicJsonOutput<detail::JsonWriter>;
using PrettyJson = BasicJsonOutput<detail::PrettyJsonWriter>;

}  // namespace writ::cli
