// Not API, may change in any release. ASCII lower-casing of whole texts (M-10, C-10).
#pragma once

#include <string>
#include <string_view>

#include "writ/hash.h"

namespace writ::inline v0 {
namespace detail {

[[nodiscard]] inline std::string folded(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = fold_ascii(c);
  return result;
}

}  // namespace detail
}  // namespace writ::inline v0
