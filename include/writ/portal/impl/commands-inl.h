// Not API, may change in any release. Looking commands up, and the page that documents them.
#pragma once

#include <fmt/format.h>

#include <iterator>

#include "writ/portal/commands.h"
#include "writ/portal/impl/command_table.h"

namespace writ::inline v0 {
namespace portal {
namespace detail {

[[nodiscard]] inline std::string_view words_for(ArgumentKind kind) noexcept {
  using enum ArgumentKind;
  switch (kind) {
    case Text:
      return "string";
    case Flag:
      return "true or false";
    case Texts:
      return "list of strings";
    case RoleRows:
      return "list of `{\"user\": USER, \"roles\": [ROLE, ...]}`";
    case EmailRows:
      return "list of `{\"email\": EMAIL, \"roles\": [ROLE, ...]}`";
    case Documents:
      return "list of policy documents";
    case Keys:
      return "object of strings, or lists of strings for multi-valued keys";
    case SearchItems:
      return "list of `{\"type\", \"id\", \"title\", \"action\", \"resource\"?, \"owner\"?}`";
    case NewsItems:
      return "list of `{\"id\", \"title\", \"date\", \"tag\"?, \"event\"?, \"pinned\"?}`";
  }
  return "";
}

[[nodiscard]] inline std::string_view words_for(CallerNeed need) noexcept {
  using enum CallerNeed;
  switch (need) {
    case Anyone:
      return "nobody: it works without a session";
    case Session:
      return "a user's session";
    case Host:
      return "the host, in the place of AWS";
  }
  return "";
}

/// `a,b` as `` `a`, `b` ``.
[[nodiscard]] inline std::string in_backticks(std::string_view list) {
  std::string text;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view word = list.substr(0, comma);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    while (word.starts_with(' ')) word.remove_prefix(1);
    fmt::format_to(std::back_inserter(text), "{}`{}`", text.empty() ? "" : ", ", word);
  }
  return text;
}

inline void write_command(std::string& page, const CommandInfo& command) {
  using enum EventRule;
  const auto out = std::back_inserter(page);
  fmt::format_to(out, "\n### {}\n\n{}{}.\n\n", command.name,
                 static_cast<char>(command.summary.front() - 'a' + 'A'), command.summary.substr(1));
  fmt::format_to(out, "| | |\n| --- | --- |\n| called by | {} |\n", words_for(command.caller));
  for (std::size_t i = 0; i < command.argument_count(); ++i) {
    const Argument& argument = command.arguments[i];
    fmt::format_to(out, "| `{}`{} | {}{}{} |\n", argument.name,
                   argument.required ? "" : " (optional)", words_for(argument.kind),
                   argument.help.empty() ? "" : ": ", argument.help);
  }
  if (command.action.empty()) {
    page += "| asks | nothing |\n";
  } else if (command.action.front() == '(') {
    page += "| asks | the action of the argument |\n";
  } else {
    fmt::format_to(out, "| asks | `{}` on `partner/<partnerAccountId>{}` |\n", command.action,
                   command.resource);
  }
  if (!command.keys.empty()) {
    const bool sentence = command.keys.find(' ') != std::string_view::npos;
    fmt::format_to(out, "| keys | {} |\n",
                   sentence ? std::string(command.keys) : in_backticks(command.keys));
  }
  if (!command.result.empty()) {
    const std::size_t colon = command.result.find(':');
    if (colon == std::string_view::npos) {
      fmt::format_to(out, "| result | {} |\n", in_backticks(command.result));
    } else {
      fmt::format_to(out, "| result | {} |\n", command.result);
    }
  }
  if (!command.codes.empty()) {
    fmt::format_to(out, "| refuses with | {} |\n", in_backticks(command.codes));
  }
  switch (command.event_rule) {
    case Never:
      page += "| event | none |\n";
      break;
    case PerCall:
      fmt::format_to(out, "| event | `{}` |\n", command.event);
      break;
    case PerRow:
      fmt::format_to(out, "| event | `{}`, one a row |\n", command.event);
      break;
  }
  std::string rules;
  for (const char c : command.rules) rules += c == ',' ? std::string(", ") : std::string(1, c);
  fmt::format_to(out, "| rules | {} |\n", rules);
}

}  // namespace detail

WRIT_FUNC std::span<const CommandInfo> commands() noexcept {
  return detail::command_table::kCommands;
}

WRIT_FUNC const CommandInfo* find_command(std::string_view name) noexcept {
  for (const CommandInfo& command : detail::command_table::kCommands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

WRIT_FUNC std::string commands_as_markdown() {
  std::string page;
  std::string_view group;
  for (const CommandInfo& command : detail::command_table::kCommands) {
    if (command.group != group) {
      group = command.group;
      fmt::format_to(std::back_inserter(page), "\n## {}\n", group);
    }
    detail::write_command(page, command);
  }
  return page;
}

}  // namespace portal
}  // namespace writ::inline v0
