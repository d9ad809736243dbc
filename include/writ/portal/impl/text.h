// Not API, may change in any release. Rules about emails, domains, passwords and typed words.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "writ/hash.h"

namespace writ::inline v0 {
namespace portal::detail {

[[nodiscard]] inline std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = fold_ascii(c);
  return result;
}

/// R-REG-2: after the last `@`.
[[nodiscard]] constexpr std::string_view domain_of(std::string_view email) noexcept {
  const std::size_t at = email.rfind('@');
  return at == std::string_view::npos ? std::string_view() : email.substr(at + 1);
}

/// Two labels or more of letters, digits and inner hyphens.
[[nodiscard]] constexpr bool is_domain(std::string_view domain) noexcept {
  if (domain.size() > 253 || domain.find('.') == std::string_view::npos) return false;
  while (true) {
    const std::size_t dot = domain.find('.');
    const std::string_view label = domain.substr(0, dot);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
      return false;
    }
    for (const char c : label) {
      const char f = fold_ascii(c);
      if (!((f >= 'a' && f <= 'z') || (f >= '0' && f <= '9') || f == '-')) return false;
    }
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

/// R-REG-3: printable ASCII without blanks before the `@`, a domain behind it.
[[nodiscard]] constexpr bool is_email(std::string_view email) noexcept {
  const std::size_t at = email.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64) return false;
  for (const char c : email.substr(0, at)) {
    if (c <= ' ' || c >= 0x7f || c == '@' || c == ',' || c == ';' || c == '"') return false;
  }
  return is_domain(email.substr(at + 1));
}

/// Whether `domain` is `listed` or a subdomain of it.
[[nodiscard]] constexpr bool is_under(std::string_view domain, std::string_view listed) noexcept {
  return domain == listed || (domain.size() > listed.size() && domain.ends_with(listed) &&
                              domain[domain.size() - listed.size() - 1] == '.');
}

/// R-PWD-1: what a password lacks, as a sentence; empty when it lacks nothing.
[[nodiscard]] constexpr std::string_view password_problem(std::string_view password) noexcept {
  bool upper = false;
  bool lower_case = false;
  bool digit = false;
  bool symbol = false;
  for (const char c : password) {
    upper = upper || (c >= 'A' && c <= 'Z');
    lower_case = lower_case || (c >= 'a' && c <= 'z');
    digit = digit || (c >= '0' && c <= '9');
    symbol = symbol || std::string_view("!@#$%^_=+:").find(c) != std::string_view::npos;
  }
  if (password.size() < 8) return "a password has eight characters or more";
  if (!upper) return "a password has an upper-case letter";
  if (!lower_case) return "a password has a lower-case letter";
  if (!digit) return "a password has a digit";
  if (!symbol) return "a password has one of the symbols ! @ # $ % ^ _ = + :";
  return {};
}

/// R-LEAD-4: exactly this.
inline constexpr std::string_view kConfirm = "confirm";

}  // namespace portal::detail
}  // namespace writ::inline v0
