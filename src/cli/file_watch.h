// Waiting for files to change.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"

namespace writ::cli {

/// Returns when one of the files, or something in one of the operands that are folders, has been
/// written, replaced or removed, and 100 ms passed without another change. Errors: there is no
/// watch on this system, or none more to be had.
[[nodiscard]] std::optional<Problem> wait_for_change(const std::vector<std::string>& files,
                                                     std::span<const std::string_view> operands);

}  // namespace writ::cli
