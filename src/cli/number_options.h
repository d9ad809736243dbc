// Options whose values are numbers: `--jobs N`, `--min-score PERCENT`.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>

#include "cli/commands.h"

namespace writ::cli {

/// What a number may be.
struct NumberRange {
  std::size_t least = 0;
  std::size_t most = std::numeric_limits<std::size_t>::max();
};

/// The option's number, or `otherwise` where it is not given. Nothing for any other value, which
/// has then been reported.
[[nodiscard]] std::optional<std::size_t> number_option(const Arguments& arguments, Console& console,
                                                       const Command& command,
                                                       std::string_view option, NumberRange range,
                                                       std::size_t otherwise);

/// The same of a percentage, from 0 to 100.
[[nodiscard]] std::optional<double> percent_option(const Arguments& arguments, Console& console,
                                                   const Command& command, std::string_view option,
                                                   double otherwise);

inline constexpr Option kJobsOption = {"--jobs", "N", Arity::One,
                                       "threads; as many as there are cores without it"};

/// Threads to use: 1 to 1024.
[[nodiscard]] std::optional<std::size_t> jobs_option(const Arguments& arguments, Console& console,
                                                     const Command& command);

}  // namespace writ::cli
