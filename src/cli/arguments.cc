#include "cli/arguments.h"

#include <algorithm>

#include "writ/impl/edit_distance.h"

namespace writ::cli {
namespace {

const Option* find_option(const Command& command, std::string_view name) {
  const auto named = [name](const Option& option) { return option.name == name; };
  const auto own = std::ranges::find_if(command.options, named);
  if (own != command.options.end()) return &*own;
  const auto common = std::ranges::find_if(kCommonOptions, named);
  return common != kCommonOptions.end() ? &*common : nullptr;
}

bool is_option(std::string_view argument) { return argument.size() > 1 && argument[0] == '-'; }

std::string unknown_option(const Command& command, std::string_view name) {
  std::vector<std::string_view> known;
  for (const Option& option : command.options) known.push_back(option.name);
  for (const Option& option : kCommonOptions) known.push_back(option.name);
  const std::optional<std::string_view> nearest = nearest_word(name, known);
  if (nearest) return fmt::format("unknown option `{}`; did you mean `{}`?", name, *nearest);
  return fmt::format("unknown option `{}`", name);
}

}  // namespace

std::vector<std::string_view> split_list(std::string_view list) {
  std::vector<std::string_view> parts;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    parts.push_back(list.substr(0, comma));
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return parts;
}

std::optional<std::string_view> nearest_word(std::string_view word,
                                             std::span<const std::string_view> candidates) {
  std::optional<std::string_view> nearest;
  // Words that differ in more than a third of their letters are no typing mistakes.
  if (word.size() > 64) return nearest;
  std::size_t best = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = detail::edit_distance(word, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::vector<std::string_view>& Arguments::slot(std::string_view option) {
  for (auto& [name, list] : options_) {
    if (name == option) return list;
  }
  return options_.emplace_back(option, std::vector<std::string_view>()).second;
}

std::span<const std::string_view> Arguments::values(std::string_view option) const noexcept {
  for (const auto& [name, list] : options_) {
    if (name == option) return list;
  }
  return {};
}

std::optional<std::string_view> Arguments::value(std::string_view option) const noexcept {
  const std::span<const std::string_view> list = values(option);
  if (list.empty()) return std::nullopt;
  return list.front();
}

Result<Arguments, Problem> Arguments::parse(const Command& command,
                                            std::span<const std::string_view> arguments) {
  Arguments parsed;
  bool only_operands = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (only_operands || !is_option(argument)) {
      parsed.operands_.push_back(argument);
      continue;
    }
    if (argument == "--") {
      only_operands = true;
      continue;
    }
    const std::size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    const Option* option = find_option(command, name == "-h" ? "--help" : name);
    if (option == nullptr) return Problem{unknown_option(command, name)};
    std::vector<std::string_view>& values = parsed.slot(option->name);
    if (option->arity == Arity::Flag) {
      if (equals != std::string_view::npos) {
        return Problem{fmt::format("option `{}` takes no value", name)};
      }
      values.assign(1, std::string_view());
      continue;
    }
    if (option->arity == Arity::One && !values.empty()) {
      return Problem{fmt::format("option `{}` is given twice", name)};
    }
    if (equals != std::string_view::npos) {
      values.push_back(argument.substr(equals + 1));
      continue;
    }
    if (i + 1 == arguments.size() || is_option(arguments[i + 1])) {
      return Problem{fmt::format("option `{}` needs a value: {} {}", name, name, option->value)};
    }
    values.push_back(arguments[++i]);
    while (option->arity == Arity::Many && i + 1 < arguments.size() &&
           !is_option(arguments[i + 1])) {
      values.push_back(arguments[++i]);
    }
  }
  if (parsed.has("--help")) return parsed;
  if (parsed.operands_.size() < command.min_operands) {
    return Problem{fmt::format("{} is missing", command.operands)};
  }
  if (parsed.operands_.size() > command.max_operands) {
    return Problem{fmt::format("unexpected argument `{}`", parsed.operands_[command.max_operands])};
  }
  return parsed;
}

}  // namespace writ::cli
