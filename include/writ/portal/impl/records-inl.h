// Not API, may change in any release. Words of records.
#pragma once

#include "writ/portal/records.h"

namespace writ::inline v0 {
namespace portal {

WRIT_FUNC std::string_view to_string(UserStatus status) noexcept {
  constexpr std::string_view kWords[] = {"active", "deactivated", "removed"};
  return kWords[static_cast<int>(status)];
}

WRIT_FUNC std::string_view to_string(LinkState state) noexcept {
  constexpr std::string_view kWords[] = {"unlinked", "linked", "unlinkPending"};
  return kWords[static_cast<int>(state)];
}

WRIT_FUNC std::string_view to_string(Mfa mfa) noexcept {
  return mfa == Mfa::Enabled ? "enabled" : "disabled";
}

WRIT_FUNC std::string_view to_string(TaskStatus status) noexcept {
  constexpr std::string_view kWords[] = {"open", "submitted", "done"};
  return kWords[static_cast<int>(status)];
}

WRIT_FUNC std::string_view to_string(AceKind kind) noexcept {
  return kind == AceKind::Opportunity ? "opportunity" : "lead";
}

WRIT_FUNC const IamRole* AwsAccount::find(std::string_view role) const noexcept {
  for (const IamRole& mine : roles) {
    if (mine.arn == role || mine.name == role) return &mine;
  }
  return nullptr;
}

}  // namespace portal
}  // namespace writ::inline v0
