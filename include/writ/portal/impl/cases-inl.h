// Not API, may change in any release. Support cases (R-CASE).
#pragma once

#include "writ/portal/impl/call.h"

namespace writ::inline v0 {
namespace portal {
namespace detail {

[[nodiscard]] inline const SupportCase* find_case(const PartnerCompany& company,
                                                  std::string_view id) {
  const auto found = std::ranges::find(company.cases, id, &SupportCase::id);
  return found == company.cases.end() ? nullptr : &*found;
}

[[nodiscard]] inline PermissionTarget case_target(const SupportCase* found) {
  PermissionTarget target;
  target.kind = "case";
  target.id = found == nullptr ? "unknown" : std::string_view(found->id);
  if (found != nullptr) target.owner = found->owner;
  return target;
}

}  // namespace detail

WRIT_FUNC Answer Portal::open_case(detail::Call& call, SupportCase opened) {
  const std::optional<std::string> id = unused_id(IdKind::Case, &call.company().cases);
  if (!id) return call.refuse(Code::Conflict, "the id source gives ids in use");
  opened.id += *id;
  opened.owner = call.user().id;
  call.result("caseId", opened.id);
  call.company().cases.push_back(std::move(opened));
  return call.done();
}

WRIT_FUNC Answer Portal::create_support_case(Session session, const CaseForm& form) {
  detail::Call call(*this, "CreateSupportCase", session);
  call.parameter("type", form.type).parameter("subject", form.subject);
  if (!call.open_and_may("portal:CreateSupportCase")) return call.refused();
  if (form.type.empty() || form.subject.empty() || form.description.empty()) {
    return call.refuse(Code::InvalidInput, "type, subject and description are given");
  }
  SupportCase opened;
  opened.type = form.type;
  opened.question = form.question;
  opened.specific = form.specific;
  opened.subject = form.subject;
  opened.description = form.description;
  opened.attachments.assign(form.attachments.begin(), form.attachments.end());
  return open_case(call, std::move(opened));
}

WRIT_FUNC Answer Portal::request_alliance_lead_change(Session session, std::string_view text) {
  detail::Call call(*this, "RequestAllianceLeadChange", session);
  if (!call.open_and_may("portal:RequestAllianceLeadChange")) return call.refused();
  if (text.empty()) return call.refuse(Code::InvalidInput, "a text is missing");
  SupportCase opened;
  opened.type = "Alliance lead";
  opened.subject = "Request a change of the alliance lead";
  opened.description = text;
  return open_case(call, std::move(opened));
}

WRIT_FUNC Answer Portal::view_support_case(Session session, std::string_view id) const {
  detail::Gate gate(*this, session, options_.explain_refusals);
  if (!gate.open()) return std::move(gate.answer);
  const SupportCase* const found = detail::find_case(gate.company(), id);
  if (!gate.may("portal:ViewSupportCase", detail::case_target(found))) {
    return std::move(gate.answer);
  }
  if (found == nullptr) return gate.refuse(Code::NotFound, "there is no such case");
  gate.answer.result.values = {{"id", found->id},
                               {"type", found->type},
                               {"subject", found->subject},
                               {"description", found->description},
                               {"status", found->open ? "open" : "closed"},
                               {"owner", found->owner}};
  for (const CaseReply& reply : found->replies) {
    Item item;
    item.values = {{"by", reply.by}, {"text", reply.text}};
    gate.answer.items.push_back(std::move(item));
  }
  return std::move(gate.answer);
}

WRIT_FUNC Answer Portal::list_support_cases(Session session) const {
  detail::Gate gate(*this, session, false);
  if (!gate.open()) return std::move(gate.answer);
  for (const SupportCase& mine : gate.company().cases) {
    Answer row;
    if (!gate.may("portal:ViewSupportCase", detail::case_target(&mine), row)) continue;
    Item item;
    item.values = {{"id", mine.id},
                   {"type", mine.type},
                   {"subject", mine.subject},
                   {"status", mine.open ? "open" : "closed"},
                   {"owner", mine.owner}};
    gate.answer.items.push_back(std::move(item));
  }
  return std::move(gate.answer);
}

WRIT_FUNC Answer Portal::reply_support_case(Session session, std::string_view id,
                                            std::string_view text) {
  detail::Call call(*this, "ReplySupportCase", session);
  call.parameter("case", id);
  if (!call.open()) return call.refused();
  SupportCase* const found = const_cast<SupportCase*>(detail::find_case(call.company(), id));
  if (!call.may("portal:ReplySupportCase", detail::case_target(found))) return call.refused();
  if (text.empty()) return call.refuse(Code::InvalidInput, "a text is missing");
  if (found == nullptr) return call.refuse(Code::NotFound, "there is no such case");
  found->replies.push_back({call.user().id, std::string(text)});
  return call.done();
}

}  // namespace portal
}  // namespace writ::inline v0
