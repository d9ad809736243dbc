// Not API, may change in any release. What holds whatever the policies say (R-ARCH-7).
#pragma once

#include <fmt/format.h>

#include <set>

#include "writ/portal/impl/text.h"
#include "writ/portal/portal.h"

namespace writ::inline v0 {
namespace portal {

WRIT_FUNC std::vector<std::string> Portal::broken_invariants() const {
  std::vector<std::string> broken;
  const RoleSet lead = RoleCatalog::bit(catalog().with(RoleDuty::AllianceLead));
  const RoleSet admin = RoleCatalog::bit(catalog().with(RoleDuty::CloudAdmin));
  const RoleSet every = RoleCatalog::bit(catalog().with(RoleDuty::EveryUser));
  std::set<std::string_view> domains;
  std::set<std::string_view> accounts;
  std::set<std::string_view> emails;
  std::size_t members = 0;
  for (std::uint32_t i = 0; i < companies_.size(); ++i) {
    const PartnerCompany& company = companies_[i];
    std::uint32_t leads = 0;
    members += company.users.size();
    for (const std::uint32_t index : company.users) {
      const PortalUser& user = users_[index];
      const bool active = user.status == UserStatus::Active;
      if ((user.roles & lead) != 0) ++leads;
      if (user.company != i) broken.push_back(user.id + " is listed by another company");
      if (!active && (user.roles != 0 || !user.mapped_role.empty())) {
        broken.push_back(user.id + " is not active and holds something (R-USER-6)");
      }
      if ((user.roles & every) != 0)
        broken.push_back(user.id + " holds everybody's role as an entry");
      if (user.status != UserStatus::Removed && !emails.insert(user.email).second) {
        broken.push_back(user.email + " belongs to two users (R-REG-13)");
      }
      if (!user.mapped_role.empty()) {
        const bool fits =
            ((user.roles & admin) != 0) == (user.mapped_role == company.link.cloud_admin_role);
        if (!fits) broken.push_back(user.id + " is mapped to a role that does not fit (R-MAP-6)");
        if (company.link.state == LinkState::Unlinked) {
          broken.push_back(user.id + " is mapped without a link (R-MAP-2)");
        }
      }
      if (compiled_.set(user.policies).program() == nullptr) {
        broken.push_back(user.id + " has no policies");
      }
    }
    if (leads != 1) broken.push_back(fmt::format("{} has {} leads (R-LEAD-1)", company.id, leads));
    for (std::uint32_t role = 0; role < catalog().roles().size(); ++role) {
      const std::uint32_t cap = catalog().roles()[role].cap;
      if (cap != 0 && holders(company, role) > cap) {
        broken.push_back(fmt::format("{}: more than {} {} (R-ASG-8)", company.id, cap,
                                     catalog().roles()[role].id));
      }
    }
    for (const std::string& domain : company.domains) {
      if (!domains.insert(domain).second) broken.push_back(domain + " has two owners (R-REG-8)");
      const auto found = companies_by_domain_.find(domain);
      if (found == companies_by_domain_.end() || found->second != i) {
        broken.push_back(domain + " is not indexed");
      }
    }
    const AccountLink& link = company.link;
    const bool linked = link.state != LinkState::Unlinked;
    if (linked == link.aws_account.empty() || (!linked && !link.crm_role.empty())) {
      broken.push_back(company.id + " has half a link (R-LINK-10)");
    }
    if (linked && !accounts.insert(link.aws_account).second) {
      broken.push_back(link.aws_account + " is linked twice (R-LINK-4)");
    }
    if ((link.state == LinkState::UnlinkPending) == link.unlink_case.empty()) {
      broken.push_back(company.id + " is pending without a case, or has a stale one (R-UNLINK-1)");
    }
    for (const Task& task : company.tasks) {
      const std::uint32_t assignee = find_in_company(company, task.assignee);
      const bool works =
          assignee != detail::kNoIndex &&
          (task.status == TaskStatus::Done || users_[assignee].status == UserStatus::Active);
      if (!works) broken.push_back(task.id + " is assigned to nobody who works (R-TASK-8)");
    }
  }
  if (members != users_.size()) {
    broken.emplace_back("users and companies disagree about who there is");
  }
  for (const detail::SessionRecord& session : sessions_) {
    if (session.state != detail::SessionState::Ended &&
        users_[session.user].status == UserStatus::Removed) {
      broken.push_back(users_[session.user].id + " is removed and has a session (R-USER-6)");
    }
  }
  return broken;
}

}  // namespace portal
}  // namespace writ::inline v0
