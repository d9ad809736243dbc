// ReplayedEvent: an event of a log as the requests it stands for, and what it tells of their
// context.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/trail_tables.h"
#include "writ/decision.h"
#include "writ/error.h"
#include "writ/impl/json_tree.h"
#include "writ/request.h"

namespace writ::cli {

/// A condition key that an event tells of.
struct ReplayedKey {
  std::string_view name;
  bool absent = false;  ///< the event tells that the request did not have it
  bool multivalued = false;
  std::string_view single;
  std::vector<std::string_view> values;
};

/// One question of an event.
struct ReplayedRequest {
  std::string action;
  std::string resource;  ///< `*` when it is not known
  bool resource_known = true;
  std::string resource_account;  ///< may be empty
  /// What the action may have been instead; empty when it is known.
  std::string other_action = {};
};

/// What the log says about the outcome.
enum class Evidence : unsigned char { None, Allowed, Denied };

/// One event. Borrows the text it was read from only while it is read. Refers to its own texts, so
/// that a copy would refer to another's.
struct ReplayedEvent {
  ReplayedEvent() = default;
  ReplayedEvent(ReplayedEvent&&) = default;
  ReplayedEvent& operator=(ReplayedEvent&&) = default;

  Skip skip = Skip::None;
  Caller caller;
  std::string principal;  ///< whose call it is: of a session its role
  std::vector<ReplayedRequest> requests;
  std::vector<ReplayedKey> keys;
  bool complete = false;  ///< keys that are not listed were absent
  std::optional<bool> policy_required;
  bool aws_managed_key = false;
  Evidence evidence = Evidence::None;
  std::string_view time;  ///< ISO 8601; empty when the event has none
  bool is_gap = false;    ///< a decision log's word that it lost `lost` decisions
  std::uint64_t lost = 0;
  std::uint64_t one_in = 1;

  detail::JsonTree tree;          // holds the texts
  std::deque<std::string> texts;  // those that are not in the event
};

/// What a report calls a caller: of a session its role.
[[nodiscard]] std::string name_of_caller(const Caller& caller);

/// Reads CloudTrail events, the portal's among them, and lines of decision logs.
/// Errors: `JsonSyntaxError`, `NestingTooDeep`, `DuplicateMember`, `InvalidInput`, with the
/// position in `text`.
[[nodiscard]] Result<ReplayedEvent> read_event(std::string_view text);

}  // namespace writ::cli
