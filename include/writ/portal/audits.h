// What an audit takes into account (R-AUD).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "writ/config.h"

namespace writ::inline v0 {
namespace portal {

/// The actions that a user has used over the look-back, as the host's log has them (R-AUD-3).
struct UsedActions {
  std::string_view user;                      ///< partnerUserId
  std::span<const std::string_view> actions;  ///< that the user has used
};

/// What an audit looks at besides the portal's own records.
struct AuditInput {
  std::int64_t now = 0;                                  ///< seconds since 1970
  std::uint32_t unused_days = 90;                        ///< R-AUD-4
  std::span<const UsedActions> used = {};                ///< what each user has used
  std::span<const std::string_view> generic_words = {};  ///< besides R-AUD-2's own
};

}  // namespace portal
}  // namespace writ::inline v0
