// The policies that an account stores for a principal, for IAM's SimulatePrincipalPolicy.
#pragma once

#include "cli/simulate_input.h"
#include "writ/account.h"

namespace writ::cli {

/// Adds what the account holds of `input.source_arn` (S-2): the inline and attached policies of a
/// user or role, those of a user's groups, or those of a group alone; the boundary and the service
/// control policies by level, unless the input brings its own. Borrows the account. False, and
/// nothing is added, if the account has no such user, role or group.
[[nodiscard]] bool add_stored_policies(const Account& account, SimulateInput& input);

}  // namespace writ::cli
