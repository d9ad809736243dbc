// writ lint: all findings in policy files.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/json_output.h"
#include "writ/lint.h"

namespace writ::cli {
namespace {

constexpr Option kOptions[] = {
    kKindOption,
    {"--strict", "", Arity::Flag, "exit 1 on any finding, not only on refusals"},
};

Colour colour_of(FindingSeverity severity) {
  switch (severity) {
    case FindingSeverity::Refusal:
    case FindingSeverity::Error:
      return Colour::Red;
    case FindingSeverity::SecurityWarning:
    case FindingSeverity::Warning:
      return Colour::Yellow;
    case FindingSeverity::Suggestion:
      return Colour::Bold;
  }
  return Colour::None;
}

void write_findings(JsonLine& json, std::string_view path, const std::vector<Finding>& findings) {
  json.begin_object();
  json.member("file", display_name(path));
  json.key("findings");
  json.begin_array();
  for (const Finding& finding : findings) {
    json.begin_object();
    json.member("severity", to_string(finding.severity));
    json.member("code", finding.code);
    json.member("rule", finding.rule);
    json.member("line", finding.position.line);
    json.member("column", finding.position.column);
    json.member("pointer", finding.json_pointer);
    json.member("message", finding.message);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void print_findings(Console& console, std::string_view path, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    console.print("{}:{}:{}: {} {}: {}\n", display_name(path), finding.position.line,
                  finding.position.column,
                  console.paint(colour_of(finding.severity), to_string(finding.severity)),
                  finding.code, finding.message);
  }
}

// A-3: a check that was not made is said not to have been made.
void print_skipped(Console& console) {
  const std::vector<std::string_view>& skipped = skipped_lint_checks();
  if (skipped.empty()) return;
  console.print_error(
      "note: {} checks need a service catalogue and were skipped; --json names them\n",
      skipped.size());
}

int run_lint(const Arguments& arguments, Console& console) {
  const std::optional<PolicyType> kind = policy_kind(arguments, console, kLintCommand);
  if (!kind) return kExitBadInput;
  bool refused = false;
  bool found = false;
  bool unreadable = false;
  JsonLine json;
  json.begin_object();
  json.key("files");
  json.begin_array();
  for (const std::string_view path : arguments.operands()) {
    const Result<std::string, Problem> text = read_file(console, path);
    if (!text) {
      console.print_error("writ lint: {}\n", text.error().text);
      unreadable = true;
      continue;
    }
    const std::vector<Finding> findings = lint_policy(*text, *kind);
    for (const Finding& finding : findings) {
      found = true;
      if (finding.severity == FindingSeverity::Refusal) refused = true;
    }
    if (arguments.json()) {
      write_findings(json, path, findings);
    } else {
      print_findings(console, path, findings);
    }
  }
  json.end_array();
  json.strings("skippedChecks", skipped_lint_checks());
  json.end_object();
  if (arguments.json()) {
    console.print("{}\n", json.text());
  } else {
    print_skipped(console);
  }
  if (unreadable) return kExitBadInput;
  return refused || (found && arguments.has("--strict")) ? kExitNo : kExitYes;
}

}  // namespace

constinit const Command kLintCommand = {
    .name = "lint",
    .operands = "FILE...",
    .summary = "report all that is wrong, dangerous or needless in policy files",
    .details =
        R"(Prints `file:line:column: severity CODE: message` for each finding. Severities are refusal (the
document cannot be used), error, security-warning, warning and suggestion. Checks that need a
catalogue of all services are not made; which ones is told on standard error, or in --json.
Without --kind a file is an identity-based policy.)",
    .exit_codes = "0 no refusal (with --strict: no finding), 1 otherwise, 2 a file cannot be read",
    .options = kOptions,
    .min_operands = 1,
    .max_operands = static_cast<std::size_t>(-1),
    .run = &run_lint,
};

}  // namespace writ::cli
