// AuditEvent: one line of the audit log, in the shape of a CloudTrail event.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/config.h"

namespace writ::inline v0 {
namespace portal {

/// The service that links accounts and maps users.
inline constexpr std::string_view kAccountManagementService =
    "partnercentral-account-management.amazonaws.com";
/// `eventSource` of the portal's own events (R-EVT-4).
inline constexpr std::string_view kPortalSource = "portal.model";

/// Who caused an event (R-EVT-7). Empty members are left out of the JSON.
struct UserIdentity {
  /// `PartnerUser`, `IAMUser`, `AssumedRole`, `AWSService`, or `Unknown` for callers without a
  /// session.
  std::string type;
  std::string principal_id;  ///< partnerUserId, or the id that AWS gives
  std::string arn;           ///< of the caller
  std::string account_id;    ///< of the caller
  std::string user_name;     ///< of the caller
  std::string invoked_by;    ///< the service that called in its place
};

/// One event (R-EVT-2). Value type. Passwords, codes and typed words are never in it (R-EVT-8).
struct AuditEvent {
  UserIdentity user_identity;     ///< who
  std::int64_t time = 0;          ///< seconds since 1970-01-01T00:00:00Z
  std::string source;             ///< eventSource: the service
  std::string name;               ///< eventName: the command
  std::string source_ip_address;  ///< as the host gave it
  std::string user_agent;         ///< of the portal
  std::vector<std::pair<std::string, std::string>> request_parameters;  ///< names and values
  std::string request_id;            ///< of the call; rows of one call share it
  std::string event_id;              ///< of the event alone
  std::string recipient_account_id;  ///< whose log it belongs to
  std::string error_code;            ///< of refused calls
  std::string error_message;         ///< of refused calls

  /// The event as one line of JSON, members in the order of R-EVT-2.
  [[nodiscard]] std::string to_json() const;
};

/// `2025-01-15T10:00:00Z`.
[[nodiscard]] std::string to_iso8601(std::int64_t epoch_seconds);

/// Where events go, in the order of effect. Given by the host.
class AuditSink {
 public:
  AuditSink() = default;
  /// Copies.
  AuditSink(const AuditSink&) = default;
  AuditSink& operator=(const AuditSink&) = default;  ///< Copies.
  virtual ~AuditSink() = default;

  /// Called once an event, before the call that caused it returns. A sink that cannot keep the
  /// event remembers that; the portal does not undo what was done.
  virtual void append(const AuditEvent& event) = 0;
};

}  // namespace portal
}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/portal/impl/audit_event-inl.h"
#endif
