#include "portal/random_commands.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace writ::portal::testing {

void Walker::fill(Portal& portal) {
  constexpr std::string_view kRoles[] = {"allianceLead",
                                         "allianceTeam",
                                         "cloudAdmin",
                                         "marketingStaff",
                                         "technicalStaff",
                                         "aceManager",
                                         "aceUser",
                                         "channelUser",
                                         "",
                                         "aceManager,allianceTeam",
                                         "cloudAdmin,aceUser",
                                         ""};
  for (std::size_t c = 0; c < kCompanies; ++c) {
    const std::string number = std::to_string(c + 1);
    PartnerCompany company = make_company();
    company.id = "500000" + number;
    company.domains = {"company" + number + ".io"};
    company.mfa = c == 1 ? Mfa::Enabled : Mfa::Disabled;
    if (c == 2) company.paths = {"services", "software"};
    const std::string account = "11112222000" + number;
    if (c % 2 == 0) {
      company.link.state = c == 4 ? LinkState::UnlinkPending : LinkState::Linked;
      company.link.aws_account = account;
    }
    if (c == 4) {
      SupportCase opened;
      opened.id = "unlink-0";
      opened.owner = "00500" + number + "00";
      company.link.unlink_case = opened.id;
      company.cases.push_back(opened);
    }
    std::vector<PortalUser> users;
    for (std::size_t u = 0; u < std::size(kRoles); ++u) {
      users.push_back(make_user("00500" + number + (u < 10 ? "0" : "") + std::to_string(u),
                                "user" + std::to_string(u) + "@company" + number + ".io",
                                kRoles[u]));
      if (company.link.aws_account.empty()) continue;
      const std::string arn = "arn:aws:iam::" + account + ":role/PartnerCentralRoleFor";
      if (u == 0 || u == 1 || u == 3 || u == 5) users.back().mapped_role = arn + "Tech";
      if (u == 2) users.back().mapped_role = arn + "CloudAdmin-" + company.id;
    }
    // Close to the cap, so that it is met.
    if (c == 0) {
      for (int extra = 0; extra < 18; ++extra) {
        users.push_back(make_user("0059" + std::to_string(100 + extra),
                                  "ace" + std::to_string(extra) + "@company1.io", "aceManager"));
      }
    }
    const Result<bool> added = portal.add_company(std::move(company), std::move(users));
    ASSERT_TRUE(added.has_value()) << added.error().to_string();
    AwsAccount aws;
    aws.id = account;
    const AwsAccount* const known = portal.find_aws_account(account);
    if (known != nullptr) aws = *known;
    IamRole trusted;
    trusted.name = "PartnerCentralRoleForTech";
    trusted.policies.push_back({"inline", std::string(kAdministrator), false});
    aws.roles.push_back(trusted);
    IamRole closed = trusted;
    closed.name = "PartnerCentralRoleForX";
    closed.trust_text = R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
      "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}})";
    aws.roles.push_back(closed);
    IamRole hidden = trusted;
    hidden.name = "Admin";
    hidden.path = "/PartnerCentralRoleFor/x/";
    aws.roles.push_back(hidden);
    const Result<bool> put = portal.put_aws_account(std::move(aws));
    ASSERT_TRUE(put.has_value()) << put.error().to_string();
    for (int t = 0; t < 4; ++t) {
      Task task;
      task.id = "T" + std::to_string(t);
      task.type = t % 2 == 0 ? "account" : "solution";
      task.name = task.id;
      task.is_form = t == 1;
      task.assignee = "00500" + number + "0" + std::to_string(t);
      ASSERT_TRUE(portal.put_task("500000" + number, task).has_value());
      AceRecord record;
      record.id = "O" + std::to_string(t);
      record.owner = "00500" + number + "0" + std::to_string(6 - t);
      record.kind = t == 3 ? AceKind::Lead : AceKind::Opportunity;
      ASSERT_TRUE(portal.put_record("500000" + number, record).has_value());
    }
  }
}

const PartnerCompany& Walker::any_company(const Portal& portal) {
  // The first five: companies that a registration adds are seen as well, but seldom.
  const std::size_t count = random_.one_in(20) ? portal.companies().size() : kCompanies;
  return portal.companies()[random_.below(std::min(count, portal.companies().size()))];
}

std::string Walker::any_user(const Portal& portal, const PartnerCompany& company) {
  if (random_.one_in(40)) return "nobody@company1.io";
  const PartnerCompany& of = random_.one_in(12) ? any_company(portal) : company;
  const PortalUser& user = portal.users()[of.users[random_.below(of.users.size())]];
  return random_.one_in(2) ? user.id : user.email;
}

std::string Walker::any_role(const Portal& portal) {
  if (random_.one_in(50)) return "emperor";
  if (random_.one_in(4)) return "aceManager";
  const std::vector<PortalRole>& roles = portal.catalog().roles();
  return roles[random_.below(roles.size())].id;
}

std::string Walker::any_iam_role(const Portal& portal, const PartnerCompany& company) {
  if (random_.one_in(20)) return "PartnerCentralRoleForNobody";
  const PartnerCompany& of = random_.one_in(10) ? any_company(portal) : company;
  const AwsAccount* const account = portal.find_aws_account(of.link.aws_account);
  if (account == nullptr) return "arn:aws:iam::999999999999:role/PartnerCentralRoleForX";
  const IamRole& role = account->roles[random_.below(account->roles.size())];
  return random_.one_in(2) ? role.arn : role.name;
}

template <class Records>
std::string Walker::any_id(const Records& records) {
  if (records.empty() || random_.one_in(20)) return "none";
  return records[random_.below(records.size())].id;
}

Session Walker::any_session(Portal& portal, const PartnerCompany& company,
                            std::string_view command) {
  const bool wants_code = command == "EnterCode" || command == "ResendCode" || command == "GoBack";
  if (wants_code && !waiting_.empty() && !random_.one_in(5)) {
    return waiting_[random_.below(waiting_.size())];
  }
  const bool links =
      command == "ChooseBulkMapping" || command == "SubmitLink" || command == "LeaveLink";
  if (links && portal.user_of(linking_) != nullptr && !random_.one_in(5)) return linking_;
  if (random_.one_in(60)) return Session{static_cast<std::uint32_t>(random_.below(50)), 7};
  if (!sessions_.empty() && random_.one_in(3)) return sessions_[random_.below(sessions_.size())];
  // The first few are those who may do most.
  const std::size_t all = company.users.size();
  const std::size_t among = random_.one_in(2) ? std::min<std::size_t>(3, all) : all;
  const PortalUser* user = &portal.users()[company.users[random_.below(among)]];
  if (random_.one_in(3)) user = &portal.lead_of(company);
  // The only one who may, in a company that has users for it.
  const bool channel = command.starts_with("ManageProgramM") || command.starts_with("UpdateEnd");
  if (channel && all > 7) user = &portal.users()[company.users[7]];
  if (user->status == UserStatus::Removed) return {};
  const std::optional<Session> opened = portal.open_session(
      user->id, random_.one_in(2) ? std::string_view("192.0.2.1") : std::string_view("192.0.2.2"));
  if (!opened) return {};
  if (sessions_.size() < 60) {
    sessions_.push_back(*opened);
  } else {
    sessions_[random_.below(sessions_.size())] = *opened;
  }
  return *opened;
}

WalkStep Walker::step(Portal& portal, MemoryHost& host) {
  WalkStep step;
  host.time += static_cast<std::int64_t>(random_.below(30));
  step.command = &commands()[random_.below(commands().size())];
  const PartnerCompany& company = any_company(portal);
  Session session;
  if (step.command->caller == CallerNeed::Session) {
    session = any_session(portal, company, step.command->name);
    const PortalUser* const user = portal.user_of(session);
    if (user != nullptr) step.caller_company = portal.companies()[user->company].id;
  }
  const PortalUser* const caller = portal.user_of(session);
  const PartnerCompany& home = caller == nullptr ? company : portal.companies()[caller->company];
  step.answer = call(portal, host, step.command->name, session, home, step);
  return step;
}

Answer Walker::call(Portal& portal, MemoryHost& host, std::string_view name, Session session,
                    const PartnerCompany& company, WalkStep& step) {
  const std::string user = any_user(portal, company);
  const std::string other = any_user(portal, company);
  const std::string confirm = random_.one_in(4) ? "Confirm" : "confirm";
  const std::string domain = company.domains[random_.below(company.domains.size())];
  // Few new people, so that walks stay small.
  const std::string email = company.users.size() < 40 && random_.one_in(3)
                                ? "new" + std::to_string(random_.below(1000)) + "@" + domain
                                : user;
  const std::string password = random_.one_in(5) ? "weak" : "Zebra_42";
  const std::string code = random_.one_in(4) ? "1" : host.last_code(email);
  const std::string iam_role = any_iam_role(portal, company);
  if (name == "RequestCode") return portal.request_code(email);
  if (name == "RegisterCompany") {
    const std::string fresh = portal.companies().size() < 8 && random_.one_in(4)
                                  ? "lead@fresh" + std::to_string(random_.below(9)) + ".io"
                                  : email;
    static_cast<void>(portal.request_code(fresh));
    host.log.clear();
    step.touched = "*";
    return portal.register_company({fresh, "New", host.last_code(fresh), password, "Fresh",
                                    "software products", !random_.one_in(9), true,
                                    !random_.one_in(9)});
  }
  if (name == "RegisterUser") {
    static_cast<void>(portal.request_code(email));
    host.log.clear();
    step.touched = "*";
    return portal.register_user({email, "New", host.last_code(email), password});
  }
  if (name == "AddDomain") {
    const std::string added[] = {"extra" + std::to_string(random_.below(6)) + ".io", "gmail.com",
                                 domain};
    return portal.add_domain(session, added[random_.below(3)]);
  }
  if (name == "SignIn") {
    step.touched = "*";
    SignInAnswer in = portal.sign_in(user, random_.one_in(3) ? "Zebra_42" : "Start_123");
    if (in.answer.code == Code::CodeRequired) {
      if (waiting_.size() > 3) waiting_.clear();
      waiting_.push_back(in.session);
    }
    return std::move(in.answer);
  }
  if (name == "EnterCode") {
    const PortalUser* const signing_in = portal.user_of(session);
    const std::string mailed =
        signing_in == nullptr ? std::string() : host.last_code(signing_in->email);
    return portal.enter_code(session, random_.one_in(3) ? mailed : code);
  }
  if (name == "ResendCode") return portal.resend_code(session);
  if (name == "GoBack") return portal.go_back(session);
  if (name == "SignOut") return portal.sign_out(session);
  if (name == "ContactForm") {
    return portal.public_cases().size() < 20 ? portal.contact_form(user, "locked out")
                                             : portal.contact_form(user, "");
  }
  if (name == "RequestPasswordReset") return portal.request_password_reset(user);
  if (name == "ResetPassword") {
    step.touched = "*";
    const PortalUser* const known = portal.find_user(user);
    const std::string address = known == nullptr ? user : known->email;
    static_cast<void>(portal.request_password_reset(address));
    host.log.clear();
    return portal.reset_password(address, host.last_code(address), password);
  }
  if (name == "ManageMfa") {
    const std::string_view settings[] = {"enabled", "disabled", "off"};
    return portal.manage_mfa(session, settings[random_.below(3)]);
  }
  if (name == "ViewOwnProfile") return portal.view_own_profile(session);
  if (name == "UpdateOwnProfile") {
    return portal.update_own_profile(session, random_.one_in(4) ? "" : "Name");
  }
  if (name == "ChangeOwnPassword") {
    return portal.change_own_password(session, random_.one_in(2) ? "Start_123" : "Zebra_42",
                                      password);
  }
  if (name == "ViewAllianceLead") return portal.view_alliance_lead(session);
  if (name == "ListUsers") return portal.list_users(session);
  if (name == "InviteUser") {
    const std::string first = any_role(portal);
    const std::string second = any_role(portal);
    const std::string_view roles[] = {first, second};
    const std::string again = random_.one_in(3) ? email : "x@" + domain;
    const InvitationRow rows[] = {{email, std::span(roles, random_.below(3))}, {again, roles}};
    return portal.invite_users(session, std::span(rows, random_.below(3)));
  }
  if (name == "AssignRole" || name == "UnassignRole") {
    const std::string first = any_role(portal);
    const std::string second = any_role(portal);
    const std::string_view roles[] = {first, second};
    const RoleChange rows[11] = {{user, std::span(roles, 1 + random_.below(2))}, {other, roles}};
    const std::span<const RoleChange> changes(rows, random_.one_in(30) ? 11 : 1 + random_.below(2));
    return name == "AssignRole" ? portal.assign_roles(session, changes)
                                : portal.unassign_roles(session, changes);
  }
  if (name == "ReassignCloudAdmin") return portal.reassign_cloud_admin(session, user, other);
  if (name == "ReassignAllianceLead") return portal.reassign_alliance_lead(session, user, confirm);
  if (name == "RemoveUser") return portal.remove_user(session, user, confirm);
  if (name == "DeactivateUser") {
    // Seldom, or a walk runs out of people.
    return portal.deactivate_user(session, random_.one_in(3) ? user : std::string("none"));
  }
  if (name == "RunAudit") {
    AuditInput input;
    input.now = host.time;
    return portal.run_audit(session, input);
  }
  if (name == "StartLink") {
    const std::string account =
        "11112222000" + std::to_string(random_.one_in(4) ? 1 : 2 + 2 * random_.below(3));
    const std::string principals[] = {"arn:aws:iam::" + account + ":user/Alice",
                                      "arn:aws:iam::" + account + ":role/Linker",
                                      "arn:aws:iam::" + account + ":root", "nobody"};
    const std::string_view documents[] = {random_.one_in(6) ? "{}" : kAdministrator};
    linking_ = session;
    return portal.start_link(session, {principals[random_.below(random_.one_in(3) ? 4 : 2)],
                                       documents, "Seller", random_.one_in(2)});
  }
  if (name == "ChooseBulkMapping") {
    return portal.choose_bulk_mapping(session, random_.one_in(2), random_.one_in(2));
  }
  if (name == "SubmitLink") return portal.submit_link(session);
  if (name == "LeaveLink") return portal.leave_link(session);
  if (name == "ViewLinkedAccount") return portal.view_linked_account(session);
  if (name == "RequestUnlink") {
    return portal.request_unlink(session, random_.one_in(4) ? "" : "moving", confirm);
  }
  if (name == "CancelUnlink") return portal.cancel_unlink(session);
  if (name == "CompleteUnlink") {
    step.touched = company.id;
    return portal.complete_unlink(company.id);
  }
  const std::string_view users[] = {user, other};
  const std::span<const std::string_view> some(users, 1 + random_.below(2));
  if (name == "MapIamRole") return portal.map_iam_role(session, some, iam_role);
  if (name == "UnmapIamRole") return portal.unmap_iam_role(session, some);
  if (name == "MapCrmRole") return portal.map_crm_role(session, iam_role);
  if (name == "UnmapCrmRole") return portal.unmap_crm_role(session);
  if (name == "EvaluateIamRole") {
    return portal.evaluate_iam_role(iam_role, "iam:PassRole", "*", {});
  }
  if (name == "SingleSignOn") return portal.single_sign_on(session);
  if (name == "LinkOffer") {
    return portal.link_offer(session, any_id(company.records),
                             "offer" + std::to_string(random_.below(4)));
  }
  if (name == "LinkProduct") {
    return portal.link_product(session, "product" + std::to_string(random_.below(4)), "solution");
  }
  if (name == "ViewSellerInsights") return portal.view_seller_insights(session);
  const std::string task = any_id(company.tasks);
  if (name == "ViewTask") return portal.view_task(session, task);
  if (name == "ListTasks") return portal.list_tasks(session);
  if (name == "CountTasks") return portal.count_tasks(session);
  if (name == "SubmitTask") return portal.submit_task(session, task);
  if (name == "CompleteTask") return portal.complete_task(session, task);
  if (name == "DismissTask") {
    return portal.dismiss_task(session, task, random_.one_in(4) ? "" : "not mine");
  }
  if (name == "AssignTask") return portal.assign_task(session, task, user);
  // Cases stay few.
  const std::string_view text = company.cases.size() < 25 ? "text" : "";
  if (name == "RequestAllianceLeadChange")
    return portal.request_alliance_lead_change(session, text);
  if (name == "CreateSupportCase") {
    return portal.create_support_case(session, {"General", "", "", "Subject", text, {}});
  }
  const std::string support_case = any_id(company.cases);
  if (name == "ViewSupportCase") return portal.view_support_case(session, support_case);
  if (name == "ListSupportCases") return portal.list_support_cases(session);
  if (name == "ReplySupportCase") {
    return portal.reply_support_case(session, support_case, random_.one_in(9) ? "more" : "");
  }
  if (name == "ListMenu") return portal.list_menu(session, menu_items());
  if (name == "OpenMenuItem") {
    PermissionTarget target;
    target.kind = "menu";
    target.id = menu_items()[random_.below(menu_items().size())].id;
    return portal.authorize(session, "portal:OpenMenuItem", target);
  }
  if (name == "Search") {
    const SearchRecord records[] = {
        {"opportunity", "O1", "some deal", "portal:ManageAceRecord", "opportunity", "005001"}};
    return portal.search(session, {"deal", {}, {}}, records);
  }
  if (name == "ReadNews") return portal.read_news(session, {}, {}, host.time);
  const std::string record = any_id(company.records);
  const std::string_view operations[] = {"view", "edit", "transfer", "sell"};
  if (name == "ManageAceRecord") {
    const std::string_view operation = operations[random_.below(4)];
    step.silent = operation == "view";
    return portal.manage_ace_record(session, record, operation, user);
  }
  const std::string_view records[] = {record, "O9"};
  if (name == "BulkOpportunities") {
    const std::string_view bulk[] = {"import", "export", "update", "transfer", "sell"};
    const std::string_view operation = bulk[random_.below(5)];
    step.silent = operation == "export";
    return portal.bulk_opportunities(session, std::span(records, random_.below(3)), operation,
                                     user);
  }
  if (name == "BulkTransferLeads") {
    return portal.bulk_transfer_leads(session, std::span(records, 1), user);
  }
  if (name == "BulkExportLeads") return portal.bulk_export_leads(session, records);
  if (name == "Decide") return portal.decide(session, "portal:ListUsers", "", {}, {});
  PermissionTarget target;
  if (name == "ViewCompanyProfile" || name == "UpdateCompanyProfile") {
    target.kind = "profiletab";
    target.id = "company";
  }
  if (step.command->resource == "/user/<caller>") {
    const PortalUser* const caller = portal.user_of(session);
    target.kind = "user";
    target.id = caller == nullptr ? std::string_view("unknown") : std::string_view(caller->id);
  }
  return portal.authorize(session, ActionName(step.command->action), target);
}

std::uint64_t company_digest(const Portal& portal, const PartnerCompany& company) {
  std::uint64_t digest = 0;
  const auto add = [&digest](std::string_view text) {
    digest = hash_combine(digest, hash_bytes(text));
  };
  const auto number = [&digest](std::uint64_t value) { digest = hash_combine(digest, value); };
  add(company.legal_name);
  for (const std::string& domain : company.domains) add(domain);
  add(company.stage);
  for (const std::string& path : company.paths) add(path);
  number(static_cast<std::uint64_t>(company.mfa));
  add(to_string(company.link.state));
  add(company.link.aws_account);
  add(company.link.seller_legal_name);
  add(company.link.cloud_admin_role);
  add(company.link.crm_role);
  add(company.link.unlink_case);
  for (const Invitation& invitation : company.invitations) {
    add(invitation.email);
    add(invitation.inviter);
    number(invitation.roles * 2 + (invitation.accepted ? 1U : 0U));
  }
  for (const Task& task : company.tasks) {
    add(task.assignee);
    add(task.reason);
    number(static_cast<std::uint64_t>(task.status));
  }
  for (const SupportCase& mine : company.cases) {
    add(mine.id);
    number(mine.replies.size() * 2 + (mine.open ? 1U : 0U));
  }
  for (const AceRecord& record : company.records) {
    add(record.id);
    add(record.owner);
  }
  for (const LinkPair& pair : company.offers) add(pair.left + " " + pair.right);
  for (const LinkPair& pair : company.products) add(pair.left + " " + pair.right);
  for (const std::uint32_t index : company.users) {
    const PortalUser& user = portal.users()[index];
    add(user.id);
    add(user.email);
    add(user.name);
    add(user.sealed_password);
    add(user.mapped_role);
    number(user.roles * 4 + static_cast<std::uint64_t>(user.status));
    number(static_cast<std::uint64_t>(user.last_sign_in));
  }
  const AwsAccount* const account = portal.find_aws_account(company.link.aws_account);
  if (account != nullptr) number(account->roles.size());
  return digest;
}

}  // namespace writ::portal::testing
