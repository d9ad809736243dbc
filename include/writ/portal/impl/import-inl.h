// Not API, may change in any release. What the host brings in: companies, AWS accounts, tasks.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "writ/portal/impl/default_roles.h"
#include "writ/portal/impl/iam.h"
#include "writ/portal/impl/text.h"

namespace writ::inline v0 {
namespace portal {
namespace detail {

[[nodiscard]] inline PolicyError import_problem(std::string_view rule, std::string message) {
  PolicyError error;
  error.code = ErrorCode::InvalidInput;
  error.rule = rule;
  error.message = std::move(message);
  return error;
}

[[nodiscard]] constexpr bool is_digits(std::string_view text, std::size_t least,
                                       std::size_t most) noexcept {
  if (text.size() < least || text.size() > most) return false;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return true;
}

/// What can stand in an ARN as a name.
[[nodiscard]] constexpr bool is_plain_id(std::string_view text) noexcept {
  if (text.empty() || text.size() > 128) return false;
  for (const char c : text) {
    const char f = fold_ascii(c);
    if (!((f >= 'a' && f <= 'z') || (f >= '0' && f <= '9') || c == '-' || c == '_' || c == '.')) {
      return false;
    }
  }
  return true;
}

}  // namespace detail

WRIT_FUNC std::optional<Session> Portal::open_session(std::string_view user,
                                                      std::string_view address) {
  const auto by_id = users_by_id_.find(user);
  std::uint32_t index = detail::kNoIndex;
  if (by_id != users_by_id_.end()) {
    index = by_id->second;
  } else {
    const auto by_email = users_by_email_.find(detail::lower(user));
    if (by_email == users_by_email_.end()) return std::nullopt;
    index = by_email->second;
  }
  return new_session(index, address, detail::SessionState::Open);
}

WRIT_FUNC Result<bool> Portal::add_company(PartnerCompany company, std::vector<PortalUser> users) {
  const std::string id = company.id;
  AccountLink& link = company.link;
  const bool by_default = !link.aws_account.empty() && link.cloud_admin_role.empty();
  if (by_default) {
    link.cloud_admin_role = detail::role_arn(
        link.aws_account, "/",
        detail::default_role_name(detail::kDefaultRoles[detail::kCloudAdminRole], id));
  }
  const std::string account = link.aws_account;
  Result<bool> added = insert_checked(std::move(company), std::move(users));
  if (added && by_default) create_default_roles(account, id);
  return added;
}

WRIT_FUNC Result<bool> Portal::insert_checked(PartnerCompany company,
                                              std::vector<PortalUser> users) {
  using detail::import_problem;
  if (!detail::is_digits(company.id, 1, 12)) {
    return import_problem("R-ARCH-2",
                          fmt::format("`{}` is no partnerAccountId: 1 to 12 digits", company.id));
  }
  if (companies_by_id_.contains(company.id)) {
    return import_problem("R-ARCH-2", fmt::format("there is a company `{}` already", company.id));
  }
  for (std::string& domain : company.domains) {
    domain = detail::lower(domain);
    if (!detail::is_domain(domain) || is_personal(domain)) {
      return import_problem("R-REG-2", fmt::format("`{}` is no company's domain", domain));
    }
    if (companies_by_domain_.contains(domain) || std::ranges::count(company.domains, domain) != 1) {
      return import_problem("R-REG-8", fmt::format("the domain `{}` is taken", domain));
    }
  }
  AccountLink& link = company.link;
  const bool linked = link.state != LinkState::Unlinked;
  if (linked != !link.aws_account.empty() ||
      (linked && !detail::is_digits(link.aws_account, 12, 12))) {
    return import_problem("R-LINK-4", "a linked company names its AWS account: 12 digits");
  }
  if (linked && companies_by_aws_account_.contains(link.aws_account)) {
    return import_problem("R-LINK-4",
                          fmt::format("the AWS account {} is linked already", link.aws_account));
  }
  if ((link.state == LinkState::UnlinkPending) != !link.unlink_case.empty()) {
    return import_problem("R-UNLINK-1", "a pending unlink has a case, and nothing else has one");
  }
  if (!linked && !link.crm_role.empty()) {
    return import_problem("R-CRM-1", "a CRM role needs a linked account");
  }
  const RoleSet lead = RoleCatalog::bit(catalog().with(RoleDuty::AllianceLead));
  const RoleSet every = RoleCatalog::bit(catalog().with(RoleDuty::EveryUser));
  const RoleSet admin = RoleCatalog::bit(catalog().with(RoleDuty::CloudAdmin));
  std::set<std::string_view> ids;
  std::set<std::string> emails;
  std::uint32_t leads = 0;
  for (PortalUser& user : users) {
    user.email = detail::lower(user.email);
    user.roles &= ~every;
    const bool active = user.status == UserStatus::Active;
    if (!detail::is_plain_id(user.id) || users_by_id_.contains(user.id) ||
        !ids.insert(user.id).second) {
      return import_problem("R-ARCH-2", fmt::format("`{}` is no unused partnerUserId", user.id));
    }
    if (!detail::is_email(user.email)) {
      return import_problem("R-REG-3", fmt::format("`{}` is no email address", user.email));
    }
    if (user.status != UserStatus::Removed &&
        (users_by_email_.contains(user.email) || !emails.insert(user.email).second)) {
      return import_problem("R-REG-13", fmt::format("the address `{}` is taken", user.email));
    }
    if (std::ranges::find(company.domains, detail::domain_of(user.email)) ==
        company.domains.end()) {
      return import_problem("R-REG-10",
                            fmt::format("`{}` is of no domain of the company", user.email));
    }
    if (!active && (user.roles != 0 || !user.mapped_role.empty())) {
      return import_problem("R-USER-6",
                            fmt::format("`{}` is not active and holds something", user.email));
    }
    if (!user.mapped_role.empty() &&
        (!linked || ((user.roles & admin) != 0) != (user.mapped_role == link.cloud_admin_role))) {
      return import_problem(
          "R-MAP-6", fmt::format("`{}` cannot be mapped to `{}`", user.email, user.mapped_role));
    }
    if ((user.roles & lead) != 0) ++leads;
  }
  if (leads != 1) {
    return import_problem(
        "R-LEAD-1", fmt::format("company `{}` has {} alliance leads, not one", company.id, leads));
  }
  for (Invitation& invitation : company.invitations) {
    invitation.email = detail::lower(invitation.email);
    invitation.roles &= ~every;
    if ((invitation.roles & lead) != 0 || invitation.roles == 0) {
      return import_problem(
          "R-INV-2", fmt::format("the invitation of `{}` has no role to give", invitation.email));
    }
  }
  for (std::uint32_t role = 0; role < catalog().roles().size(); ++role) {
    const RoleSet bit = RoleCatalog::bit(role);
    std::uint32_t count = 0;
    for (const PortalUser& user : users) {
      if (user.status == UserStatus::Active && (user.roles & bit) != 0) ++count;
    }
    for (const Invitation& invitation : company.invitations) {
      if (!invitation.accepted && (invitation.roles & bit) != 0) ++count;
    }
    if (catalog().roles()[role].cap != 0 && count > catalog().roles()[role].cap) {
      return import_problem("R-ASG-8",
                            fmt::format("{} is held {} times", catalog().roles()[role].id, count));
    }
  }
  company.users.clear();
  const std::uint32_t index = insert_company(std::move(company));
  for (PortalUser& user : users) {
    user.company = index;
    insert_user(std::move(user));
  }
  return true;
}

WRIT_FUNC Result<bool> Portal::put_aws_account(AwsAccount account) {
  using detail::import_problem;
  if (!detail::is_digits(account.id, 12, 12)) {
    return import_problem("R-LINK-4", fmt::format("`{}` is no AWS account: 12 digits", account.id));
  }
  for (IamRole& role : account.roles) {
    const bool path = role.path.starts_with('/') && role.path.ends_with('/');
    if (!path || role.name.empty() || role.name.find('/') != std::string::npos) {
      return import_problem("R-MAP-5",
                            fmt::format("role `{}` has a name without a slash and a path between "
                                        "slashes",
                                        role.name));
    }
    role.arn = detail::role_arn(account.id, role.path, role.name);
    const Result<Caller> caller = Caller::from_arn(role.arn);
    if (!caller) return caller.error();
    if (std::ranges::count(account.roles, role.name, &IamRole::name) != 1) {
      return import_problem("R-MAP-5", fmt::format("two roles have the name `{}`", role.name));
    }
    if (role.trust_text.empty()) role.trust_text = policies().texts().service_trust;
    const Result<bool> compiled = detail::compile_role(policies(), role);
    if (!compiled) return compiled.error();
  }
  const auto found = aws_accounts_by_id_.find(account.id);
  if (found != aws_accounts_by_id_.end()) {
    aws_accounts_[found->second].roles = std::move(account.roles);
    return true;
  }
  aws_accounts_.push_back(std::move(account));
  aws_accounts_by_id_.emplace(aws_accounts_.back().id,
                              static_cast<std::uint32_t>(aws_accounts_.size() - 1));
  return true;
}

WRIT_FUNC Result<bool> Portal::put_task(std::string_view partner_account, Task task) {
  const auto found = companies_by_id_.find(partner_account);
  if (found == companies_by_id_.end()) {
    return detail::import_problem("R-TASK-1", "there is no such partner account");
  }
  PartnerCompany& company = companies_[found->second];
  if (!detail::is_plain_id(task.id)) {
    return detail::import_problem("R-TASK-1", fmt::format("`{}` is no id of a task", task.id));
  }
  if (task.assignee.empty()) task.assignee = lead_of(company).id;  // R-TASK-1
  const std::uint32_t assignee = find_in_company(company, task.assignee);
  if (assignee == detail::kNoIndex || users_[assignee].status != UserStatus::Active) {
    return detail::import_problem(
        "R-TASK-8", fmt::format("`{}` is no active user of the company", task.assignee));
  }
  task.assignee = users_[assignee].id;
  if (task.type != "account" && task.type != "solution" && task.type != "program") {
    return detail::import_problem("R-TASK-1", "a task is an account, solution or program task");
  }
  const auto same = std::ranges::find(company.tasks, task.id, &Task::id);
  if (same == company.tasks.end()) {
    company.tasks.push_back(std::move(task));
  } else {
    *same = std::move(task);
  }
  return true;
}

WRIT_FUNC Result<bool> Portal::put_record(std::string_view partner_account, AceRecord record) {
  const auto found = companies_by_id_.find(partner_account);
  if (found == companies_by_id_.end()) {
    return detail::import_problem("R-ACE-2", "there is no such partner account");
  }
  PartnerCompany& company = companies_[found->second];
  if (!detail::is_plain_id(record.id)) {
    return detail::import_problem("R-ACE-2", fmt::format("`{}` is no id of a record", record.id));
  }
  const std::uint32_t owner = find_in_company(company, record.owner);
  if (owner != detail::kNoIndex) record.owner = users_[owner].id;
  const auto same = std::ranges::find(company.records, record.id, &AceRecord::id);
  if (same == company.records.end()) {
    company.records.push_back(std::move(record));
  } else {
    *same = std::move(record);
  }
  return true;
}

WRIT_FUNC std::size_t Portal::notify_role_holders(std::string_view partner_account,
                                                  std::string_view subject, std::string_view text) {
  RoleSet notified = 0;
  for (std::uint32_t role = 0; role < catalog().roles().size(); ++role) {
    if (catalog().roles()[role].notified) notified |= RoleCatalog::bit(role);
  }
  const PartnerCompany* const company = find_company(partner_account);
  std::size_t sent = 0;
  for (const std::uint32_t index :
       company == nullptr ? std::vector<std::uint32_t>() : company->users) {
    const PortalUser& user = users_[index];
    if (user.status != UserStatus::Active || (user.roles & notified) == 0) continue;
    host_.outbox.send({.kind = "aceNotice",
                       .from = "apn-no-reply@amazon.com",
                       .to = user.email,
                       .subject = std::string(subject),
                       .text = std::string(text),
                       .code = {}});
    ++sent;
  }
  return sent;
}

WRIT_FUNC bool Portal::set_stage(std::string_view partner_account, std::string_view stage) {
  const auto found = companies_by_id_.find(partner_account);
  if (found == companies_by_id_.end()) return false;
  companies_[found->second].stage = stage;
  return true;
}

WRIT_FUNC bool Portal::set_paths(std::string_view partner_account, std::vector<std::string> paths) {
  const auto found = companies_by_id_.find(partner_account);
  if (found == companies_by_id_.end()) return false;
  companies_[found->second].paths = std::move(paths);
  return true;
}

}  // namespace portal
}  // namespace writ::inline v0
