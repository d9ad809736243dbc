// Not API, may change in any release. Decisions in an AWS account.
#pragma once

#include <fmt/format.h>

#include "writ/parse.h"
#include "writ/portal/impl/engine.h"
#include "writ/portal/impl/iam.h"

namespace writ::inline v0 {
namespace portal::detail {

WRIT_FUNC Result<bool> compile_role(const PortalPolicies& policies, IamRole& role) {
  std::vector<PolicyDocument> documents;
  std::vector<std::string_view> names;
  for (const AttachedPolicy& attached : role.policies) {
    std::string_view text = attached.text;
    if (attached.managed) {
      const std::string* const known = policies.managed(attached.name);
      text = known == nullptr ? std::string_view() : std::string_view(*known);
    }
    if (text.empty()) continue;
    Result<PolicyDocument> document = parse_policy(text, PolicyType::IdentityBased);
    if (!document) {
      PolicyError error = std::move(document).error();
      error.message = fmt::format("`{}` of role `{}`: {}", attached.name, role.name, error.message);
      return error;
    }
    documents.push_back(*std::move(document));
    names.push_back(attached.name);
  }
  PolicySetBuilder builder(PolicyType::IdentityBased);
  for (std::size_t i = 0; i < documents.size(); ++i) builder.attach(names[i], documents[i]);
  Result<PolicySet> identity = builder.build();
  if (!identity) return std::move(identity).error();
  Result<PolicySet> trust = compile_policy(role.trust_text, PolicyType::RoleTrust, "trust policy");
  if (!trust) {
    PolicyError error = std::move(trust).error();
    error.message = fmt::format("trust policy of role `{}`: {}", role.name, error.message);
    return error;
  }
  role.identity = *std::move(identity);
  role.trust = *std::move(trust);
  return true;
}

WRIT_FUNC bool iam_allows(const IamQuestion& question, std::span<const PolicySet> identity,
                          bool explain, Answer& answer) {
  answer.check = question.action;
  const Result<Caller> caller = Caller::from_arn(question.principal);
  if (!caller) {
    answer.message = caller.error().message;
    return false;
  }
  RequestBuilder builder(*caller, question.action, question.resource);
  builder.resource_account(question.account);
  set_principal_keys(builder, *caller);
  for (const ContextKey& key : question.keys) {
    if (key.multivalued) {
      builder.set_list(key.name, key.values);
    } else {
      builder.set(key.name, key.value);
    }
  }
  const Result<Request> request = builder.build();
  if (!request) {
    answer.message = request.error().message;
    return false;
  }
  AppliedPolicies policies;
  policies.identity = identity;
  answer.decision = evaluate(*request, policies);
  if (answer.decision.is_allowed()) {
    answer.check.clear();
    return true;
  }
  answer.message =
      fmt::format("{} may not {} on {}", question.principal, question.action, question.resource);
  if (explain) write_explanation(writ::explain(*request, policies), answer);
  return false;
}

WRIT_FUNC bool service_may_assume(const IamRole& role, bool explain, Answer& answer) {
  answer.check = "trust";
  const Result<Caller> service = Caller::service(kAccountManagementService);
  if (!service) return false;
  RequestBuilder builder(*service, "sts:AssumeRole", role.arn);
  const Result<Request> request = builder.build();
  if (!request) return false;
  AppliedPolicies policies;
  policies.resource_policy = &role.trust;
  answer.decision = evaluate(*request, policies);
  if (answer.decision.is_allowed()) {
    answer.check.clear();
    return true;
  }
  answer.message = fmt::format("the trust policy of {} does not let {} assume it", role.arn,
                               kAccountManagementService);
  if (explain) write_explanation(writ::explain(*request, policies), answer);
  return false;
}

WRIT_FUNC bool may_use_marketplace(const IamRole& role, std::string_view account, bool offers,
                                   bool explain, Answer& answer) {
  constexpr std::array<std::string_view, 1> kTypes = {"PurchaseAgreement"};
  const std::array<ContextKey, 2> keys = {
      ContextKey{"aws-marketplace:PartyType", "Proposer", {}, false},
      ContextKey{"aws-marketplace:AgreementType", {}, kTypes, true}};
  const std::span<const ContextKey> sent =
      offers ? std::span<const ContextKey>(keys) : std::span<const ContextKey>();
  const auto asks = [&](std::string_view action) {
    return iam_allows({.principal = role.arn, .account = account, .action = action, .keys = sent},
                      std::span(&role.identity, 1), explain, answer);
  };
  return asks("aws-marketplace:ListEntities") &&
         (!offers || asks("aws-marketplace:SearchAgreements"));
}

}  // namespace portal::detail
}  // namespace writ::inline v0
