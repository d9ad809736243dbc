// Policy files of one kind, parsed or compiled as one set, for every command that takes them.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "writ/model/policy_document.h"
#include "writ/policy_set.h"

namespace writ::cli {

/// Reads and parses the files as documents of one kind. Nothing when one cannot be read or is no
/// policy, which has then been reported.
[[nodiscard]] std::optional<std::vector<PolicyDocument>> parse_files(
    std::span<const std::string_view> paths, PolicyType type, Console& console,
    const Command& command);

/// The same, compiled as one set.
[[nodiscard]] std::optional<PolicySet> compile_files(std::span<const std::string_view> paths,
                                                     PolicyType type, Console& console,
                                                     const Command& command);

}  // namespace writ::cli
