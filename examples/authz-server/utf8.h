// UTF-8: whether a text is, and one that is.
#pragma once

#include <cstddef>
#include <string>

// The library's own, like the reader in config.cc. It is no API.
#include "writ/impl/json_scanner.h"

namespace authz {

/// Bytes of the legal sequence (RFC 3629) at `i`; 0: none begins there.
[[nodiscard]] inline std::size_t utf8_size(const std::string& text, std::size_t i) noexcept {
  const bool is_ascii = static_cast<unsigned char>(text[i]) < 0x80;
  return is_ascii ? 1 : writ::detail::utf8_sequence_size(text.c_str() + i);
}

/// O(bytes).
[[nodiscard]] inline bool is_utf8(const std::string& text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = utf8_size(text, i);
    if (size == 0) return false;
    i += size;
  }
  return true;
}

/// The text with U+FFFD for each byte that belongs to no sequence. O(bytes).
[[nodiscard]] inline std::string valid_utf8(const std::string& text) {
  std::string valid;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = utf8_size(text, i);
    valid += size == 0 ? "\xEF\xBF\xBD" : text.substr(i, size);
    i += size == 0 ? 1 : size;
  }
  return valid;
}

}  // namespace authz
