// Not API, may change in any release. Permission checks without more.
#pragma once

#include <algorithm>
#include <array>

#include "writ/batch.h"
#include "writ/portal/impl/engine.h"
#include "writ/portal/portal.h"

namespace writ::inline v0 {
namespace portal {

WRIT_FUNC Permit Portal::check(Session session, const ActionName& action,
                               const PermissionTarget& target) const noexcept {
  Permit permit;
  const detail::SessionRecord* const record = session_record(session);
  permit.code = detail::session_code(record);
  if (!permit.ok()) return permit;
  permit.decision = detail::Engine::decide(*this, *record, action, target);
  permit.code = detail::code_of(permit.decision.outcome);
  return permit;
}

WRIT_FUNC Answer Portal::authorize(Session session, const ActionName& action,
                                   const PermissionTarget& target) const {
  detail::Gate gate(*this, session, options_.explain_refusals);
  if (gate.open() && gate.may(action, target)) gate.answer.code = Code::Ok;
  return std::move(gate.answer);
}

WRIT_FUNC Permit Portal::check_menu(Session session, std::span<const std::string_view> menu_ids,
                                    std::span<bool> allowed) const noexcept {
  constexpr ActionName kOpen("portal:OpenMenuItem");
  Permit permit;
  const detail::SessionRecord* const record = session_record(session);
  permit.code = detail::session_code(record);
  std::ranges::fill(allowed, false);
  if (!permit.ok()) return permit;
  const PortalUser& user = users_[record->user];
  const PartnerCompany& company = companies_[user.company];
  detail::KeyLists lists;
  AppliedPolicies policies;
  policies.identity = std::span(&policy_set(user), 1);
  for (std::size_t i = 0; i < std::min(menu_ids.size(), allowed.size()); ++i) {
    const detail::ResourceArn resource(company.id, "menu", menu_ids[i]);
    RequestBuilder builder(record->caller, kOpen, resource.text());
    builder.resource_account(company.account);
    detail::Engine::fill(*this, user, company, {}, lists, builder);
    const Result<Request> request = builder.build();
    allowed[i] = request && detail::Engine::evaluate(*this, *request, policies).is_allowed();
  }
  return permit;
}

WRIT_FUNC Result<AccountMenu> AccountMenu::make(std::string_view partner_account,
                                                std::span<const std::string_view> menu_ids) {
  AccountMenu menu;
  menu.arns_.reserve(menu_ids.size());
  std::vector<std::string_view> texts;
  for (const std::string_view id : menu_ids) {
    menu.arns_.emplace_back(detail::ResourceArn(partner_account, "menu", id).text());
  }
  texts.assign(menu.arns_.begin(), menu.arns_.end());
  Result<ResourceList> resources = ResourceList::make(texts);
  if (!resources) return std::move(resources).error();
  menu.resources_ = *std::move(resources);
  return menu;
}

WRIT_FUNC Permit Portal::check_menu(Session session, const AccountMenu& menu,
                                    std::span<bool> allowed) const noexcept {
  constexpr ActionName kOpen("portal:OpenMenuItem");
  Permit permit;
  const detail::SessionRecord* const record = session_record(session);
  permit.code = detail::session_code(record);
  std::ranges::fill(allowed, false);
  if (!permit.ok() || menu.size() == 0) return permit;
  const PortalUser& user = users_[record->user];
  const PartnerCompany& company = companies_[user.company];
  detail::KeyLists lists;
  // The resources of the menu take the place of the request's own.
  RequestBuilder builder(record->caller, kOpen, "*");
  builder.resource_account(company.account);
  detail::Engine::fill(*this, user, company, {}, lists, builder);
  const Result<Request> request = builder.build();
  if (!request) return permit;
  AppliedPolicies policies;
  policies.identity = std::span(&policy_set(user), 1);
  std::array<Decision, 64> few;
  std::vector<Decision> many(menu.size() > few.size() ? menu.size() : 0);
  const std::span<Decision> decisions =
      many.empty() ? std::span<Decision>(few).first(menu.size()) : std::span<Decision>(many);
  evaluate_resources(*request, menu.resources(), policies, decisions);
  for (std::size_t i = 0; i < std::min(decisions.size(), allowed.size()); ++i) {
    allowed[i] = decisions[i].is_allowed();
  }
  if (host_.decisions != nullptr) {
    detail::Engine::tell_each(*this, *record, kOpen, menu.resources(), decisions);
  }
  return permit;
}

WRIT_FUNC Answer Portal::decide(Session session, std::string_view action, std::string_view resource,
                                std::span<const ContextKey> keys,
                                std::span<const std::string_view> without) const {
  detail::Gate gate(*this, session, options_.explain_refusals);
  if (!gate.open()) return std::move(gate.answer);
  const PartnerCompany& company = gate.company();
  detail::KeyLists lists;
  detail::PortalKeys mine;
  detail::Engine::fill(*this, gate.user(), company, {}, lists, mine);
  std::string arn(resource);
  if (!arn.starts_with("arn:")) {
    arn = "arn:aws:portal:::partner/" + company.id;
    if (!resource.empty()) arn += "/" + std::string(resource);
  }
  RequestBuilder builder(gate.session().caller, ActionName(action), arn);
  builder.resource_account(company.account);
  const auto left_out = [&](std::string_view name) {
    const auto same = [name](std::string_view other) { return equals_folded(name, other); };
    return std::ranges::any_of(without, same) || std::ranges::any_of(keys, same, &ContextKey::name);
  };
  for (const detail::PortalKey& key : mine.keys()) {
    if (left_out(key.key.name())) continue;
    if (key.multivalued) {
      builder.set_list(key.key, key.values);
    } else {
      builder.set(key.key, key.value);
    }
  }
  for (const ContextKey& key : keys) {
    if (key.multivalued) {
      builder.set_list(key.name, key.values);
    } else {
      builder.set(key.name, key.value);
    }
  }
  const Result<Request> request = builder.build();
  if (!request) return gate.refuse(Code::InvalidInput, request.error().message);
  AppliedPolicies policies;
  policies.identity = std::span(&policy_set(gate.user()), 1);
  gate.answer.decision = detail::Engine::evaluate(*this, *request, policies);
  gate.answer.code = detail::code_of(gate.answer.decision.outcome);
  if (!gate.answer.ok() && options_.explain_refusals) {
    detail::write_explanation(explain(*request, policies), gate.answer);
  }
  return std::move(gate.answer);
}

}  // namespace portal
}  // namespace writ::inline v0
