// What a command is to write, looked at before it begins.
#pragma once

#include <optional>

#include "cli/arguments.h"
#include "cli/console.h"

namespace writ::cli {

/// Why the outputs that the options name cannot all be had: two of them are one file or both
/// standard output, a report would mix with `--json` there, or a file that the arguments name is to
/// be read and written. Files are compared by what they are, not by their names. What a command
/// reads besides (a suite's policies, the files of a folder) `write_output` looks after.
[[nodiscard]] std::optional<Problem> check_outputs(const Command& command,
                                                   const Arguments& arguments);

}  // namespace writ::cli
