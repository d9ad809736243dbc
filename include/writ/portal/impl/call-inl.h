// Not API, may change in any release. The events of calls.
#pragma once

#include "writ/portal/impl/call.h"

namespace writ::inline v0 {
namespace portal::detail {

WRIT_FUNC AuditEvent Call::event(std::string_view name, const Answer& answer) {
  AuditEvent event;
  event.time = portal_.host_.clock.now();
  event.name = name;
  event.source = kPortalSource;
  event.source_ip_address = kPortalSource;
  event.user_agent = kPortalSource;
  event.request_id = portal_.host_.ids.next(IdKind::Request);
  event.event_id = portal_.host_.ids.next(IdKind::Event);
  if (session_ != nullptr) {
    const PortalUser& caller = user();
    event.user_identity = {.type = "PartnerUser",
                           .principal_id = caller.id,
                           .arn = session_->principal,
                           .account_id = company().account,
                           .user_name = {},
                           .invoked_by = {}};
    event.recipient_account_id = company().account;
    if (!session_->address.empty()) event.source_ip_address = session_->address;
  } else if (info_.caller == CallerNeed::Host) {
    event.user_identity.type = "AWSService";
    event.user_identity.invoked_by = kPortalSource;
  } else {
    event.user_identity.type = "Unknown";
  }
  if (concerned_ != nullptr) event.recipient_account_id = concerned_->account;
  if (event.recipient_account_id.empty()) event.recipient_account_id = "000000000000";
  if (!answer.ok()) {
    event.error_code = to_string(answer.code);
    event.error_message = answer.message;
  }
  return event;
}

WRIT_FUNC void Call::emit(std::string_view name, const Answer& answer,
                          const Parameters& parameters) {
  AuditEvent made = event(name, answer);
  made.request_parameters = parameters;
  portal_.host_.audit.append(made);
}

WRIT_FUNC void Call::emit_mapping(std::string_view name, const Answer& answer,
                                  std::string_view user, std::string_view role,
                                  const PartnerCompany& company) {
  AuditEvent made = event(name, answer);
  made.source = kAccountManagementService;
  made.request_parameters = {{"partnerUserId", std::string(user)},
                             {"iamRoleArn", std::string(role)},
                             {"partnerAccountId", company.id}};
  // A call that is refused because nothing is linked was never made by the CloudAdmin role.
  if (!company.link.cloud_admin_role.empty()) {
    made.user_identity = {.type = "AssumedRole",
                          .principal_id = company.link.cloud_admin_role,
                          .arn = company.link.cloud_admin_role,
                          .account_id = company.link.aws_account,
                          .user_name = {},
                          .invoked_by = std::string(kAccountManagementService)};
    made.recipient_account_id = company.link.aws_account;
    made.source_ip_address = kAccountManagementService;
    made.user_agent = kAccountManagementService;
  }
  portal_.host_.audit.append(made);
}

WRIT_FUNC void Call::set_link_identity(std::string_view principal) { link_principal_ = principal; }

WRIT_FUNC Answer Call::end() {
  Answer answer = std::move(gate_.answer);
  if (silent_ || info_.event_rule == EventRule::Never) return answer;
  AuditEvent made = event(info_.event, answer);
  made.request_parameters = std::move(parameters_);
  if (info_.event == "AssociatePartnerAccount") {
    made.source = kAccountManagementService;
    made.request_parameters = {{"value", "HIDDEN_DUE_TO_SECURITY_REASONS"}};
    const Result<Caller> principal = Caller::from_arn(link_principal_);
    if (principal) {
      const bool is_user = principal->kind() == CallerKind::User;
      made.user_identity = {.type = is_user ? "IAMUser" : "AssumedRole",
                            .principal_id = link_principal_,
                            .arn = link_principal_,
                            .account_id = std::string(principal->account()),
                            .user_name = is_user ? std::string(principal->name()) : std::string(),
                            .invoked_by = {}};
      made.recipient_account_id = principal->account();
    }
  } else if (info_.event_rule == EventRule::PerRow && made.source == kPortalSource &&
             (info_.event == "AssociatePartnerUser" || info_.event == "DisassociatePartnerUser")) {
    made.source = kAccountManagementService;
  }
  portal_.host_.audit.append(made);
  return answer;
}

WRIT_FUNC NamedUser Call::name_user(const Portal& portal, const SessionRecord& session,
                                    std::string_view id_or_email) {
  const PortalUser& caller = portal.users_[session.user];
  const PartnerCompany& company = portal.companies_[caller.company];
  const RoleCatalog& catalog = portal.catalog();
  NamedUser named;
  named.target.kind = "user";
  named.target.id = "unknown";
  named.target.target_is_self = Fact::No;
  named.index = portal.find_in_company(company, id_or_email);
  if (named.index != kNoIndex) {
    const PortalUser& user = portal.users_[named.index];
    named.target.id = user.id;
    named.target.target_is_self = fact(named.index == session.user);
    named.target.target_roles = user.roles;
    named.target.has_target_roles = user.status == UserStatus::Active;
    if (user.status == UserStatus::Active) {
      named.target.target_roles |= RoleCatalog::bit(catalog.with(RoleDuty::EveryUser));
    }
    return named;
  }
  // R-REG-12: an id of another account is asked about under that account, which is denied.
  const auto elsewhere = portal.users_by_id_.find(id_or_email);
  if (elsewhere != portal.users_by_id_.end()) {
    const PortalUser& user = portal.users_[elsewhere->second];
    named.target.id = user.id;
    named.target.partner = portal.companies_[user.company].id;
  }
  return named;
}

}  // namespace portal::detail
}  // namespace writ::inline v0
