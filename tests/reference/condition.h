// Conditions: C-1 to C-72, three-valued.
#pragma once

#include <vector>

#include "reference/document.h"

namespace writ::reference {

enum class Ternary { No, Unknown, Yes };  // C-70: Unknown is "Indeterminate"

/// The whole Condition element of a statement with that effect.
[[nodiscard]] Ternary test_condition(const std::vector<ConditionTerm>& condition, Effect effect,
                                     const Context& context);

}  // namespace writ::reference
