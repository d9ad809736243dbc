// Library against reference: one case, what differs, and the smallest case that still does.
#pragma once

#include <optional>
#include <string>

#include "reference/case.h"
#include "writ/decision.h"

namespace writ::differential {

/// `allowed AllowedByIdentity identity[0].statement[1]`, or `error`.
[[nodiscard]] std::string describe(const std::optional<Decision>& decision);

/// What the two say, when they do not agree about loading, deciding or explaining. Everything is
/// loaded anew, in both groupings.
[[nodiscard]] std::optional<std::string> difference(const reference::Case& asked);

/// The smallest case found by leaving out documents, statements, elements, values, keys and
/// characters, while a difference remains.
[[nodiscard]] reference::Case shrink(reference::Case asked);

/// All there is to say about a difference: the shrunk case as a line of a case file, whose `expect`
/// is the reference's answer, and both answers.
[[nodiscard]] std::string report(const reference::Case& asked);

}  // namespace writ::differential
