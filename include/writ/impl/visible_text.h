// Not API, may change in any release. Text for people that holds what files, logs and callers say.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "writ/impl/utf8.h"

namespace writ::inline v0 {
namespace detail {

/// Whether a character does more than to be seen: C0 and C1 controls and DEL, which steer a
/// terminal, line and paragraph separators, and the marks that turn the order of reading round.
[[nodiscard]] constexpr bool steers_text(std::uint32_t character) noexcept {
  return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x61c ||
         character == 0x200e || character == 0x200f ||
         (character >= 0x2028 && character <= 0x202e) ||
         (character >= 0x2066 && character <= 0x2069);
}

/// The text as one line that is safe to show: what `steers_text` names is spelled as in JSON
/// (`\n`, `\u001b`, `\u202e`), bytes that are no character become U+FFFD. All of the former lie
/// below U+10000, so that a JSON text without line breaks keeps its meaning. It is for reading:
/// backslashes stay as they are, so a text that spells `\n` itself looks the same. O(bytes).
[[nodiscard]] inline std::string visible_text(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string visible;
  visible.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = utf8_size(text);
    const auto byte = [&](std::size_t i) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
    };
    std::uint32_t character = 0xffff;  // of four bytes: none of them steers
    if (size == 1) character = byte(0);
    if (size == 2) character = (byte(0) & 0x1fU) << 6U | (byte(1) & 0x3fU);
    if (size == 3) {
      character = (byte(0) & 0x0fU) << 12U | (byte(1) & 0x3fU) << 6U | (byte(2) & 0x3fU);
    }
    if (size == 0) {
      visible += kReplacementCharacter;
    } else if (!steers_text(character)) {
      visible += text.substr(0, size);
    } else if (character == '\n' || character == '\r' || character == '\t') {
      visible += '\\';
      visible += character == '\n' ? 'n' : (character == '\r' ? 'r' : 't');
    } else {
      visible += "\\u";
      for (std::uint32_t shift = 16; shift > 0; shift -= 4) {
        visible += kDigits[character >> (shift - 4) & 0xfU];
      }
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return visible;
}

}  // namespace detail
}  // namespace writ::inline v0
