// Scenarios: JSON files that people write, run against a portal in memory. docs/scenarios.md tells
// the format.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "writ/config.h"
#include "writ/portal/host.h"
#include "writ/portal/host_records.h"
#include "writ/portal/policies.h"
#include "writ/portal/roles.h"
#include "writ/result.h"

namespace writ::inline v0 {
namespace portal {

/// What scenarios run over: the policies under test and the menu's items.
struct ScenarioWorld {
  PortalPolicies policies;                ///< that decide
  std::span<const MenuItem> menu = {};    ///< items that ListMenu knows
  DecisionObserver* decisions = nullptr;  ///< sees each decision of the portals; may be null
};

/// How one scenario came out. Value type.
struct ScenarioResult {
  std::string name;              ///< of the scenario
  std::uint32_t steps = 0;       ///< steps run, the failed one included
  bool passed = false;           ///< whether all steps came out as expected
  Position position;             ///< of the step that failed
  std::string problem;           ///< what was expected and what came; empty when passed
  std::string explanation;       ///< the engine's, of the failed step
  std::string events;            ///< the audit log, as JSON lines
  std::string broken_invariant;  ///< what the portal broke, which no scenario should be able to
};

/// Runs the scenarios of a file: one object, or an array of them. A scenario stops at its first
/// failed step. Errors, with position and JSON pointer: those of JSON; `InvalidInput` for an
/// unknown member, command or argument, a missing one, a wrong type, a start that breaks an
/// invariant, or policies that do not load. Complexity: that of the commands.
[[nodiscard]] Result<std::vector<ScenarioResult>> run_scenarios(std::string_view text,
                                                                const ScenarioWorld& world);

/// The items of a menu file: `{"items": [{"id", "menu", "item"}, ...]}`. Owns the text.
class MenuFile {
 public:
  /// Reads a menu file. Errors: InvalidInput, with position.
  [[nodiscard]] static Result<MenuFile> parse(std::string_view text);
  /// In the order of the file.
  [[nodiscard]] std::span<const MenuItem> items() const noexcept WRIT_LIFETIME_BOUND {
    return items_;
  }

 private:
  std::vector<char> arena_;
  std::vector<MenuItem> items_;  // views into the arena
};

}  // namespace portal
}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/portal/impl/scenario-inl.h"
#endif
