// Not API, may change in any release. Linking and unlinking an AWS account (R-LINK, R-UNLINK).
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "writ/parse.h"
#include "writ/portal/impl/call.h"
#include "writ/portal/impl/default_roles.h"
#include "writ/portal/impl/iam.h"
#include "writ/portal/impl/text.h"

namespace writ::inline v0 {
namespace portal {
namespace detail {

[[nodiscard]] inline IamRole make_default_role(const PortalPolicies& policies,
                                               const DefaultRole& role, std::string_view account,
                                               std::string_view partner) {
  IamRole made;
  made.name = default_role_name(role, partner);
  made.arn = role_arn(account, made.path, made.name);
  made.trust_text = policies.texts().service_trust;
  for (const std::string_view policy : role.policies) {
    if (!policy.empty()) made.policies.push_back({std::string(policy), {}, true});
  }
  // PortalPolicies::load has parsed all of these.
  static_cast<void>(compile_role(policies, made));
  return made;
}

/// The principal's documents, compiled.
[[nodiscard]] inline Result<PolicySet> compile_documents(const std::vector<std::string>& texts) {
  std::vector<PolicyDocument> documents;
  for (const std::string& text : texts) {
    Result<PolicyDocument> document = parse_policy(text, PolicyType::IdentityBased);
    if (!document) return std::move(document).error();
    documents.push_back(*std::move(document));
  }
  PolicySetBuilder builder(PolicyType::IdentityBased);
  for (std::size_t i = 0; i < documents.size(); ++i) {
    builder.attach(fmt::format("document {}", i + 1), documents[i]);
  }
  return builder.build();
}

/// The questions of R-LINK-7 to R-LINK-9, in the order in which they are asked.
class LinkChecks {
 public:
  LinkChecks(const LinkDraft& draft, std::string_view account, std::string_view partner,
             bool explain)
      : draft_(draft), account_(account), partner_(partner), explain_(explain) {}

  /// R-LINK-9, check C.
  [[nodiscard]] bool seller(const PolicySet& set, Answer& answer) const {
    for (const std::string_view action :
         {"aws-marketplace:ListEntities", "aws-marketplace:DescribeEntity",
          "aws-marketplace:ListChangeSets", "aws-marketplace:DescribeChangeSet"}) {
      if (draft_.registered && action.ends_with("ChangeSets")) break;
      if (!allows(set, action, "*", {}, answer)) return false;
    }
    return true;
  }

  /// R-LINK-7 and R-LINK-8, checks A and B.
  [[nodiscard]] bool creation(const PolicySet& set, Answer& answer) const {
    if (!allows(set, "partnercentral-account-management:AssociatePartnerAccount", "*", {},
                answer)) {
      return false;
    }
    for (const DefaultRole& role : kDefaultRoles) {
      const std::string arn = role_arn(account_, "/", default_role_name(role, partner_));
      if (!allows(set, "iam:CreateRole", arn, {}, answer)) return false;
    }
    for (const DefaultRole& role : kDefaultRoles) {
      const std::string arn = role_arn(account_, "/", default_role_name(role, partner_));
      for (const std::string_view policy : role.policies) {
        if (policy.empty()) continue;
        const std::string policy_arn = fmt::format("arn:aws:iam::aws:policy/{}", policy);
        const ContextKey key = {"iam:PolicyARN", policy_arn, {}, false};
        if (!allows(set, "iam:AttachRolePolicy", arn, std::span(&key, 1), answer)) return false;
      }
    }
    return true;
  }

 private:
  [[nodiscard]] bool allows(const PolicySet& set, std::string_view action,
                            std::string_view resource, std::span<const ContextKey> keys,
                            Answer& answer) const {
    return iam_allows({draft_.principal, account_, action, resource, keys}, std::span(&set, 1),
                      explain_, answer);
  }

  const LinkDraft& draft_;
  std::string_view account_;
  std::string_view partner_;
  bool explain_;
};

}  // namespace detail

WRIT_FUNC Code Portal::check_link_draft(const detail::LinkDraft& draft,
                                        const PartnerCompany& company, Answer& answer) const {
  const Result<Caller> principal = Caller::from_arn(draft.principal);
  if (!principal) {
    answer.message = principal.error().message;
    return Code::InvalidInput;
  }
  if (company.link.state != LinkState::Unlinked) {
    answer.message = "an AWS account is linked already";
    return Code::Conflict;
  }
  const CallerKind kind = principal->kind();
  if (kind != CallerKind::User && kind != CallerKind::Role && kind != CallerKind::RoleSession) {
    answer.message = "the work in the AWS account is done as an IAM user or role, not as the root";
    return Code::NotEligible;  // R-LINK-3
  }
  if (!draft.registered && draft.seller_legal_name.empty()) {
    answer.message = "an account that is no seller yet gives its legal business name";
    return Code::InvalidInput;  // R-LINK-5
  }
  const auto owner = companies_by_aws_account_.find(std::string(principal->account()));
  if (owner != companies_by_aws_account_.end() && companies_[owner->second].id != company.id) {
    answer.message = "the AWS account is linked to another partner account";
    return Code::Conflict;  // R-LINK-4
  }
  return Code::Ok;
}

WRIT_FUNC Answer Portal::start_link(Session session, const LinkRequest& request) {
  detail::Call call(*this, "StartLink", session);
  if (!call.open_and_may("portal:LinkAccount")) return call.refused();
  detail::LinkDraft draft;
  draft.principal = request.principal;
  draft.documents.assign(request.documents.begin(), request.documents.end());
  draft.seller_legal_name = request.seller_legal_name;
  draft.registered = request.registered;
  const Code code = check_link_draft(draft, call.company(), call.answer());
  if (code != Code::Ok) return call.refuse(code, call.answer().message);
  const Result<PolicySet> set = detail::compile_documents(draft.documents);
  if (!set) return call.refuse(Code::InvalidInput, set.error().to_string());
  const std::string account(Caller::from_arn(draft.principal)->account());
  const detail::LinkChecks checks(draft, account, call.company().id, options_.explain_refusals);
  if (!checks.seller(*set, call.answer())) {
    return call.refuse(Code::IamDenied, call.answer().message, call.answer().check);
  }
  call.result("awsAccountId", account).result("sellerLegalName", draft.seller_legal_name);
  call.session().draft = std::move(draft);
  return call.done();
}

WRIT_FUNC Answer Portal::choose_bulk_mapping(Session session, bool alliance, bool ace) {
  detail::Call call(*this, "ChooseBulkMapping", session);
  if (!call.open_and_may("portal:LinkAccount")) return call.refused();
  if (!call.session().draft) {
    return call.refuse(Code::InvalidInput, "step 1 comes first");  // R-LINK-6
  }
  detail::LinkDraft& draft = *call.session().draft;
  draft.roles_shown = true;
  draft.bulk_alliance = alliance;
  draft.bulk_ace = ace;
  for (const detail::DefaultRole& role : detail::kDefaultRoles) {
    std::string policies;
    for (const std::string_view policy : role.policies) {
      if (!policy.empty()) policies += (policies.empty() ? "" : ",") + std::string(policy);
    }
    Item item;
    item.values = {{"role", detail::default_role_name(role, call.company().id)},
                   {"policies", policies}};
    call.answer().items.push_back(std::move(item));
  }
  return call.done();
}

WRIT_FUNC Answer Portal::leave_link(Session session) {
  detail::Call call(*this, "LeaveLink", session);
  if (!call.open_and_may("portal:LinkAccount")) return call.refused();
  call.session().draft.reset();
  return call.done();
}

WRIT_FUNC Answer Portal::submit_link(Session session) {
  detail::Call call(*this, "SubmitLink", session);
  if (!call.open()) return call.refused();
  if (call.session().draft) call.set_link_identity(call.session().draft->principal);
  if (!call.may("portal:LinkAccount")) return call.refused();
  if (!call.session().draft || !call.session().draft->roles_shown) {
    return call.refuse(Code::InvalidInput, "steps 1 and 2 come first");  // R-LINK-6
  }
  // The draft is left as it is on refusal: whoever mends the policies may submit again.
  const detail::LinkDraft draft = *call.session().draft;
  PartnerCompany& company = call.company();
  const Code code = check_link_draft(draft, company, call.answer());
  if (code != Code::Ok) return call.refuse(code, call.answer().message);
  const Result<PolicySet> set = detail::compile_documents(draft.documents);
  if (!set) return call.refuse(Code::InvalidInput, set.error().to_string());
  const std::string account_id(Caller::from_arn(draft.principal)->account());
  const detail::LinkChecks checks(draft, account_id, company.id, options_.explain_refusals);
  if (!checks.seller(*set, call.answer()) || !checks.creation(*set, call.answer())) {
    return call.refuse(Code::IamDenied, call.answer().message, call.answer().check);  // R-LINK-10
  }
  // What can fail has been asked; from here on everything is done.
  call.session().draft.reset();
  const auto roles = create_default_roles(account_id, company.id);
  company.link = {.state = LinkState::Linked,
                  .aws_account = account_id,
                  .seller_legal_name = draft.seller_legal_name,
                  .cloud_admin_role = roles[detail::kCloudAdminRole],
                  .crm_role = {},
                  .unlink_case = {}};
  companies_by_aws_account_.insert_or_assign(account_id, call.user().company);
  const RoleSet admin = RoleCatalog::bit(catalog().with(RoleDuty::CloudAdmin));
  set_roles(call.user_index(), call.user().roles | admin);  // R-LINK-12
  // R-LINK-13: cloud admins are left out; who has both kinds gets Ace, the smaller.
  const RoleSet to_ace = catalog().all_with(RoleDuty::BulkToAce);
  const RoleSet to_alliance = catalog().all_with(RoleDuty::BulkToAlliance);
  std::vector<std::uint32_t> mapped = {call.user_index()};
  users_[call.user_index()].mapped_role = roles[detail::kCloudAdminRole];
  for (const std::uint32_t index : company.users) {
    PortalUser& user = users_[index];
    if (user.status != UserStatus::Active || (user.roles & admin) != 0) continue;
    if (draft.bulk_ace && (user.roles & to_ace) != 0) {
      user.mapped_role = roles[detail::kAceRole];
    } else if (draft.bulk_alliance && (user.roles & to_alliance) != 0 &&
               (user.roles & to_ace) == 0) {
      user.mapped_role = roles[detail::kAllianceRole];
    } else {
      continue;
    }
    mapped.push_back(index);
  }
  call.result("awsAccountId", account_id)
      .result("roles", fmt::format("{}", fmt::join(roles, ",")))
      .result("mapped", std::to_string(mapped.size()));
  Answer answer = call.done();
  for (const std::uint32_t index : mapped) {
    const PortalUser& user = users_[index];
    call.emit_mapping("AssociatePartnerUser", Answer(), user.id, user.mapped_role, company);
  }
  return answer;
}

WRIT_FUNC std::vector<std::string> Portal::create_default_roles(const std::string& account_id,
                                                                std::string_view partner) {
  if (find_aws_account(account_id) == nullptr) {
    aws_accounts_.push_back({account_id, {}});
    aws_accounts_by_id_.emplace(aws_accounts_.back().id,
                                static_cast<std::uint32_t>(aws_accounts_.size() - 1));
  }
  AwsAccount& account = aws_accounts_[aws_accounts_by_id_.at(account_id)];
  std::vector<std::string> arns;
  for (const detail::DefaultRole& role : detail::kDefaultRoles) {
    IamRole made = detail::make_default_role(policies(), role, account_id, partner);
    arns.push_back(made.arn);
    // A role that an earlier link left is there as its owner keeps it (R-UNLINK-6).
    if (account.find(made.arn) == nullptr) account.roles.push_back(std::move(made));
  }
  return arns;
}

WRIT_FUNC Answer Portal::view_linked_account(Session session) const {
  detail::Gate gate(*this, session, options_.explain_refusals);
  if (!gate.open() || !gate.may("portal:ViewLinkedAccount")) return std::move(gate.answer);
  const AccountLink& link = gate.company().link;
  gate.answer.result.values = {{"state", std::string(to_string(link.state))},
                               {"awsAccountId", link.aws_account},
                               {"sellerLegalName", link.seller_legal_name},
                               {"cloudAdminRole", link.cloud_admin_role},
                               {"crmRole", link.crm_role},
                               {"caseId", link.unlink_case}};
  const AwsAccount* const account = linked_account(gate.company());
  if (account == nullptr) return std::move(gate.answer);
  for (const IamRole& role : account->roles) {
    std::string names;
    for (const AttachedPolicy& policy : role.policies) {
      names += (names.empty() ? "" : ",") + policy.name;
    }
    Item item;
    item.values = {{"role", role.arn}, {"policies", names}};
    gate.answer.items.push_back(std::move(item));
  }
  return std::move(gate.answer);
}

WRIT_FUNC Answer Portal::request_unlink(Session session, std::string_view reason,
                                        std::string_view confirm) {
  detail::Call call(*this, "RequestUnlink", session);
  call.parameter("reason", reason);
  if (!call.open_and_may("portal:RequestUnlink")) return call.refused();
  const bool listed =
      options_.unlink_reasons.empty() ||
      std::ranges::find(options_.unlink_reasons, reason) != options_.unlink_reasons.end();
  if (reason.empty() || !listed) return call.refuse(Code::InvalidInput, "choose a reason");
  if (confirm != detail::kConfirm) return call.refuse(Code::ConfirmRequired, "type `confirm`");
  PartnerCompany& company = call.company();
  if (company.link.state != LinkState::Linked) {
    return call.refuse(Code::Conflict, "no account is linked");
  }
  SupportCase opened;
  opened.id = "unlink-";  // R-UNLINK-3: a policy opens these cases to more than their owner
  opened.type = "Account linking";
  opened.specific = "Unlink";
  opened.subject = "Unlink the AWS account";
  opened.description = reason;
  Answer answer = open_case(call, std::move(opened));
  if (answer.ok()) {
    company.link.state = LinkState::UnlinkPending;
    company.link.unlink_case = answer.result.get("caseId");
  }
  return answer;
}

WRIT_FUNC Answer Portal::cancel_unlink(Session session) {
  detail::Call call(*this, "CancelUnlink", session);
  if (!call.open_and_may("portal:CancelUnlink")) return call.refused();
  PartnerCompany& company = call.company();
  if (company.link.state != LinkState::UnlinkPending) {
    return call.refuse(Code::Conflict, "no unlinking is pending");
  }
  for (SupportCase& mine : company.cases) {
    if (mine.id == company.link.unlink_case) mine.open = false;
  }
  company.link.state = LinkState::Linked;
  company.link.unlink_case.clear();
  return call.done();
}

WRIT_FUNC Answer Portal::complete_unlink(std::string_view partner_account) {
  detail::Call call(*this, "CompleteUnlink");
  call.parameter("partnerAccountId", partner_account);
  const auto found = companies_by_id_.find(partner_account);
  if (found == companies_by_id_.end()) {
    return call.refuse(Code::NotFound, "there is no such partner account");
  }
  PartnerCompany& company = companies_[found->second];
  call.concerns(company);
  if (company.link.state != LinkState::UnlinkPending) {
    return call.refuse(Code::Conflict, "no unlinking is pending");
  }
  for (const std::uint32_t index : company.users) {
    PortalUser& user = users_[index];
    if (user.mapped_role.empty()) continue;
    call.emit_mapping("DisassociatePartnerUser", Answer(), user.id, user.mapped_role, company);
    user.mapped_role.clear();
  }
  for (SupportCase& mine : company.cases) {
    if (mine.id == company.link.unlink_case) mine.open = false;
  }
  companies_by_aws_account_.erase(company.link.aws_account);
  company.link = {};
  return call.done();
}

}  // namespace portal
}  // namespace writ::inline v0
