// Answer: what a call of the portal comes to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/config.h"
#include "writ/decision.h"

namespace writ::inline v0 {
namespace portal {

/// What a call comes to. The two denials are the engine's; what stands before them is about the
/// session, what comes after is about input, state and the linked AWS account (R-ARCH-6).
enum class Code : std::uint8_t {
  Ok,
  NotSignedIn,      ///< no session, or one that has ended (R-SIGN)
  CodeRequired,     ///< the mailed code is still to be given (R-SIGN-2)
  SessionLocked,    ///< this attempt to sign in is locked (R-SIGN-4)
  BadCredentials,   ///< R-SIGN-1
  ExplicitDeny,     ///< a Deny statement applies (R-ARCH-8)
  ImplicitDeny,     ///< nothing allows it (R-ARCH-8)
  InvalidInput,     ///< the shape of the input is wrong
  ConfirmRequired,  ///< the typed word is not `confirm` (R-LEAD-4)
  BatchTooLarge,    ///< more than ten rows (R-ASG-1)
  RoleCapReached,   ///< R-ASG-8
  AlreadyHeld,      ///< R-ASG-9
  NotHeld,          ///< R-ASG-9
  NotFound,         ///< what the call names does not exist
  NotEligible,      ///< it exists and cannot take part (R-LEAD-5, R-LINK-3)
  AlreadyMapped,    ///< R-MAP-7
  NotMapped,        ///< R-MAP-9, R-CRM-4, R-LINK-20
  IamDenied,        ///< a check in the linked AWS account fails (R-MAP-3, R-LINK-10)
  Conflict,         ///< it would break what is unique (R-REG-8, R-REG-13, R-LINK-4)
};
inline constexpr int kCodeCount = static_cast<int>(Code::Conflict) + 1;

/// `ok`, `explicitDeny`, `implicitDeny`, or the code in capitals: `NOT_SIGNED_IN`.
[[nodiscard]] std::string_view to_string(Code code) noexcept;

/// One line of a result: names and values, in the order of the command's documentation.
struct Item {
  /// Names and values, in the order of the command table.
  std::vector<std::pair<std::string, std::string>> values;

  /// The value, or the empty string.
  [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
};

/// The result of a call. Value type; owns its strings.
struct Answer {
  Code code = Code::Ok;  ///< ok, or the reason of the refusal
  /// What the engine said, when it was asked.
  Decision decision;
  /// The Sids of all Deny statements that applied (R-ARCH-8); empty Sids are left out. Needs
  /// `Options::explain_refusals`, else it holds nothing.
  std::vector<std::string> sids;
  /// For IamDenied: the check that failed, as `docs/portal.md` names it (`trust`, `iam:PassRole`).
  std::string check;
  /// One sentence that says what is wrong and what to do; empty when all is well.
  std::string message;
  /// The engine's explanation of a refusal; needs `Options::explain_refusals`.
  std::string explanation;
  /// `ACE_ROLE_LACKS_MARKETPLACE` (R-MAP-8).
  std::vector<std::string> warnings;
  /// What the call produced: `caseId`, `partnerUserId`.
  Item result;
  /// What a query lists.
  std::vector<Item> items;
  /// What a row of a batch is about: a user, an email, or a user and a role.
  std::string subject;
  /// One answer for each row of a batch, in the order given (R-ASG-7).
  std::vector<Answer> rows;

  /// Whether it was done.
  [[nodiscard]] bool ok() const noexcept { return code == Code::Ok; }
  /// How many rows were done.
  [[nodiscard]] std::uint32_t succeeded() const noexcept;
  /// How many rows were refused.
  [[nodiscard]] std::uint32_t failed() const noexcept;
};

}  // namespace portal
}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/portal/impl/answer-inl.h"
#endif
