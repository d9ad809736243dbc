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

/// Why. One reason is reported for each decision, and one rule of section 7 stands behind each
/// reason; the order in which denials are looked for is that of the enumerators (E-95), explicit
/// deny first.
enum class Reason : unsigned char {
  ExplicitDeny,           ///< E-2: a Deny statement applied
  NotARequest,            ///< D-10: the request was made by no builder and asks for nothing
  NoServiceControlAllow,  ///< E-21: a level of service control policies has no Allow that applies
  NoEndpointAllow,        ///< E-36: the VPC endpoint policy has none
  NoAllowForService,      ///< E-90: the resource's policy does not allow the service principal
  NoAllowForAnonymous,    ///< E-91: it does not allow a caller without credentials
  NoAllowForFederated,    ///< E-82: the role's trust policy does not allow the identity provider
  RootCannotAssumeRole,   ///< E-52
  PartitionMismatch,      ///< E-75
  NoIdentityAllow,        ///< E-66: no identity-based policy allows, nor the resource's policy
  NoIdentityAllowAcrossAccounts,  ///< E-71: the caller's account does not allow, whatever the other
  NoIdentityAllowForDelegation,   ///< E-64: the resource's policy leaves it to identity policies
  NoBoundaryAllow,                ///< E-45: a permissions boundary does not allow
  NoSessionPolicy,                ///< E-44: a federated user without session policies
  NoSessionAllow,                 ///< E-43: the session policies do not allow
  NoResourcePolicy,       ///< E-73: another account's resource, which has no policy of its own
  NoResourceAllow,        ///< E-70: another account's resource, whose policy does not allow
  NoTrustOrKeyAllow,      ///< E-64, for root E-51: the role's trust or the key's policy must allow
  AllowedByIdentity,      ///< E-63: the identity path allows
  AllowedAsRoot,          ///< E-50: the root user, by default
  AllowedBySession,       ///< E-44: the session policies of a federated user whom root issued
  AllowedByResource,      ///< E-63: the resource's policy names the caller, or everyone
  AllowedByTrustOrKey,    ///< E-64: a role's trust or a key's policy does
  AllowedByDelegation,    ///< E-64: the resource's policy delegates and the identity path allows
  AllowedAcrossAccounts,  ///< E-70: both accounts allow
  AllowedForService,      ///< E-90: the resource's policy allows the service principal
  AllowedForAnonymous,    ///< E-91: it allows a caller without credentials
  AllowedForFederated,    ///< E-82: the role's trust policy allows the identity provider
};

namespace detail {

struct ReasonWords {
  Reason reason;
  std::string_view name;
  std::string_view rule;
  std::string_view sentence;
};

/// In the order of the enumerators.
inline constexpr ReasonWords kReasonWords[] = {
    {Reason::ExplicitDeny, "ExplicitDeny", "E-2", "a Deny statement applies"},
    {Reason::NotARequest, "NotARequest", "D-10", "the request asks for nothing"},
    {Reason::NoServiceControlAllow, "NoServiceControlAllow", "E-21",
     "a level of service control policies has no Allow that applies"},
    {Reason::NoEndpointAllow, "NoEndpointAllow", "E-36",
     "the VPC endpoint policy has no Allow that applies"},
    {Reason::NoAllowForService, "NoAllowForService", "E-90",
     "the resource's own policy must allow the service, and does not"},
    {Reason::NoAllowForAnonymous, "NoAllowForAnonymous", "E-91",
     "the resource's own policy must allow callers without credentials, and does not"},
    {Reason::NoAllowForFederated, "NoAllowForFederated", "E-82",
     "the role's trust policy must allow the federated caller, and does not"},
    {Reason::RootCannotAssumeRole, "RootCannotAssumeRole", "E-52",
     "the root user cannot assume roles"},
    {Reason::PartitionMismatch, "PartitionMismatch", "E-75",
     "caller and resource are in different partitions"},
    {Reason::NoIdentityAllow, "NoIdentityAllow", "E-66",
     "no identity-based policy has an Allow that applies"},
    {Reason::NoIdentityAllowAcrossAccounts, "NoIdentityAllowAcrossAccounts", "E-71",
     "the caller's own account must allow it too, and no identity-based policy has an Allow that "
     "applies"},
    {Reason::NoIdentityAllowForDelegation, "NoIdentityAllowForDelegation", "E-64",
     "the resource's policy delegates to the account, and no identity-based policy has an Allow "
     "that applies"},
    {Reason::NoBoundaryAllow, "NoBoundaryAllow", "E-45",
     "the permissions boundary has no Allow that applies"},
    {Reason::NoSessionPolicy, "NoSessionPolicy", "E-44",
     "a federated user's session has no permissions without a session policy"},
    {Reason::NoSessionAllow, "NoSessionAllow", "E-43",
     "the session policy has no Allow that applies"},
    {Reason::NoResourcePolicy, "NoResourcePolicy", "E-73",
     "the resource belongs to another account and has no policy that allows this"},
    {Reason::NoResourceAllow, "NoResourceAllow", "E-70",
     "the resource belongs to another account, and its policy has no Allow that applies"},
    {Reason::NoTrustOrKeyAllow, "NoTrustOrKeyAllow", "E-64",
     "the resource's own policy must allow this, and does not"},
    {Reason::AllowedByIdentity, "AllowedByIdentity", "E-63",
     "the caller's own permissions allow it"},
    {Reason::AllowedAsRoot, "AllowedAsRoot", "E-50",
     "the root user may do anything in its own account"},
    {Reason::AllowedBySession, "AllowedBySession", "E-44",
     "the session policy of a federated user issued by root allows it"},
    {Reason::AllowedByResource, "AllowedByResource", "E-63",
     "the resource's policy allows the caller"},
    {Reason::AllowedByTrustOrKey, "AllowedByTrustOrKey", "E-64",
     "the resource's policy, which must allow, allows the caller"},
    {Reason::AllowedByDelegation, "AllowedByDelegation", "E-64",
     "the resource's policy delegates to the account, and the caller's own permissions allow"},
    {Reason::AllowedAcrossAccounts, "AllowedAcrossAccounts", "E-70", "both accounts allow it"},
    {Reason::AllowedForService, "AllowedForService", "E-90",
     "the resource's policy allows the service"},
    {Reason::AllowedForAnonymous, "AllowedForAnonymous", "E-91",
     "the resource's policy allows callers without credentials"},
    {Reason::AllowedForFederated, "AllowedForFederated", "E-82",
     "the role's trust policy allows the federated caller"},
};
inline constexpr std::size_t kReasonCount = sizeof kReasonWords / sizeof kReasonWords[0];

/// Whether each row stands at its enumerator's place.
[[nodiscard]] constexpr bool reasons_in_order() noexcept {
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    if (static_cast<std::size_t>(kReasonWords[i].reason) != i) return false;
  }
  return kReasonCount == static_cast<std::size_t>(Reason::AllowedForFederated) + 1;
}
static_assert(reasons_in_order());

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
  static constexpr std::uint32_t kNone = 0xffffffffU;  ///< no document, no statement

  std::uint32_t document = kNone;   ///< index among the documents of its layer (and level)
  std::uint32_t statement = kNone;  ///< index in the document
  std::uint16_t level = 0;          ///< of organization policies: 0 is the root's; else 0
  PolicyType layer = PolicyType::IdentityBased;  ///< of which kind its document is

  /// Whether it names a statement.
  [[nodiscard]] constexpr bool exists() const noexcept { return document != kNone; }
  friend bool operator==(const StatementId&, const StatementId&) = default;
};

/// The answer. Trivially copyable.
///
/// `statement` is the canonical deciding statement (E-3):
/// - explicit deny: the first Deny that applied, in the order service control, resource control,
///   resource (or trust), identity, boundary, session, endpoint; then level, document, statement;
/// - allowed: the first Allow that carries the decision: of the resource's policy when it takes
///   part in it (`AllowedByResource`, `AllowedByTrustOrKey`: the first that names the caller or
///   everyone; `AllowedByDelegation`, `AllowedAcrossAccounts`, `AllowedFor...`: the first that
///   applied), else the first of the identity-based policies; of the session policies for
///   `AllowedBySession`; none for `AllowedAsRoot`;
/// - implicit deny: none, `reason` tells what is missing.
struct [[nodiscard]] Decision {
  StatementId statement;                    ///< the canonical deciding statement
  Outcome outcome = Outcome::ImplicitDeny;  ///< the answer
  Reason reason = Reason::NoIdentityAllow;  ///< why

  /// Whether the request may proceed: the only outcome that says so.
  [[nodiscard]] constexpr bool is_allowed() const noexcept { return outcome == Outcome::Allowed; }
  friend bool operator==(const Decision&, const Decision&) = default;
};
static_assert(sizeof(Decision) <= 16);

}  // namespace writ::inline v0
