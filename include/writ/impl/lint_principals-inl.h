// Not API, may change in any release. Checks of principals, and of what their statements must test.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_set>

#include "writ/hash.h"
#include "writ/impl/grammar.h"
#include "writ/impl/lint_conditions-inl.h"
#include "writ/impl/lint_tables.h"
#include "writ/impl/linter.h"
#include "writ/impl/variables.h"

namespace writ::inline v0 {
namespace detail {

// Where an OIDC provider's condition keys come from: its address. Empty for SAML providers.
[[nodiscard]] inline std::string_view oidc_provider(std::string_view principal) noexcept {
  constexpr std::string_view kOidc = ":oidc-provider/";
  if (principal.substr(0, 4) != "arn:") return principal;
  const std::size_t at = principal.find(kOidc);
  return at == std::string_view::npos ? std::string_view() : principal.substr(at + kOidc.size());
}

WRIT_FUNC void Linter::check_principals(const Statement& statement) {
  const PrincipalElement& principal = statement.principal;
  if (!principal.present) return;
  const bool trust = type_ == PolicyType::RoleTrust;
  if (principal.everyone) {
    if (!trust) return;
    report(lint::check("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"), principal.position,
           "name who may assume the role: `*` is everybody");
    return;
  }
  const JsonNode* node = node_at(principal.position);
  if (node != nullptr && node->kind == JsonKind::Object && node->child_count == 0) {
    report(lint::check("EMPTY_OBJECT_PRINCIPAL"), principal.position,
           "name a principal: without one the statement applies to nobody");
  }
  if (node != nullptr && node->kind == JsonKind::Object) {
    for (const JsonNode* member = reader_.tree().first_child(*node); member != nullptr;
         member = reader_.tree().next(*member)) {
      if (member->kind != JsonKind::Array || member->child_count != 0) continue;
      report(lint::check("EMPTY_ARRAY_PRINCIPAL"), member->begin,
             fmt::format("name a principal in {}, or remove it", quoted(member->name)));
    }
  }
  bool saml = false;
  bool oidc = false;
  for (const PrincipalMember& member : principal.members) {
    if (member.kind == PrincipalKind::Aws) check_aws_principals(statement, member);
    for (const Text& value : member.values) {
      if (member.kind == PrincipalKind::Service) check_service_principal(statement, value);
      if (member.kind != PrincipalKind::Federated) continue;
      check_federated_principal(statement, value);
      (oidc_provider(value.value).empty() ? saml : oidc) = true;
    }
  }
  if (!trust || statement.effect != Effect::Allow) return;
  if (saml && !oidc) check_federated_action(statement, "sts:AssumeRoleWithSAML");
  if (oidc && !saml) check_federated_action(statement, "sts:AssumeRoleWithWebIdentity");
}

WRIT_FUNC void Linter::check_aws_principals(const Statement& statement,
                                            const PrincipalMember& member) {
  const bool trust = type_ == PolicyType::RoleTrust && !statement.principal.negated;
  // `ACCOUNT/NAME` of a role ARN, whatever its path.
  const auto role_of = [](std::string_view arn) {
    constexpr std::string_view kRole = ":role/";
    const ArnFields fields = split_arn(arn, false);
    if (fields.count < 6 || fields.field[5].substr(0, 5) != kRole.substr(1)) return std::string();
    const std::string_view name = fields.field[5].substr(fields.field[5].rfind('/') + 1);
    return fmt::format("{}/{}", fields.field[4], name);
  };
  std::unordered_set<std::string> roles;
  for (const Text& value : member.values) {
    if (value.value == "*" && type_ == PolicyType::RoleTrust) {
      report(lint::check("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"), value.position,
             "name who may assume the role: `*` is everybody");
    } else if (value.value.substr(0, 4) == "AROA") {
      report(lint::check("INVALID_ROLE_REFERENCE"), value.position,
             fmt::format("write the role's ARN instead of its id {}: the role may be gone",
                         quoted(value.value)));
    } else if (value.value.substr(0, 4) == "AIDA") {
      report(lint::check("INVALID_USER_REFERENCE"), value.position,
             fmt::format("write the user's ARN instead of its id {}: the user may be gone",
                         quoted(value.value)));
    } else if (trust) {
      if (std::string role = role_of(value.value); !role.empty()) roles.insert(std::move(role));
    }
  }
  if (roles.empty()) return;
  for (const Text& value : member.values) {
    constexpr std::string_view kSession = "assumed-role/";
    const ArnFields fields = split_arn(value.value, false);
    if (fields.count < 6 || fields.field[5].substr(0, kSession.size()) != kSession) continue;
    const std::string_view rest = fields.field[5].substr(kSession.size());
    const std::string_view role = rest.substr(0, rest.find('/'));
    if (roles.find(fmt::format("{}/{}", fields.field[4], role)) == roles.end()) continue;
    report(lint::check("REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY"), value.position,
           fmt::format("remove {}: its role is listed, and with it all its sessions",
                       quoted(value.value)));
  }
}

WRIT_FUNC void Linter::check_service_principal(const Statement& statement, const Text& principal) {
  const std::string_view name = principal.value;
  const auto ends_with = [name](std::string_view suffix) {
    return name.size() > suffix.size() && name.substr(name.size() - suffix.size()) == suffix;
  };
  const auto* suffix = std::find_if(std::begin(lint::kServicePrincipalSuffixes),
                                    std::end(lint::kServicePrincipalSuffixes), ends_with);
  if (suffix == std::end(lint::kServicePrincipalSuffixes)) {
    report(lint::check("INVALID_SERVICE_PRINCIPAL_FORMAT"), principal.position,
           fmt::format("write {} as the name of a service, such as `ec2.amazonaws.com`",
                       quoted(name)));
    return;
  }
  if (type_ != PolicyType::ResourceBased || statement.effect != Effect::Allow ||
      statement.principal.negated) {
    return;
  }
  // Without a source the service may act for anybody: the confused deputy.
  const std::string_view service = name.substr(0, name.size() - suffix->size());
  if (std::find(std::begin(lint::kSourceServices), std::end(lint::kSourceServices), service) ==
      std::end(lint::kSourceServices)) {
    return;
  }
  const auto is_tested = [this](std::string_view key) { return has_key(key); };
  if (std::any_of(std::begin(lint::kSourceKeys), std::end(lint::kSourceKeys), is_tested)) return;
  const bool stand_in =
      std::any_of(std::begin(lint::kSourceStandIns), std::end(lint::kSourceStandIns), is_tested);
  if (stand_in) {
    report(lint::check("RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"), principal.position,
           fmt::format("test `aws:SourceArn` or `aws:SourceAccount` instead of the service's own "
                       "keys for {}",
                       quoted(name)));
  } else {
    report(lint::check("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"), principal.position,
           fmt::format("test `aws:SourceArn` or `aws:SourceAccount`: {} may act for anybody",
                       quoted(name)));
  }
}

WRIT_FUNC void Linter::check_federated_principal(const Statement& statement,
                                                 const Text& principal) {
  const std::string_view provider = oidc_provider(principal.value);
  if (type_ != PolicyType::RoleTrust) {
    if (provider.empty()) return;
    report(lint::check("FEDERATED_PRINCIPAL_NOT_SUPPORTED"), principal.position,
           fmt::format("remove {}: identity providers are principals of role trust policies only",
                       quoted(principal.value)));
    return;
  }
  const bool by_arn = provider.size() != principal.value.size();
  if (!by_arn &&
      std::find(std::begin(lint::kWebIdentityDomains), std::end(lint::kWebIdentityDomains),
                provider) == std::end(lint::kWebIdentityDomains)) {
    report(lint::check("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY"),
           principal.position,
           fmt::format("write the ARN of the identity provider {}: only four domain names stand "
                       "for themselves",
                       quoted(principal.value)));
  }
  if (statement.effect != Effect::Allow) return;
  if (!provider.empty()) check_oidc_conditions(principal, provider);
}

WRIT_FUNC void Linter::check_oidc_conditions(const Text& principal, std::string_view provider) {
  if (is_github(provider)) {
    const std::string subject = fmt::format("{}:sub", provider);
    if (has_key(subject)) return;
    report(lint::check("MISSING_GITHUB_REPO_CONDITION_KEY"), principal.position,
           fmt::format("test `{}`: without it every repository may assume the role", subject));
  } else if (!has_key(fmt::format("{}:", provider))) {
    report(lint::check("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL"), principal.position,
           fmt::format("test a condition key of the provider, such as `{}:aud`: without one "
                       "everybody whom it knows may assume the role",
                       provider));
  }
}

// The statement assumes the role, but by a call that its provider's callers do not make.
WRIT_FUNC void Linter::check_federated_action(const Statement& statement, std::string_view wanted) {
  constexpr std::string_view kCalls[] = {"sts:AssumeRole", "sts:AssumeRoleWithSAML",
                                         "sts:AssumeRoleWithWebIdentity"};
  const PatternList& list = statement.action;
  if (list.negated || coverage(list, wanted) != Coverage::None) return;
  for (const Text& action : list.values) {
    const bool is_call =
        std::any_of(std::begin(kCalls), std::end(kCalls),
                    [&action](std::string_view call) { return equals_folded(call, action.value); });
    if (!is_call) continue;
    report(lint::check("MISMATCHED_ACTION_FOR_PRINCIPAL"), action.position,
           fmt::format("write `{}` for the identity provider: its callers do not call {}", wanted,
                       quoted(action.value)));
    return;
  }
}

// The actions of all statements for Roles Anywhere together.
WRIT_FUNC void Linter::check_roles_anywhere() {
  constexpr std::string_view kNeeded[] = {"sts:AssumeRole", "sts:SetSourceIdentity",
                                          "sts:TagSession"};
  bool has[3] = {};
  const Statement* first = nullptr;
  for (const Statement& statement : document_.statements()) {
    if (statement.effect != Effect::Allow || statement.principal.negated) continue;
    bool concerned = false;
    for (const PrincipalMember& member : statement.principal.members) {
      if (member.kind != PrincipalKind::Service) continue;
      for (const Text& value : member.values) {
        concerned = concerned || value.value == "rolesanywhere.amazonaws.com";
      }
    }
    if (!concerned) continue;
    if (first == nullptr) first = &statement;
    for (std::size_t i = 0; i < 3; ++i) {
      has[i] = has[i] || coverage(statement.action, kNeeded[i]) != Coverage::None;
    }
  }
  if (first == nullptr || !first->action.present) return;
  for (std::size_t i = 0; i < 3; ++i) {
    if (has[i]) continue;
    report(lint::check("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY"), first->action.position,
           fmt::format("allow `{}`: `rolesanywhere.amazonaws.com` needs it", kNeeded[i]));
    return;
  }
}

}  // namespace detail
}  // namespace writ::inline v0
