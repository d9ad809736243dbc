// writ check: runs case files, one line after the other, in bounded memory.
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <unordered_set>

#include "cli/case_reader.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/json_output.h"
#include "writ/hash.h"

namespace writ::cli {
namespace {

// Ids are remembered to find repeated ones; only so many, so that memory stays bounded.
constexpr std::size_t kMaxRememberedIds = 1'000'000;

struct IdHash {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  friend bool operator==(const IdHash&, const IdHash&) = default;
};
struct IdHasher {
  std::size_t operator()(const IdHash& id) const noexcept { return id.first; }
};

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

class Checker {
 public:
  Checker(Console& console, bool as_json) : console_(console), as_json_(as_json) {}

  int run(std::span<const std::string_view> paths) {
    if (as_json_) console_.write("{\"failures\":[");
    for (const std::string_view path : paths) check_file(path);
    console_.clear_progress();
    if (as_json_) {
      console_.print("],\"passed\":{},\"failed\":{},\"errors\":{}}}\n", passed_, failed_, errors_);
    } else {
      const std::string summary = fmt::format("{} passed, {} failed", passed_, failed_);
      console_.print("{}\n",
                     console_.paint(failed_ + errors_ == 0 ? Colour::Green : Colour::Red, summary));
    }
    if (errors_ != 0) return kExitBadInput;
    return failed_ == 0 ? kExitYes : kExitNo;
  }

 private:
  void check_file(std::string_view path);
  void check_line(std::string_view path, const LineReader& reader);
  void report_error(std::string_view text) {
    ++errors_;
    console_.print_error("{}\n", text);
  }
  void report_failure(std::string_view path, std::uint64_t line, const Case& asked,
                      const CaseOutcome& outcome);
  void show_progress();

  Console& console_;
  bool as_json_;
  std::uint64_t passed_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t errors_ = 0;
  std::unordered_set<IdHash, IdHasher> ids_;
  std::chrono::steady_clock::time_point last_progress_;
};

void Checker::show_progress() {
  if (!console_.shows_progress()) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_progress_ < std::chrono::milliseconds(100)) return;
  last_progress_ = now;
  console_.progress(fmt::format("{} passed, {} failed ...", passed_, failed_));
}

void Checker::report_failure(std::string_view path, std::uint64_t line, const Case& asked,
                             const CaseOutcome& outcome) {
  if (as_json_) {
    JsonLine json;
    json.begin_object();
    json.member("id", asked.id);
    json.member("file", display_name(path));
    json.member("line", line);
    json.member("expected", to_string(*asked.expect));
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
      json.member("line", line);
      json.member("column", outcome.position->column);
      json.end_object();
    } else {
      json.null();
    }
    json.end_object();
    console_.print("{}{}", failed_ > 1 ? ",\n" : "\n", json.text());
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
    where = fmt::format("{} {}:{}", outcome.policy, line, outcome.position->column);
    if (!why.empty()) where += ": ";
  }
  console_.print("{}: expected {}, got {} ({}{}) [{}:{}]\n", as_utf8(asked.id),
                 to_string(*asked.expect), to_string(outcome.got), where, why, display_name(path),
                 line);
}

void Checker::check_line(std::string_view path, const LineReader& reader) {
  const std::string_view file = display_name(path);
  const Result<Case> asked = read_case(reader.line());
  if (!asked) {
    const PolicyError& error = asked.error();
    report_error(fmt::format("{}:{}:{}: {}: {}", file, reader.number(), error.position.column,
                             to_string(error.code), error.message));
    return;
  }
  if (!asked->expect) {
    report_error(fmt::format("{}:{}:1: {}: field `expect` is missing", file, reader.number(),
                             to_string(ErrorCode::InvalidCase)));
    return;
  }
  if (ids_.size() < kMaxRememberedIds) {
    const IdHash id{hash_bytes(asked->id), hash_bytes(asked->id, 1)};
    if (!ids_.insert(id).second) {
      report_error(fmt::format("{}:{}:1: {}: id `{}` is given twice in this file", file,
                               reader.number(), to_string(ErrorCode::InvalidCase),
                               as_utf8(asked->id)));
      return;
    }
  }
  const CaseOutcome outcome = run_case(*asked);
  if (outcome.passes(*asked)) {
    ++passed_;
  } else {
    ++failed_;
    report_failure(path, reader.number(), *asked, outcome);
  }
}

void Checker::check_file(std::string_view path) {
  LineReader reader(console_, path);
  if (!reader.is_open()) {
    report_error(fmt::format("writ check: {}", reader.problem()));
    return;
  }
  ids_.clear();
  for (;;) {
    switch (reader.next()) {
      case LineReader::Status::Line:
        if (!is_blank(reader.line())) check_line(path, reader);
        show_progress();
        break;
      case LineReader::Status::TooLong:
        report_error(fmt::format("{}:{}:1: {}: the line is longer than {} bytes",
                                 display_name(path), reader.number(),
                                 to_string(ErrorCode::LimitExceeded), kMaxLineBytes));
        break;
      case LineReader::Status::Failed:
        report_error(fmt::format("{}: {}", display_name(path), reader.problem()));
        return;
      case LineReader::Status::End:
        return;
    }
  }
}

int run_check(const Arguments& arguments, Console& console) {
  return Checker(console, arguments.json()).run(arguments.operands());
}

}  // namespace

constinit const Command kCheckCommand = {
    .name = "check",
    .operands = "FILE...",
    .summary = "run the cases of case files and tell which do not hold",
    .details =
        R"(A case file holds one JSON object a line: a request, its policies and the expected answer.
Files are read line by line and may be larger than memory. One line is printed for each case that
does not hold: its id, what was expected, what came out, and the statement that decided it (policy,
line, column). The last line is `N passed, N failed`. With --json the same as one JSON object.)",
    .exit_codes = "0 all passed, 1 some failed, 2 a file cannot be read or a line is not a case",
    .options = {},
    .min_operands = 1,
    .max_operands = static_cast<std::size_t>(-1),
    .run = &run_check,
};

}  // namespace writ::cli
