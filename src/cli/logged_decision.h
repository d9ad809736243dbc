// Reading the lines of decision logs (docs/decision-log.md) as events.
#pragma once

#include <optional>
#include <string_view>

#include "cli/replayed_event.h"
#include "writ/error.h"

namespace writ::cli {

/// Fills an event whose tree is a line of a decision log; `kind` is its member `log`.
[[nodiscard]] std::optional<PolicyError> read_logged_decision(ReplayedEvent& event,
                                                              std::string_view kind);

}  // namespace writ::cli
