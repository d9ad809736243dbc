// RoleCatalog: the portal roles as data, with their caps and what each means to an invariant.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "writ/config.h"
#include "writ/result.h"

namespace writ::inline v0 {
namespace portal {

/// What a role means to an invariant. It grants nothing: rights are in policies (R-ARCH-7).
enum class RoleDuty : std::uint8_t {
  None,
  AllianceLead,  ///< exactly one holder (R-LEAD-1); what the first registrant gets (R-REG-7)
  EveryUser,     ///< held by all, never given or taken (R-ROLE-2)
  CloudAdmin,    ///< paired with the CloudAdmin IAM role (R-MAP-6); what linking gives (R-LINK-12)
  BulkToAlliance,  ///< bulk mapping maps its holders to the Alliance role (R-LINK-13)
  BulkToAce,       ///< bulk mapping maps its holders to the Ace role (R-LINK-13, R-MAP-8)
};

/// One role of the portal.
struct PortalRole {
  std::string id;                  ///< as in policies and commands
  std::uint32_t cap = 0;           ///< most holders in one account; 0 for any number (R-ASG-8)
  RoleDuty duty = RoleDuty::None;  ///< what the portal's rules know it by
  /// A smaller role that may do for a holder whose used actions it allows (R-AUD-3); empty for
  /// none.
  std::string narrower = {};
  bool notified = false;  ///< gets mail about leads and opportunities (R-ROLE-5)
};

/// A set of roles of one catalogue: bit i stands for role i.
using RoleSet = std::uint64_t;

/// The roles that exist, in the order in which they are printed. Immutable once made.
/// Thread-safety: const access from any number of threads.
class RoleCatalog {
 public:
  static constexpr std::uint32_t kNone = 64;  ///< no role

  /// Checks that ids are unique and not empty, at most 64, and that exactly one role has each of
  /// the duties AllianceLead, EveryUser and CloudAdmin. Errors: `InvalidInput`, `LimitExceeded`.
  [[nodiscard]] static Result<RoleCatalog> make(std::vector<PortalRole> roles);
  /// The nine roles of the guide.
  [[nodiscard]] static RoleCatalog standard();

  /// In the order of their bits.
  [[nodiscard]] const std::vector<PortalRole>& roles() const noexcept WRIT_LIFETIME_BOUND {
    return roles_;
  }
  /// Index of the role, or kNone.
  [[nodiscard]] std::uint32_t find(std::string_view id) const noexcept;
  /// The role that has a duty, or kNone.
  [[nodiscard]] std::uint32_t with(RoleDuty duty) const noexcept;
  /// The set of that role alone.
  [[nodiscard]] static constexpr RoleSet bit(std::uint32_t role) noexcept {
    return RoleSet{1} << role;
  }
  /// All roles of a duty.
  [[nodiscard]] RoleSet all_with(RoleDuty duty) const noexcept;
  /// Ids in the catalogue's order, joined by commas.
  [[nodiscard]] std::string to_string(RoleSet set) const;

 private:
  std::vector<PortalRole> roles_;
};

}  // namespace portal
}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/portal/impl/roles-inl.h"
#endif
