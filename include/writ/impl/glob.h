// Not API, may change in any release. Patterns of `*` and `?`, for hints and for the tables of
// suites. Decisions have matchers of their own (pattern_match.h).
#pragma once

#include <cstddef>
#include <string_view>

namespace writ::inline v0::detail {

/// Whether `pattern` covers a text without wildcards; `same` compares two characters.
/// O(pattern × text).
template <class Same>
[[nodiscard]] bool glob_covers(std::string_view pattern, std::string_view text,
                               const Same& same) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // the last one, and what it has taken up to
  std::size_t taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || same(pattern[p], text[t]))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace writ::inline v0::detail
