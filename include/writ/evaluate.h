// evaluate: the decision. The walk through a program is told in impl/decide.h.
#pragma once

#include <span>
#include <string_view>

#include "writ/config.h"
#include "writ/decision.h"
#include "writ/policy_set.h"
#include "writ/request.h"

namespace writ::inline v0 {

/// Policies of one kind that cap a request when they are present (E-1): absent imposes nothing,
/// present without a set allows nothing. Denials of sets count in any case.
struct PolicyLayer {
  std::span<const PolicySet> sets;  ///< ORed
  bool present = false;             ///< whether the layer caps (E-1)

  constexpr PolicyLayer() noexcept = default;
  /// A layer that is present.
  constexpr PolicyLayer(std::span<const PolicySet> list) noexcept  // NOLINT: implicit
      : sets(list), present(true) {}
};

/// Everything that applies to a request: what the principal brings, what the resource has, what the
/// organization imposes. A few views, cheap to put together per request; it owns nothing.
/// PolicyStack is the owning form.
struct AppliedPolicies {
  /// Of the principal: policies of the user and its groups, or of the role (E-40). ORed.
  std::span<const PolicySet> identity;
  /// Of the principal: each document of each set must allow (E-42).
  PolicyLayer boundary;
  /// Of the principal's session (E-43). ORed.
  PolicyLayer session;
  /// Of the caller's account, root first; each level must allow (E-21).
  std::span<const PolicyLayer> service_control;
  /// Of the resource: its policy, or the trust policy of a role. At most one; null for none. A set
  /// of another kind grants nothing here; its denials count.
  const PolicySet* resource_policy = nullptr;
  /// Of the account that owns the resource, root first (E-30).
  std::span<const PolicyLayer> resource_control;
  /// Of the VPC endpoint on the way (E-36). ORed.
  PolicyLayer endpoint;
};

/// Where AWS leaves a choice to its users.
struct EvaluateOptions {
  /// P-51: `"Principal": "*"` in a resource's policy is not limited by a permissions boundary or a
  /// session policy. `false` is the stricter reading.
  bool wildcard_principal_bypasses_boundary = true;
  /// E-33: action prefixes in lower case to which resource control policies apply; empty for all.
  std::span<const std::string_view> resource_control_services;
};

/// Decides one request.
///
/// Total: a missing key or a value that cannot be read has a defined outcome (C-25, C-70); a
/// request that is none cannot be made. Rules: section E of docs/rules.md (E-1 to E-97). Cost: per
/// set two or three hash look-ups for the action, one for each shape and length of resource
/// pattern, then the statements that are left; not the number of statements. No allocation, lock,
/// system call or exception. Thread-safe. Lifetime: arguments are read only during the call.
[[nodiscard]] Decision evaluate(const Request& request, const AppliedPolicies& policies,
                                const EvaluateOptions& options = {}) noexcept;

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/evaluate-inl.h"
#endif
