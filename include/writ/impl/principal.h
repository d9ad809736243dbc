// Not API, may change in any release. The principal test (section P of docs/rules.md).
#pragma once

#include <array>

#include "writ/impl/principal_keys.h"
#include "writ/impl/program.h"
#include "writ/request.h"

namespace writ::inline v0 {
namespace detail {

/// How a resource-based Allow matched the caller (3.4), as a set: what may limit the grant.
struct MatchClasses {
  static constexpr std::uint8_t kDirect = 1;     ///< USER, SESSION, ROOT: nothing does
  static constexpr std::uint8_t kCapped = 2;     ///< ROLE, VIA_ENTITY: boundary and session
  static constexpr std::uint8_t kDelegated = 4;  ///< ACCOUNT: the identity path
  static constexpr std::uint8_t kOther = 8;      ///< SERVICE, FEDERATED: callers without account
  static constexpr std::uint8_t kEveryone = 16;  ///< ALL: nothing does, or as P-51 is read
};

/// P-31: the caller's unique id, from `aws:userid` up to its colon.
[[nodiscard]] inline std::string_view unique_id(const RequestFacts& request) noexcept {
  static constexpr ConditionKey kUserId("aws:userid");
  const ContextEntry* entry = request.find(kUserId.hash(), kUserId.name());
  if (entry == nullptr || entry->collided || entry->size() != 1) return {};
  const std::string_view value = entry->value(0);
  return value.substr(0, value.find(':'));
}

/// The dispatch keys of a caller; unused places hold 0.
[[nodiscard]] inline std::array<std::uint64_t, 6> dispatch_keys(
    const RequestFacts& request) noexcept {
  const Caller& caller = request.caller();
  std::array<std::uint64_t, 6> keys = {};
  std::size_t count = 0;
  const auto add = [&keys, &count](std::uint64_t key) { keys[count++] = key; };
  if (caller.has_account()) add(dispatch_key("account", caller.account()));
  switch (caller.kind()) {
    case CallerKind::User:
    case CallerKind::RoleSession:
    case CallerKind::FederatedUser:
      add(dispatch_key("arn", caller.id()));
      break;
    case CallerKind::Service:
      add(dispatch_key("service", caller.id()));
      break;
    case CallerKind::Federated:
      add(dispatch_key("federated", caller.id()));
      break;
    case CallerKind::Anonymous:
    case CallerKind::Root:
    case CallerKind::Role:
    case CallerKind::CanonicalUser:
      break;
  }
  if (caller.kind() == CallerKind::RoleSession || caller.kind() == CallerKind::Role) {
    add(role_dispatch_key(caller.account(), caller.name()));
  }
  if (!caller.issuer().empty()) add(dispatch_key("arn", caller.issuer()));
  if (!caller.canonical_id().empty()) add(canonical_dispatch_key(caller.canonical_id()));
  const std::string_view id = unique_id(request);
  if (!id.empty() && count < keys.size()) add(dispatch_key("id", id));
  return keys;
}

/// P-22: whether a role entry names the role of the calling session.
[[nodiscard]] inline bool names_role(const PrincipalEntry& entry, const Caller& caller) noexcept {
  if (caller.kind() != CallerKind::RoleSession && caller.kind() != CallerKind::Role) return false;
  if (!caller.role_arn().empty()) return are_equal(entry.text(), caller.role_arn());
  return are_equal(entry.account(), caller.account()) && are_equal(entry.name(), caller.name()) &&
         are_equal(entry.partition(), caller.partition());
}

[[nodiscard]] inline bool names_account(const PrincipalEntry& entry,
                                        const Caller& caller) noexcept {
  if (!caller.has_account() || !are_equal(entry.account(), caller.account())) return false;
  return entry.kind() == PrincipalEntryKind::Account ||
         are_equal(entry.partition(), caller.partition());  // P-32
}

/// E-82: provider entries are never asked for `sts:AssumeRole` itself.
[[nodiscard]] inline bool is_plain_assume_role(const RequestFacts& request) noexcept {
  static constexpr ActionName kAssumeRole("sts:AssumeRole");
  return request.action().hash() == kAssumeRole.hash() &&
         equals_folded(request.action().text(), kAssumeRole.text());
}

/// 3.3: the classes by which one entry matches the caller; 0 when it does not.
[[nodiscard]] inline std::uint8_t match_entry(PolicyType type, const PrincipalEntry& entry,
                                              const RequestFacts& request, Effect effect) noexcept {
  using Kind = PrincipalEntryKind;
  const Caller& caller = request.caller();
  const bool has_account = caller.has_account();
  const std::uint8_t star = has_account || caller.kind() == CallerKind::CanonicalUser
                                ? MatchClasses::kEveryone
                                : MatchClasses::kOther;
  switch (entry.kind()) {
    case Kind::Everyone:
      // P-29: a trust policy must name a federated caller to let it in.
      if (effect == Effect::Allow && caller.kind() == CallerKind::Federated &&
          type == PolicyType::RoleTrust) {
        return 0;
      }
      return star;
    case Kind::AwsStar:
      // P-28: for services and federated callers closed in both directions.
      if (effect == Effect::Allow &&
          (caller.kind() == CallerKind::Federated || caller.kind() == CallerKind::Service)) {
        return 0;
      }
      return star;
    case Kind::Account:
    case Kind::Root:
      if (!names_account(entry, caller)) return 0;
      return caller.kind() == CallerKind::Root ? MatchClasses::kDirect : MatchClasses::kDelegated;
    case Kind::User:
      if (caller.kind() == CallerKind::User && are_equal(entry.text(), caller.id())) {
        return MatchClasses::kDirect;
      }
      return caller.kind() == CallerKind::FederatedUser && !caller.issuer().empty() &&
                     are_equal(entry.text(), caller.issuer())
                 ? MatchClasses::kCapped
                 : std::uint8_t{0};
    case Kind::Role:
      return names_role(entry, caller) ? MatchClasses::kCapped : std::uint8_t{0};
    case Kind::RoleSession:
      return caller.kind() == CallerKind::RoleSession && are_equal(entry.text(), caller.id())
                 ? MatchClasses::kDirect
                 : std::uint8_t{0};
    case Kind::FederatedUser:
      return caller.kind() == CallerKind::FederatedUser && are_equal(entry.text(), caller.id())
                 ? MatchClasses::kDirect
                 : std::uint8_t{0};
    case Kind::UserId:
      return caller.kind() == CallerKind::User && are_equal(entry.text(), unique_id(request))
                 ? MatchClasses::kDirect
                 : std::uint8_t{0};
    case Kind::RoleId:
      return (caller.kind() == CallerKind::RoleSession || caller.kind() == CallerKind::Role) &&
                     are_equal(entry.text(), unique_id(request))
                 ? MatchClasses::kCapped
                 : std::uint8_t{0};
    case Kind::Service:
      return caller.kind() == CallerKind::Service && are_equal(entry.text(), caller.id())
                 ? MatchClasses::kOther
                 : std::uint8_t{0};
    case Kind::Federated:
      return caller.kind() == CallerKind::Federated && !is_plain_assume_role(request) &&
                     are_equal(entry.text(), caller.id())
                 ? MatchClasses::kOther
                 : std::uint8_t{0};
    case Kind::CanonicalUser:
      return !caller.canonical_id().empty() && equals_folded(entry.text(), caller.canonical_id())
                 ? MatchClasses::kDelegated
                 : std::uint8_t{0};
    case Kind::Nobody:
      return 0;
  }
  return 0;
}

/// P-61: whether every link of the caller's chain is listed.
[[nodiscard]] inline bool is_exempt(PolicyType type, PrincipalsNode principals,
                                    const RequestFacts& request) noexcept {
  using Kind = PrincipalEntryKind;
  const Caller& caller = request.caller();
  bool account = false;
  bool user = false;
  bool role = false;
  bool self = false;  // the session, federated user, service or canonical id itself
  for (const PrincipalEntry& entry : principals) {
    switch (entry.kind()) {
      case Kind::Account:
      case Kind::Root:
        account |= names_account(entry, caller);
        break;
      case Kind::User:
      case Kind::UserId:
        user |= caller.kind() == CallerKind::User &&
                match_entry(type, entry, request, Effect::Deny) != 0;
        break;
      case Kind::Role:
      case Kind::RoleId:
        role |= match_entry(type, entry, request, Effect::Deny) != 0;
        break;
      case Kind::RoleSession:
      case Kind::FederatedUser:
      case Kind::Service:
        self |= match_entry(type, entry, request, Effect::Deny) != 0;
        break;
      case Kind::CanonicalUser:
        // The whole chain of a caller known by that id alone (P-30), no link of any other.
        self |= caller.kind() == CallerKind::CanonicalUser &&
                match_entry(type, entry, request, Effect::Deny) != 0;
        break;
      case Kind::Everyone:
      case Kind::AwsStar:
      case Kind::Federated:
      case Kind::Nobody:
        break;
    }
  }
  switch (caller.kind()) {
    case CallerKind::Root:
      return account;
    case CallerKind::User:
      return account && user;
    case CallerKind::RoleSession:
      return account && role && self;
    case CallerKind::FederatedUser:
      return account && self;
    case CallerKind::Service:
    case CallerKind::CanonicalUser:
      return self;
    case CallerKind::Anonymous:
    case CallerKind::Role:
    case CallerKind::Federated:
      return false;
  }
  return false;
}

/// The classes by which a Principal (or, with `negated`, a NotPrincipal) passes; 0 when it does not
/// (3.3, 3.5).
[[nodiscard, gnu::noinline]] inline std::uint8_t match_principal(PolicyType type,
                                                                 PrincipalsNode principals,
                                                                 bool negated, Effect effect,
                                                                 const RequestFacts& request,
                                                                 bool boundary_present) noexcept {
  if (negated) {
    const CallerKind kind = request.caller().kind();
    // P-63: a boundary voids every exemption of a user or a role session.
    if (boundary_present &&
        (kind == CallerKind::User || kind == CallerKind::RoleSession || kind == CallerKind::Role)) {
      return MatchClasses::kOther;
    }
    return is_exempt(type, principals, request) ? std::uint8_t{0} : MatchClasses::kOther;
  }
  std::uint8_t classes = 0;
  for (const PrincipalEntry& entry : principals) {
    classes |= match_entry(type, entry, request, effect);
    if ((classes & MatchClasses::kDirect) != 0) break;
  }
  return classes;
}

}  // namespace detail
}  // namespace writ::inline v0
