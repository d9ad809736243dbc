// writ check: runs suites and case files over the cores, case files in bounded memory.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

#include "cli/case_batch.h"
#include "cli/case_reader.h"
#include "cli/commands.h"
#include "cli/coverage.h"
#include "cli/file_guess.h"
#include "cli/file_watch.h"
#include "cli/files.h"
#include "cli/json_output.h"
#include "cli/number_options.h"
#include "cli/report.h"
#include "cli/suite.h"
#include "cli/suite_run.h"

namespace writ::cli {
namespace {

// Ids are remembered to find repeated ones; only so many, of so many bytes, so that memory stays
// bounded.
constexpr std::size_t kMaxRememberedIds = 1'000'000;
constexpr std::size_t kMaxRememberedBytes = std::size_t{64} << 20U;

constexpr std::string_view kNoTest = "there is no test to run; a run without one proves nothing";

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

/// What a call asks for.
struct CheckOptions {
  bool json = false;
  bool annotations = false;
  bool coverage = false;
  std::optional<std::string_view> junit;
  std::optional<std::string_view> sarif;
  std::optional<std::string_view> lcov;
  std::optional<double> min_coverage;
  std::size_t jobs = 1;

  /// Whether each test is kept for a report: memory then grows with their number.
  [[nodiscard]] bool keeps_items() const noexcept { return junit || sarif; }
  /// Whether standard output is a report's, and what is for people goes to standard error.
  [[nodiscard]] bool prints_report() const noexcept {
    return junit == "-" || sarif == "-" || lcov == "-";
  }
  [[nodiscard]] bool measures() const noexcept { return coverage || lcov || min_coverage; }
};

class Checker {
 public:
  Checker(Console& console, const CheckOptions& options)
      : console_(console),
        options_(options),
        as_json_(options.json),
        shelf_([this](const std::string& path) {
          seen_.push_back(path);
          return read_file(console_, path);
        }) {}

  int run(const std::vector<std::string>& paths) {
    if (as_json_) console_.write("{\"failures\":[");
    for (const std::string& path : paths) {
      if (is_suite(path)) {
        read_suite(path);
      } else {
        seen_.push_back(path);
        check_file(path);
      }
    }
    finish_cases();
    check_suites();
    console_.clear_progress();
    const bool covered_enough = finish_coverage();
    if (as_json_) {
      console_.print("],\"passed\":{},\"failed\":{},\"errors\":{}", passed_, failed_, errors_);
      if (coverage_) {
        JsonLine json;
        coverage_->write_json(json);
        console_.print(",\"coverage\":{}", json.text());
      }
      console_.write("}\n");
    } else {
      print_summary();
    }
    write_reports();
    if (errors_ != 0) return kExitBadInput;
    if (passed_ + failed_ == 0) return fail(console_, kCheckCommand, kNoTest);
    return failed_ == 0 && covered_enough ? kExitYes : kExitNo;
  }

  /// The files that were read.
  [[nodiscard]] const std::vector<std::string>& seen() const noexcept { return seen_; }

 private:
  /// What is for people, line by line safe to show.
  void tell(std::string_view text) {
    options_.prints_report() ? console_.write_error(text) : console_.write(text);
  }
  template <class... Args>
  void tell(fmt::format_string<Printed<Args>...> format, Args&&... args) {
    options_.prints_report() ? console_.print_error(format, std::forward<Args>(args)...)
                             : console_.print(format, std::forward<Args>(args)...);
  }
  void print_summary();
  /// Says so where a file holds no test; a run of none at all is an error.
  void note_empty(std::string_view file) {
    console_.print_error("note: {}: there is no test in it\n", file);
  }
  void read_suite(const std::string& path);
  void check_suites();
  void report_suite_failure(const ReportItem& item, const SuiteTest& test,
                            const TestResult& result);
  bool finish_coverage();
  void write_reports();
  void write_report(std::string_view path, const std::string& text);
  void keep(ReportItem item) {
    if (options_.annotations && item.kind != ReportItem::Kind::Passed) {
      // On standard error where standard output has to stay JSON.
      const std::string line = write_annotation(item);
      as_json_ ? console_.write_error(line) : tell(line);
    }
    if (options_.keeps_items()) items_.push_back(std::move(item));
  }
  [[nodiscard]] bool wants_items() const noexcept {
    return options_.keeps_items() || options_.annotations;
  }
  void check_file(std::string_view path);
  std::optional<std::string> other_file(std::string_view path);
  void finish_cases();
  void report_case(const RunLine& line);
  void report_error(std::string_view text, std::string_view file, const Position& position,
                    std::string_view message) {
    ++errors_;
    console_.print_error("{}\n", text);
    if (!wants_items()) return;
    ReportItem item;
    item.kind = ReportItem::Kind::Error;
    item.file = file;
    item.position = position;
    item.message = message;
    keep(std::move(item));
  }
  void report_error(std::string_view file, std::uint64_t line, std::uint32_t column,
                    const std::string& message) {
    report_error(fmt::format("{}:{}:{}: {}", file, line, column, message), file,
                 {0, static_cast<std::uint32_t>(line), column}, message);
  }
  void report_failure(const RunLine& line);
  /// The next element of `failures`.
  void write_failure(const JsonLine& json) {
    console_.write(failed_ > 1 ? ",\n" : "\n");
    console_.write(json.text());
  }
  void show_progress();

  Console& console_;
  const CheckOptions& options_;
  bool as_json_;
  std::vector<std::string> seen_;
  PolicyShelf shelf_;
  CaseBatch cases_;
  std::vector<Suite> suites_;
  std::vector<ReportItem> items_;
  std::optional<Coverage> coverage_;
  std::uint64_t passed_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t errors_ = 0;
  std::unordered_set<std::string> ids_;  // of cases of one file
  std::size_t bytes_of_ids_ = 0;
  std::uint32_t file_of_ids_ = 0;
  std::uint32_t files_ = 0;  // case files begun
};

void Checker::print_summary() {
  std::string summary = fmt::format("{} passed, {} failed", passed_, failed_);
  if (errors_ != 0) {
    fmt::format_to(std::back_inserter(summary), ", {} error{}", errors_, errors_ == 1 ? "" : "s");
  }
  const bool is_good = failed_ + errors_ == 0 && passed_ != 0;
  // Colours are standard output's.
  const Colour colour = is_good ? Colour::Green : Colour::Red;
  tell("{}\n", options_.prints_report() ? PaintedText{summary} : console_.paint(colour, summary));
}

void Checker::show_progress() {
  if (!console_.progress_is_due()) return;
  console_.progress(fmt::format("{} passed, {} failed ...", passed_, failed_));
}

void Checker::report_failure(const RunLine& line) {
  const CaseOutcome& outcome = line.outcome;
  if (as_json_) {
    JsonLine json;
    json.begin_object();
    json.member("id", line.id);
    json.member("file", display_name(line.place.path));
    json.member("line", line.place.number);
    json.member("column", std::uint64_t{1});
    json.member("expected", to_string(line.expect));
    json.member("got", to_string(outcome.got));
    if (outcome.error) {
      json.member("error", outcome.error->to_string());
    } else {
      json.member("reason", name_of(outcome.decision.reason));
      json.member("rule", rule_of(outcome.decision.reason));
      json.member("message", to_string(outcome.decision.reason));
    }
    json.key("statement");
    if (outcome.position) {
      json.begin_object();
      json.member("policy", outcome.policy);
      json.member("sid", outcome.sid);
      json.member("line", line.place.number);
      json.member("column", outcome.position->column);
      json.end_object();
    } else {
      json.null();
    }
    json.end_object();
    write_failure(json);
    return;
  }
  std::string why;
  if (outcome.error) {
    why = fmt::format("{}: {}", to_string(outcome.error->code), outcome.error->message);
    if (!outcome.error->rule.empty()) {
      fmt::format_to(std::back_inserter(why), " [{}]", outcome.error->rule);
    }
  } else if (!outcome.position) {
    why = fmt::format("{} ({})", to_string(outcome.decision.reason),
                      rule_of(outcome.decision.reason));
  }
  std::string where;
  if (outcome.position) {
    where = fmt::format("{} at {}:{}:{}", outcome.policy, display_name(line.place.path),
                        line.place.number, outcome.position->column);
    if (!why.empty()) where += ": ";
  }
  tell("{}: expected {}, got {} ({}{}) [{}:{}:1]\n", line.id, to_string(line.expect),
       to_string(outcome.got), where, why, display_name(line.place.path), line.place.number);
}

void Checker::report_case(const RunLine& line) {
  const std::string_view file = display_name(line.place.path);
  if (line.error) {
    report_error(file, line.place.number, line.error->position.column,
                 fmt::format("{}: {}", to_string(line.error->code), line.error->message));
    return;
  }
  if (file_of_ids_ != line.place.file) {
    ids_.clear();
    bytes_of_ids_ = 0;
    file_of_ids_ = line.place.file;
  }
  if (ids_.size() < kMaxRememberedIds && line.id.size() <= kMaxRememberedBytes - bytes_of_ids_) {
    bytes_of_ids_ += line.id.size();
    if (!ids_.emplace(line.id).second) {
      report_error(file, line.place.number, 1,
                   fmt::format("{}: id `{}` is given twice in this file",
                               to_string(ErrorCode::InvalidCase), as_utf8(line.id)));
      return;
    }
  }
  ReportItem item;
  if (wants_items()) {
    item.file = file;
    item.position = {0, static_cast<std::uint32_t>(line.place.number), 1};
    item.name = as_utf8(line.id);
  }
  if (line.passed) {
    ++passed_;
  } else {
    ++failed_;
    report_failure(line);
    item.kind = ReportItem::Kind::Failed;
    if (wants_items()) {
      const CaseOutcome& outcome = line.outcome;
      item.message = fmt::format(
          "expected {}, got {} ({})", to_string(line.expect), to_string(outcome.got),
          outcome.error ? outcome.error->message : std::string(to_string(outcome.decision.reason)));
    }
  }
  if (wants_items()) keep(std::move(item));
}

// Runs the lines that have been read and tells of them: before anything is told of what comes
// behind them, so that all is in the files' order.
void Checker::finish_cases() {
  cases_.run(options_.jobs);
  for (const RunLine& line : cases_.lines()) {
    report_case(line);
    show_progress();
  }
  cases_.clear();
}

void Checker::read_suite(const std::string& path) {
  Result<Suite, DocumentError> suite = Suite::read(path, shelf_);
  if (suite) {
    if (suite->tests().empty()) note_empty(path);
    suites_.push_back(*std::move(suite));
    return;
  }
  finish_cases();
  const DocumentError& error = suite.error();
  report_error(error.to_string(), error.document, error.error.position, error.error.message);
}

void Checker::check_suites() {
  if (options_.measures()) coverage_.emplace(covered_policies(shelf_));
  std::size_t count = 0;
  for (const Suite& suite : suites_) count += suite.tests().size();
  const std::vector<TestResult> results = run_suites(
      suites_, shelf_, options_.jobs, coverage_ ? &*coverage_ : nullptr, [&](std::size_t done) {
        if (!console_.progress_is_due()) return;
        console_.progress(fmt::format("{} of {} tests ...", done, count));
      });
  console_.clear_progress();
  auto result = results.begin();
  for (const Suite& suite : suites_) {
    for (const SuiteTest& test : suite.tests()) {
      if (result->passed) {
        ++passed_;
        if (options_.keeps_items()) keep(report_item(suite, test, *result, shelf_));
      } else {
        ++failed_;
        ReportItem item = report_item(suite, test, *result, shelf_);
        report_suite_failure(item, test, *result);
        keep(std::move(item));
      }
      ++result;
    }
  }
}

void Checker::report_suite_failure(const ReportItem& item, const SuiteTest& test,
                                   const TestResult& result) {
  if (!as_json_) {
    tell("{}: {} [{}:{}:{}]\n", item.name, item.message, item.file, item.position.line,
         item.position.column);
    return;
  }
  JsonLine json;
  json.begin_object();
  json.member("id", item.name);
  json.member("file", item.file);
  json.member("line", item.position.line);
  json.member("column", item.position.column);
  json.member("expected", to_string(test.expect));
  json.member("got", to_string(result.decision.outcome));
  json.member("reason", name_of(result.decision.reason));
  json.member("rule", rule_of(result.decision.reason));
  json.member("message", item.message);
  json.key("statement");
  if (item.policy.empty()) {
    json.null();
  } else {
    json.begin_object();
    json.member("policy", item.policy);
    json.member("sid", result.sid);
    json.member("line", item.policy_position.line);
    json.member("column", item.policy_position.column);
    json.end_object();
  }
  json.end_object();
  write_failure(json);
}

bool Checker::finish_coverage() {
  if (!coverage_) return true;
  if (options_.lcov) write_report(*options_.lcov, coverage_->to_lcov());
  if (options_.coverage && !as_json_) tell(coverage_->to_table());
  const double percent = coverage_->statements().percent();
  if (!options_.min_coverage || percent >= *options_.min_coverage) return true;
  console_.print_error("writ check: {:.1f} % of statements are covered, fewer than {} %\n", percent,
                       *options_.min_coverage);
  return false;
}

void Checker::write_report(std::string_view path, const std::string& text) {
  if (!write_output(console_, kCheckCommand, path, text)) ++errors_;
}

void Checker::write_reports() {
  if (options_.junit) write_report(*options_.junit, write_junit(items_));
  if (options_.sarif) {
    write_report(*options_.sarif,
                 write_sarif(items_, coverage_ && options_.coverage ? coverage_->notes()
                                                                    : std::vector<ReportNote>()));
  }
}

// Looks into a file whose first line is no case: one error then says what each line's would not.
std::optional<std::string> Checker::other_file(std::string_view path) {
  // What cannot be read twice is taken for what it is called.
  std::error_code error;
  if (path == "-" || !std::filesystem::is_regular_file(path, error)) return std::nullopt;
  {
    LineReader reader(console_, path);
    do {
      if (!reader.is_open() || reader.next() != LineReader::Status::Line) return std::nullopt;
    } while (is_blank(reader.line()));
    if (looks_like_case(reader.line())) return std::nullopt;
  }
  const Result<std::string, Problem> text = read_file(console_, path);
  return text ? guess_other_file(path, *text) : std::nullopt;
}

void Checker::check_file(std::string_view path) {
  LineReader reader(console_, path);
  if (!reader.is_open()) {
    finish_cases();
    report_error(fmt::format("writ check: {}", reader.problem()), display_name(path), {},
                 reader.problem());
    return;
  }
  ++files_;
  const std::optional<std::string> other = other_file(path);
  if (other) {
    finish_cases();
    report_error(display_name(path), 1, 1,
                 fmt::format("{}: {}", to_string(ErrorCode::InvalidCase), *other));
    return;
  }
  bool is_empty = true;
  for (;;) {
    switch (reader.next()) {
      case LineReader::Status::Line:
        if (!is_blank(reader.line())) {
          is_empty = false;
          cases_.add({path, files_, reader.number()}, reader.line());
        }
        if (cases_.is_full()) finish_cases();
        break;
      case LineReader::Status::TooLong:
        is_empty = false;
        finish_cases();
        report_error(display_name(path), reader.number(), 1,
                     fmt::format("{}: the line is longer than {} bytes",
                                 to_string(ErrorCode::LimitExceeded), kMaxLineBytes));
        break;
      case LineReader::Status::Failed:
        finish_cases();
        report_error(fmt::format("{}: {}", display_name(path), reader.problem()),
                     display_name(path), {}, reader.problem());
        return;
      case LineReader::Status::End:
        if (is_empty) note_empty(display_name(path));
        return;
    }
  }
}

constexpr Option kOptions[] = {
    {"--junit", "FILE", Arity::One, "write the tests as JUnit XML", OptionUse::Report},
    {"--sarif", "FILE", Arity::One, "write what failed as SARIF 2.1.0", OptionUse::Report},
    {"--annotations", "FORMAT", Arity::One, "github: print failures as annotations; none"},
    {"--coverage", "", Arity::Flag, "print what of the suites' policies decided a test"},
    {"--lcov", "FILE", Arity::One, "write the coverage as a tracefile for genhtml",
     OptionUse::Report},
    {"--min-coverage", "PERCENT", Arity::One, "fail when fewer statements decided a test"},
    kJobsOption,
    {"--watch", "", Arity::Flag, "run again when a file changes, until interrupted"},
};

/// The options, or nothing after a message.
std::optional<CheckOptions> read_options(const Arguments& arguments, Console& console) {
  CheckOptions options;
  options.json = arguments.json();
  options.coverage = arguments.has("--coverage");
  options.junit = arguments.value("--junit");
  options.sarif = arguments.value("--sarif");
  options.lcov = arguments.value("--lcov");
  if (const auto format = arguments.value("--annotations")) {
    if (*format != "github" && *format != "none") {
      fail(console, kCheckCommand,
           fmt::format("unknown format `{}`; it is github or none", *format));
      return std::nullopt;
    }
    options.annotations = *format == "github";
  }
  if (arguments.has("--min-coverage")) {
    options.min_coverage = percent_option(arguments, console, kCheckCommand, "--min-coverage", 0);
    if (!options.min_coverage) return std::nullopt;
  }
  const std::optional<std::size_t> jobs = jobs_option(arguments, console, kCheckCommand);
  if (!jobs) return std::nullopt;
  options.jobs = *jobs;
  return options;
}

int run_check(const Arguments& arguments, Console& console) {
  const std::optional<CheckOptions> options = read_options(arguments, console);
  if (!options) return kExitBadInput;
  for (;;) {
    console.forget_read();
    const Result<std::vector<std::string>, Problem> paths = find_suites(arguments.operands(), true);
    if (!paths) return fail(console, kCheckCommand, paths.error().text);
    Checker checker(console, *options);
    const int code = checker.run(*paths);
    if (!arguments.has("--watch")) return code;
    static_cast<void>(console.flush());
    if (const std::optional<Problem> problem =
            wait_for_change(checker.seen(), arguments.operands())) {
      return fail(console, kCheckCommand, problem->text);
    }
    console.write("\n");
  }
}

}  // namespace

constinit const Command kCheckCommand = {
    .name = "check",
    .operands = "FILE...",
    .summary = "run the tests of suites and case files and tell which do not hold",
    .details =
        R"(A suite (*.suite.json, *.suite.yaml) names policy files and lists requests with the expected
answers; docs/testing-policies.md tells the format. Any other file is a case file: one JSON object a
line, a request, its policies and the expected answer; it may be larger than memory. Of a folder all
suites and all case files (*.jsonl) below it are run. One line is printed for each test that does
not hold: its name, what was expected, what came out, and the statement that decided it (policy,
line, column). The last line is `N passed, N failed`. With --json the same as one JSON object.)",
    .exit_codes =
        "0 all passed, 1 some failed or too little is covered, 2 unusable files or no test",
    .options = kOptions,
    .min_operands = 1,
    .max_operands = static_cast<std::size_t>(-1),
    .run = &run_check,
};

}  // namespace writ::cli
