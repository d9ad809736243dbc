// Reading CloudTrail events: who called, what for, on what, in which context. docs/replay.md tells
// what is taken from where.
#pragma once

#include <optional>
#include <string>

#include "cli/replayed_event.h"
#include "writ/error.h"
#include "writ/request.h"

namespace writ::cli {

/// Fills an event whose tree is one of CloudTrail's.
[[nodiscard]] std::optional<PolicyError> read_trail_event(ReplayedEvent& event);

/// What a report calls a caller: of a session its role.
[[nodiscard]] std::string name_of_caller(const Caller& caller);

}  // namespace writ::cli
