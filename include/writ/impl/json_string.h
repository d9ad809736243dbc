// Not API, may change in any release. Texts as JSON strings (RFC 8259).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "writ/impl/utf8.h"

namespace writ::inline v0 {
namespace detail {

/// Appends a JSON string. Only what JSON demands is escaped, by a letter where there is one. Bytes
/// that are not UTF-8 become U+FFFD.
inline void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kShort = "\b\t\n\f\r\"\\";
  constexpr std::string_view kLetters = "btnfr\"\\";
  out += '"';
  std::size_t copied = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t size = utf8_size(text.substr(at));
    if (size != 0 && byte >= 0x20 && byte != '"' && byte != '\\') {
      at += size;
      continue;
    }
    out += text.substr(copied, at - copied);
    const std::size_t index = kShort.find(text[at]);
    copied = ++at;
    if (size == 0) {
      out += kReplacementCharacter;
    } else if (index != std::string_view::npos) {
      out += '\\';
      out += kLetters[index];
    } else {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 0xfU];
    }
  }
  out += text.substr(copied);
  out += '"';
}

}  // namespace detail
}  // namespace writ::inline v0
