// The commands of the tool, and the tool itself.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "cli/console.h"
#include "writ/model/vocabulary.h"

namespace writ::cli {

extern const Command kEvalCommand;
extern const Command kExplainCommand;
extern const Command kCheckCommand;
extern const Command kMutateCommand;
extern const Command kSimulateCommand;
extern const Command kSimulatePrincipalCommand;
extern const Command kWhoCanCommand;
extern const Command kWhatCanCommand;
extern const Command kCanAssumeCommand;
extern const Command kContextKeysCommand;
extern const Command kLintCommand;
extern const Command kFmtCommand;
extern const Command kDumpCommand;
extern const Command kGraphCommand;
extern const Command kCompileCommand;
extern const Command kImageCommand;
extern const Command kReplayCommand;
#if defined(WRIT_TOOL_HAS_PORTAL)
extern const Command kPortalCommand;
#endif

extern const Command kReportCommand;
extern const Command kCompletionCommand;
extern const Command kManCommand;

/// All of them, in the order of the help.
[[nodiscard]] std::span<const Command* const> all_commands();
/// The command of a name, or null.
[[nodiscard]] const Command* find_command(std::string_view name);
/// A command's options, then those of every command.
[[nodiscard]] std::vector<Option> options_of(const Command& command);

/// Runs the tool: `arguments` are those after the program's name. Returns the exit code.
[[nodiscard]] int run_tool(std::span<const std::string_view> arguments, Console& console);

/// Prints `writ COMMAND: problem` with a hint to the help; returns kExitBadInput.
int fail(Console& console, const Command& command, std::string_view problem);

/// Writes what a command makes, to standard output if the path is `-`. False when the file cannot
/// be written, which has then been reported.
[[nodiscard]] bool write_output(Console& console, const Command& command, std::string_view path,
                                std::string_view text);

/// The kind of policy that `--kind` names, identity by default; nothing for an unknown word, which
/// has then been reported.
[[nodiscard]] std::optional<PolicyType> policy_kind(const Arguments& arguments, Console& console,
                                                    const Command& command);

/// What the kinds of policy are called.
inline constexpr std::string_view kKindWords[] = {"identity", "resource", "trust", "boundary",
                                                  "session",  "scp",      "rcp",   "endpoint"};
[[nodiscard]] std::optional<PolicyType> kind_of(std::string_view word) noexcept;

/// The option `--kind`, the same for every command that takes it.
inline constexpr Option kKindOption = {
    "--kind", "KIND", Arity::One,
    "identity, resource, trust, boundary, session, scp, rcp or endpoint"};

}  // namespace writ::cli
