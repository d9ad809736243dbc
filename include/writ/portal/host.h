// What the portal asks of its host: time, ids, codes, a password hash, and where events and
// messages go. The portal does no input or output of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "writ/config.h"
#include "writ/fwd.h"
#include "writ/portal/audit_event.h"

namespace writ::inline v0 {
namespace portal {

/// What a new id is for.
enum class IdKind : std::uint8_t {
  PartnerAccount,  ///< digits, at most 12, for R-ARCH-2
  PartnerUser,
  Case,
  Request,  ///< `requestID` of an event
  Event,    ///< `eventID`
};

/// The interfaces below are called by commands, one thread at a time, never by queries.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Seconds since 1970-01-01T00:00:00Z.
  [[nodiscard]] virtual std::int64_t now() = 0;
};

/// Makes ids. Given by the host.
class IdSource {
 public:
  virtual ~IdSource() = default;
  /// A new id. The portal asks again a few times when it is in use, and then answers CONFLICT.
  [[nodiscard]] virtual std::string next(IdKind kind) = 0;
};

/// Makes security codes. Given by the host.
class CodeSource {
 public:
  virtual ~CodeSource() = default;
  /// A code that nobody can guess.
  [[nodiscard]] virtual std::string next() = 0;
};

/// Turns passwords into what may be stored.
class PasswordHash {
 public:
  virtual ~PasswordHash() = default;
  /// What is kept of a password, with salt.
  [[nodiscard]] virtual std::string seal(std::string_view password) = 0;
  /// Whether `sealed` was made of this password. False for a `sealed` it cannot read.
  [[nodiscard]] virtual bool matches(std::string_view password, std::string_view sealed) const = 0;
};

/// A message to be mailed by the host.
struct Message {
  std::string kind;     ///< `securityCode`, `signInCode`, `passwordCode`, `invitation`, `aceNotice`
  std::string from;     ///< address
  std::string to;       ///< address
  std::string subject;  ///< one line
  std::string text;     ///< the body
  std::string code;     ///< for those that carry one
};

/// Where messages go. Given by the host.
class Outbox {
 public:
  virtual ~Outbox() = default;
  /// Called once a message, before the call that caused it returns.
  virtual void send(const Message& message) = 0;
};

/// Sees what the portal asks the engine and what it answers: for coverage of policies and for
/// tests. Given by the host that wants it; no permission check costs more without one than the look
/// at a null pointer.
class DecisionObserver {
 public:
  virtual ~DecisionObserver() = default;
  /// Called once for each decision by the portal's policies, before the call that asked returns, on
  /// its thread: by queries too, thus from several threads at once where the host asks from
  /// several. What is passed lives as long as the call. Must not call the portal.
  virtual void decided(const Request& request, const AppliedPolicies& policies,
                       const Decision& decision) noexcept = 0;
};

/// All of them together. They must outlive the portal.
struct Host {
  Clock& clock;                           ///< tells the time
  IdSource& ids;                          ///< makes ids
  CodeSource& codes;                      ///< makes security codes
  PasswordHash& passwords;                ///< seals and checks passwords
  AuditSink& audit;                       ///< takes events
  Outbox& outbox;                         ///< takes messages
  DecisionObserver* decisions = nullptr;  ///< sees decisions; null: nobody does
};

}  // namespace portal
}  // namespace writ::inline v0
