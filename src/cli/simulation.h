// Simulation: IAM's SimulateCustomPolicy and SimulatePrincipalPolicy on a checked input.
#pragma once

#include <string>
#include <string_view>

#include "cli/simulate_input.h"
#include "writ/result.h"

namespace writ::cli {

/// Evaluates every action on every resource and returns the output (S-10 to S-17) as JSON, indented
/// by two spaces, members in the order of the API. Errors (`InvalidInput`): a policy is
/// refused (S-3), an action or ARN is invalid, the resource policy does not fit the resources.
///
/// Who calls: `CallerArn`; a group stands for a user of its account. Without CallerArn a user of
/// the account that owns the resource calls, so that the identity policies alone decide.
[[nodiscard]] Result<std::string> simulate(const SimulateInput& input);

/// The same from the input's text.
[[nodiscard]] Result<std::string> simulate(std::string_view input);

}  // namespace writ::cli
