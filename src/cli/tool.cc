#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/json_output.h"
#include "cli/output_check.h"
#include "writ/config.h"

namespace writ::cli {
namespace {

constexpr const Command* kCommands[] = {
    &kEvalCommand,
    &kExplainCommand,
    &kCheckCommand,
    &kSimulateCommand,
    &kSimulatePrincipalCommand,
    &kLintCommand,
    &kFmtCommand,
    &kDumpCommand,
    &kGraphCommand,
    &kCompileCommand,
    &kImageCommand,
    &kWhoCanCommand,
    &kWhatCanCommand,
    &kMutateCommand,
    &kReplayCommand,
    &kCanAssumeCommand,
    &kContextKeysCommand,
#if defined(WRIT_TOOL_HAS_PORTAL)
    &kPortalCommand,
#endif
    &kReportCommand,
    &kCompletionCommand,
    &kManCommand,
};

std::string option_usage(const Option& option) {
  std::string usage(option.name);
  if (option.arity != Arity::Flag) fmt::format_to(std::back_inserter(usage), " {}", option.value);
  return usage;
}

void print_options(Console& console, const Command& command) {
  constexpr std::size_t kWidth = 24;
  console.write("\nOptions:\n");
  for (const Option& option : options_of(command)) {
    const std::string usage = option_usage(option);
    if (usage.size() > kWidth) {
      console.print("  {}\n  {:{}}  {}\n", usage, "", kWidth, option.help);
    } else {
      console.print("  {:{}}  {}\n", usage, kWidth, option.help);
    }
  }
}

void write_command(JsonLine& json, const Command& command) {
  json.begin_object();
  json.member("name", command.name);
  json.member("operands", command.operands);
  json.member("summary", command.summary);
  json.key("options");
  json.begin_array();
  for (const Option& option : options_of(command)) {
    json.begin_object();
    json.member("name", option.name);
    json.member("value", option.value);
    json.member("help", option.help);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

int print_command_help(Console& console, const Command& command, bool as_json) {
  if (as_json) {
    JsonLine json;
    write_command(json, command);
    console.print("{}\n", json.text());
    return kExitYes;
  }
  console.write(fmt::format("writ {}: {}\n\nUsage: writ {} [OPTIONS]{}{}\n\n{}\n", command.name,
                            command.summary, command.name, command.operands.empty() ? "" : " ",
                            command.operands, command.details));
  print_options(console, command);
  console.print("\nExit codes: {}\n", command.exit_codes);
  return kExitYes;
}

constexpr std::string_view kOverviewHead =
    R"(writ decides AWS IAM authorization questions and says why.

Usage: writ COMMAND [OPTIONS] ...

Commands:
)";

constexpr std::string_view kOverviewTail =
    R"(  help                tell about the tool, or about one command: writ help COMMAND

Every command takes --json and --help; `-` as a file is standard input. Colours and progress appear
on terminals only, and no colours when NO_COLOR is set.
Exit codes: 0 yes (allowed, all passed, no refusal), 1 no, 2 bad usage or input. Errors go to
standard error.
`writ --version` prints the version.
)";

int print_overview(Console& console, bool as_json) {
  if (as_json) {
    JsonLine json;
    json.begin_object();
    json.key("commands");
    json.begin_array();
    for (const Command* command : kCommands) write_command(json, *command);
    json.end_array();
    json.end_object();
    console.print("{}\n", json.text());
    return kExitYes;
  }
  console.write(kOverviewHead);
  for (const Command* command : kCommands) {
    console.print("  {:<18}  {}\n", command->name, command->summary);
  }
  console.write(kOverviewTail);
  return kExitYes;
}

int unknown_command(Console& console, std::string_view name) {
  std::vector<std::string_view> known = {"help"};
  for (const Command* command : kCommands) known.push_back(command->name);
  const std::optional<std::string_view> nearest = nearest_word(name, known);
  const std::string hint = nearest ? fmt::format("; did you mean `{}`?", *nearest) : "";
  console.print_error("writ: unknown command `{}`{}\nTry `writ help`.\n", name, hint);
  return kExitBadInput;
}

int run_help(std::span<const std::string_view> arguments, Console& console) {
  bool as_json = false;
  const Command* command = nullptr;
  for (const std::string_view argument : arguments) {
    if (argument == "--json") {
      as_json = true;
    } else if (argument == "--help" || argument == "-h" || argument == "help") {
      continue;
    } else if (argument.starts_with('-') || command != nullptr) {
      console.print_error("writ help: unexpected argument `{}`\nTry `writ help`.\n", argument);
      return kExitBadInput;
    } else {
      command = find_command(argument);
      if (command == nullptr) return unknown_command(console, argument);
    }
  }
  return command != nullptr ? print_command_help(console, *command, as_json)
                            : print_overview(console, as_json);
}

int print_version(std::span<const std::string_view> arguments, Console& console) {
  const std::string version =
      fmt::format("{}.{}.{}", WRIT_VERSION_MAJOR, WRIT_VERSION_MINOR, WRIT_VERSION_PATCH);
  if (arguments.empty()) {
    console.print("writ {}\n", version);
    return kExitYes;
  }
  if (arguments.size() == 1 && arguments.front() == "--json") {
    JsonLine json;
    json.begin_object();
    json.member("version", version);
    json.end_object();
    console.print("{}\n", json.text());
    return kExitYes;
  }
  console.print_error("writ --version: unexpected argument `{}`\nTry `writ help`.\n",
                      arguments.front());
  return kExitBadInput;
}

int run_command(std::span<const std::string_view> arguments, Console& console) {
  if (arguments.empty()) {
    console.print_error("writ: a command is missing\nTry `writ help`.\n");
    return kExitBadInput;
  }
  const std::string_view name = arguments.front();
  arguments = arguments.subspan(1);
  if (name == "help" || name == "--help" || name == "-h") return run_help(arguments, console);
  if (name == "--version") return print_version(arguments, console);
  if (name == "--json" && !arguments.empty() && !arguments.front().starts_with("--json")) {
    // `writ --json COMMAND` reads as `writ COMMAND --json`.
    std::vector<std::string_view> reordered(arguments.begin(), arguments.end());
    reordered.insert(reordered.begin() + 1, name);
    return run_command(reordered, console);
  }
  const Command* command = find_command(name);
  if (command == nullptr && name.starts_with('-')) {
    console.print_error("writ: unknown option `{}`\nTry `writ help`.\n", name);
    return kExitBadInput;
  }
  if (command == nullptr) return unknown_command(console, name);
  const Result<Arguments, Problem> parsed = Arguments::parse(*command, arguments);
  if (!parsed) return fail(console, *command, parsed.error().text);
  if (parsed->has("--help")) return print_command_help(console, *command, parsed->json());
  if (const std::optional<Problem> problem = check_outputs(*command, *parsed)) {
    return fail(console, *command, problem->text);
  }
  return command->run(*parsed, console);
}

}  // namespace

std::span<const Command* const> all_commands() { return kCommands; }

const Command* find_command(std::string_view name) {
  const auto found = std::ranges::find(kCommands, name, &Command::name);
  return found == std::end(kCommands) ? nullptr : *found;
}

std::vector<Option> options_of(const Command& command) {
  std::vector<Option> options(command.options.begin(), command.options.end());
  options.insert(options.end(), kCommonOptions.begin(), kCommonOptions.end());
  return options;
}

int fail(Console& console, const Command& command, std::string_view problem) {
  console.print_error("writ {}: {}\nTry `writ help {}`.\n", command.name, problem, command.name);
  return kExitBadInput;
}

bool write_output(Console& console, const Command& command, std::string_view path,
                  std::string_view text) {
  if (path == "-") {
    console.write(text);
    return true;
  }
  struct stat status = {};
  if (stat(std::string(path).c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
      console.has_read(status.st_dev, status.st_ino)) {
    console.print_error("writ {}: `{}` is one of the files that were read; name another to write\n",
                        command.name, path);
    return false;
  }
  if (write_file(path, text)) return true;
  console.print_error("writ {}: cannot write `{}`: {}\n", command.name, path, std::strerror(errno));
  return false;
}

std::optional<PolicyType> policy_kind(const Arguments& arguments, Console& console,
                                      const Command& command) {
  const std::optional<std::string_view> word = arguments.value("--kind");
  if (!word) return PolicyType::IdentityBased;
  const std::optional<PolicyType> kind = kind_of(*word);
  if (!kind)
    fail(console, command,
         fmt::format("unknown kind `{}`; kinds are {}", *word, fmt::join(kKindWords, ", ")));
  return kind;
}

std::optional<PolicyType> kind_of(std::string_view word) noexcept {
  for (int i = 0; i < kPolicyTypeCount; ++i) {
    const auto type = static_cast<PolicyType>(i);
    if (word == to_string(type)) return type;
  }
  return std::nullopt;
}

int run_tool(std::span<const std::string_view> arguments, Console& console) {
  if (std::ranges::find(arguments, "--json") != arguments.end()) console.tell_errors_as_json();
  const int code = run_command(arguments, console);
  console.clear_progress();
  if (!console.flush()) {
    console.print_error("writ: cannot write the output\n");
    return kExitBadInput;
  }
  return code;
}

}  // namespace writ::cli
