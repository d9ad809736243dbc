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
  void key(std::string_view name) {
    writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  }
  void string(std::string_view value) {
    const std::string text = as_utf8(value);
    writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
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

  /// The length of the UTF-8 character at the head of `text`, or 0 when there is none.
  [[nodiscard]] static std::size_t utf8_length(std::string_view text) {
    const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = at(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
      if ((at(i) & 0xc0U) != 0x80) return 0;
    }
    // Overlong forms, surrogates, beyond U+10FFFF.
    if (lead == 0xe0 && at(1) < 0xa0) return 0;
    if (lead == 0xed && at(1) > 0x9f) return 0;
    if (lead == 0xf0 && at(1) < 0x90) return 0;
    if (lead == 0xf4 && at(1) > 0x8f) return 0;
    return length;
  }

  [[nodiscard]] static std::string as_utf8(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
      const std::size_t length = utf8_length(text);
      if (length == 0) {
        result += "\xef\xbf\xbd";
        text.remove_prefix(1);
      } else {
        result += text.substr(0, length);
        text.remove_prefix(length);
      }
    }
    return result;
  }

 private:
  writ::detail::JsonBuffer buffer_;
  writ::detail::JsonWriter writer_;
};

}  // namespace portal::detail
}  // namespace writ::inline v0
