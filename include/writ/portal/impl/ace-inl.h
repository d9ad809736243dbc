// Not API, may change in any release. Opportunities and leads: the portal decides and keeps the
// owner, the host keeps the rest (R-ACE).
#pragma once

#include <fmt/format.h>

#include "writ/portal/impl/call.h"

namespace writ::inline v0 {
namespace portal {
namespace detail {

[[nodiscard]] inline const AceRecord* find_record(const PartnerCompany& company,
                                                  std::string_view id) {
  const auto found = std::ranges::find(company.records, id, &AceRecord::id);
  return found == company.records.end() ? nullptr : &*found;
}

[[nodiscard]] inline PermissionTarget record_target(const AceRecord* record, AceKind kind) {
  PermissionTarget target;
  target.kind = to_string(record == nullptr ? kind : record->kind);
  target.id = record == nullptr ? "unknown" : std::string_view(record->id);
  if (record != nullptr) target.owner = record->owner;
  return target;
}

[[nodiscard]] inline bool is_one_of(std::string_view word,
                                    std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace detail

WRIT_FUNC Answer Portal::transfer(PartnerCompany& company, AceRecord& record,
                                  std::string_view to) const {
  Answer answer;
  const std::uint32_t next = find_in_company(company, to);
  if (next == detail::kNoIndex || users_[next].status != UserStatus::Active) {
    detail::refuse_row(answer, Code::NotEligible, "a record goes to an active user of the account");
    return answer;
  }
  record.owner = users_[next].id;
  return answer;
}

WRIT_FUNC Answer Portal::manage_ace_record(Session session, std::string_view id,
                                           std::string_view operation, std::string_view to) {
  detail::Call call(*this, "ManageAceRecord", session);
  // R-EVT-1: reads append none.
  if (operation == "view") call.leaves_no_event();
  call.parameter("record", id).parameter("operation", operation);
  if (!to.empty()) call.parameter("to", to);
  if (!call.open()) return call.refused();
  PartnerCompany& company = call.company();
  AceRecord* const record = const_cast<AceRecord*>(detail::find_record(company, id));
  if (!call.may("portal:ManageAceRecord", detail::record_target(record, AceKind::Opportunity))) {
    return call.refused();
  }
  if (!detail::is_one_of(operation, {"view", "edit", "accept", "reject", "transfer"})) {
    return call.refuse(Code::InvalidInput,
                       "the operation is view, edit, accept, reject or transfer");
  }
  if (record == nullptr) return call.refuse(Code::NotFound, "there is no such record");
  if (operation == "transfer") {
    const Answer moved = transfer(company, *record, to);
    if (!moved.ok()) return call.refuse(moved.code, moved.message);
  }
  return call.done();
}

WRIT_FUNC Answer Portal::bulk(Session session, std::string_view command, AceKind kind,
                              std::span<const std::string_view> ids, std::string_view operation,
                              std::string_view to) {
  detail::Call call(*this, command, session);
  const bool reads = operation == "export";
  if (reads) call.leaves_no_event();
  if (!call.open()) return call.refused();
  if (!detail::is_one_of(operation, {"import", "export", "update", "transfer"})) {
    return call.refuse(Code::InvalidInput, "the operation is import, export, update or transfer");
  }
  if (ids.empty()) return call.refuse(Code::InvalidInput, "no record is named");
  const std::string name = fmt::format("portal:{}", command);
  PartnerCompany& company = call.company();
  for (const std::string_view id : ids) {
    AceRecord* record = const_cast<AceRecord*>(detail::find_record(company, id));
    if (record != nullptr && record->kind != kind) record = nullptr;
    PermissionTarget target = detail::record_target(record, kind);
    const bool imports = operation == "import";
    // Who imports a record that is not there yet will own it.
    if (imports && record == nullptr) target.owner = call.user().id;
    Answer row;
    if (call.may(ActionName(name), target, row)) {
      if (imports && detail::find_record(company, id) != nullptr) {
        detail::refuse_row(row, Code::InvalidInput, "there is such a record already");
      } else if (imports) {
        company.records.push_back({std::string(id), call.user().id, kind});
      } else if (record == nullptr) {
        detail::refuse_row(row, Code::NotFound, "there is no such record");
      } else if (operation == "transfer") {
        const Answer moved = transfer(company, *record, to);
        row.code = moved.code;
        row.message = moved.message;
      }
    }
    row.subject = id;
    if (reads) {
      call.answer().rows.push_back(std::move(row));
    } else {
      call.row(std::move(row),
               {{"record", std::string(id)}, {"operation", std::string(operation)}});
    }
  }
  return call.done_with_rows();
}

WRIT_FUNC Answer Portal::bulk_opportunities(Session session,
                                            std::span<const std::string_view> records,
                                            std::string_view operation, std::string_view to) {
  return bulk(session, "BulkOpportunities", AceKind::Opportunity, records, operation, to);
}

WRIT_FUNC Answer Portal::bulk_transfer_leads(Session session,
                                             std::span<const std::string_view> records,
                                             std::string_view to) {
  return bulk(session, "BulkTransferLeads", AceKind::Lead, records, "transfer", to);
}

WRIT_FUNC Answer Portal::bulk_export_leads(Session session,
                                           std::span<const std::string_view> records) const {
  detail::Gate gate(*this, session, options_.explain_refusals);
  if (!gate.open()) return std::move(gate.answer);
  if (records.empty()) return gate.refuse(Code::InvalidInput, "no record is named");
  for (const std::string_view id : records) {
    const AceRecord* record = detail::find_record(gate.company(), id);
    if (record != nullptr && record->kind != AceKind::Lead) record = nullptr;
    Answer row;
    if (gate.may("portal:BulkExportLeads", detail::record_target(record, AceKind::Lead), row) &&
        record == nullptr) {
      detail::refuse_row(row, Code::NotFound, "there is no such record");
    }
    row.subject = id;
    gate.answer.rows.push_back(std::move(row));
  }
  return std::move(gate.answer);
}

}  // namespace portal
}  // namespace writ::inline v0
