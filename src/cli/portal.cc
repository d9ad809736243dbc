// writ portal: scenarios, and the tables of the portal's policies.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/json_output.h"
#include "cli/number_options.h"
#include "cli/portal_coverage.h"
#include "cli/portal_mutate.h"
#include "cli/portal_policies.h"
#include "cli/portal_tables.h"
#include "writ/portal/commands.h"
#include "writ/portal/growth.h"
#include "writ/portal/scenario.h"

namespace writ::cli {
namespace {

constexpr Option kOptions[] = {
    {"--policies", "DIR", Arity::One,
     "policies laid out as in policies/, instead of the tool's own"},
    {"--role", "ROLE", Arity::Each, "menu: a role that the user holds; default standardUser"},
    {"--stage", "STAGE", Arity::One, "menu: stage of the account; default registered"},
    {"--path", "PATH", Arity::Each, "menu: a path of the account; default software"},
    {"--markdown", "", Arity::Flag, "commands: as a page of documentation"},
    {"--events", "", Arity::Flag, "run: print the audit events of each scenario"},
    {"--coverage", "", Arity::Flag, "run: print what of the policies decided a step"},
    {"--lcov", "FILE", Arity::One, "run: write the coverage as a tracefile for genhtml",
     OptionUse::Report},
    {"--min-coverage", "PERCENT", Arity::One, "run: fail when fewer statements decided a step"},
    {"--min-score", "PERCENT", Arity::One,
     "mutate: how many mutants must be noticed; 100 without it"},
    {"--every", "N", Arity::One, "mutate: a sample, every N-th mutant"},
    {kJobsOption.name, "N", Arity::One, "mutate: threads; as many as there are cores without it"},
};

/// What each word takes of the options.
struct Word {
  std::string_view name;
  std::array<std::string_view, 5> options;
};
constexpr Word kWords[] = {
    {"run", {"--policies", "--events", "--coverage", "--lcov", "--min-coverage"}},
    {"mutate", {"--policies", "--min-score", "--every", kJobsOption.name}},
    {"matrix", {"--policies"}},
    {"menu", {"--policies", "--role", "--stage", "--path"}},
    {"commands", {"--markdown"}},
};

/// The paths of partners. Policies need not name all of them.
constexpr std::string_view kPaths[] = {"software", "services", "hardware", "training",
                                       "distribution"};

struct Loaded {
  PortalTexts texts;
  portal::MenuFile menu;
};

std::optional<Loaded> load(const Arguments& arguments, Console& console) {
  Result<PortalTexts, Problem> texts = load_portal_texts(console, arguments.value("--policies"));
  if (!texts) {
    fail(console, kPortalCommand, texts.error().text);
    return std::nullopt;
  }
  Result<portal::MenuFile> menu = portal::MenuFile::parse(texts->menu);
  if (!menu) {
    fail(console, kPortalCommand, "menu.json:" + menu.error().to_string());
    return std::nullopt;
  }
  return Loaded{*std::move(texts), *std::move(menu)};
}

std::optional<portal::PortalPolicies> compile(const Loaded& loaded, Console& console) {
  Result<portal::PortalPolicies> policies =
      portal::PortalPolicies::load(portal::RoleCatalog::standard(), loaded.texts.policies);
  if (policies) return *std::move(policies);
  fail(console, kPortalCommand, policies.error().to_string());
  return std::nullopt;
}

// --- run

void print_result(Console& console, std::string_view path, const portal::ScenarioResult& result) {
  console.print(
      "{}  {}: {}\n",
      result.passed ? console.paint(Colour::Green, "PASS") : console.paint(Colour::Red, "FAIL"),
      display_name(path), result.name);
  if (result.passed) return;
  console.print("      step {} at {}:{}:{}: {}\n", result.steps, display_name(path),
                result.position.line, result.position.column, result.problem);
  std::string_view rest = result.explanation;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    console.print("      | {}\n", rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
}

void write_result(JsonLine& json, std::string_view path, const portal::ScenarioResult& result) {
  json.begin_object();
  json.member("file", display_name(path));
  json.member("name", result.name);
  json.member("passed", result.passed);
  json.member("steps", result.steps);
  if (!result.passed) {
    json.member("line", result.position.line);
    json.member("column", result.position.column);
    json.member("problem", result.problem);
    json.member("explanation", result.explanation);
  }
  json.end_object();
}

int run_scenarios(const Arguments& arguments, Console& console) {
  if (arguments.operands().size() < 2) return fail(console, kPortalCommand, "run needs a FILE");
  if (arguments.value("--lcov") == "-") {
    return fail(console, kPortalCommand, "`--lcov -` would mix with the results; name a file");
  }
  const std::optional<Loaded> loaded = load(arguments, console);
  const std::optional<portal::PortalPolicies> policies =
      loaded ? compile(*loaded, console) : std::nullopt;
  if (!policies) return kExitBadInput;
  const std::optional<double> min_coverage =
      percent_option(arguments, console, kPortalCommand, "--min-coverage", 0);
  if (!min_coverage) return kExitBadInput;
  std::optional<PortalCoverage> measured;
  if (arguments.has("--coverage") || arguments.has("--lcov") || arguments.has("--min-coverage")) {
    measured.emplace(loaded->texts.policies, arguments.value("--policies"));
  }
  const portal::ScenarioWorld world = {*policies, loaded->menu.items(),
                                       measured ? &*measured : nullptr};
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t unreadable = 0;
  JsonLine json;
  json.begin_object();
  json.key("scenarios");
  json.begin_array();
  for (const std::string_view path : arguments.operands().subspan(1)) {
    const Result<std::string, Problem> text = read_file(console, path);
    if (!text) {
      console.print_error("writ portal: {}\n", text.error().text);
      ++unreadable;
      continue;
    }
    const Result<std::vector<portal::ScenarioResult>> results = portal::run_scenarios(*text, world);
    if (!results) {
      console.print_error("{}:{}\n", display_name(path), results.error().to_string());
      ++unreadable;
      continue;
    }
    for (const portal::ScenarioResult& result : *results) {
      ++(result.passed ? passed : failed);
      if (arguments.json()) {
        write_result(json, path, result);
        continue;
      }
      print_result(console, path, result);
      if (arguments.has("--events")) console.write(result.events);
    }
  }
  json.end_array();
  json.member("passed", static_cast<std::uint64_t>(passed));
  json.member("failed", static_cast<std::uint64_t>(failed));
  if (measured && arguments.has("--coverage")) {
    json.key("coverage");
    measured->coverage().write_json(json);
  }
  json.end_object();
  if (arguments.json()) {
    console.print("{}\n", json.text());
  } else {
    if (arguments.has("--coverage")) console.write(measured->coverage().to_table());
    const std::string errors =
        unreadable == 0 ? "" : fmt::format(", {} error{}", unreadable, unreadable == 1 ? "" : "s");
    console.print("{} passed, {} failed{}\n", passed, failed, errors);
  }
  if (const auto path = arguments.value("--lcov")) {
    if (!write_output(console, kPortalCommand, *path, measured->coverage().to_lcov())) {
      ++unreadable;
    }
  }
  if (unreadable != 0) return kExitBadInput;
  if (passed + failed == 0) {
    return fail(console, kPortalCommand,
                "there is no scenario to run; a run of none proves nothing");
  }
  if (measured && measured->coverage().statements().percent() < *min_coverage) {
    console.print_error("writ portal: {:.1f} % of statements are covered, fewer than {} %\n",
                        measured->coverage().statements().percent(), *min_coverage);
    return kExitNo;
  }
  return failed == 0 ? kExitYes : kExitNo;
}

// --- mutate

int mutate(const Arguments& arguments, Console& console) {
  if (arguments.operands().size() < 2) return fail(console, kPortalCommand, "mutate needs a FILE");
  const std::optional<MutationOptions> options =
      read_mutation_options(arguments, console, kPortalCommand);
  const std::optional<std::size_t> every =
      options ? number_option(arguments, console, kPortalCommand, "--every", {.least = 1}, 1)
              : std::nullopt;
  if (!every) return kExitBadInput;
  const std::optional<Loaded> loaded = load(arguments, console);
  const std::optional<portal::PortalPolicies> policies =
      loaded ? compile(*loaded, console) : std::nullopt;
  if (!policies) return kExitBadInput;
  return mutate_portal({loaded->texts, *policies, loaded->menu.items(),
                        arguments.operands().subspan(1), arguments.value("--policies"), *every},
                       *options, console);
}

// --- matrix

/// The seven columns of the role comparison.
constexpr std::string_view kColumns[] = {"allianceLead",   "allianceTeam",   "cloudAdmin",
                                         "marketingStaff", "technicalStaff", "aceManager",
                                         "aceUser"};

int print_matrix(const Arguments& arguments, Console& console) {
  const std::optional<Loaded> loaded = load(arguments, console);
  const std::optional<portal::PortalPolicies> policies =
      loaded ? compile(*loaded, console) : std::nullopt;
  if (!policies) return kExitBadInput;
  std::vector<std::vector<bool>> columns;
  for (const std::string_view role : kColumns) {
    Result<std::vector<bool>> column = decide_matrix(*policies, role);
    if (!column) return fail(console, kPortalCommand, column.error().to_string());
    columns.push_back(*std::move(column));
  }
  if (arguments.json()) {
    JsonLine json;
    json.begin_object();
    for (std::size_t task = 0; task < matrix_tasks().size(); ++task) {
      json.key(matrix_tasks()[task].id);
      json.begin_array();
      for (std::size_t column = 0; column < columns.size(); ++column) {
        if (columns[column][task]) json.string(kColumns[column]);
      }
      json.end_array();
    }
    json.end_object();
    console.print("{}\n", json.text());
    return kExitYes;
  }
  constexpr std::size_t kWidth = 66;
  console.print("{:{}}", "", kWidth);
  for (const std::string_view role : kColumns) console.print(" {:>14}", role);
  console.write("\n");
  std::size_t marks = 0;
  for (std::size_t task = 0; task < matrix_tasks().size(); ++task) {
    console.print("{:{}}", matrix_tasks()[task].task, kWidth);
    for (const std::vector<bool>& column : columns) {
      console.print(" {:>14}", column[task] ? "X" : "");
      if (column[task]) ++marks;
    }
    console.write("\n");
  }
  console.print("{} of {} cells allowed\n", marks, matrix_tasks().size() * columns.size());
  return kExitYes;
}

// --- menu

std::vector<std::string_view> role_names(const portal::RoleCatalog& catalog) {
  std::vector<std::string_view> names;
  for (const portal::PortalRole& role : catalog.roles()) names.push_back(role.id);
  return names;
}

/// Whether the option has known values only; says which are known where not.
bool are_known(const Arguments& arguments, Console& console, std::string_view option,
               std::span<const std::string_view> known) {
  for (const std::string_view value : arguments.values(option)) {
    if (std::ranges::find(known, value) != known.end()) continue;
    fail(console, kPortalCommand,
         fmt::format("there is no {} `{}`; it is one of {}", option.substr(2), value,
                     fmt::join(known, ", ")));
    return false;
  }
  return true;
}

int print_menu(const Arguments& arguments, Console& console) {
  const std::optional<Loaded> loaded = load(arguments, console);
  const std::optional<portal::PortalPolicies> policies =
      loaded ? compile(*loaded, console) : std::nullopt;
  if (!policies) return kExitBadInput;
  const std::vector<std::string_view> roles = role_names(policies->catalog());
  const bool known = are_known(arguments, console, "--role", roles) &&
                     are_known(arguments, console, "--stage", portal::kAccountStages) &&
                     are_known(arguments, console, "--path", kPaths);
  if (!known) return kExitBadInput;
  constexpr std::string_view kDefaultPath[] = {"software"};
  const std::span<const std::string_view> paths =
      arguments.has("--path") ? arguments.values("--path") : kDefaultPath;
  const Result<std::vector<bool>> open =
      decide_menu(*policies, loaded->menu.items(), arguments.values("--role"),
                  arguments.value("--stage").value_or("registered"), paths);
  if (!open) return fail(console, kPortalCommand, open.error().to_string());
  JsonLine json;
  json.begin_array();
  std::string_view menu;
  std::size_t count = 0;
  for (std::size_t i = 0; i < open->size(); ++i) {
    if (!(*open)[i]) continue;
    ++count;
    const portal::MenuItem& item = loaded->menu.items()[i];
    if (arguments.json()) {
      json.string(item.id);
      continue;
    }
    if (item.menu != menu) console.print("{}\n", item.menu);
    menu = item.menu;
    console.print("  {:<50} {}\n", item.id, item.item);
  }
  json.end_array();
  if (arguments.json()) {
    console.print("{}\n", json.text());
  } else {
    console.print("{} of {} items open\n", count, open->size());
  }
  return kExitYes;
}

// --- commands

int print_commands(const Arguments& arguments, Console& console) {
  if (arguments.has("--markdown")) {
    console.write(portal::commands_as_markdown());
    return kExitYes;
  }
  JsonLine json;
  json.begin_array();
  for (const portal::CommandInfo& command : portal::commands()) {
    if (!arguments.json()) {
      console.print("{:<32} {}\n", command.name, command.summary);
      continue;
    }
    json.begin_object();
    json.member("name", command.name);
    json.member("action", command.action);
    json.member("event", command.event);
    json.member("codes", command.codes);
    json.member("rules", command.rules);
    json.end_object();
  }
  json.end_array();
  if (arguments.json()) console.print("{}\n", json.text());
  return kExitYes;
}

/// The first option that the word has no use for; says so.
bool has_foreign_option(const Arguments& arguments, Console& console, const Word& word) {
  for (const Option& option : kOptions) {
    if (!arguments.has(option.name)) continue;
    if (std::ranges::find(word.options, option.name) != word.options.end()) continue;
    std::vector<std::string_view> takers;
    for (const Word& other : kWords) {
      if (std::ranges::find(other.options, option.name) == other.options.end()) continue;
      takers.push_back(other.name);
    }
    fail(console, kPortalCommand,
         fmt::format("`{}` takes no `{}`; it is an option of {}", word.name, option.name,
                     fmt::join(takers, ", ")));
    return true;
  }
  for (const std::string_view option : {"--events", "--markdown"}) {
    if (!arguments.json() || !arguments.has(option)) continue;
    fail(console, kPortalCommand, fmt::format("choose one of `{}` and `--json`", option));
    return true;
  }
  return false;
}

int run_portal(const Arguments& arguments, Console& console) {
  const std::string_view what = arguments.operands().front();
  const auto word = std::ranges::find(kWords, what, &Word::name);
  if (word != std::end(kWords) && has_foreign_option(arguments, console, *word)) {
    return kExitBadInput;
  }
  if (what == "run") return run_scenarios(arguments, console);
  if (what == "mutate") return mutate(arguments, console);
  if (arguments.operands().size() > 1) {
    return fail(console, kPortalCommand,
                fmt::format("unexpected argument `{}`", arguments.operands()[1]));
  }
  if (what == "matrix") return print_matrix(arguments, console);
  if (what == "menu") return print_menu(arguments, console);
  if (what == "commands") return print_commands(arguments, console);
  return fail(console, kPortalCommand,
              fmt::format("unknown word `{}`; it is run, mutate, matrix, menu or commands", what));
}

}  // namespace

constinit const Command kPortalCommand = {
    .name = "portal",
    .operands = "run FILE... | mutate FILE... | matrix | menu | commands",
    .summary = "run scenarios of the partner portal, or print its tables",
    .details =
        R"(run       runs scenario files (docs/scenarios.md); the last line is `N passed, N failed`
mutate    runs them over mutants of the policies and prints each that no scenario notices
matrix    prints the role comparison, 16 tasks by 7 roles, as the policies decide it
menu      prints the menu items that a user of --role may open, by --stage and --path of the account
commands  lists the commands of scenarios
The policies are those that the tool carries, unless --policies names others.)",
    .exit_codes = "0 all passed or enough mutants noticed, 1 not so, 2 a file cannot be used",
    .options = kOptions,
    .min_operands = 1,
    .max_operands = static_cast<std::size_t>(-1),
    .run = &run_portal,
};

}  // namespace writ::cli
