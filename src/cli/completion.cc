// writ completion: the table of commands as completion for shells.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/json_output.h"

namespace writ::cli {
namespace {

/// What stands behind an option, or at an operand's place.
enum class Complete : unsigned char { Nothing, Files, Folders, Kinds, Commands };

Complete completion_of(std::string_view value) {
  if (value.find("FILE") != std::string_view::npos) return Complete::Files;
  if (value == "DIR") return Complete::Folders;
  if (value == "KIND") return Complete::Kinds;
  if (value.find("COMMAND") != std::string_view::npos) return Complete::Commands;
  return Complete::Nothing;
}

/// The operands that are words to be written as they are: `run`, `bash`.
std::vector<std::string_view> operand_words(const Command& command) {
  std::vector<std::string_view> words;
  std::string_view rest = command.operands;
  while (!rest.empty()) {
    const std::size_t space = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, space);
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    if (!word.empty() && std::ranges::all_of(word, is_letter)) words.push_back(word);
    rest.remove_prefix(std::min(space + 1, rest.size()));
  }
  return words;
}

template <class Words>
std::string joined(const Words& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const Command* command : all_commands()) names.push_back(command->name);
  return names;
}

/// In single quotes, for bash and zsh.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

// bash

constexpr std::string_view kBashHead =
    R"(# Completion of writ for bash: source this file, or install it as
# share/bash-completion/completions/writ. Made by `writ completion bash`.
_writ()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=
    # `--kind=scp` comes as three words.
    if [[ $cur == "=" ]]; then
        cur=
    elif [[ $prev == "=" ]]; then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "$commands help --help --version --json" -- "$cur"))
        return
    fi
)";

std::string bash_case(const Command& command) {
  std::string options;
  std::string values;
  for (const Option& option : options_of(command)) {
    options += fmt::format("{}{}", options.empty() ? "" : " ", option.name);
    if (option.arity == Arity::Flag) continue;
    switch (completion_of(option.value)) {
      case Complete::Kinds:
        values += fmt::format(
            "                {}) COMPREPLY=($(compgen -W \"{}\" -- \"$cur\")); return ;;\n",
            option.name, joined(kKindWords));
        break;
      case Complete::Folders:
        values += fmt::format(
            "                {}) mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n"
            "                    compopt -o filenames 2>/dev/null; return ;;\n",
            option.name);
        break;
      case Complete::Commands:
      case Complete::Files:
      case Complete::Nothing:
        values += fmt::format("                {}) return ;;\n", option.name);
        break;
    }
  }
  std::string words = joined(operand_words(command));
  if (completion_of(command.operands) == Complete::Commands) words = "$commands";
  return fmt::format(
      "        {})\n            case $prev in\n{}            esac\n            options=\"{}\"\n"
      "            words=\"{}\"\n            ;;\n",
      command.name, values, options, words);
}

std::string bash_script() {
  std::string head(kBashHead);
  const std::string mark = "words=\n";
  head.insert(head.find(mark) + mark.size(),
              fmt::format("    local options= commands=\"{}\"\n", joined(command_names())));
  std::string out = head + "    case ${COMP_WORDS[1]} in\n";
  for (const Command* command : all_commands()) out += bash_case(*command);
  return out + R"(        help)
            words="$commands"
            options="--json"
            ;;
    esac
    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$cur"))
    elif [[ -n $words ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
    fi
}
complete -o bashdefault -o default -F _writ writ
)";
}

// zsh

/// A text inside of a specification of `_arguments` or `_describe`.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(std::string_view value) {
  switch (completion_of(value)) {
    case Complete::Files:
      return "_files";
    case Complete::Folders:
      return "_files -/";
    case Complete::Kinds:
      return fmt::format("({})", joined(kKindWords));
    case Complete::Commands:
      return fmt::format("({})", joined(command_names()));
    case Complete::Nothing:
      break;
  }
  return "";
}

std::string zsh_option(const Option& option) {
  const bool repeats = option.arity == Arity::Each || option.arity == Arity::Many;
  std::string spec = repeats ? "*" : "";
  spec += option.name;
  // Long options may be written with `=`.
  if (option.arity != Arity::Flag && option.name.starts_with("--")) spec += '=';
  spec += fmt::format("[{}]", zsh_text(option.help));
  if (option.arity != Arity::Flag) {
    spec += fmt::format(":{}:{}", zsh_text(option.value), zsh_action(option.value));
  }
  return quoted(spec);
}

std::string zsh_script() {
  std::string out =
      "#compdef writ\n# Completion of writ for zsh: a file `_writ` in one of the folders of "
      "$fpath. Made by "
      "`writ\n# completion zsh`.\n_writ() {\n  local -a commands\n  commands=(\n";
  for (const Command* command : all_commands()) {
    out += fmt::format("    {}\n", quoted(fmt::format("{}:{}", command->name, command->summary)));
  }
  out +=
      "    'help:tell about the tool, or about one command'\n  )\n"
      "  if (( CURRENT == 2 )); then\n    _describe -t commands 'command' commands\n    return\n"
      "  fi\n  local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $command in\n";
  for (const Command* command : all_commands()) {
    out += fmt::format("    {})\n      _arguments", command->name);
    for (const Option& option : options_of(*command)) out += " \\\n        " + zsh_option(option);
    std::string operands = joined(operand_words(*command));
    operands = operands.empty() ? zsh_action(command->operands) : fmt::format("({})", operands);
    const bool takes_files = command->operands.find("FILE") != std::string_view::npos;
    if (takes_files && operands != "_files") {
      out +=
          fmt::format(" \\\n        {} \\\n        '*:file:_files'", quoted("1:word:" + operands));
    } else if (!operands.empty()) {
      out += " \\\n        " + quoted("*:operand:" + operands);
    }
    out += "\n      ;;\n";
  }
  return out +
         fmt::format("    help) _arguments '1:command:({})' '--json[print JSON for programs]' ;;\n",
                     joined(command_names())) +
         "  esac\n}\n_writ \"$@\"\n";
}

// fish

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string fish_option(const Command& command, const Option& option) {
  std::string line =
      fmt::format("complete -c writ -n '__fish_seen_subcommand_from {}'", command.name);
  if (option.name.starts_with("--")) {
    line += fmt::format(" -l {}", option.name.substr(2));
  } else {
    line += fmt::format(" -s {}", option.name.substr(1));
  }
  if (option.arity != Arity::Flag) {
    switch (completion_of(option.value)) {
      case Complete::Files:
      case Complete::Folders:
        line += " -r -F";
        break;
      case Complete::Kinds:
        line += fmt::format(" -x -a {}", fish_quoted(joined(kKindWords)));
        break;
      case Complete::Commands:
      case Complete::Nothing:
        line += " -x";
        break;
    }
  }
  return fmt::format("{} -d {}\n", line, fish_quoted(option.help));
}

std::string fish_script() {
  std::string out =
      "# Completion of writ for fish: share/fish/vendor_completions.d/writ.fish. Made by `writ "
      "completion "
      "fish`.\n";
  for (const Command* command : all_commands()) {
    out += fmt::format("complete -c writ -n __fish_use_subcommand -f -a {} -d {}\n", command->name,
                       fish_quoted(command->summary));
  }
  out += "complete -c writ -n __fish_use_subcommand -f -a help -d 'tell about a command'\n";
  out += "complete -c writ -n __fish_use_subcommand -l version -d 'print the version'\n";
  for (const Command* command : all_commands()) {
    for (const Option& option : options_of(*command)) out += fish_option(*command, option);
    std::string words = joined(operand_words(*command));
    if (completion_of(command->operands) == Complete::Commands) words = joined(command_names());
    if (words.empty()) continue;
    out += fmt::format("complete -c writ -n '__fish_seen_subcommand_from {}' -a {}\n",
                       command->name, fish_quoted(words));
  }
  return out + fmt::format("complete -c writ -n '__fish_seen_subcommand_from help' -f -a {}\n",
                           fish_quoted(joined(command_names())));
}

constexpr Option kOptions[] = {
    {"-o", "FILE", Arity::One, "write to a file instead of standard output", OptionUse::Output}};

int run_completion(const Arguments& arguments, Console& console) {
  const std::string_view shell = arguments.operands().front();
  std::string script;
  if (shell == "bash") script = bash_script();
  if (shell == "zsh") script = zsh_script();
  if (shell == "fish") script = fish_script();
  if (script.empty()) {
    return fail(console, kCompletionCommand,
                fmt::format("unknown shell `{}`; shells are bash, zsh, fish", shell));
  }
  if (arguments.json()) {
    JsonLine json;
    json.begin_object();
    json.member("script", script);
    json.end_object();
    script = fmt::format("{}\n", json.text());
  }
  const std::string_view path = arguments.value("-o").value_or("-");
  return write_output(console, kCompletionCommand, path, script) ? kExitYes : kExitBadInput;
}

}  // namespace

constinit const Command kCompletionCommand = {
    .name = "completion",
    .operands = "bash | zsh | fish",
    .summary = "print the completion of commands and options for a shell",
    .details =
        R"(Prints a script. For this session of bash: source <(writ completion bash); of fish: writ completion
fish | source; for zsh write it to a file `_writ` in a folder of $fpath. Packages install all three.)",
    .exit_codes = "0 printed, 2 unknown shell",
    .options = kOptions,
    .min_operands = 1,
    .max_operands = 1,
    .run = &run_completion,
};

}  // namespace writ::cli
