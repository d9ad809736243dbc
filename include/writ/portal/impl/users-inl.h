// Not API, may change in any release. Users, their roles, and handing over (R-USER, R-INV, R-ASG,
// R-LEAD).
#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "writ/portal/impl/call.h"
#include "writ/portal/impl/text.h"

namespace writ::inline v0 {
namespace portal {
WRIT_FUNC Answer Portal::list_users(Session session) const {
  detail::Gate gate(*this, session, options_.explain_refusals);
  if (!gate.open() || !gate.may("portal:ListUsers")) return std::move(gate.answer);
  for (const std::uint32_t index : gate.company().users) {
    gate.answer.items.push_back(detail::user_item(catalog(), users_[index]));
  }
  return std::move(gate.answer);
}

WRIT_FUNC Answer Portal::invite_users(Session session, std::span<const InvitationRow> invitations) {
  detail::Call call(*this, "InviteUser", session);
  if (!call.open()) return call.refused();
  if (invitations.size() > detail::kBatch) {
    return call.refuse(Code::BatchTooLarge, "at most ten invitations in one call");
  }
  if (invitations.empty()) return call.refuse(Code::InvalidInput, "no invitation is given");
  if (!call.may("portal:InviteUser")) return call.refused();
  for (const InvitationRow& invitation : invitations) {
    const detail::Parameters parameters = {{"email", std::string(invitation.email)},
                                           {"roles", detail::joined(invitation.roles)}};
    Answer row = invite_one(call, invitation);
    row.subject = invitation.email;
    call.row(std::move(row), parameters);
  }
  return call.done_with_rows();
}

WRIT_FUNC Answer Portal::invite_one(detail::Call& call, const InvitationRow& invitation) {
  Answer row;
  PartnerCompany& company = call.company();
  PermissionTarget target;
  target.kind = "user";
  target.id = "invited";
  target.target_is_self = Fact::No;
  for (const std::string_view role : invitation.roles) {  // R-INV-3
    target.target_role = role;
    if (!call.may("portal:AssignRole", target, row)) return row;
  }
  const std::string email = detail::lower(invitation.email);
  RoleSet roles = 0;
  for (const std::string_view id : invitation.roles) {
    const std::uint32_t role = catalog().find(id);
    if (role == RoleCatalog::kNone) {
      detail::refuse_row(row, Code::InvalidInput, fmt::format("there is no role `{}`", id));
      return row;
    }
    roles |= RoleCatalog::bit(role);
    const RoleDuty duty = catalog().roles()[role].duty;
    if (duty == RoleDuty::AllianceLead || duty == RoleDuty::EveryUser) {  // R-LEAD-2, R-ROLE-2
      detail::refuse_row(row, Code::NotEligible, "nobody is invited to this role");
      return row;
    }
  }
  if (roles == 0) {
    detail::refuse_row(row, Code::InvalidInput, "an invitation has one role or more");
  } else if (!detail::is_email(email)) {
    detail::refuse_row(row, Code::InvalidInput, "this is no email address");
  } else if (std::ranges::find(company.domains, detail::domain_of(email)) ==
             company.domains.end()) {
    detail::refuse_row(row, Code::InvalidInput, "the address is of no domain of the account");
  } else if (users_by_email_.contains(email)) {
    detail::refuse_row(row, Code::Conflict, "a user has this address already");
  }
  if (!row.ok()) return row;
  for (std::uint32_t role = 0; role < catalog().roles().size(); ++role) {
    const std::uint32_t cap = catalog().roles()[role].cap;
    if (cap != 0 && (roles & RoleCatalog::bit(role)) != 0 && holders(company, role, email) >= cap) {
      detail::refuse_row(
          row, Code::RoleCapReached,
          fmt::format("{} is held or reserved {} times already", catalog().roles()[role].id, cap));
      return row;
    }
  }
  // R-INV-6: a second invitation replaces the first.
  std::erase_if(company.invitations,
                [&email](const Invitation& mine) { return mine.email == email; });
  company.invitations.push_back({email, roles, call.user().id, false});
  host_.outbox.send(
      {.kind = "invitation",
       .from = "apn-no-reply@amazon.com",
       .to = email,
       .subject = "You are invited to AWS Partner Central",
       .text = fmt::format("{} invites you to {}", call.user().name, company.legal_name),
       .code = {}});
  return row;
}

WRIT_FUNC Answer Portal::assign_roles(Session session, std::span<const RoleChange> changes) {
  return change_roles(session, changes, true);
}

WRIT_FUNC Answer Portal::unassign_roles(Session session, std::span<const RoleChange> changes) {
  return change_roles(session, changes, false);
}

WRIT_FUNC Answer Portal::change_roles(Session session, std::span<const RoleChange> changes,
                                      bool give) {
  detail::Call call(*this, give ? "AssignRole" : "UnassignRole", session);
  if (!call.open()) return call.refused();
  if (changes.size() > detail::kBatch) {  // R-ASG-1
    return call.refuse(Code::BatchTooLarge, "at most ten users in one call");
  }
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const detail::NamedUser mine = call.named_user(changes[i].user);
    for (std::size_t j = 0; j < i; ++j) {
      const detail::NamedUser other = call.named_user(changes[j].user);
      if (changes[i].user == changes[j].user || (mine.found() && mine.index == other.index)) {
        return call.refuse(Code::InvalidInput, "a user is named twice");
      }
    }
    if (changes[i].roles.empty()) return call.refuse(Code::InvalidInput, "a user without a role");
  }
  if (changes.empty()) return call.refuse(Code::InvalidInput, "no user is named");
  for (const RoleChange& change : changes) {
    for (const std::string_view role : change.roles) {
      const detail::NamedUser named = call.named_user(change.user);
      const detail::Parameters parameters = {
          {"partnerUserId",
           std::string(named.found() ? users_[named.index].id : std::string(change.user))},
          {"role", std::string(role)}};
      Answer row = change_role(call, named, role, give);
      row.subject = fmt::format("{} {}", change.user, role);
      const bool changed = row.ok();
      call.row(std::move(row), parameters);
      if (changed) drop_unfitting_mapping(call, named.index);
    }
  }
  return call.done_with_rows();
}

WRIT_FUNC Answer Portal::change_role(detail::Call& call, const detail::NamedUser& named,
                                     std::string_view id, bool give) {
  constexpr ActionName kAssign("portal:AssignRole");
  constexpr ActionName kUnassign("portal:UnassignRole");
  Answer row;
  PermissionTarget target = named.target;
  target.target_role = id;
  if (!call.may(give ? kAssign : kUnassign, target, row)) return row;
  const std::uint32_t role = catalog().find(id);
  if (role == RoleCatalog::kNone) {
    detail::refuse_row(row, Code::InvalidInput, fmt::format("there is no role `{}`", id));
    return row;
  }
  if (!named.found() || users_[named.index].status == UserStatus::Removed) {
    detail::refuse_row(row, Code::NotFound, "the account has no such user");
    return row;
  }
  const PortalUser& user = users_[named.index];
  const bool holds = (user.roles & RoleCatalog::bit(role)) != 0;
  const std::uint32_t cap = catalog().roles()[role].cap;
  const RoleDuty duty = catalog().roles()[role].duty;
  if (user.status != UserStatus::Active) {
    detail::refuse_row(row, Code::NotEligible, "the user is not active");
  } else if (duty == RoleDuty::AllianceLead || duty == RoleDuty::EveryUser) {
    // R-LEAD-2, R-ROLE-2: holds whatever the policies say (R-ARCH-7).
    detail::refuse_row(row, Code::NotEligible, "this role is neither given nor taken");
  } else if (give && holds) {
    detail::refuse_row(row, Code::AlreadyHeld, "the user holds the role already");
  } else if (!give && !holds) {
    detail::refuse_row(row, Code::NotHeld, "the user does not hold the role");
  } else if (give && cap != 0 && holders(call.company(), role) >= cap) {
    detail::refuse_row(row, Code::RoleCapReached,
                       fmt::format("{} is held or reserved {} times already", id, cap));
  }
  if (!row.ok()) return row;
  set_roles(named.index,
            give ? user.roles | RoleCatalog::bit(role) : user.roles & ~RoleCatalog::bit(role));
  return row;
}

WRIT_FUNC Answer Portal::reassign_cloud_admin(Session session, std::string_view from,
                                              std::string_view to) {
  detail::Call call(*this, "ReassignCloudAdmin", session);
  call.parameter("from", from).parameter("to", to);
  if (!call.open()) return call.refused();
  const detail::NamedUser holder = call.named_user(from);
  const detail::NamedUser next = call.named_user(to);
  PermissionTarget target = next.target;
  target.owner = holder.found() ? std::string_view(users_[holder.index].id) : from;
  if (!call.may("portal:ReassignCloudAdmin", target)) return call.refused();
  const RoleSet admin = RoleCatalog::bit(catalog().with(RoleDuty::CloudAdmin));
  if (!holder.found() || (users_[holder.index].roles & admin) == 0) {
    return call.refuse(Code::NotHeld, "the present holder does not hold the role");
  }
  if (!next.found() || users_[next.index].status == UserStatus::Removed) {
    return call.refuse(Code::NotFound, "the account has no such user");
  }
  if (users_[next.index].status != UserStatus::Active) {
    return call.refuse(Code::NotEligible, "the next holder is not active");
  }
  if ((users_[next.index].roles & admin) != 0) {
    return call.refuse(Code::AlreadyHeld, "the next holder holds the role already");
  }
  set_roles(holder.index, users_[holder.index].roles & ~admin);
  set_roles(next.index, users_[next.index].roles | admin);
  drop_unfitting_mapping(call, holder.index);
  drop_unfitting_mapping(call, next.index);
  return call.done();
}

WRIT_FUNC Answer Portal::reassign_alliance_lead(Session session, std::string_view to,
                                                std::string_view confirm) {
  detail::Call call(*this, "ReassignAllianceLead", session);
  call.parameter("to", to);
  if (!call.open()) return call.refused();
  const detail::NamedUser next = call.named_user(to);
  if (!call.may("portal:ReassignAllianceLead", next.target)) return call.refused();
  if (confirm != detail::kConfirm) {
    return call.refuse(Code::ConfirmRequired, "type `confirm`");
  }
  const RoleSet lead = RoleCatalog::bit(catalog().with(RoleDuty::AllianceLead));
  const std::uint32_t present = lead_index(call.company());
  if (!next.found() || users_[next.index].status != UserStatus::Active || next.index == present) {
    return call.refuse(Code::NotEligible,
                       "the next lead is an active user of the account, and not the present one");
  }
  set_roles(present, users_[present].roles & ~lead);
  set_roles(next.index, users_[next.index].roles | lead);
  return call.done();
}

WRIT_FUNC Answer Portal::remove_user(Session session, std::string_view user,
                                     std::string_view confirm) {
  detail::Call call(*this, "RemoveUser", session);
  call.parameter("user", user);
  if (!call.open()) return call.refused();
  const detail::NamedUser named = call.named_user(user);
  if (!call.may("portal:RemoveUser", named.target)) return call.refused();
  if (confirm != detail::kConfirm) {
    return call.refuse(Code::ConfirmRequired, "type `confirm`");
  }
  return retire_named(call, named, UserStatus::Removed);
}

WRIT_FUNC Answer Portal::deactivate_user(Session session, std::string_view user) {
  detail::Call call(*this, "DeactivateUser", session);
  call.parameter("user", user);
  if (!call.open()) return call.refused();
  const detail::NamedUser named = call.named_user(user);
  if (!call.may("portal:DeactivateUser", named.target)) return call.refused();
  return retire_named(call, named, UserStatus::Deactivated);
}

WRIT_FUNC Answer Portal::retire_named(detail::Call& call, const detail::NamedUser& named,
                                      UserStatus status) {
  if (!named.found() || users_[named.index].status == UserStatus::Removed) {
    return call.refuse(Code::NotFound, "the account has no such user");
  }
  // R-LEAD-1 and R-USER-5 hold whatever the policies say (R-ARCH-7).
  if (named.index == lead_index(call.company())) {
    return call.refuse(Code::NotEligible, "hand the alliance lead over first");
  }
  if (named.index == call.user_index()) {
    return call.refuse(Code::NotEligible, "nobody removes themself");
  }
  if (status == UserStatus::Deactivated && users_[named.index].status != UserStatus::Active) {
    return call.refuse(Code::NotEligible, "the user is not active");
  }
  retire(call, named.index, status);
  return call.done();
}

}  // namespace portal
}  // namespace writ::inline v0
