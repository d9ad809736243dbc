// Not API, may change in any release. The words of answers.
#pragma once

#include <algorithm>
#include <iterator>

#include "writ/portal/answer.h"

namespace writ::inline v0 {
namespace portal {
namespace detail {

/// In the order of the enumerators.
inline constexpr std::string_view kCodeWords[] = {
    "ok",
    "NOT_SIGNED_IN",
    "CODE_REQUIRED",
    "SESSION_LOCKED",
    "BAD_CREDENTIALS",
    "explicitDeny",
    "implicitDeny",
    "INVALID_INPUT",
    "CONFIRM_REQUIRED",
    "BATCH_TOO_LARGE",
    "ROLE_CAP_REACHED",
    "ALREADY_HELD",
    "NOT_HELD",
    "NOT_FOUND",
    "NOT_ELIGIBLE",
    "ALREADY_MAPPED",
    "NOT_MAPPED",
    "IAM_DENIED",
    "CONFLICT",
};
static_assert(std::size(kCodeWords) == kCodeCount);

}  // namespace detail

WRIT_FUNC std::string_view to_string(Code code) noexcept {
  return detail::kCodeWords[static_cast<std::size_t>(code)];
}

WRIT_FUNC std::string_view Item::get(std::string_view name) const noexcept {
  const auto found = std::ranges::find(
      values, name, [](const auto& value) { return std::string_view(value.first); });
  return found == values.end() ? std::string_view() : std::string_view(found->second);
}

WRIT_FUNC std::uint32_t Answer::succeeded() const noexcept {
  return static_cast<std::uint32_t>(std::ranges::count_if(rows, &Answer::ok));
}

WRIT_FUNC std::uint32_t Answer::failed() const noexcept {
  return static_cast<std::uint32_t>(rows.size()) - succeeded();
}

}  // namespace portal
}  // namespace writ::inline v0
