// writ lint: all findings in policy files.
#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/json_output.h"
#include "cli/policy_folder.h"
#include "cli/report.h"
#include "writ/lint.h"

namespace writ::cli {
namespace {

constexpr Option kOptions[] = {
    kKindOption,
    {"--strict", "", Arity::Flag, "exit 1 on any finding, not only on refusals"},
    {"--sarif", "FILE", Arity::One, "write the findings as SARIF 2.1.0", OptionUse::Report},
    {"--annotations", "FORMAT", Arity::One, "github: print findings as annotations; none"},
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

/// What SARIF and GitHub call a severity.
std::string_view level_of(FindingSeverity severity) {
  switch (severity) {
    case FindingSeverity::Refusal:
    case FindingSeverity::Error:
      return "error";
    case FindingSeverity::SecurityWarning:
    case FindingSeverity::Warning:
      return "warning";
    case FindingSeverity::Suggestion:
      break;
  }
  return "note";
}

/// Lints files one by one and tells of them in the forms that are asked for.
class LintRun {
 public:
  LintRun(const Arguments& arguments, Console& console)
      : console_(console),
        as_json_(arguments.json()),
        sarif_(arguments.value("--sarif")),
        annotates_(arguments.value("--annotations") == "github") {
    json_.begin_object();
    json_.key("files");
    json_.begin_array();
  }

  void lint(std::string_view path, std::string_view text, PolicyType kind) {
    const std::vector<Finding> findings = lint_policy(text, kind);
    for (const Finding& finding : findings) {
      found_ = true;
      if (finding.severity == FindingSeverity::Refusal) refused_ = true;
      if (!annotates_ && !sarif_) continue;
      ReportNote note = {std::string(finding.code), std::string(display_name(path)),
                         finding.position, finding.message, level_of(finding.severity)};
      // On standard error where standard output is for something else.
      if (annotates_) {
        const std::string line = write_annotation(note);
        is_plain() ? console_.write(line) : console_.write_error(line);
      }
      if (sarif_) notes_.push_back(std::move(note));
    }
    if (as_json_) write_findings(json_, path, findings);
    if (is_plain() && !annotates_) print_findings(console_, path, findings);
  }
  void lint_file(std::string_view path, PolicyType kind) {
    const Result<std::string, Problem> text = read_file(console_, path);
    if (text) return lint(path, *text, kind);
    fail(text.error());
  }
  // The kinds are those of the places (docs/reload.md).
  void lint_folder(std::string_view path) {
    const Result<PolicyFolder, Problem> folder = PolicyFolder::read(std::string(path), console_);
    if (!folder) return fail(folder.error());
    for (const PolicyFile& file : folder->files) lint(file.path, file.text, file.layer.type);
  }

  /// The exit code.
  [[nodiscard]] int finish(bool strict) {
    json_.end_array();
    json_.strings("skippedChecks", skipped_lint_checks());
    json_.end_object();
    if (as_json_) {
      console_.print("{}\n", json_.text());
    } else {
      print_skipped(console_);
    }
    if (sarif_ && !write_output(console_, kLintCommand, *sarif_, write_sarif({}, notes_))) {
      return kExitBadInput;
    }
    if (unreadable_) return kExitBadInput;
    return refused_ || (found_ && strict) ? kExitNo : kExitYes;
  }

 private:
  [[nodiscard]] bool is_plain() const noexcept { return !as_json_ && sarif_ != "-"; }
  void fail(const Problem& problem) {
    console_.print_error("writ lint: {}\n", problem.text);
    unreadable_ = true;
  }

  Console& console_;
  bool as_json_;
  std::optional<std::string_view> sarif_;
  bool annotates_;
  JsonLine json_;
  std::vector<ReportNote> notes_;
  bool refused_ = false;
  bool found_ = false;
  bool unreadable_ = false;
};

int run_lint(const Arguments& arguments, Console& console) {
  const std::optional<PolicyType> kind = policy_kind(arguments, console, kLintCommand);
  if (!kind) return kExitBadInput;
  if (const auto format = arguments.value("--annotations");
      format && *format != "github" && *format != "none") {
    return fail(console, kLintCommand,
                fmt::format("unknown format `{}`; it is github or none", *format));
  }
  LintRun run(arguments, console);
  for (const std::string_view path : arguments.operands()) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) {
      run.lint_file(path, *kind);
      continue;
    }
    if (arguments.has("--kind")) {
      return fail(console, kLintCommand,
                  fmt::format("`--kind` is of files; the places in `{}` tell the kinds", path));
    }
    run.lint_folder(path);
  }
  return run.finish(arguments.has("--strict"));
}

}  // namespace

constinit const Command kLintCommand = {
    .name = "lint",
    .operands = "FILE...",
    .summary = "report all that is wrong, dangerous or needless in policy files",
    .details =
        R"(Prints `file:line:column: severity CODE: message` for each finding. Severities are refusal (the
document cannot be used), error, security-warning, warning and suggestion. Checks that need a
catalogue of all services are not made; how many is told on standard error, which in --json.
Without --kind a file is an identity-based policy. Of a folder that is laid out as docs/reload.md
tells (identity, scp/0, ...) all files are checked, each as of the kind that its place says.)",
    .exit_codes =
        "0 no refusal (with --strict: no finding), 1 otherwise, 2 something cannot be read",
    .options = kOptions,
    .min_operands = 1,
    .max_operands = static_cast<std::size_t>(-1),
    .run = &run_lint,
};

}  // namespace writ::cli
