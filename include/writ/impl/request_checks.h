// Not API, may change in any release. What callers, actions and resources are checked by when a
// request is made, and what is said of those that are none.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "writ/error.h"
#include "writ/hash.h"
#include "writ/request.h"

namespace writ::inline v0 {
namespace detail {

[[nodiscard]] inline bool is_account_id(std::string_view text) noexcept {
  if (text.size() != 12) return false;
  const auto are_digits = [](std::uint64_t word) {
    return ((word & (kOnes * 0xf0)) ^ (kOnes * 0x30)) == 0 &&
           (((word & (kOnes * 0x0f)) + kOnes * 0x06) & (kOnes * 0xf0)) == 0;
  };
  return are_digits(load_word(text.data(), 8)) && are_digits(load_word(text.data() + 4, 8));
}

/// Q-23 characters of user, role and session names.
[[nodiscard]] inline bool is_iam_name(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '=' || c == ',' || c == '.' || c == '@' || c == '_' || c == '-';
  });
}

[[nodiscard]] inline bool is_partition(std::string_view text) noexcept {
  return text == "aws" || (text.size() > 4 && text.substr(0, 4) == "aws-");
}

/// `[path/]name` behind `user/` or `role/`: any visible ASCII, the last component a name.
[[nodiscard]] inline bool is_path_and_name(std::string_view text) noexcept {
  const std::size_t slash = text.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? text : text.substr(slash + 1);
  return is_iam_name(name) &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

[[nodiscard]] inline PolicyError request_error(std::string_view rule, std::string message) {
  PolicyError error;
  error.code = ErrorCode::InvalidRequest;
  error.rule = rule;
  error.message = std::move(message);
  return error;
}

/// M-14
[[nodiscard]] inline PolicyError action_error(std::string_view action) {
  return request_error(
      "M-14",
      fmt::format("the action `{}` is not of the form `service:Name`, without wildcards", action));
}
/// M-32
[[nodiscard]] inline PolicyError resource_error(std::string_view resource) {
  return request_error("M-32", fmt::format("the resource `{}` is neither `*` nor an ARN of six "
                                           "fields (arn:partition:service:region:account:resource)",
                                           resource.substr(0, 2048)));
}

/// The parts of an IAM or STS principal ARN.
struct PrincipalArn {
  std::string_view partition;
  std::string_view service;
  std::string_view account;
  std::string_view resource;
};

[[nodiscard]] inline bool split_principal_arn(std::string_view arn, PrincipalArn& parts) noexcept {
  std::array<std::string_view, 5> fields;
  for (std::string_view& field : fields) {
    const std::size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return false;
    field = arn.substr(0, colon);
    arn.remove_prefix(colon + 1);
  }
  parts = {fields[1], fields[2], fields[4], arn};
  return fields[0] == "arn" && is_partition(fields[1]) && fields[3].empty() &&
         is_account_id(fields[4]);
}

[[nodiscard]] inline bool take_prefix(std::string_view& text, std::string_view prefix) noexcept {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// E-34: the role's path says that a service owns it.
[[nodiscard]] inline bool is_service_linked_role(std::string_view role_arn) noexcept {
  PrincipalArn parts;
  return split_principal_arn(role_arn, parts) &&
         take_prefix(parts.resource, "role/aws-service-role/");
}

/// What a byte may be part of: 1 a service's prefix, 2 an action's name.
inline constexpr std::array<std::uint8_t, 256> kActionBytes = [] {
  std::array<std::uint8_t, 256> table = {};
  for (std::size_t c = '0'; c <= '9'; ++c) table[c] = 3;
  for (std::size_t c = 'a'; c <= 'z'; ++c) table[c] = 3;
  for (std::size_t c = 'A'; c <= 'Z'; ++c) table[c] = 3;
  table['-'] = 3;
  table['_'] = 2;
  return table;
}();

/// G-25, M-14: `prefix:name` without wildcards.
[[nodiscard]] inline bool is_action(std::string_view text) noexcept {
  const auto kinds = [text](std::size_t i) {
    return kActionBytes[static_cast<std::uint8_t>(text[i])];
  };
  std::size_t i = 0;
  while (i < text.size() && (kinds(i) & 1U) != 0) ++i;
  if (i == 0 || i >= text.size() - 1 || text[i] != ':') return false;
  std::uint8_t name = 2;
  for (++i; i < text.size(); ++i) name = static_cast<std::uint8_t>(name & kinds(i));
  return name != 0;
}

/// E-61: the STS calls that ask for a role.
[[nodiscard]] inline bool asks_for_role(const ActionName& action) noexcept {
  if (!equals_folded(action.service(), "sts")) return false;
  const std::string_view name = action.text().substr(4);
  constexpr std::string_view kAssumeRole = "assumerole";
  return equals_folded(name.substr(0, kAssumeRole.size()), kAssumeRole) ||
         equals_folded(name, "tagsession") || equals_folded(name, "setsourceidentity");
}

}  // namespace detail
}  // namespace writ::inline v0
