// What `writ mutate` and `writ portal mutate` have in common: their options, and what they tell of
// the mutants.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/mutant.h"

namespace writ::cli {

/// A mutant of a policy file and whether a test came out otherwise.
struct MutantRun {
  std::string path;
  Mutant mutant;
  bool noticed = false;
};

struct MutationOptions {
  std::string_view command;  ///< what messages begin with
  bool json = false;
  double min_score = 100;  ///< percent of mutants that must be noticed
  std::size_t jobs = 1;
};

/// `--json`, `--min-score` and `--jobs`. Nothing when one is malformed, which has then been
/// reported.
[[nodiscard]] std::optional<MutationOptions> read_mutation_options(const Arguments& arguments,
                                                                   Console& console,
                                                                   const Command& command);

/// Prints the survivors, sorted by place, then the summary. Returns kExitYes when enough were
/// noticed, else kExitNo; no mutant at all is bad input.
[[nodiscard]] int report_mutants(const std::vector<MutantRun>& runs, const MutationOptions& options,
                                 Console& console);

}  // namespace writ::cli
