#include "reference/caller.h"

#include <algorithm>

namespace writ::reference {
namespace {

using EntryKind = PrincipalEntry::Kind;

// Of an ARN that parse_identity_arn accepts.
std::string resource_part(const std::string& arn) {
  std::size_t colon = 0;
  for (int i = 0; i < 5; ++i) colon = arn.find(':', colon) + 1;
  return arn.substr(colon);
}

bool same_partition(const PrincipalEntry& entry, const Caller& caller) {  // P-32
  return entry.partition.empty() || entry.partition == caller.partition;
}

// P-20.
bool is_account_of(const PrincipalEntry& entry, const Caller& caller) {
  return entry.kind == EntryKind::Account && !caller.account.empty() &&
         entry.text == caller.account && same_partition(entry, caller);
}

// P-22, P-2: by the role's ARN, else by its name.
bool is_role_of(const PrincipalEntry& entry, const Caller& caller) {
  if (!caller.is_session()) return false;
  if (entry.kind == EntryKind::RoleId) return entry.text == caller.unique_id;  // P-31
  if (entry.kind != EntryKind::Role) return false;
  if (!caller.role_arn.empty()) return entry.text == caller.role_arn;
  const auto role = parse_identity_arn(entry.text);
  return role->partition == caller.partition && role->account == caller.account &&
         role->name == caller.name;
}

// P-21, P-31.
bool is_user(const PrincipalEntry& entry, const Caller& caller) {
  if (caller.kind != Caller::Kind::User) return false;
  if (entry.kind == EntryKind::UserId) return entry.text == caller.unique_id;
  return entry.kind == EntryKind::User && entry.text == caller.id;
}

// P-23.
bool is_session(const PrincipalEntry& entry, const Caller& caller) {
  return entry.kind == EntryKind::Session && caller.kind == Caller::Kind::Session &&
         entry.text == caller.id;
}

// P-24.
bool is_federated_user(const PrincipalEntry& entry, const Caller& caller) {
  return entry.kind == EntryKind::FederatedUser && caller.kind == Caller::Kind::FederatedUser &&
         entry.text == caller.id;
}

// P-25.
bool is_service(const PrincipalEntry& entry, const Caller& caller) {
  return entry.kind == EntryKind::Service && caller.kind == Caller::Kind::Service &&
         entry.text == caller.id;
}

// P-30.
bool is_canonical_user(const PrincipalEntry& entry, const Caller& caller) {
  return entry.kind == EntryKind::CanonicalUser && caller.kind == Caller::Kind::CanonicalUser &&
         entry.text == caller.id;
}

MatchClass match_entry(const PrincipalEntry& entry, const Caller& caller,
                       const PrincipalTest& test) {
  const bool allow = test.effect == Effect::Allow;
  const bool provider = caller.kind == Caller::Kind::Federated;
  switch (entry.kind) {
    case EntryKind::Everyone:
    case EntryKind::AwsStar:
      // P-28: in an Allow {"AWS": "*"} means no services and no providers.
      if (entry.kind == EntryKind::AwsStar && allow &&
          (provider || caller.kind == Caller::Kind::Service)) {
        return MatchClass::None;
      }
      // P-29: a trust policy has to name the provider it trusts.
      if (provider && allow && test.type == PolicyType::RoleTrust) return MatchClass::None;
      return MatchClass::Direct;  // ALL, P-27
    case EntryKind::Account:
      if (!is_account_of(entry, caller)) return MatchClass::None;
      return caller.kind == Caller::Kind::Root ? MatchClass::Direct : MatchClass::Account;
    case EntryKind::User:
      if (is_user(entry, caller)) return MatchClass::Direct;
      if (caller.kind == Caller::Kind::FederatedUser && entry.text == caller.issuer) {
        return MatchClass::ViaEntity;
      }
      return MatchClass::None;
    case EntryKind::UserId:
      return is_user(entry, caller) ? MatchClass::Direct : MatchClass::None;
    case EntryKind::Role:
    case EntryKind::RoleId:
      return is_role_of(entry, caller) ? MatchClass::Role : MatchClass::None;
    case EntryKind::Session:
      return is_session(entry, caller) ? MatchClass::Direct : MatchClass::None;
    case EntryKind::FederatedUser:
      return is_federated_user(entry, caller) ? MatchClass::Direct : MatchClass::None;
    case EntryKind::OriginAccess:
      return MatchClass::None;
    case EntryKind::Service:
      return is_service(entry, caller) ? MatchClass::Direct : MatchClass::None;
    case EntryKind::Federated:  // P-26, E-82
      return provider && entry.text == caller.id && !test.is_assume_role ? MatchClass::Direct
                                                                         : MatchClass::None;
    case EntryKind::CanonicalUser:
      return is_canonical_user(entry, caller) ? MatchClass::Account : MatchClass::None;
  }
  return MatchClass::None;
}

// P-61: every link of the caller's chain is listed.
bool is_exempt(const std::vector<PrincipalEntry>& entries, const Caller& caller) {
  const auto listed = [&](bool (*link)(const PrincipalEntry&, const Caller&)) {
    return std::any_of(entries.begin(), entries.end(),
                       [&](const PrincipalEntry& entry) { return link(entry, caller); });
  };
  switch (caller.kind) {
    case Caller::Kind::Root:
      return listed(is_account_of);
    case Caller::Kind::User:
      return !caller.has_boundary && listed(is_account_of) && listed(is_user);  // P-63
    case Caller::Kind::Session:
      return !caller.has_boundary && listed(is_account_of) && listed(is_role_of) &&
             listed(is_session);
    case Caller::Kind::Role:  // P-2: has no session ARN that could be listed
      return false;
    case Caller::Kind::FederatedUser:
      return listed(is_account_of) && listed(is_federated_user);
    case Caller::Kind::Service:
      return listed(is_service);
    case Caller::Kind::CanonicalUser:  // P-30
      return listed(is_canonical_user);
    case Caller::Kind::Anonymous:
    case Caller::Kind::Federated:
      return false;
  }
  return false;
}

}  // namespace

bool Caller::is_service_linked() const {
  return !role_arn.empty() && resource_part(role_arn).starts_with("role/aws-service-role/");
}

std::optional<Caller> read_caller(const Question& question, const Context& context) {
  Caller caller;
  caller.id = question.principal.id;
  switch (question.principal.kind) {
    case Principal::Kind::Anonymous:
      break;
    case Principal::Kind::Service:
      if (!is_service_name(caller.id)) return std::nullopt;
      caller.kind = Caller::Kind::Service;
      break;
    case Principal::Kind::Federated:
      if (caller.id.empty()) return std::nullopt;
      caller.kind = Caller::Kind::Federated;
      break;
    case Principal::Kind::CanonicalUser:
      if (!is_canonical_id(caller.id)) return std::nullopt;
      caller.kind = Caller::Kind::CanonicalUser;
      caller.id = fold(caller.id);
      break;
    case Principal::Kind::Arn: {
      const auto arn = parse_identity_arn(caller.id);
      if (!arn) return std::nullopt;
      caller.partition = arn->partition;
      caller.account = arn->account;
      caller.name = arn->name;
      switch (arn->kind) {
        case EntryKind::Account:
          caller.kind = Caller::Kind::Root;
          break;
        case EntryKind::User:
          caller.kind = Caller::Kind::User;
          break;
        case EntryKind::Role:
          caller.kind = Caller::Kind::Role;
          caller.role_arn = caller.id;
          break;
        case EntryKind::Session:
          caller.kind = Caller::Kind::Session;
          break;
        default:
          caller.kind = Caller::Kind::FederatedUser;
          break;
      }
      break;
    }
  }

  if (question.role_arn) {
    const auto role = parse_identity_arn(*question.role_arn);
    if (caller.kind != Caller::Kind::Session || !role || role->kind != EntryKind::Role ||
        role->partition != caller.partition || role->account != caller.account ||
        role->name != caller.name) {
      return std::nullopt;
    }
    caller.role_arn = *question.role_arn;
  }
  if (question.issuer) {
    const auto issuer = parse_identity_arn(*question.issuer);
    if (caller.kind != Caller::Kind::FederatedUser || !issuer ||
        issuer->partition != caller.partition || issuer->account != caller.account ||
        (issuer->kind != EntryKind::User && issuer->kind != EntryKind::Account)) {
      return std::nullopt;
    }
    caller.issuer = *question.issuer;
    caller.issued_by_root = issuer->kind == EntryKind::Account;
  }

  // P-31: the unique id is the part of aws:userid before the colon.
  const auto userid = context.find("aws:userid");
  if (userid != context.end() && !userid->second.is_list && !userid->second.collided) {
    const std::string& value = userid->second.values.front();
    caller.unique_id = value.substr(0, value.find(':'));
  }
  return caller;
}

MatchClass match_principal(const Statement& statement, const Caller& caller,
                           const PrincipalTest& test) {
  if (statement.not_principal) {  // P-60
    return is_exempt(statement.principals, caller) ? MatchClass::None : MatchClass::Direct;
  }
  MatchClass best = MatchClass::None;
  for (const PrincipalEntry& entry : statement.principals) {
    best = std::max(best, match_entry(entry, caller, test));
  }
  return best;
}

}  // namespace writ::reference
