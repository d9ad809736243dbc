// Growth data: stages of accounts and solutions, and what follows from them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "writ/config.h"
#include "writ/portal/records.h"

namespace writ::inline v0 {
namespace portal {

/// Stages of a partner account, lowest first.
inline constexpr std::string_view kAccountStages[] = {"registered", "enrolled", "confirmed",
                                                      "validated"};
/// Stages of a solution, first to last (R-TASK-10).
inline constexpr std::string_view kSolutionStages[] = {"build", "market", "sell", "grow"};

/// Whether a stage of an account is `least` or higher. An unknown stage satisfies no minimum.
[[nodiscard]] constexpr bool reaches_stage(std::string_view stage,
                                           std::string_view least) noexcept {
  const auto mine = std::ranges::find(kAccountStages, stage);
  const auto minimum = std::ranges::find(kAccountStages, least);
  return mine != std::end(kAccountStages) && minimum != std::end(kAccountStages) && mine >= minimum;
}

/// Whether anything of a company's profile may be published (R-COMP-2).
[[nodiscard]] constexpr bool profile_is_public(std::string_view stage) noexcept {
  return reaches_stage(stage, "validated");
}

/// A task that the host would recommend (R-TASK-9); empty members fit every account or solution.
struct Recommendation {
  std::string_view task;            ///< type of the task
  std::string_view path;            ///< of the partner
  std::string_view solution_stage;  ///< that the task belongs to
};

/// Those of the host's list that fit the account's paths and the solution's stage (R-TASK-9).
[[nodiscard]] inline std::vector<Recommendation> recommended(std::span<const Recommendation> list,
                                                             std::span<const std::string> paths,
                                                             std::string_view solution_stage) {
  std::vector<Recommendation> fitting;
  for (const Recommendation& one : list) {
    const bool path = one.path.empty() || std::ranges::find(paths, one.path) != paths.end();
    const bool stage = one.solution_stage.empty() || one.solution_stage == solution_stage;
    if (path && stage) fitting.push_back(one);
  }
  return fitting;
}

/// Whether a software solution in stage `sell` moves on to `grow`: after ten validated
/// opportunities that the partner originated (R-TASK-11). Other changes are the host's.
[[nodiscard]] constexpr bool moves_to_grow(std::string_view solution_type, std::string_view stage,
                                           std::uint32_t validated_opportunities) noexcept {
  return solution_type == "software" && stage == "sell" && validated_opportunities >= 10;
}

}  // namespace portal
}  // namespace writ::inline v0
