// AccountBounds: decisions when some condition keys are not known: certain, or dependent on them.
// What counts as known, and what this costs in precision: docs/accounts.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "writ/account.h"
#include "writ/config.h"
#include "writ/decision.h"

namespace writ::inline v0 {

/// What is known of a decision when some keys are not.
enum class Verdict : std::uint8_t {
  Denied,   ///< whatever values the unknown keys have, and with none
  Depends,  ///< maybe: on the values of unknown keys
  Allowed,  ///< whatever values the unknown keys have, and with none
};

/// `denied`, `depends`, `allowed`.
[[nodiscard]] constexpr std::string_view to_string(Verdict verdict) noexcept {
  return verdict == Verdict::Denied    ? "denied"
         : verdict == Verdict::Allowed ? "allowed"
                                       : "depends";
}

/// The condition keys that a question knows: the request has them, or it is known not to have them.
class KnownKeys {
 public:
  /// One key, letter case aside (C-10).
  void add(std::string_view key);
  /// All keys that begin so: `aws:PrincipalTag/`.
  void add_family(std::string_view prefix);
  /// Every key: what the request does not have is absent.
  void add_all() noexcept { all_ = true; }
  /// One key is not known, whatever was added and will be.
  void forget(std::string_view key);
  /// Whether the question knows the key, letter case aside.
  [[nodiscard]] bool contains(std::string_view key) const noexcept;

 private:
  std::vector<std::string> keys_;      // in lower case, sorted
  std::vector<std::string> families_;  // in lower case
  std::vector<std::string> unknown_;   // in lower case
  bool all_ = false;
};

/// The policies of one question in their two bounds. Owns its sets; movable, the views stay valid.
struct BoundedPolicies {
  AppliedPolicies least;   ///< what they allow at least
  AppliedPolicies most;    ///< what they allow at most
  bool is_certain = true;  ///< both are the same

  /// What the views above look at.
  struct Sets {
    std::vector<PolicySet> identity;                       ///< of the caller
    std::vector<PolicySet> boundary;                       ///< of the caller
    PolicySet resource;                                    ///< the resource's policy
    std::vector<std::vector<PolicySet>> service_control;   ///< by level
    std::vector<std::vector<PolicySet>> resource_control;  ///< by level
    std::vector<PolicyLayer> service_control_layers;       ///< views of `service_control`
    std::vector<PolicyLayer> resource_control_layers;      ///< views of `resource_control`
  };
  std::vector<Sets> owned;  ///< of `least`, of `most`; empty when certain
};

/// The policies of an account, each compiled a second and a third time if it asks for keys that are
/// not known: once so that unknown tests count against the request, once in its favour. An Allow
/// whose test is unknown is left out of the first, a Deny applies there; in the second it is the
/// other way around. Evaluation is monotone in both, so two decisions bound all (E-2, C-70).
/// Immutable. Thread-safety: const access from any number of threads. Lifetime: borrows the
/// account.
class AccountBounds {
 public:
  /// Complexity: parses each document once, compiles twice those with unknown keys. Errors:
  /// `LimitExceeded`, as building a set.
  [[nodiscard]] static Result<AccountBounds> make(const Account& account WRIT_LIFETIME_BOUND,
                                                  const KnownKeys& known);

  /// The bounds of what applies to one question.
  [[nodiscard]] BoundedPolicies bound(const AccountPolicies& policies) const WRIT_LIFETIME_BOUND;

  /// Both bounds asked.
  [[nodiscard]] static Verdict verdict(bool least_allows, bool most_allows) noexcept {
    return least_allows ? Verdict::Allowed : most_allows ? Verdict::Depends : Verdict::Denied;
  }
  /// The same, deciding the request by each bound.
  [[nodiscard]] static Verdict verdict(const Request& request,
                                       const BoundedPolicies& policies) noexcept {
    const bool least = evaluate(request, policies.least).is_allowed();
    return verdict(
        least, least || (!policies.is_certain && evaluate(request, policies.most).is_allowed()));
  }
  /// The unknown keys of the statements that look at this action and resource, sorted: what a
  /// verdict can depend on. Explains the request, so it is slow.
  [[nodiscard]] std::vector<std::string> keys_of(const Request& request,
                                                 const AccountPolicies& policies) const;

 private:
  struct Bound {
    PolicySet least;
    PolicySet most;
  };
  AccountBounds() = default;
  [[nodiscard]] static bool add(const AccountPolicy& policy, PolicyType type,
                                const KnownKeys& known, Bound& bound, PolicyError& error);
  [[nodiscard]] bool is_certain(const AccountPolicies& policies) const noexcept;

  const Account* account_ = nullptr;
  KnownKeys known_;
  std::vector<Bound> policies_;    // by place in Account::all_policies; empty handles: certain
  std::vector<Bound> boundaries_;  // the same, as boundaries
};

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/account_bounds-inl.h"
#endif
