// Decision: the answer to a request, and which statement and which reason gave it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "writ/config.h"
#include "writ/model/vocabulary.h"

namespace writ::inline v0 {

/// The three answers of D-7. Never grows silently: switch over all three.
enum class Outcome : unsigned char { ImplicitDeny, ExplicitDeny, Allowed };

/// `allowed`, `explicitDeny`, `implicitDeny`: the words of IAM's simulator.
[[nodiscard]] constexpr std::string_view to_string(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::Allowed:
      return "allowed";
    case Outcome::ExplicitDeny:
      return "explicitDeny";
    case Outcome::ImplicitDeny:
      return "implicitDeny";
  }
  return "implicitDeny";
}

/// Why. One reason is reported for each decision; the order in which denials are looked for is
/// that of the enumerators (E-95), explicit deny first.
enum class Reason : unsigned char {
  ExplicitDeny,           ///< E-2: a Deny statement applied
  NoServiceControlAllow,  ///< E-21: a level of service control policies has no Allow that applies
  NoEndpointAllow,        ///< E-36: the VPC endpoint policy has none
  NoResourceAllow,        ///< E-73, E-64, E-90, E-91: the resource's policy must allow and does not
  RootCannotAssumeRole,   ///< E-52
  PartitionMismatch,      ///< E-75
  NoIdentityAllow,        ///< E-66, E-71: no identity-based policy allows
  NoBoundaryAllow,        ///< E-45: a permissions boundary does not allow
  NoSessionAllow,         ///< E-41, E-44: the session policy does not allow
  AllowedByIdentity,      ///< E-63: the identity path allows (root by default: E-50)
  AllowedByResource,      ///< E-63, E-64: the resource's policy names the caller, or everyone
  AllowedByDelegation,    ///< E-64: the resource's policy delegates and the identity path allows
  AllowedAcrossAccounts,  ///< E-70: both accounts allow
  AllowedByResourceAlone,  ///< E-90, E-91, E-82: the caller has no account
};

namespace detail {

struct ReasonWords {
  std::string_view name;
  std::string_view rule;
  std::string_view sentence;
};

/// In the order of the enumerators.
inline constexpr ReasonWords kReasonWords[] = {
    {"ExplicitDeny", "E-2", "a Deny statement applies"},
    {"NoServiceControlAllow", "E-21",
     "a level of service control policies has no Allow that applies"},
    {"NoEndpointAllow", "E-36", "the VPC endpoint policy has no Allow that applies"},
    {"NoResourceAllow", "E-73", "the resource's own policy must allow this, and does not"},
    {"RootCannotAssumeRole", "E-52", "the root user cannot assume roles"},
    {"PartitionMismatch", "E-75", "caller and resource are in different partitions"},
    {"NoIdentityAllow", "E-66", "no identity-based policy has an Allow that applies"},
    {"NoBoundaryAllow", "E-45", "the permissions boundary has no Allow that applies"},
    {"NoSessionAllow", "E-41", "the session policy has no Allow that applies"},
    {"AllowedByIdentity", "E-63", "the caller's own permissions allow it"},
    {"AllowedByResource", "E-63", "the resource's policy allows the caller"},
    {"AllowedByDelegation", "E-64",
     "the resource's policy delegates to the account, and the caller's own permissions allow"},
    {"AllowedAcrossAccounts", "E-70", "both accounts allow it"},
    {"AllowedByResourceAlone", "E-90", "the resource's policy allows a caller without an account"},
};
static_assert(sizeof kReasonWords / sizeof kReasonWords[0] ==
              static_cast<std::size_t>(Reason::AllowedByResourceAlone) + 1);

}  // namespace detail

/// The enumerator's name, e.g. `NoServiceControlAllow`.
[[nodiscard]] constexpr std::string_view name_of(Reason reason) noexcept {
  return detail::kReasonWords[static_cast<std::size_t>(reason)].name;
}
/// The rule id behind a reason, e.g. `E-21`.
[[nodiscard]] constexpr std::string_view rule_of(Reason reason) noexcept {
  return detail::kReasonWords[static_cast<std::size_t>(reason)].rule;
}
/// What a reason says, as half a sentence: `no identity-based policy has an Allow that applies`.
[[nodiscard]] constexpr std::string_view to_string(Reason reason) noexcept {
  return detail::kReasonWords[static_cast<std::size_t>(reason)].sentence;
}

/// How a condition comes out: what cannot be read is neither true nor false (C-70).
enum class Truth : std::uint8_t { False, Indeterminate, True };

/// Names one statement among the policies applied to a request.
struct StatementId {
  static constexpr std::uint32_t kNone = 0xffffffffU;

  std::uint32_t document = kNone;   ///< index among the documents of its layer (and level)
  std::uint32_t statement = kNone;  ///< index in the document
  std::uint16_t level = 0;          ///< of organization policies: 0 is the root's; else 0
  PolicyType layer = PolicyType::IdentityBased;

  [[nodiscard]] constexpr bool exists() const noexcept { return document != kNone; }
  friend bool operator==(const StatementId&, const StatementId&) = default;
};

/// The answer. Trivially copyable.
///
/// `statement` is the canonical deciding statement (E-3):
/// - explicit deny: the first Deny that applied, in the order service control, resource control,
///   resource (or trust), identity, boundary, session, endpoint; then level, document, statement;
/// - allowed: the first Allow that carries the decision: of the resource's policy when it takes
///   part in it (`AllowedByResource`: the first that names the caller or everyone;
///   `AllowedByDelegation`, `AllowedAcrossAccounts`, `AllowedByResourceAlone`: the first that
///   applied), else the first of the identity-based policies; none for root by default (E-50) and
///   for a root-issued federated session whose session policy allows (then the session's);
/// - implicit deny: none, `reason` tells what is missing.
struct [[nodiscard]] Decision {
  StatementId statement;
  Outcome outcome = Outcome::ImplicitDeny;
  Reason reason = Reason::NoIdentityAllow;

  [[nodiscard]] constexpr bool is_allowed() const noexcept { return outcome == Outcome::Allowed; }
  friend bool operator==(const Decision&, const Decision&) = default;
};
static_assert(sizeof(Decision) <= 16);

}  // namespace writ::inline v0
