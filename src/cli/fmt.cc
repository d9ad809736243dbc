// writ fmt: policy documents in canonical form.
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/json_output.h"
#include "writ/parse.h"
#include "writ/write.h"

namespace writ::cli {
namespace {

constexpr Option kOptions[] = {
    kKindOption,
    {"--check", "", Arity::Flag, "print nothing but the names of files that are not in this form"},
    {"--write", "", Arity::Flag, "rewrite the files that are not in this form"},
};

struct Formatted {
  std::string text;
  bool changed = false;
};

std::optional<Formatted> format_file(Console& console, std::string_view path, PolicyType kind) {
  const Result<std::string, Problem> text = read_file(console, path);
  if (!text) {
    console.print_error("writ fmt: {}\n", text.error().text);
    return std::nullopt;
  }
  const Result<PolicyDocument> document = parse_policy(*text, kind);
  if (!document) {
    console.print_error("{}:{}\n", display_name(path), document.error().to_string());
    return std::nullopt;
  }
  Formatted formatted{write_policy(*document)};
  // Text files end with a line break; the writer's text is a value inside other texts as well.
  if (!formatted.text.ends_with('\n')) formatted.text += '\n';
  formatted.changed = formatted.text != *text;
  return formatted;
}

bool rewrite(Console& console, std::string_view path, const std::string& text) {
  std::error_code error;
  const bool is_file = std::filesystem::is_regular_file(path, error);
  if (is_file && write_file(path, text)) return true;
  console.print_error("writ fmt: cannot write `{}`: {}\n", path,
                      is_file ? std::strerror(errno) : "it is no regular file; leave --write out");
  return false;
}

int run_fmt(const Arguments& arguments, Console& console) {
  const std::optional<PolicyType> kind = policy_kind(arguments, console, kFmtCommand);
  if (!kind) return kExitBadInput;
  const bool check = arguments.has("--check");
  const bool write = arguments.has("--write");
  if (check && write) return fail(console, kFmtCommand, "choose one of --check and --write");
  bool failed = false;
  bool changed = false;
  JsonLine json;
  json.begin_object();
  json.key("files");
  json.begin_array();
  for (const std::string_view path : arguments.operands()) {
    const std::optional<Formatted> formatted = format_file(console, path, *kind);
    if (!formatted) {
      failed = true;
      continue;
    }
    changed = changed || formatted->changed;
    if (write && formatted->changed && path != "-" && !rewrite(console, path, formatted->text)) {
      failed = true;
      continue;
    }
    if (arguments.json()) {
      json.begin_object();
      json.member("file", display_name(path));
      json.member("changed", formatted->changed);
      if (!check) json.member("text", formatted->text);
      json.end_object();
    } else if (check) {
      if (formatted->changed) console.print("{}\n", display_name(path));
    } else if (!write || path == "-") {
      console.write(formatted->text);
    }
  }
  json.end_array();
  json.end_object();
  if (arguments.json()) console.print("{}\n", json.text());
  if (failed) return kExitBadInput;
  return check && changed ? kExitNo : kExitYes;
}

}  // namespace

constinit const Command kFmtCommand = {
    .name = "fmt",
    .operands = "FILE...",
    .summary = "print policy documents in canonical form",
    .details =
        R"(Reads policy documents and prints them with two spaces a level and members in the order of the
grammar; their meaning stays, and formatting twice gives the same text. Without --kind a file is an
identity-based policy.)",
    .exit_codes = "0 done, 1 some files are not in this form (--check), 2 bad file or policy",
    .options = kOptions,
    .min_operands = 1,
    .max_operands = static_cast<std::size_t>(-1),
    .run = &run_fmt,
};

}  // namespace writ::cli
