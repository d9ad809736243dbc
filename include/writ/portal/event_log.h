// Sinks for audit events: in memory, with search, and a file of JSON lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "writ/config.h"
#include "writ/portal/audit_event.h"
#include "writ/result.h"

namespace writ::inline v0 {
namespace portal {

/// What to look for; empty members look for nothing (R-EVT-9).
struct EventQuery {
  std::string_view name = {};  ///< of the event; empty: any
  std::string_view user = {};  ///< principalId or ARN of the identity, or `partnerUserId` parameter
  std::int64_t from = INT64_MIN;  ///< seconds since 1970, inclusive
  std::int64_t to = INT64_MAX;    ///< seconds since 1970, inclusive
};

/// Keeps events in memory in the order of effect. Thread-safety: as its portal's.
class EventLog : public AuditSink {
 public:
  void append(const AuditEvent& event) override { events_.push_back(event); }

  /// All events, in the order of effect.
  [[nodiscard]] const std::vector<AuditEvent>& events() const noexcept WRIT_LIFETIME_BOUND {
    return events_;
  }
  /// Those that match, oldest first.
  [[nodiscard]] std::vector<const AuditEvent*> find(const EventQuery& query) const
      WRIT_LIFETIME_BOUND;
  /// `{"Records": [...]}`, as CloudTrail's files have it (R-EVT-9).
  [[nodiscard]] std::string to_json() const;
  /// Forgets all events.
  void clear() noexcept { events_.clear(); }

 private:
  std::vector<AuditEvent> events_;
};

/// Appends each event to a file as one line of JSON, handed to the system before `append` returns.
///
/// A line is written by one system call to the end of the file. Where the system takes only part of
/// it (a full disk), the part is cut off again. A line that a crash left unfinished is cut off when
/// the file is opened, so that every line of the file is one whole event: see `torn_line`.
/// Thread-safety: one thread at a time, as its portal's commands. One sink a file.
class JsonLinesSink : public AuditSink {
 public:
  /// Errors: `InvalidInput`, the file cannot be opened, read or cut.
  [[nodiscard]] static Result<JsonLinesSink> open(const std::string& path);

  /// Moves.
  JsonLinesSink(JsonLinesSink&& other) noexcept;
  JsonLinesSink& operator=(JsonLinesSink&& other) noexcept;  ///< Moves.
  JsonLinesSink(const JsonLinesSink&) = delete;
  JsonLinesSink& operator=(const JsonLinesSink&) = delete;
  ~JsonLinesSink() override;

  void append(const AuditEvent& event) override;

  /// What was cut off on opening; empty when the file was whole.
  [[nodiscard]] const std::string& torn_line() const noexcept WRIT_LIFETIME_BOUND { return torn_; }
  /// Why an event could not be kept; empty while all are. Look at it: `append` has no other way.
  [[nodiscard]] const std::string& problem() const noexcept WRIT_LIFETIME_BOUND { return problem_; }
  /// Events that could not be written.
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

 private:
  JsonLinesSink() = default;

  int file_ = -1;
  std::string torn_;
  std::string problem_;
  std::uint64_t lost_ = 0;
};

}  // namespace portal
}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/portal/impl/event_log-inl.h"
#endif
