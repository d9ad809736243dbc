// Not API, may change in any release. What explanations say alike as text and as a page.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "writ/explain.h"
#include "writ/hash.h"
#include "writ/request.h"

namespace writ::inline v0::detail {

[[nodiscard]] inline std::string caller_text(const Caller& caller) {
  switch (caller.kind()) {
    case CallerKind::Anonymous:
      return "anonymous";
    case CallerKind::Service:
      return fmt::format("service {}", caller.id());
    case CallerKind::Federated:
      return fmt::format("federated {}", caller.id());
    case CallerKind::CanonicalUser:
      return fmt::format("canonical user {}", caller.id());
    default:
      return std::string(caller.id());
  }
}

/// `*` and `?` over text, letter case aside: for the hint below, never for a decision.
[[nodiscard]] inline bool like_folded(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  for (std::size_t t = 0; t < text.size();) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() &&
               (pattern[p] == '?' || fold_ascii(pattern[p]) == fold_ascii(text[t]))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

/// Whether a positive test failed over a value that only letter case keeps from passing.
[[nodiscard]] inline bool differs_in_case_only(const ConditionTrace& test) {
  std::string op = test.operator_text;
  for (char& c : op) c = fold_ascii(c);
  const bool negated = op.find("not") != std::string::npos;
  const bool text = op.find("string") != std::string::npos || op.find("arn") != std::string::npos;
  if (negated || !text || test.result != Truth::False) return false;
  const bool wildcards =
      op.find("like") != std::string::npos || op.find("arn") != std::string::npos;
  for (const std::string& given : test.given) {
    for (const std::string& asked : test.asked) {
      if (given != asked && (wildcards ? like_folded(asked, given) : equals_folded(asked, given))) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace writ::inline v0::detail
