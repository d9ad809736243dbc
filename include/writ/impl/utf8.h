// Not API, may change in any release. UTF-8 (RFC 3629) in texts that hold any bytes.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace writ::inline v0 {
namespace detail {

/// U+FFFD, which stands for bytes that are no character.
inline constexpr std::string_view kReplacementCharacter = "\xef\xbf\xbd";

/// The length of the sequence of two to four bytes at `at`, or 0. Reads behind a byte only if that
/// byte belongs to a sequence.
[[nodiscard]] inline std::size_t utf8_sequence_size(const char* at) noexcept {
  const auto byte = [at](std::size_t i) { return static_cast<unsigned char>(at[i]); };
  const auto is_tail = [&byte](std::size_t i) { return (byte(i) & 0xc0U) == 0x80; };
  const unsigned char lead = byte(0);
  if (lead < 0xc2 || lead > 0xf4 || !is_tail(1)) return 0;
  if (lead < 0xe0) return 2;
  const unsigned char second = byte(1);
  if (lead < 0xf0) {
    const bool overlong = lead == 0xe0 && second < 0xa0;
    const bool surrogate = lead == 0xed && second > 0x9f;
    return !overlong && !surrogate && is_tail(2) ? 3 : 0;
  }
  const bool overlong = lead == 0xf0 && second < 0x90;
  const bool beyond = lead == 0xf4 && second > 0x8f;
  return !overlong && !beyond && is_tail(2) && is_tail(3) ? 4 : 0;
}

/// The length of the character that a text, which is not empty, begins with; 0 when it begins with
/// none.
[[nodiscard]] inline std::size_t utf8_size(std::string_view text) noexcept {
  if (static_cast<unsigned char>(text.front()) < 0x80) return 1;
  if (text.size() >= 4) return utf8_sequence_size(text.data());
  // With zeros behind: the sequence may be cut off.
  std::array<char, 4> end = {};
  std::copy(text.begin(), text.end(), end.begin());
  return utf8_sequence_size(end.data());
}

/// The text with U+FFFD in the place of each byte that belongs to no character. O(bytes).
[[nodiscard]] inline std::string as_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = utf8_size(text);
    valid += size == 0 ? kReplacementCharacter : text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return valid;
}

/// Where to cut a text of UTF-8 so that at most `most` bytes are left and no character is halved.
[[nodiscard]] inline std::size_t cut_at(std::string_view text, std::size_t most) noexcept {
  if (text.size() <= most) return text.size();
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80) --most;
  return most;
}

}  // namespace detail
}  // namespace writ::inline v0
