// Not API, may change in any release. A document's text as lines to show: as it was written, or
// laid out anew where that cannot be read.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "writ/config.h"

namespace writ::inline v0::detail {

struct SourceLine {
  std::uint32_t number = 0;  ///< as in the text, from 1; 0 when laid out anew
  std::uint32_t indent = 0;  ///< spaces that are not in the text
  std::size_t begin = 0;     ///< bytes of the text
  std::size_t end = 0;
};

struct SourceLines {
  bool laid_out_anew = false;
  std::vector<SourceLine> lines;  ///< together they hold all of the text but white space
};

/// Lines longer than this are not for people.
inline constexpr std::size_t kMaxReadableLine = 200;

[[nodiscard]] constexpr bool is_json_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Breaks JSON at its containers and commas; lists of a few plain values stay on one line. Takes
/// any bytes. O(bytes).
class SourceLayout {
 public:
  explicit SourceLayout(std::string_view text) : text_(text) {}

  [[nodiscard]] std::vector<SourceLine> run() {
    std::size_t i = 0;
    while (i < text_.size()) i = step(i);
    close(text_.size());
    return std::move(lines_);
  }

 private:
  static constexpr std::size_t kMaxFlatList = 80;
  static constexpr std::uint32_t kMaxIndent = 40;

  /// Looks at the byte at `i`; returns where to go on.
  [[nodiscard]] std::size_t step(std::size_t i) {
    switch (text_[i]) {
      case '"':
        return skip_string(i);
      case ',':
        close(i + 1);
        return i + 1;
      case '[':
      case '{':
        if (const std::size_t end = end_of_flat(i); end != 0) return end;
        close(i + 1);
        ++depth_;
        return i + 1;
      case ']':
      case '}':
        close(i);
        depth_ -= depth_ == 0 ? 0 : 1;
        return i + 1;
      default:
        return i + 1;
    }
  }

  [[nodiscard]] std::size_t skip_string(std::size_t i) const {
    for (++i; i < text_.size() && text_[i] != '"'; ++i) {
      if (text_[i] == '\\') ++i;
    }
    return std::min(i + 1, text_.size());
  }

  /// The end of a short container that holds no other, or 0.
  [[nodiscard]] std::size_t end_of_flat(std::size_t begin) const {
    const std::size_t most = std::min(text_.size(), begin + kMaxFlatList);
    for (std::size_t i = begin + 1; i < most;) {
      const char c = text_[i];
      if (c == '[' || c == '{') return 0;
      if (c == ']' || c == '}') return i + 1;
      if (c == '"') {
        // Never further than `most`, so that the whole stays linear.
        for (++i; i < most && text_[i] != '"'; ++i) {
          if (text_[i] == '\\') ++i;
        }
      }
      ++i;
    }
    return 0;
  }

  void close(std::size_t end) {
    std::size_t begin = begin_;
    begin_ = end;
    while (begin < end && is_json_space(text_[begin])) ++begin;
    while (end > begin && is_json_space(text_[end - 1])) --end;
    if (begin == end) return;
    lines_.push_back({0, 2 * std::min(depth_, kMaxIndent), begin, end});
  }

  std::string_view text_;
  std::vector<SourceLine> lines_;
  std::size_t begin_ = 0;
  std::uint32_t depth_ = 0;
};

/// `starts`: offsets at which statements begin, sorted. Two on one line are a reason to lay out.
[[nodiscard]] inline SourceLines source_lines(std::string_view text,
                                              const std::vector<std::size_t>& starts) {
  SourceLines result;
  std::uint32_t number = 0;
  auto start = starts.begin();
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t found = text.find('\n', begin);
    const std::size_t next = found == std::string_view::npos ? text.size() : found + 1;
    std::size_t end = found == std::string_view::npos ? text.size() : found;
    if (end > begin && text[end - 1] == '\r') --end;
    result.lines.push_back({++number, 0, begin, end});
    const auto behind = std::lower_bound(start, starts.end(), next);
    if (end - begin > kMaxReadableLine || behind - start > 1) {
      result.laid_out_anew = true;
      result.lines = SourceLayout(text).run();
      return result;
    }
    start = behind;
    begin = next;
  }
  return result;
}

}  // namespace writ::inline v0::detail
