#include "cli/number_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <thread>

namespace writ::cli {
namespace {

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::nullopt_t refuse(Console& console, const Command& command, std::string_view option,
                      std::string_view text, const std::string& wanted) {
  fail(console, command, fmt::format("`{} {}`: write {}", option, text, wanted));
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> number_option(const Arguments& arguments, Console& console,
                                         const Command& command, std::string_view option,
                                         NumberRange range, std::size_t otherwise) {
  const std::optional<std::string_view> text = arguments.value(option);
  if (!text) return otherwise;
  const std::optional<std::size_t> number = read_number<std::size_t>(*text);
  if (number && *number >= range.least && *number <= range.most) return number;
  return refuse(console, command, option, *text,
                range.most == NumberRange{}.most
                    ? fmt::format("a number, {} or more", range.least)
                    : fmt::format("a number from {} to {}", range.least, range.most));
}

std::optional<double> percent_option(const Arguments& arguments, Console& console,
                                     const Command& command, std::string_view option,
                                     double otherwise) {
  const std::optional<std::string_view> text = arguments.value(option);
  if (!text) return otherwise;
  const std::optional<double> percent = read_number<double>(*text);
  if (percent && *percent >= 0 && *percent <= 100) return percent;
  return refuse(console, command, option, *text, "a percentage from 0 to 100");
}

std::optional<std::size_t> jobs_option(const Arguments& arguments, Console& console,
                                       const Command& command) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  return number_option(arguments, console, command, kJobsOption.name, {1, 1024}, cores);
}

}  // namespace writ::cli
