// Not API, may change in any release. Call: one command by the order of R-ARCH-6.
//
// A command opens its session, asks the engine, checks its input, then the invariants, then, where
// a rule asks for it, the linked AWS account; only then it changes something. The first failure
// answers. Whatever the end, a command that may change state leaves one event, or one for each row
// of a batch (R-EVT-1), written here.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/portal/commands.h"
#include "writ/portal/impl/engine.h"

namespace writ::inline v0 {
namespace portal::detail {

/// Most rows of a batch (R-ASG-1, R-INV-2, R-MAP-7).
inline constexpr std::size_t kBatch = 10;

[[nodiscard]] inline std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += ',';
    text += word;
  }
  return text;
}

/// Writes into a row what a check found.
inline void refuse_row(Answer& row, Code code, std::string message) {
  row.code = code;
  row.message = std::move(message);
}

/// Parameters of an event.
using Parameters = std::vector<std::pair<std::string, std::string>>;

/// A user as a call names it: who it is, if anybody, and what the engine is asked about.
struct NamedUser {
  std::uint32_t index = kNoIndex;  ///< in the caller's company only
  PermissionTarget target;

  [[nodiscard]] bool found() const noexcept { return index != kNoIndex; }
};

class Call {
 public:
  /// By nobody, or by the host.
  Call(Portal& portal, std::string_view command)
      : portal_(portal), info_(*find_command(command)), gate_(portal, Session(), false) {}
  Call(Portal& portal, std::string_view command, Session session)
      : portal_(portal),
        info_(*find_command(command)),
        gate_(portal, session, portal.options_.explain_refusals),
        session_(portal.session_record(session)) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  [[nodiscard]] bool open() { return gate_.open(); }
  [[nodiscard]] bool may(const ActionName& action, const PermissionTarget& target = {}) {
    return gate_.may(action, target);
  }
  [[nodiscard]] bool may(const ActionName& action, const PermissionTarget& target, Answer& row) {
    return gate_.may(action, target, row);
  }
  [[nodiscard]] bool open_and_may(const ActionName& action, const PermissionTarget& target = {}) {
    return open() && may(action, target);
  }

  Call& parameter(std::string_view name, std::string_view value) {
    parameters_.emplace_back(name, value);
    return *this;
  }
  Call& result(std::string_view name, std::string_view value) {
    gate_.answer.result.values.emplace_back(name, value);
    return *this;
  }

  /// Ends the call as refused by the session or the engine.
  Answer refused() { return end(); }
  Answer refuse(Code code, std::string message, std::string check = {}) {
    gate_.answer.code = code;
    gate_.answer.message = std::move(message);
    gate_.answer.check = std::move(check);
    return end();
  }
  Answer done() {
    gate_.answer.code = Code::Ok;
    gate_.answer.message.clear();
    return end();
  }
  /// Ends a batch: its rows have left their events.
  Answer done_with_rows() {
    gate_.answer.code = Code::Ok;
    return std::move(gate_.answer);
  }
  /// Adds the answer of a row, and its event.
  void row(Answer answer, const Parameters& parameters) {
    emit(info_.event, answer, parameters);
    gate_.answer.rows.push_back(std::move(answer));
  }

  /// An event of this call under its own name; `answer` says whether it was refused.
  void emit(std::string_view name, const Answer& answer, const Parameters& parameters);
  /// AssociatePartnerUser and DisassociatePartnerUser (R-EVT-6).
  void emit_mapping(std::string_view name, const Answer& answer, std::string_view user,
                    std::string_view role, const PartnerCompany& company);
  /// AssociatePartnerAccount (R-EVT-5). The call then leaves no other event of its own.
  void set_link_identity(std::string_view principal);

  /// For the operations of a command that only read (R-EVT-1).
  void leaves_no_event() noexcept { silent_ = true; }

  [[nodiscard]] Answer& answer() noexcept { return gate_.answer; }
  [[nodiscard]] SessionRecord& session() noexcept { return *session_; }
  [[nodiscard]] std::uint32_t user_index() const noexcept { return session_->user; }
  [[nodiscard]] PortalUser& user() noexcept { return portal_.users_[session_->user]; }
  [[nodiscard]] PartnerCompany& company() noexcept { return portal_.companies_[user().company]; }
  /// The company that an event without a session belongs to.
  void concerns(const PartnerCompany& company) { concerned_ = &company; }

  /// Who is named, and the target of the question about it.
  [[nodiscard]] NamedUser named_user(std::string_view id_or_email) {
    return name_user(portal_, *session_, id_or_email);
  }
  [[nodiscard]] static NamedUser name_user(const Portal& portal, const SessionRecord& session,
                                           std::string_view id_or_email);

 private:
  Answer end();
  [[nodiscard]] AuditEvent event(std::string_view name, const Answer& answer);

  Portal& portal_;
  const CommandInfo& info_;
  Gate gate_;
  SessionRecord* session_ = nullptr;
  const PartnerCompany* concerned_ = nullptr;
  bool silent_ = false;
  std::string link_principal_;
  Parameters parameters_;
};

}  // namespace portal::detail
}  // namespace writ::inline v0
