// Reading CloudTrail events: who called, what for, on what, in which context. docs/replay.md tells
// what is taken from where.
#pragma once

#include <optional>

#include "cli/replayed_event.h"
#include "writ/error.h"

namespace writ::cli {

/// Fills an event whose tree is one of CloudTrail's.
[[nodiscard]] std::optional<PolicyError> read_trail_event(ReplayedEvent& event);

}  // namespace writ::cli
