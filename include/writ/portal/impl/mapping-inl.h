// Not API, may change in any release. Mapping users and the CRM integration to IAM roles, and what
// a mapped user may do (R-MAP, R-CRM, R-LINK-20 to R-LINK-24).
#pragma once

#include <fmt/format.h>

#include "writ/portal/impl/call.h"
#include "writ/portal/impl/iam.h"

namespace writ::inline v0 {
namespace portal {
namespace detail {

inline constexpr std::string_view kLacksMarketplace = "ACE_ROLE_LACKS_MARKETPLACE";

/// R-MAP-3 and R-MAP-4: PassRole, the action itself, and the target's trust policy. The CloudAdmin
/// role is the one that the service assumes for whoever calls.
[[nodiscard]] inline bool may_associate(const AwsAccount& account, const AccountLink& link,
                                        const IamRole& role, bool explain, Answer& answer) {
  const IamRole* const admin = account.find(link.cloud_admin_role);
  if (admin == nullptr) {
    answer.check = "iam:PassRole";
    answer.message = "the CloudAdmin role does not exist in the linked account";
    return false;
  }
  const std::span<const PolicySet> identity(&admin->identity, 1);
  const ContextKey passed = {"iam:PassedToService", kAccountManagementService, {}, false};
  return iam_allows({admin->arn, account.id, "iam:PassRole", role.arn, std::span(&passed, 1)},
                    identity, explain, answer) &&
         iam_allows({.principal = admin->arn,
                     .account = account.id,
                     .action = "partnercentral-account-management:AssociatePartnerUser"},
                    identity, explain, answer) &&
         service_may_assume(role, explain, answer);
}

}  // namespace detail

WRIT_FUNC Answer Portal::map_iam_role(Session session, std::span<const std::string_view> users,
                                      std::string_view role) {
  detail::Call call(*this, "MapIamRole", session);
  const std::optional<Answer> stop = begin_mapping(call, users, role);
  if (stop) return *stop;
  const PartnerCompany& company = call.company();
  const AwsAccount* const account = linked_account(company);
  const IamRole* const target = account == nullptr ? nullptr : account->find(role);
  const std::string arn(target == nullptr ? role : std::string_view(target->arn));
  for (const std::string_view user : users) {
    const detail::NamedUser named = call.named_user(user);
    Answer row = map_one(call, named, target, arn);
    row.subject = user;
    const std::string id(named.found() ? std::string_view(users_[named.index].id) : user);
    call.emit_mapping("AssociatePartnerUser", row, id, arn, company);
    call.answer().rows.push_back(std::move(row));
  }
  return call.done_with_rows();
}

WRIT_FUNC std::optional<Answer> Portal::begin_mapping(detail::Call& call,
                                                      std::span<const std::string_view> users,
                                                      std::string_view role) {
  call.parameter("iamRoleArn", role).parameter("users", detail::joined(users));
  if (!call.open()) return call.refused();
  if (users.size() > detail::kBatch) {
    return call.refuse(Code::BatchTooLarge, "at most ten users in one call");
  }
  if (users.empty()) return call.refuse(Code::InvalidInput, "no user is named");
  for (std::size_t i = 0; i < users.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const detail::NamedUser mine = call.named_user(users[i]);
      const bool same = mine.found() && mine.index == call.named_user(users[j]).index;
      if (same || users[i] == users[j]) {
        return call.refuse(Code::InvalidInput, "a user is named twice");
      }
    }
  }
  return std::nullopt;
}

WRIT_FUNC Answer Portal::map_one(detail::Call& call, const detail::NamedUser& named,
                                 const IamRole* role, std::string_view arn) {
  Answer row;
  const PartnerCompany& company = call.company();
  const RoleSet admin = RoleCatalog::bit(catalog().with(RoleDuty::CloudAdmin));
  PermissionTarget target = named.target;
  const bool is_admin = named.found() && (users_[named.index].roles & admin) != 0;
  const bool admin_role =
      !company.link.cloud_admin_role.empty() && company.link.cloud_admin_role == arn;
  target.iam_role_name = detail::role_name_of(arn);
  target.target_is_cloud_admin = fact(is_admin);
  target.iam_role_is_cloud_admin = fact(admin_role);
  if (!call.may("portal:MapIamRole", target, row)) return row;
  if (!named.found() || users_[named.index].status == UserStatus::Removed) {
    detail::refuse_row(row, Code::NotFound, "the account has no such user");
  } else if (company.link.state != LinkState::Linked || role == nullptr) {
    detail::refuse_row(row, Code::NotFound, "the linked AWS account has no such role");  // R-MAP-2
  } else if (users_[named.index].status != UserStatus::Active) {
    detail::refuse_row(row, Code::NotEligible, "the user is not active");
  } else if (is_admin != admin_role) {
    // R-MAP-6 is what R-ASG-10 keeps, whatever the policies say.
    detail::refuse_row(row, Code::NotEligible,
                       "the CloudAdmin role is for cloud admins, and they have no other");
  } else if (!users_[named.index].mapped_role.empty()) {
    detail::refuse_row(row, Code::AlreadyMapped, "unmap the user first");
  }
  if (!row.ok()) return row;
  const AwsAccount& account = *linked_account(company);
  if (!detail::may_associate(account, company.link, *role, options_.explain_refusals, row)) {
    row.code = Code::IamDenied;
    return row;
  }
  if ((users_[named.index].roles & catalog().all_with(RoleDuty::BulkToAce)) != 0) {
    Answer marketplace;
    if (!detail::may_use_marketplace(*role, account.id, true, false, marketplace)) {
      row.warnings.emplace_back(detail::kLacksMarketplace);  // R-MAP-8
    }
  }
  users_[named.index].mapped_role = arn;
  return row;
}

WRIT_FUNC Answer Portal::unmap_iam_role(Session session, std::span<const std::string_view> users) {
  detail::Call call(*this, "UnmapIamRole", session);
  const std::optional<Answer> stop = begin_mapping(call, users, "");
  if (stop) return *stop;
  const PartnerCompany& company = call.company();
  for (const std::string_view user : users) {
    const detail::NamedUser named = call.named_user(user);
    const std::string mapped = named.found() ? users_[named.index].mapped_role : std::string();
    Answer row = unmap_one(call, named);
    row.subject = user;
    const std::string id(named.found() ? std::string_view(users_[named.index].id) : user);
    call.emit_mapping("DisassociatePartnerUser", row, id, mapped, company);
    call.answer().rows.push_back(std::move(row));
  }
  return call.done_with_rows();
}

WRIT_FUNC Answer Portal::unmap_one(detail::Call& call, const detail::NamedUser& named) {
  Answer row;
  const PartnerCompany& company = call.company();
  if (!call.may("portal:UnmapIamRole", named.target, row)) return row;
  if (!named.found()) {
    detail::refuse_row(row, Code::NotFound, "the account has no such user");
    return row;
  }
  PortalUser& user = users_[named.index];
  if (user.mapped_role.empty()) {
    detail::refuse_row(row, Code::NotMapped, "the user is mapped to no role");
    return row;
  }
  const AwsAccount* const account = linked_account(company);
  const IamRole* const admin =
      account == nullptr ? nullptr : account->find(company.link.cloud_admin_role);
  const std::string_view action = "partnercentral-account-management:DisassociatePartnerUser";
  if (admin == nullptr) {
    detail::refuse_row(row, Code::IamDenied,
                       "the CloudAdmin role does not exist in the linked account");
    row.check = action;
    return row;
  }
  if (!detail::iam_allows({.principal = admin->arn, .account = account->id, .action = action},
                          std::span(&admin->identity, 1), options_.explain_refusals, row)) {
    row.code = Code::IamDenied;
    return row;
  }
  user.mapped_role.clear();
  return row;
}

WRIT_FUNC Answer Portal::map_crm_role(Session session, std::string_view role) {
  detail::Call call(*this, "MapCrmRole", session);
  if (!call.open()) return call.refused();
  PartnerCompany& company = call.company();
  const AwsAccount* const account = linked_account(company);
  const IamRole* const target = account == nullptr ? nullptr : account->find(role);
  const std::string arn(target == nullptr ? role : std::string_view(target->arn));
  call.parameter("iamRoleArn", arn);
  const bool admin_role =
      !company.link.cloud_admin_role.empty() && company.link.cloud_admin_role == arn;
  PermissionTarget asked;
  asked.iam_role_name = detail::role_name_of(arn);
  asked.iam_role_is_cloud_admin = fact(admin_role);
  if (!call.may("portal:MapCrmRole", asked)) return call.refused();
  if (target == nullptr || company.link.state != LinkState::Linked) {
    return call.refuse(Code::NotFound, "the linked AWS account has no such role");
  }
  if (admin_role) {  // R-CRM-2
    return call.refuse(Code::NotEligible, "the CloudAdmin role is for cloud admins only");
  }
  if (!company.link.crm_role.empty()) {
    return call.refuse(Code::AlreadyMapped, "unmap the CRM integration first");
  }
  Answer& answer = call.answer();
  if (!detail::may_associate(*account, company.link, *target, options_.explain_refusals, answer)) {
    return call.refuse(Code::IamDenied, answer.message, answer.check);
  }
  Answer marketplace;
  if (!detail::may_use_marketplace(*target, account->id, true, false, marketplace)) {
    answer.warnings.emplace_back(detail::kLacksMarketplace);  // R-CRM-3
  }
  company.link.crm_role = arn;
  return call.done();
}

WRIT_FUNC Answer Portal::unmap_crm_role(Session session) {
  detail::Call call(*this, "UnmapCrmRole", session);
  if (!call.open_and_may("portal:UnmapCrmRole")) return call.refused();
  PartnerCompany& company = call.company();
  if (company.link.crm_role.empty()) {
    return call.refuse(Code::NotMapped, "the CRM integration is mapped to no role");
  }
  call.parameter("iamRoleArn", company.link.crm_role);
  company.link.crm_role.clear();
  return call.done();
}

WRIT_FUNC Answer Portal::evaluate_iam_role(std::string_view role, std::string_view action,
                                           std::string_view resource,
                                           std::span<const ContextKey> keys) const {
  Answer answer;
  const Result<Caller> caller = Caller::from_arn(role);
  const AwsAccount* const account = caller ? find_aws_account(caller->account()) : nullptr;
  const IamRole* const found = account == nullptr ? nullptr : account->find(role);
  if (found == nullptr) {
    detail::refuse_row(answer, Code::NotFound, "there is no such role");
    return answer;
  }
  const std::string_view on = resource.empty() ? std::string_view("*") : resource;
  const Result<Request> probe = RequestBuilder(*caller, ActionName(action), on).build();
  if (!probe) {
    detail::refuse_row(answer, Code::InvalidInput, probe.error().message);
    return answer;
  }
  static_cast<void>(detail::iam_allows({found->arn, account->id, action, on, keys},
                                       std::span(&found->identity, 1), options_.explain_refusals,
                                       answer));
  answer.code = detail::code_of(answer.decision.outcome);
  answer.check.clear();
  return answer;
}

// --- Features of a linked account

WRIT_FUNC const IamRole* Portal::mapped_role(const PortalUser& user, Answer& answer) const {
  const AwsAccount* const account = linked_account(companies_[user.company]);
  const IamRole* const role =
      user.mapped_role.empty() || account == nullptr ? nullptr : account->find(user.mapped_role);
  if (role == nullptr) {
    answer.code = Code::NotMapped;
    answer.message = user.mapped_role.empty() ? "the caller is mapped to no IAM role"
                                              : "the caller's IAM role does not exist any more";
  }
  return role;
}

WRIT_FUNC Answer Portal::single_sign_on(Session session) const {
  detail::Gate gate(*this, session, options_.explain_refusals);
  if (!gate.open() || !gate.may("portal:SingleSignOn")) return std::move(gate.answer);
  const IamRole* const role = mapped_role(gate.user(), gate.answer);
  if (role == nullptr) return std::move(gate.answer);
  if (!detail::service_may_assume(*role, options_.explain_refusals, gate.answer)) {
    gate.answer.code = Code::IamDenied;  // R-LINK-21
    return std::move(gate.answer);
  }
  gate.answer.result.values = {{"roleArn", role->arn}};
  return std::move(gate.answer);
}

WRIT_FUNC Answer Portal::view_seller_insights(Session session) const {
  detail::Gate gate(*this, session, options_.explain_refusals);
  if (gate.open() && gate.may("portal:ViewSellerInsights")) {
    static_cast<void>(mapped_role(gate.user(), gate.answer));
  }
  return std::move(gate.answer);
}

WRIT_FUNC Answer Portal::link_pair(detail::Call& call, bool offers, std::string_view left,
                                   std::string_view right) {
  if (left.empty() || right.empty()) {
    return call.refuse(Code::InvalidInput, "both sides of the link are named");
  }
  PartnerCompany& company = call.company();
  const IamRole* const role = mapped_role(call.user(), call.answer());
  if (role == nullptr) return call.refuse(Code::NotMapped, call.answer().message);
  if (company.link.state != LinkState::Linked) {
    return call.refuse(Code::NotEligible, "no account is linked");
  }
  if (!detail::may_use_marketplace(*role, company.link.aws_account, offers,
                                   options_.explain_refusals, call.answer())) {
    return call.refuse(Code::IamDenied, call.answer().message, call.answer().check);
  }
  std::vector<LinkPair>& pairs = offers ? company.offers : company.products;
  const bool known = std::ranges::any_of(
      pairs, [&](const LinkPair& pair) { return pair.left == left && pair.right == right; });
  if (known) return call.refuse(Code::Conflict, "these two are linked already");
  pairs.push_back({std::string(left), std::string(right)});
  return call.done();
}

WRIT_FUNC Answer Portal::link_offer(Session session, std::string_view opportunity,
                                    std::string_view offer, std::string_view owner) {
  detail::Call call(*this, "LinkOffer", session);
  call.parameter("opportunity", opportunity).parameter("offer", offer);
  if (!call.open()) return call.refused();
  PermissionTarget target;
  target.kind = "opportunity";
  target.id = opportunity.empty() ? "unknown" : opportunity;
  target.owner = owner;
  for (const AceRecord& record : call.company().records) {
    if (record.id == opportunity && record.kind == AceKind::Opportunity) {
      target.owner = record.owner;
    }
  }
  if (!call.may("portal:LinkOffer", target)) return call.refused();
  return link_pair(call, true, opportunity, offer);
}

WRIT_FUNC Answer Portal::link_product(Session session, std::string_view product,
                                      std::string_view solution) {
  detail::Call call(*this, "LinkProduct", session);
  call.parameter("product", product).parameter("solution", solution);
  if (!call.open_and_may("portal:LinkProduct")) return call.refused();
  return link_pair(call, false, product, solution);
}

}  // namespace portal
}  // namespace writ::inline v0
