// Not API, may change in any release. One line for each command of the table.
#pragma once

#include <algorithm>
#include <string>

#include "writ/portal/impl/scenario_commands.h"

namespace writ::inline v0 {
namespace portal::detail {

struct CommandHandler {
  std::string_view name;
  Answer (*run)(StepContext& step);
};

/// "permission only": the action on the account itself.
inline Answer run_permission(StepContext& step) {
  return step.portal.authorize(step.session, ActionName(step.command.action));
}
inline Answer run_on_own_record(StepContext& step) {
  PermissionTarget target;
  const PortalUser* const user = step.portal.user_of(step.session);
  target.kind = "user";
  target.id = user == nullptr ? std::string_view("unknown") : std::string_view(user->id);
  return step.portal.authorize(step.session, ActionName(step.command.action), target);
}
inline Answer run_on(StepContext& step, std::string_view kind, std::string_view argument) {
  PermissionTarget target;
  target.kind = kind;
  target.id = step.arguments.text(argument);
  return step.portal.authorize(step.session, ActionName(step.command.action), target);
}

#define WRIT_STEP(name, call)                                    \
  {                                                              \
    name, [](StepContext& s) -> Answer { return s.portal.call; } \
  }
#define WRIT_TEXT(name) s.arguments.text(name)

inline constexpr CommandHandler kHandlers[] = {
    WRIT_STEP("RequestCode", request_code(WRIT_TEXT("email"))),
    WRIT_STEP("RegisterCompany",
              register_company({WRIT_TEXT("email"), WRIT_TEXT("name"), WRIT_TEXT("code"),
                                WRIT_TEXT("password"), WRIT_TEXT("legalName"),
                                WRIT_TEXT("offering"), s.arguments.flag("acknowledged"),
                                s.arguments.flag("captcha"), s.arguments.flag("mainContact")})),
    WRIT_STEP("RegisterUser", register_user({WRIT_TEXT("email"), WRIT_TEXT("name"),
                                             WRIT_TEXT("code"), WRIT_TEXT("password")})),
    WRIT_STEP("AddDomain", add_domain(s.session, WRIT_TEXT("domain"))),
    {"SignIn",
     [](StepContext& s) -> Answer {
       SignInAnswer in =
           s.portal.sign_in(WRIT_TEXT("email"), WRIT_TEXT("password"), WRIT_TEXT("address"));
       s.opened = in.session;
       return std::move(in.answer);
     }},
    WRIT_STEP("EnterCode", enter_code(s.session, WRIT_TEXT("code"))),
    WRIT_STEP("ResendCode", resend_code(s.session)),
    WRIT_STEP("GoBack", go_back(s.session)),
    WRIT_STEP("SignOut", sign_out(s.session)),
    WRIT_STEP("ContactForm", contact_form(WRIT_TEXT("email"), WRIT_TEXT("text"))),
    WRIT_STEP("RequestPasswordReset", request_password_reset(WRIT_TEXT("email"))),
    WRIT_STEP("ResetPassword",
              reset_password(WRIT_TEXT("email"), WRIT_TEXT("code"), WRIT_TEXT("password"))),
    WRIT_STEP("ManageMfa", manage_mfa(s.session, WRIT_TEXT("mfa"))),
    WRIT_STEP("ViewOwnProfile", view_own_profile(s.session)),
    WRIT_STEP("UpdateOwnProfile", update_own_profile(s.session, WRIT_TEXT("name"))),
    WRIT_STEP("ChangeOwnPassword",
              change_own_password(s.session, WRIT_TEXT("password"), WRIT_TEXT("newPassword"))),
    WRIT_STEP("ViewAllianceLead", view_alliance_lead(s.session)),
    WRIT_STEP("RequestAllianceLeadChange",
              request_alliance_lead_change(s.session, WRIT_TEXT("text"))),
    WRIT_STEP("ListUsers", list_users(s.session)),
    WRIT_STEP("InviteUser", invite_users(s.session, s.arguments.email_rows("invitations"))),
    WRIT_STEP("AssignRole", assign_roles(s.session, s.arguments.role_rows("changes"))),
    WRIT_STEP("UnassignRole", unassign_roles(s.session, s.arguments.role_rows("changes"))),
    WRIT_STEP("ReassignCloudAdmin",
              reassign_cloud_admin(s.session, WRIT_TEXT("from"), WRIT_TEXT("to"))),
    WRIT_STEP("ReassignAllianceLead",
              reassign_alliance_lead(s.session, WRIT_TEXT("to"), WRIT_TEXT("confirm"))),
    WRIT_STEP("RemoveUser", remove_user(s.session, WRIT_TEXT("user"), WRIT_TEXT("confirm"))),
    WRIT_STEP("DeactivateUser", deactivate_user(s.session, WRIT_TEXT("user"))),
    {"RunAudit",
     [](StepContext& s) -> Answer {
       AuditInput input;
       input.now = s.now;
       std::vector<UsedActions> used;
       std::deque<std::vector<std::string_view>> actions;
       for (const ContextKey& key : s.arguments.keys("used")) {
         const PortalUser* const user = s.portal.find_user(key.name);
         actions.emplace_back(key.values.begin(), key.values.end());
         if (user != nullptr) used.push_back({user->id, actions.back()});
       }
       input.used = used;
       return s.portal.run_audit(s.session, input);
     }},
    WRIT_STEP("StartLink",
              start_link(s.session, {WRIT_TEXT("principal"), s.arguments.documents("documents"),
                                     WRIT_TEXT("sellerLegalName"),
                                     s.arguments.flag("registered", true)})),
    WRIT_STEP("ChooseBulkMapping", choose_bulk_mapping(s.session, s.arguments.flag("alliance"),
                                                       s.arguments.flag("ace"))),
    WRIT_STEP("SubmitLink", submit_link(s.session)),
    WRIT_STEP("LeaveLink", leave_link(s.session)),
    WRIT_STEP("ViewLinkedAccount", view_linked_account(s.session)),
    WRIT_STEP("RequestUnlink",
              request_unlink(s.session, WRIT_TEXT("reason"), WRIT_TEXT("confirm"))),
    WRIT_STEP("CancelUnlink", cancel_unlink(s.session)),
    WRIT_STEP("CompleteUnlink", complete_unlink(WRIT_TEXT("account"))),
    WRIT_STEP("MapIamRole",
              map_iam_role(s.session, s.arguments.texts("users"), WRIT_TEXT("roleArn"))),
    WRIT_STEP("UnmapIamRole", unmap_iam_role(s.session, s.arguments.texts("users"))),
    WRIT_STEP("MapCrmRole", map_crm_role(s.session, WRIT_TEXT("roleArn"))),
    WRIT_STEP("UnmapCrmRole", unmap_crm_role(s.session)),
    WRIT_STEP("EvaluateIamRole",
              evaluate_iam_role(WRIT_TEXT("role"), WRIT_TEXT("action"), WRIT_TEXT("resource"),
                                s.arguments.keys("context"))),
    WRIT_STEP("SingleSignOn", single_sign_on(s.session)),
    {"LinkOffer",
     [](StepContext& s) -> Answer {
       const std::string_view owner = WRIT_TEXT("owner");
       const PortalUser* const user = s.portal.find_user(owner);
       return s.portal.link_offer(s.session, WRIT_TEXT("opportunity"), WRIT_TEXT("offer"),
                                  user == nullptr ? owner : std::string_view(user->id));
     }},
    WRIT_STEP("LinkProduct",
              link_product(s.session, WRIT_TEXT("product"), WRIT_TEXT("solution"))),
    WRIT_STEP("ViewSellerInsights", view_seller_insights(s.session)),
    {"AskAssistant", &run_permission},
    WRIT_STEP("ViewTask", view_task(s.session, WRIT_TEXT("task"))),
    WRIT_STEP("ListTasks", list_tasks(s.session)),
    WRIT_STEP("CountTasks", count_tasks(s.session)),
    WRIT_STEP("SubmitTask", submit_task(s.session, WRIT_TEXT("task"))),
    WRIT_STEP("CompleteTask", complete_task(s.session, WRIT_TEXT("task"))),
    WRIT_STEP("DismissTask", dismiss_task(s.session, WRIT_TEXT("task"), WRIT_TEXT("reason"))),
    WRIT_STEP("AssignTask", assign_task(s.session, WRIT_TEXT("task"), WRIT_TEXT("to"))),
    WRIT_STEP("CreateSupportCase",
              create_support_case(
                  s.session, {WRIT_TEXT("type"), WRIT_TEXT("question"), WRIT_TEXT("specific"),
                              WRIT_TEXT("subject"), WRIT_TEXT("description"),
                              s.arguments.texts("attachments")})),
    WRIT_STEP("ViewSupportCase", view_support_case(s.session, WRIT_TEXT("case"))),
    WRIT_STEP("ListSupportCases", list_support_cases(s.session)),
    WRIT_STEP("ReplySupportCase",
              reply_support_case(s.session, WRIT_TEXT("case"), WRIT_TEXT("text"))),
    WRIT_STEP("ListMenu", list_menu(s.session, s.menu)),
    {"OpenMenuItem", [](StepContext& s) -> Answer { return run_on(s, "menu", "menu"); }},
    {"Search",
     [](StepContext& s) -> Answer {
       std::vector<SearchRecord> records = s.arguments.search_items("candidates");
       for (SearchRecord& record : records) {
         const PortalUser* const owner = s.portal.find_user(record.owner);
         if (owner != nullptr) record.owner = owner->id;
       }
       return s.portal.search(
           s.session, {WRIT_TEXT("text"), s.arguments.texts("types"), WRIT_TEXT("all")}, records);
     }},
    WRIT_STEP("ReadNews", read_news(s.session, {WRIT_TEXT("text"), WRIT_TEXT("tag")},
                                    s.arguments.news_items("entries"), s.now)),
    WRIT_STEP("ManageAceRecord", manage_ace_record(s.session, WRIT_TEXT("record"),
                                                   WRIT_TEXT("operation"), WRIT_TEXT("to"))),
    WRIT_STEP("BulkOpportunities",
              bulk_opportunities(s.session, s.arguments.texts("records"), WRIT_TEXT("operation"),
                                 WRIT_TEXT("to"))),
    WRIT_STEP("BulkTransferLeads",
              bulk_transfer_leads(s.session, s.arguments.texts("records"), WRIT_TEXT("to"))),
    WRIT_STEP("BulkExportLeads", bulk_export_leads(s.session, s.arguments.texts("records"))),
    {"ViewCompanyProfile",
     [](StepContext& s) -> Answer { return run_on(s, "profiletab", "tab"); }},
    {"UpdateCompanyProfile",
     [](StepContext& s) -> Answer { return run_on(s, "profiletab", "tab"); }},
    {"ViewOwnCertifications", &run_on_own_record},
    {"UpdateOwnCertificationSharing", &run_on_own_record},
    WRIT_STEP("Decide",
              decide(s.session, WRIT_TEXT("action"), WRIT_TEXT("resource"),
                     s.arguments.keys("context"), s.arguments.texts("without"))),
};

#undef WRIT_STEP
#undef WRIT_TEXT

}  // namespace portal::detail
}  // namespace writ::inline v0
