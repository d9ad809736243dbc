// Not API, may change in any release. The catalogue of roles.
#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "writ/portal/roles.h"

namespace writ::inline v0 {
namespace portal {

WRIT_FUNC Result<RoleCatalog> RoleCatalog::make(std::vector<PortalRole> roles) {
  PolicyError error;
  error.code = ErrorCode::InvalidInput;
  error.rule = "R-ROLE-1";
  if (roles.size() > 64) {
    error.code = ErrorCode::LimitExceeded;
    error.message = fmt::format("{} roles; a catalogue holds at most 64", roles.size());
    return error;
  }
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const PortalRole& role = roles[i];
    if (role.id.empty()) {
      error.message = fmt::format("role {} has no id; give it one", i);
      return error;
    }
    const auto same = [&role](const PortalRole& other) { return other.id == role.id; };
    if (std::ranges::count_if(roles, same) != 1) {
      error.message = fmt::format("two roles have the id `{}`; ids are unique", role.id);
      return error;
    }
    const auto narrower = [&role](const PortalRole& other) { return other.id == role.narrower; };
    if (!role.narrower.empty() && std::ranges::none_of(roles, narrower)) {
      error.message = fmt::format("role `{}` names a narrower role `{}` that does not exist",
                                  role.id, role.narrower);
      return error;
    }
  }
  for (const RoleDuty duty : {RoleDuty::AllianceLead, RoleDuty::EveryUser, RoleDuty::CloudAdmin}) {
    if (std::ranges::count(roles, duty, &PortalRole::duty) != 1) {
      error.message =
          "exactly one role is the alliance lead, one is held by every user and one is "
          "the cloud admin";
      return error;
    }
  }
  RoleCatalog catalog;
  catalog.roles_ = std::move(roles);
  return catalog;
}

WRIT_FUNC RoleCatalog RoleCatalog::standard() {
  RoleCatalog catalog;
  catalog.roles_ = {
      {.id = "allianceLead", .duty = RoleDuty::AllianceLead},
      {.id = "allianceTeam", .cap = 20, .duty = RoleDuty::BulkToAlliance, .narrower = "aceManager"},
      {.id = "standardUser", .duty = RoleDuty::EveryUser},
      {.id = "channelUser"},
      {.id = "cloudAdmin", .duty = RoleDuty::CloudAdmin},
      {.id = "marketingStaff"},
      {.id = "technicalStaff"},
      {.id = "aceManager", .cap = 20, .duty = RoleDuty::BulkToAce, .notified = true},
      {.id = "aceUser", .duty = RoleDuty::BulkToAce},
  };
  return catalog;
}

WRIT_FUNC std::uint32_t RoleCatalog::find(std::string_view id) const noexcept {
  for (std::uint32_t i = 0; i < roles_.size(); ++i) {
    if (roles_[i].id == id) return i;
  }
  return kNone;
}

WRIT_FUNC std::uint32_t RoleCatalog::with(RoleDuty duty) const noexcept {
  for (std::uint32_t i = 0; i < roles_.size(); ++i) {
    if (roles_[i].duty == duty) return i;
  }
  return kNone;
}

WRIT_FUNC RoleSet RoleCatalog::all_with(RoleDuty duty) const noexcept {
  RoleSet set = 0;
  for (std::uint32_t i = 0; i < roles_.size(); ++i) {
    if (roles_[i].duty == duty) set |= bit(i);
  }
  return set;
}

WRIT_FUNC std::string RoleCatalog::to_string(RoleSet set) const {
  std::string text;
  for (std::uint32_t i = 0; i < roles_.size(); ++i) {
    if ((set & bit(i)) == 0) continue;
    if (!text.empty()) text += ',';
    text += roles_[i].id;
  }
  return text;
}

}  // namespace portal
}  // namespace writ::inline v0
