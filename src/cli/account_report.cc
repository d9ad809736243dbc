// writ report: who can do what over a whole account, as a page.
#include <fmt/format.h>

#include <string>

#include "cli/account_files.h"
#include "cli/account_report_page.h"
#include "cli/commands.h"
#include "cli/json_output.h"

namespace writ::cli {
namespace {

constexpr Option kOptions[] = {
    {"--html", "FILE", Arity::One, "the page to write; `-` prints it", OptionUse::Report},
    {"--action", "ACTION...", Arity::Many, "decide these for each principal"},
    {"--resource", "ARN...", Arity::Many, "on these resources; `*` by default"},
};

int run_report(const Arguments& arguments, Console& console) {
  const std::optional<std::string_view> path = arguments.value("--html");
  if (!path) return fail(console, kReportCommand, "`--html` is missing");
  if (*path == "-" && arguments.json()) {
    return fail(console, kReportCommand, "choose one of `--html -` and `--json`");
  }
  if (arguments.has("--resource") && !arguments.has("--action")) {
    return fail(console, kReportCommand, "`--resource` needs an `--action`");
  }
  const std::optional<Account> account =
      load_account(arguments.operands().front(), console, kReportCommand);
  if (!account) return kExitBadInput;
  ReportOptions options;
  const auto actions = arguments.values("--action");
  const auto resources = arguments.values("--resource");
  options.actions.assign(actions.begin(), actions.end());
  options.resources.assign(resources.begin(), resources.end());
  const Result<Report> report = make_report(*account, options);
  if (!report) {
    console.print_error("writ report: {}\n", report.error().to_string());
    return kExitBadInput;
  }
  if (report->left_out != 0) {
    console.print_error("writ report: {} rows are left out; the page says where\n",
                        report->left_out);
  }
  if (!write_output(console, kReportCommand, *path, report->html)) return kExitBadInput;
  if (arguments.json()) {
    JsonLine json;
    json.begin_object();
    json.member("statements", static_cast<std::uint64_t>(report->statements));
    json.member("decisions", static_cast<std::uint64_t>(report->decisions));
    json.member("leftOut", static_cast<std::uint64_t>(report->left_out));
    json.end_object();
    console.print("{}\n", json.text());
  }
  return kExitYes;
}

}  // namespace

constinit const Command kReportCommand = {
    .name = "report",
    .operands = "DIR",
    .summary = "show who can do what over a whole account, as a page to search",
    .details =
        R"(DIR holds an account as docs/accounts.md tells. Writes one page that needs no network: each
statement that reaches a user or role, what trust and resource policies say, and what limits them.
With --action each user and role is asked for each action and resource, and the decisions stand
first. The search is a few lines of script; without it the page is plain tables.)",
    .exit_codes = "0 written, 2 the account has mistakes, or bad usage",
    .options = kOptions,
    .min_operands = 1,
    .max_operands = 1,
    .run = &run_report,
};

}  // namespace writ::cli
