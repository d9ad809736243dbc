#include "cli/output_check.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace writ::cli {
namespace {

using FileId = std::pair<std::uint64_t, std::uint64_t>;

/// Of regular files: devices may be named twice.
std::optional<FileId> id_of(std::string_view path) {
  struct stat status = {};
  if (stat(std::string(path).c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  return FileId(status.st_dev, status.st_ino);
}

struct Written {
  std::string_view option;
  std::string_view path;
  std::optional<FileId> id;  // where there is such a file
};

bool is_same(const Written& a, const Written& b) {
  return a.path == b.path ? a.path == "-" || !a.path.starts_with("/dev/") : a.id && a.id == b.id;
}

std::optional<Problem> read_too(const Written& output, std::string_view path) {
  if (!output.id || id_of(path) != output.id) return std::nullopt;
  return Problem{
      fmt::format("`{} {}` would overwrite `{}`, which is read; name another file to write",
                  output.option, output.path, path)};
}

}  // namespace

std::optional<Problem> check_outputs(const Command& command, const Arguments& arguments) {
  std::vector<Written> outputs;
  for (const Option& option : command.options) {
    if (option.use == OptionUse::Plain || !arguments.has(option.name)) continue;
    const Written output = {option.name, *arguments.value(option.name),
                            id_of(*arguments.value(option.name))};
    for (const Written& other : outputs) {
      if (!is_same(output, other)) continue;
      return Problem{fmt::format("`{} {}` and `{} {}` would write over each other; name two files",
                                 other.option, other.path, output.option, output.path)};
    }
    if (option.use == OptionUse::Report && output.path == "-" && arguments.json()) {
      return Problem{fmt::format("choose one of `{} -` and `--json`", option.name)};
    }
    outputs.push_back(output);
  }
  for (const Written& output : outputs) {
    for (const std::string_view operand : arguments.operands()) {
      if (std::optional<Problem> problem = read_too(output, operand)) return problem;
    }
    for (const Option& option : command.options) {
      if (option.use != OptionUse::Plain || option.arity == Arity::Flag) continue;
      for (const std::string_view value : arguments.values(option.name)) {
        if (std::optional<Problem> problem = read_too(output, value)) return problem;
        for (const std::string_view part : split_list(value)) {
          if (std::optional<Problem> problem = read_too(output, part)) return problem;
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace writ::cli
