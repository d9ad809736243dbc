// Not API, may change in any release. HtmlWriter: markup from literals, everything else escaped.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "writ/config.h"
#include "writ/impl/utf8.h"

namespace writ::inline v0::detail {

/// Markup that is written as it is. Only a literal can become one, so that no text of a policy or
/// a request ever does.
class Markup {
 public:
  consteval Markup(const char* literal) : text_(literal) {}  // NOLINT: implicit, it is a literal
  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

 private:
  std::string_view text_;
};

/// The first character of a text and its size in bytes. What is no UTF-8 is one byte and U+FFFD.
struct CodePoint {
  std::uint32_t value = 0xfffd;
  std::size_t size = 1;
};

[[nodiscard]] inline CodePoint first_code_point(std::string_view text) noexcept {
  const std::size_t size = utf8_size(text);
  if (size == 0) return {};
  const auto byte = [text](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  std::uint32_t value = size == 1 ? byte(0) : byte(0) & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) value = value << 6U | (byte(i) & 0x3fU);
  return {value, size};
}

/// Whether a character is shown by its number: what has no shape, and what turns the direction of
/// writing, so that a text would look other than it is.
[[nodiscard]] constexpr bool is_shown_by_number(std::uint32_t c) noexcept {
  if (c == '\n' || c == '\t') return false;
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c ||
         (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || (c >= 0xfdd0 && c <= 0xfdef) || c == 0xfeff ||
         (c & 0xfffeU) == 0xfffe || (c >= 0xe0000 && c <= 0xe0fff);
}

/// Appends the first character of a text, or its number.
inline void append_shown(std::string& out, CodePoint c, std::string_view text) {
  if (c.value == CodePoint().value) {
    out += kReplacementCharacter;
  } else if (is_shown_by_number(c.value)) {
    char number[16];
    std::snprintf(number, sizeof number, "[U+%04X]", static_cast<unsigned>(c.value));
    out += number;
  } else {
    out += text.substr(0, c.size);
  }
}

/// Writes HTML. One thread at a time.
class HtmlWriter {
 public:
  /// Writes the literal as it is.
  void raw(Markup literal) { out_ += literal.text(); }

  /// Writes the literal with each `{}` replaced by the next argument, escaped: a text or a number.
  template <class... Args>
  void add(Markup format, const Args&... args) {
    std::string_view rest = format.text();
    (add_argument(rest, args), ...);
    out_ += rest;
  }

  /// Writes a text of anybody's, as the content of an element or of a quoted attribute.
  void text(std::string_view text) {
    while (!text.empty()) {
      const CodePoint c = first_code_point(text);
      add_character(c, text);
      text.remove_prefix(c.size);
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  template <class Arg>
  void add_argument(std::string_view& format, const Arg& arg) {
    const std::size_t hole = format.find("{}");
    WRIT_ASSERT(hole != std::string_view::npos);
    out_ += format.substr(0, hole);
    if constexpr (std::integral<Arg>) {
      out_ += std::to_string(arg);
    } else {
      text(arg);
    }
    format.remove_prefix(hole + 2);
  }

  void add_character(CodePoint c, std::string_view text) {
    switch (c.value) {
      case '&':
        out_ += "&amp;";
        return;
      case '<':
        out_ += "&lt;";
        return;
      case '>':
        out_ += "&gt;";
        return;
      case '"':
        out_ += "&quot;";
        return;
      case '\'':
        out_ += "&#39;";
        return;
      default:
        append_shown(out_, c, text);
    }
  }

  std::string out_;
};

}  // namespace writ::inline v0::detail
