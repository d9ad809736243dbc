// Not API, may change in any release. What explanations say alike as text and as a page.
#pragma once

#include <fmt/format.h>

#include <algorithm>
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

/// A text between backticks: more of them than it has in a row, as code spans of CommonMark are
/// written, so that no text ends its own quotation. Nothing has no code span, so words say it.
[[nodiscard]] inline std::string code_span(std::string_view text) {
  if (text.empty()) return "an empty value";
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = run > longest ? run : longest;
  }
  if (longest == 0) return fmt::format("`{}`", text);
  const std::string ticks(longest + 1, '`');
  return fmt::format("{} {} {}", ticks, text, ticks);
}

/// Takes the code span at the beginning of a text, which begins with a backtick; gives what it
/// quotes. One without an end, of a text that was cut, takes all.
[[nodiscard]] inline std::string_view take_code_span(std::string_view& text) noexcept {
  const std::size_t ticks = std::min(text.find_first_not_of('`'), text.size());
  text.remove_prefix(ticks);
  std::string_view quoted = text;
  std::size_t behind = text.size();
  for (std::size_t at = 0; (at = text.find('`', at)) != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_not_of('`', at), text.size());
    if (end - at == ticks) {
      quoted = text.substr(0, at);
      behind = end;
      break;
    }
    at = end;
  }
  text.remove_prefix(behind);
  // The spaces that keep backticks at the ends apart from the quotation's own.
  if (ticks > 1 && quoted.size() > 1 && quoted.front() == ' ') {
    quoted.remove_prefix(1);
    if (quoted.back() == ' ') quoted.remove_suffix(1);
  }
  return quoted;
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
