// Not API, may change in any release. Audits: findings, no changes (R-AUD, R-POL-2, T-4).
#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "writ/portal/impl/default_roles.h"
#include "writ/portal/impl/engine.h"
#include "writ/portal/impl/iam.h"
#include "writ/portal/impl/text.h"

namespace writ::inline v0 {
namespace portal {
namespace detail {

/// Collects findings.
class Findings {
 public:
  explicit Findings(Answer& answer) : answer_(answer) {}
  void add(std::string_view finding, std::string_view severity, std::string_view subject,
           std::string detail) {
    Item item;
    item.values = {{"finding", std::string(finding)},
                   {"severity", std::string(severity)},
                   {"subject", std::string(subject)},
                   {"detail", std::move(detail)}};
    answer_.items.push_back(std::move(item));
  }

 private:
  Answer& answer_;
};

/// R-AUD-2: whether the mailbox looks shared.
[[nodiscard]] inline bool looks_generic(std::string_view email,
                                        std::span<const std::string_view> more) {
  constexpr std::string_view kWords[] = {"admin", "apn",    "alliance", "info",   "sales",
                                         "team",  "shared", "partner",  "noreply"};
  const std::string mailbox = lower(email.substr(0, email.rfind('@')));
  const auto holds = [&mailbox](std::string_view word) {
    return mailbox.find(lower(word)) != std::string::npos;
  };
  return std::ranges::any_of(kWords, holds) || std::ranges::any_of(more, holds);
}

}  // namespace detail

WRIT_FUNC void Portal::audit_user(const PortalUser& user, const AuditInput& input,
                                  Answer& answer) const {
  detail::Findings findings(answer);
  const PartnerCompany& company = companies_[user.company];
  if (detail::looks_generic(user.email, input.generic_words)) {
    const bool is_lead = &user == &lead_of(company);
    findings.add(is_lead ? "generic-lead" : "generic-login", is_lead ? "high" : "low", user.email,
                 is_lead ? "the alliance lead's mailbox looks shared" : "the mailbox looks shared");
  }
  // R-AUD-3: a role that adds nothing to the others.
  for (std::uint32_t role = 0; role < catalog().roles().size(); ++role) {
    const RoleSet bit = RoleCatalog::bit(role);
    const RoleSet rest = user.roles & ~bit;
    if ((user.roles & bit) != 0 && rest != 0 && policies().adds_nothing(role, rest)) {
      findings.add("over-privileged", "low", user.email,
                   fmt::format("{} adds nothing to {}", catalog().roles()[role].id,
                               catalog().to_string(rest)));
    }
  }
  audit_used(user, input, answer);
  const std::int64_t limit = std::int64_t{input.unused_days} * 24 * 3600;
  if (input.now - user.last_sign_in > limit) {  // R-AUD-4
    findings.add("unused", "low", user.email,
                 fmt::format("no sign-in for {} days", input.unused_days));
  }
  std::string_view address;
  for (const detail::SessionRecord& session : sessions_) {  // R-AUD-5
    if (session.state != detail::SessionState::Open || &users_[session.user] != &user ||
        session.address.empty()) {
      continue;
    }
    if (!address.empty() && address != session.address) {
      findings.add("shared-credential", "high", user.email,
                   fmt::format("open sessions from {} and {}", address, session.address));
      break;
    }
    address = session.address;
  }
}

WRIT_FUNC void Portal::audit_used(const PortalUser& user, const AuditInput& input,
                                  Answer& answer) const {
  const auto used = std::ranges::find(input.used, std::string_view(user.id), &UsedActions::user);
  if (used == input.used.end() || used->actions.empty()) return;
  const PartnerCompany& company = companies_[user.company];
  for (std::uint32_t role = 0; role < catalog().roles().size(); ++role) {
    const PortalRole& mine = catalog().roles()[role];
    if ((user.roles & RoleCatalog::bit(role)) == 0 || mine.narrower.empty()) continue;
    // Asked of the engine, as if the user held the narrower role alone.
    const RoleSet alone = RoleCatalog::bit(catalog().find(mine.narrower)) |
                          RoleCatalog::bit(catalog().with(RoleDuty::EveryUser));
    const PolicySet set = policies().compile(alone);
    AppliedPolicies applied;
    applied.identity = std::span(&set, 1);
    const std::string principal = "arn:aws:iam::" + company.account + ":user/" + user.id;
    const Result<Caller> caller = Caller::from_arn(principal);
    const detail::ResourceArn resource(company.id, {}, {});
    const bool enough = caller && std::ranges::all_of(used->actions, [&](std::string_view action) {
                          detail::KeyLists lists;
                          RequestBuilder builder(*caller, ActionName(action), resource.text());
                          builder.resource_account(company.account);
                          detail::Engine::fill(*this, user, company, {}, lists, builder);
                          const Result<Request> request = builder.build();
                          return request && evaluate(*request, applied).is_allowed();
                        });
    if (enough) {
      detail::Findings(answer).add(
          "over-privileged", "low", user.email,
          fmt::format("all that was used of {} is within {}", mine.id, mine.narrower));
    }
  }
}

WRIT_FUNC void Portal::audit_roles(const PartnerCompany& company, Answer& answer) const {
  detail::Findings findings(answer);
  const AwsAccount* const account = linked_account(company);
  if (account == nullptr) return;
  for (const IamRole& role : account->roles) {
    const bool is_default_wide =
        role.name.starts_with(detail::kDefaultRoles[detail::kCloudAdminRole].name) ||
        role.name.starts_with(detail::kDefaultRoles[detail::kAllianceRole].name);
    for (const AttachedPolicy& policy : role.policies) {
      if (policy.name.find("FullAccess") != std::string::npos && !is_default_wide) {  // R-POL-2
        findings.add("broad-managed-policy", "low", role.arn,
                     fmt::format("{} is attached", policy.name));
      }
      if (!policy.managed && policies().managed(policy.name) != nullptr) {  // T-4
        findings.add(
            "lookalike-policy", "high", role.arn,
            fmt::format("a customer's policy has the name of the managed policy {}", policy.name));
      }
    }
  }
}

WRIT_FUNC void Portal::audit_generic_login(const PartnerCompany& company, const AuditInput& input,
                                           Answer& answer) const {
  // R-AUD-7: which steps of retiring a generic lead are open.
  bool others_hold_roles = false;
  bool others_signed_in = true;
  std::vector<std::string_view> generic;
  for (const std::uint32_t index : company.users) {
    const PortalUser& user = users_[index];
    if (user.status != UserStatus::Active) continue;
    if (detail::looks_generic(user.email, input.generic_words)) {
      generic.push_back(user.email);
      continue;
    }
    others_hold_roles = others_hold_roles || user.roles != 0;
    others_signed_in = others_signed_in && user.last_sign_in != 0;
  }
  const PortalUser& lead = lead_of(company);
  const bool leads = std::ranges::find(generic, lead.email) != generic.end();
  for (const std::string_view email : generic) {
    std::string open;
    const auto step = [&open](bool is_open, std::string_view what) {
      if (is_open) open += (open.empty() ? "open: " : ", ") + std::string(what);
    };
    step(leads, "hand over the lead");
    step(!others_hold_roles, "give others the least roles");
    step(!others_signed_in, "each signs in once");
    step(true, "the lead deactivates the generic account");
    detail::Findings(answer).add("retire-generic-login", "info", email, open);
  }
}

WRIT_FUNC Answer Portal::run_audit(Session session, const AuditInput& input) const {
  detail::Gate gate(*this, session, options_.explain_refusals);
  if (!gate.open() || !gate.may("portal:ListUsers")) return std::move(gate.answer);  // R-AUD-1
  const PartnerCompany& company = gate.company();
  detail::Findings findings(gate.answer);
  const RoleSet administers =
      catalog().all_with(RoleDuty::BulkToAlliance) | catalog().all_with(RoleDuty::CloudAdmin);
  bool another = false;
  for (const std::uint32_t index : company.users) {
    const PortalUser& user = users_[index];
    if (user.status != UserStatus::Active) continue;
    another = another || (user.roles & administers) != 0;
    audit_user(user, input, gate.answer);
  }
  if (!another) {  // R-AUD-6
    findings.add("lead-is-only-administrator", "info", lead_of(company).email,
                 "nobody but the lead administers the account");
  }
  audit_generic_login(company, input, gate.answer);
  audit_roles(company, gate.answer);
  return std::move(gate.answer);
}

}  // namespace portal
}  // namespace writ::inline v0
