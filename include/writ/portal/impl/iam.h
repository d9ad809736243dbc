// Not API, may change in any release. Questions about roles of an AWS account: the same engine over
// the role's own documents (R-MAP-3, R-MAP-4, R-LINK-7 to R-LINK-9, R-LINK-22).
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "writ/evaluate.h"
#include "writ/explain.h"
#include "writ/portal/portal.h"
#include "writ/standard_keys.h"

namespace writ::inline v0 {
namespace portal::detail {

/// Compiles a role's documents. Documents held by name only grant nothing (R-POL-1).
[[nodiscard]] Result<bool> compile_role(const PortalPolicies& policies, IamRole& role);

/// One question to the policies of a principal of an AWS account.
struct IamQuestion {
  std::string_view principal;  ///< ARN
  std::string_view account;    ///< of the resource
  std::string_view action;
  std::string_view resource = "*";
  std::span<const ContextKey> keys = {};
};

/// Asks; on refusal fills `check` with the action, and the explanation when it is wanted.
[[nodiscard]] bool iam_allows(const IamQuestion& question, std::span<const PolicySet> identity,
                              bool explain, Answer& answer);

/// Whether the service may assume the role now (R-MAP-4, R-LINK-21).
[[nodiscard]] bool service_may_assume(const IamRole& role, bool explain, Answer& answer);

/// `aws-marketplace:ListEntities` and, for offers, `SearchAgreements` with the keys of R-LINK-22.
[[nodiscard]] bool may_use_marketplace(const IamRole& role, std::string_view account, bool offers,
                                       bool explain, Answer& answer);

/// The name in a role's ARN or the name itself: what stands after the last slash (R-MAP-5).
[[nodiscard]] constexpr std::string_view role_name_of(std::string_view role) noexcept {
  const std::size_t slash = role.rfind('/');
  return slash == std::string_view::npos ? role : role.substr(slash + 1);
}

}  // namespace portal::detail
}  // namespace writ::inline v0
