// Mutants of the portal's policies, noticed by scenarios.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "cli/console.h"
#include "cli/mutation_run.h"
#include "cli/portal_policies.h"
#include "writ/portal/policies.h"
#include "writ/portal/scenario.h"

namespace writ::cli {

/// What the mutants are made of and who is to notice them. Borrowed.
struct PortalMutation {
  const PortalTexts& texts;
  const portal::PortalPolicies& policies;     ///< of `texts`
  std::span<const portal::MenuItem> menu;     ///< of `texts`
  std::span<const std::string_view> files;    ///< scenario files
  std::optional<std::string_view> directory;  ///< of the policies; the tool's own without it
  std::size_t every = 1;                      ///< 1: all mutants; n: every n-th
};

/// Runs the scenarios over every mutant of policies/portal and reports as `writ mutate` does: one
/// is noticed when a scenario fails. Mutants that PortalPolicies::load refuses are none. Exit codes
/// of report_mutants; kExitBadInput when a file fails over the policies as they are.
[[nodiscard]] int mutate_portal(const PortalMutation& mutation, const MutationOptions& options,
                                Console& console);

}  // namespace writ::cli
