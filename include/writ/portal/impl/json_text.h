// Not API, may change in any release. A JSON writer with the few calls that the portal needs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "writ/impl/json_writer.h"

namespace writ::inline v0 {
namespace portal::detail {

/// Builds one JSON value on one line. Bytes that are not UTF-8 become U+FFFD, because JSON holds
/// nothing else.
class JsonText {
 public:
  JsonText() : writer_(buffer_) {}

  void begin_object() { writer_.StartObject(); }
  void end_object() { writer_.EndObject(); }
  void begin_array() { writer_.StartArray(); }
  void end_array() { writer_.EndArray(); }
  void key(std::string_view name) { writ::detail::write_key(writer_, name); }
  void string(std::string_view value) { writ::detail::write_string(writer_, value); }
  void null() { writer_.Null(); }
  void number(std::int64_t value) { writer_.Int64(value); }
  void boolean(bool value) { writer_.Bool(value); }

  void member(std::string_view name, std::string_view value) {
    key(name);
    string(value);
  }
  void member_unless_empty(std::string_view name, std::string_view value) {
    if (!value.empty()) member(name, value);
  }
  void flag(std::string_view name, bool value) {
    key(name);
    boolean(value);
  }
  void count(std::string_view name, std::int64_t value) {
    key(name);
    number(value);
  }
  template <class Range>
  void strings(std::string_view name, const Range& values) {
    key(name);
    begin_array();
    for (const auto& value : values) string(value);
    end_array();
  }

  [[nodiscard]] std::string take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  writ::detail::JsonBuffer buffer_;
  writ::detail::JsonWriter writer_;
};

}  // namespace portal::detail
}  // namespace writ::inline v0
