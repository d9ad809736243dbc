// Arguments: a command's flags and operands, checked against its table of options.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/console.h"
#include "writ/result.h"

namespace writ::cli {

enum class Arity : unsigned char {
  Flag,  ///< no value
  One,   ///< one value, at most once
  Each,  ///< one value, may be repeated
  Many,  ///< all values up to the next option, may be repeated
};

/// What an option's value is to the tool.
enum class OptionUse : unsigned char {
  Plain,
  Report,  ///< a file that is written beside what the command prints
  Output,  ///< the file that what the command makes goes to
};

struct Option {
  std::string_view name;   ///< with the dashes
  std::string_view value;  ///< what the help calls its value; empty for flags
  Arity arity = Arity::Flag;
  std::string_view help;
  OptionUse use = OptionUse::Plain;
};

class Arguments;

/// A command of the tool. All of it is static text but `run`.
struct Command {
  std::string_view name;
  std::string_view operands;  ///< as the usage line prints them
  std::string_view summary;
  std::string_view details;  ///< paragraphs for `writ help COMMAND`
  std::string_view exit_codes;
  std::span<const Option> options;
  std::size_t min_operands = 0;
  std::size_t max_operands = 0;
  int (*run)(const Arguments& arguments, Console& console) = nullptr;
};

/// Options that every command takes.
inline constexpr std::array<Option, 2> kCommonOptions = {{
    {"--json", "", Arity::Flag, "print JSON for programs"},
    {"--help", "", Arity::Flag, "print this help"},
}};

/// The arguments of one call. Borrows them.
class Arguments {
 public:
  /// Errors are sentences for the user: an unknown option (with the nearest known one), a missing
  /// value, an option given twice, too few or too many operands.
  [[nodiscard]] static Result<Arguments, Problem> parse(
      const Command& command, std::span<const std::string_view> arguments);

  [[nodiscard]] bool has(std::string_view option) const noexcept { return !values(option).empty(); }
  [[nodiscard]] bool json() const noexcept { return has("--json"); }
  /// The value of an option of arity One.
  [[nodiscard]] std::optional<std::string_view> value(std::string_view option) const noexcept;
  /// The values in the order given; a flag that is set has one empty value.
  [[nodiscard]] std::span<const std::string_view> values(std::string_view option) const noexcept;
  [[nodiscard]] std::span<const std::string_view> operands() const noexcept { return operands_; }

 private:
  [[nodiscard]] std::vector<std::string_view>& slot(std::string_view option);

  std::vector<std::pair<std::string_view, std::vector<std::string_view>>> options_;
  std::vector<std::string_view> operands_;
};

/// The parts of `A,B`; none of an empty text.
[[nodiscard]] std::vector<std::string_view> split_list(std::string_view list);

/// The candidate that is spelled most like `word`, letter case aside, or nothing when none is near.
[[nodiscard]] std::optional<std::string_view> nearest_word(
    std::string_view word, std::span<const std::string_view> candidates);

}  // namespace writ::cli
