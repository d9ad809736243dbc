// Not API, may change in any release. From a scenario's `start` to a portal.
#pragma once

#include "writ/portal/impl/json_in.h"
#include "writ/portal/memory_host.h"
#include "writ/portal/portal.h"
#include "writ/portal/scenario.h"

namespace writ::inline v0 {
namespace portal::detail {

/// The policies of one scenario: those of the world with what the scenario adds.
[[nodiscard]] std::optional<PortalPolicies> scenario_policies(JsonIn& in, const JsonNode& scenario,
                                                              const ScenarioWorld& world);

/// Brings in the start. Mistakes are kept in `in`.
void fill_start(JsonIn& in, const JsonNode& start, Portal& portal, MemoryHost& host);

/// What a scenario's `state` is compared with: users by email, companies, AWS accounts, tasks,
/// records. As JSON text.
[[nodiscard]] std::string state_as_json(const Portal& portal);

/// An answer as JSON: `result` with `succeeded` and `failed`, `items`, `warnings`.
[[nodiscard]] std::string answer_as_json(const Answer& answer);

}  // namespace portal::detail
}  // namespace writ::inline v0
