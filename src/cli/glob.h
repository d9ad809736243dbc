// Glob: patterns of `*` and `?` against texts and against each other. For tables of suites, which
// are expanded before anything is decided; decisions have matchers of their own.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "writ/hash.h"
#include "writ/impl/glob.h"

namespace writ::cli {

[[nodiscard]] inline bool has_wildcards(std::string_view text) noexcept {
  return text.find_first_of("*?") != std::string_view::npos;
}

enum class GlobCase : unsigned char { Exact, Folded };

[[nodiscard]] inline bool is_same(char a, char b, GlobCase letters) noexcept {
  return letters == GlobCase::Folded ? fold_ascii(a) == fold_ascii(b) : a == b;
}

/// Whether `text`, a text without wildcards, is one that `pattern` covers. O(pattern × text).
[[nodiscard]] inline bool glob_covers(std::string_view pattern, std::string_view text,
                                      GlobCase letters) noexcept {
  return detail::glob_covers(pattern, text,
                             [letters](char a, char b) { return is_same(a, b, letters); });
}

/// Whether there is a text that both patterns cover. O(a × b).
[[nodiscard]] inline bool globs_meet(std::string_view a, std::string_view b, GlobCase letters) {
  const auto same = [letters](char x, char y) {
    return x == '?' || y == '?' || is_same(x, y, letters);
  };
  // meets[j]: a from i on and b from j on have a text in common; rows are made from the last i.
  std::vector<bool> meets(b.size() + 1);
  std::vector<bool> below(b.size() + 1);
  for (std::size_t i = a.size() + 1; i-- > 0;) {
    for (std::size_t j = b.size() + 1; j-- > 0;) {
      const bool a_star = i < a.size() && a[i] == '*';
      const bool b_star = j < b.size() && b[j] == '*';
      bool found = i == a.size() && j == b.size();
      if (a_star) found = found || below[j] || (j < b.size() && meets[j + 1]);
      if (b_star) found = found || meets[j + 1] || (i < a.size() && below[j]);
      if (!a_star && !b_star && i < a.size() && j < b.size() && same(a[i], b[j])) {
        found = found || below[j + 1];
      }
      meets[j] = found;
    }
    below = meets;
  }
  return below[0];
}

}  // namespace writ::cli
