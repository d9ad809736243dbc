// Not API, may change in any release. Finding and changing the portal's records.
#pragma once

#include <algorithm>
#include <utility>

#include "writ/portal/impl/call.h"
#include "writ/portal/impl/text.h"
#include "writ/portal/portal.h"

namespace writ::inline v0 {
namespace portal {

WRIT_FUNC Portal::Portal(PortalPolicies policies, Host host, Options options)
    : compiled_(std::move(policies)), host_(host), options_(std::move(options)) {}

WRIT_FUNC const detail::SessionRecord* Portal::session_record(Session session) const noexcept {
  if (session.index >= sessions_.size()) return nullptr;
  const detail::SessionRecord& record = sessions_[session.index];
  const bool alive = record.serial == session.serial && record.state != detail::SessionState::Ended;
  return alive ? &record : nullptr;
}

WRIT_FUNC detail::SessionRecord* Portal::session_record(Session session) noexcept {
  return const_cast<detail::SessionRecord*>(std::as_const(*this).session_record(session));
}

WRIT_FUNC Session Portal::new_session(std::uint32_t user, std::string_view address,
                                      detail::SessionState state) {
  std::uint32_t index = static_cast<std::uint32_t>(sessions_.size());
  if (free_sessions_.empty()) {
    sessions_.emplace_back();
  } else {
    index = free_sessions_.back();
    free_sessions_.pop_back();
  }
  detail::SessionRecord& record = sessions_[index];
  record.index = index;
  record.serial = next_serial_++;
  record.user = user;
  record.state = state;
  record.address = address;
  record.principal =
      "arn:aws:iam::" + companies_[users_[user].company].account + ":user/" + users_[user].id;
  // R-ARCH-2 makes this a user's ARN; were it none, the caller would be anonymous and get nothing.
  const Result<Caller> caller = Caller::from_arn(record.principal);
  record.caller = caller ? *caller : Caller();
  return {index, record.serial};
}

WRIT_FUNC void Portal::end_session(detail::SessionRecord& session) {
  const std::uint32_t index = session.index;
  session = {};
  free_sessions_.push_back(index);
}

WRIT_FUNC void Portal::end_sessions_of(std::uint32_t user, const detail::SessionRecord* but) {
  for (detail::SessionRecord& session : sessions_) {
    if (session.state != detail::SessionState::Ended && session.user == user && &session != but) {
      end_session(session);
    }
  }
}

WRIT_FUNC std::uint32_t Portal::find_in_company(const PartnerCompany& company,
                                                std::string_view id_or_email) const noexcept {
  const auto by_id = users_by_id_.find(id_or_email);
  std::uint32_t index = detail::kNoIndex;
  if (by_id != users_by_id_.end()) {
    index = by_id->second;
  } else if (id_or_email.size() <= 320 && id_or_email.find('@') != std::string_view::npos) {
    const auto by_email = users_by_email_.find(detail::lower(id_or_email));
    if (by_email != users_by_email_.end()) index = by_email->second;
  }
  if (index == detail::kNoIndex || &companies_[users_[index].company] != &company) {
    return detail::kNoIndex;
  }
  return index;
}

WRIT_FUNC std::uint32_t Portal::lead_index(const PartnerCompany& company) const noexcept {
  const RoleSet lead = RoleCatalog::bit(catalog().with(RoleDuty::AllianceLead));
  for (const std::uint32_t index : company.users) {
    if ((users_[index].roles & lead) != 0) return index;
  }
  return detail::kNoIndex;
}

WRIT_FUNC const PortalUser& Portal::lead_of(const PartnerCompany& company) const noexcept {
  // INVARIANT: every company has a lead (R-LEAD-1); see insert_company's callers.
  return users_[lead_index(company)];
}

WRIT_FUNC std::uint32_t Portal::holders(const PartnerCompany& company, std::uint32_t role,
                                        std::string_view but_invited) const noexcept {
  const RoleSet bit = RoleCatalog::bit(role);
  std::uint32_t count = 0;
  for (const std::uint32_t index : company.users) {
    const PortalUser& user = users_[index];
    if (user.status == UserStatus::Active && (user.roles & bit) != 0) ++count;
  }
  for (const Invitation& invitation : company.invitations) {
    if (!invitation.accepted && (invitation.roles & bit) != 0 && invitation.email != but_invited) {
      ++count;
    }
  }
  return count;
}

WRIT_FUNC std::optional<std::string> Portal::unused_id(IdKind kind,
                                                       const std::vector<SupportCase>* cases) {
  for (int attempt = 0; attempt < 8; ++attempt) {
    std::string id = host_.ids.next(kind);
    if (id.empty() || id.size() > 128) continue;
    if (kind == IdKind::PartnerUser) {
      // It becomes the name of an IAM user in an ARN.
      const bool plain = std::ranges::all_of(id, [](char c) {
        return (c >= '0' && c <= '9') || (fold_ascii(c) >= 'a' && fold_ascii(c) <= 'z') || c == '-';
      });
      if (plain && !users_by_id_.contains(id)) return id;
    } else if (kind == IdKind::PartnerAccount) {
      const bool digits =
          id.size() <= 12 && std::ranges::all_of(id, [](char c) { return c >= '0' && c <= '9'; });
      if (digits && !companies_by_id_.contains(id)) return id;
    } else if (kind == IdKind::Case) {
      const bool taken = std::ranges::any_of(*cases, [&id](const SupportCase& other) {
        return other.id == id || (other.id.starts_with("unlink-") && other.id.substr(7) == id);
      });
      if (!taken) return id;
    } else {
      return id;
    }
  }
  return std::nullopt;
}

WRIT_FUNC bool Portal::is_personal(std::string_view domain) const {
  constexpr std::string_view kPersonal[] = {"gmail.com", "hotmail.com", "outlook.com"};
  const auto covers = [domain](std::string_view listed) {
    return detail::is_under(domain, listed);
  };
  return domain.ends_with(".edu") || domain == "edu" || std::ranges::any_of(kPersonal, covers) ||
         std::ranges::any_of(options_.personal_domains, covers);
}

WRIT_FUNC std::uint32_t Portal::insert_user(PortalUser user) {
  const auto index = static_cast<std::uint32_t>(users_.size());
  const RoleSet every = RoleCatalog::bit(catalog().with(RoleDuty::EveryUser));
  user.policies = compiled_.index_of(user.roles | every);
  users_.push_back(std::move(user));
  const PortalUser& stored = users_.back();
  users_by_id_.emplace(stored.id, index);
  if (stored.status != UserStatus::Removed) users_by_email_.insert_or_assign(stored.email, index);
  companies_[stored.company].users.push_back(index);
  return index;
}

WRIT_FUNC std::uint32_t Portal::insert_company(PartnerCompany company) {
  const auto index = static_cast<std::uint32_t>(companies_.size());
  company.account = std::string(12 - company.id.size(), '0') + company.id;
  companies_.push_back(std::move(company));
  const PartnerCompany& stored = companies_.back();
  companies_by_id_.emplace(stored.id, index);
  for (const std::string& domain : stored.domains) companies_by_domain_.emplace(domain, index);
  if (!stored.link.aws_account.empty()) {
    companies_by_aws_account_.emplace(stored.link.aws_account, index);
  }
  return index;
}

WRIT_FUNC void Portal::set_roles(std::uint32_t user, RoleSet roles) {
  const RoleSet every = RoleCatalog::bit(catalog().with(RoleDuty::EveryUser));
  users_[user].roles = roles & ~every;
  users_[user].policies = compiled_.index_of(roles | every);
}

WRIT_FUNC void Portal::drop_unfitting_mapping(detail::Call& call, std::uint32_t index) {
  PortalUser& user = users_[index];
  const PartnerCompany& company = companies_[user.company];
  const RoleSet admin = RoleCatalog::bit(catalog().with(RoleDuty::CloudAdmin));
  if (user.mapped_role.empty()) return;
  // R-ASG-10, R-MAP-6.
  if (((user.roles & admin) != 0) == (user.mapped_role == company.link.cloud_admin_role)) return;
  call.emit_mapping("DisassociatePartnerUser", Answer(), user.id, user.mapped_role, company);
  user.mapped_role.clear();
}

WRIT_FUNC void Portal::retire(detail::Call& call, std::uint32_t index, UserStatus status) {
  PortalUser& user = users_[index];
  PartnerCompany& company = companies_[user.company];
  user.status = status;
  set_roles(index, 0);
  if (!user.mapped_role.empty()) {
    call.emit_mapping("DisassociatePartnerUser", Answer(), user.id, user.mapped_role, company);
    user.mapped_role.clear();
  }
  const PortalUser& lead = lead_of(company);
  for (Task& task : company.tasks) {
    if (task.assignee == user.id && task.status != TaskStatus::Done) task.assignee = lead.id;
  }
  const auto by_email = users_by_email_.find(user.email);
  if (status == UserStatus::Removed && by_email != users_by_email_.end() &&
      by_email->second == index) {
    users_by_email_.erase(by_email);
  }
  end_sessions_of(index);
}

WRIT_FUNC const AwsAccount* Portal::linked_account(const PartnerCompany& company) const noexcept {
  return company.link.aws_account.empty() ? nullptr : find_aws_account(company.link.aws_account);
}

WRIT_FUNC const PortalUser* Portal::find_user(std::string_view id_or_email) const noexcept {
  const auto by_id = users_by_id_.find(id_or_email);
  if (by_id != users_by_id_.end()) return &users_[by_id->second];
  const auto by_email = users_by_email_.find(detail::lower(id_or_email));
  return by_email == users_by_email_.end() ? nullptr : &users_[by_email->second];
}

WRIT_FUNC const PartnerCompany* Portal::find_company(
    std::string_view partner_account) const noexcept {
  const auto found = companies_by_id_.find(partner_account);
  return found == companies_by_id_.end() ? nullptr : &companies_[found->second];
}

WRIT_FUNC const AwsAccount* Portal::find_aws_account(std::string_view id) const noexcept {
  const auto found = aws_accounts_by_id_.find(id);
  return found == aws_accounts_by_id_.end() ? nullptr : &aws_accounts_[found->second];
}

WRIT_FUNC const PortalUser* Portal::user_of(Session session) const noexcept {
  const detail::SessionRecord* const record = session_record(session);
  return record == nullptr ? nullptr : &users_[record->user];
}

}  // namespace portal
}  // namespace writ::inline v0
