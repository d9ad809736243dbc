// What a permission question of the portal is about, besides the caller and the action.
#pragma once

#include <cstdint>
#include <string_view>

#include "writ/config.h"
#include "writ/decision.h"
#include "writ/portal/answer.h"
#include "writ/portal/roles.h"

namespace writ::inline v0 {
namespace portal {

/// A fact that may not exist: its condition key is then absent (R-ARCH-5).
enum class Fact : std::uint8_t { Absent, No, Yes };
/// Yes or No.
[[nodiscard]] constexpr Fact fact(bool value) noexcept { return value ? Fact::Yes : Fact::No; }

/// The resource and the keys of one call (R-ARCH-2, R-ARCH-5). Empty and absent members give no
/// condition key. Borrows its strings.
struct PermissionTarget {
  std::string_view kind = {};  ///< `user`, `menu`, `task`, …; empty: the partner account itself
  std::string_view id = {};    ///< below it
  std::string_view partner = {};        ///< partnerAccountId of the resource; empty: the caller's
  std::string_view target_role = {};    ///< the role that is assigned
  std::string_view owner = {};          ///< partnerUserId of the record's owner
  std::string_view assignee = {};       ///< partnerUserId of the task's assignee
  std::string_view iam_role_name = {};  ///< the role that is mapped
  RoleSet target_roles = 0;             ///< counts with `has_target_roles`
  bool has_target_roles = false;        ///< whether `target_roles` gives a key
  Fact target_is_self = Fact::Absent;   ///< whether the caller is the target
  Fact target_is_cloud_admin = Fact::Absent;  ///< whether the target holds that duty
  /// Whether the IAM role is the one that linking made.
  Fact iam_role_is_cloud_admin = Fact::Absent;
};

/// The bare result of a permission check. Trivially copyable.
struct [[nodiscard]] Permit {
  Code code = Code::NotSignedIn;  ///< ok, or the reason of the refusal
  Decision decision;              ///< the engine's, when it was asked

  /// Whether it may be done.
  [[nodiscard]] constexpr bool ok() const noexcept { return code == Code::Ok; }
};

/// Names a session of a portal. A copyable handle; one that has ended is told from a later one.
struct Session {
  std::uint32_t index = 0xffffffffU;  ///< place in the portal's table
  std::uint64_t serial = 0;           ///< tells it from others that had the place

  friend bool operator==(const Session&, const Session&) = default;
};

}  // namespace portal
}  // namespace writ::inline v0
