// writ mutate: changes policies one small step at a time and tells which changes no test notices.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/json_output.h"
#include "cli/mutation_run.h"
#include "cli/number_options.h"
#include "cli/parallel.h"
#include "cli/suite.h"
#include "cli/suite_run.h"
#include "writ/parse.h"

namespace writ::cli {
namespace {

constexpr Option kOptions[] = {
    {"--min-score", "PERCENT", Arity::One, "how many mutants must be noticed; 100 without it"},
    kJobsOption,
};

/// Whether a test that uses the policy comes out otherwise. Tests whose policies do not hold it
/// cannot: a decision reads nothing but the policies of its stack.
bool is_noticed(const std::vector<Suite>& suites, const PolicyShelf& shelf, std::uint32_t policy,
                const Mutant& mutant) {
  const ShelvedPolicy& original = shelf.policies()[policy];
  const Result<PolicyDocument> document = parse_policy(mutant.text, original.type);
  if (!document) return false;
  const Result<PolicySet> set =
      PolicySetBuilder(original.type).attach(original.path, *document).build();
  if (!set) return false;
  for (const Suite& suite : suites) {
    std::vector<std::optional<PolicyStack>> changed(suite.stacks().size());
    for (std::size_t i = 0; i < changed.size(); ++i) {
      const std::vector<SuiteStack::Member>& members = suite.stacks()[i].members;
      if (std::ranges::find(members, policy, &SuiteStack::Member::policy) == members.end())
        continue;
      Result<PolicyStack> stack = stack_of(members, shelf, policy, *set);
      if (stack) changed[i] = *std::move(stack);
    }
    for (const SuiteTest& test : suite.tests()) {
      const std::optional<PolicyStack>& stack = changed[test.stack];
      if (stack &&
          !run_test(test, suite.stacks()[test.stack], *stack, shelf, policy, &*document).passed) {
        return true;
      }
    }
  }
  return false;
}

int mutate_suites(const std::vector<std::string>& paths, const MutationOptions& options,
                  Console& console) {
  PolicyShelf shelf([&console](const std::string& path) { return read_file(console, path); });
  std::vector<Suite> suites;
  for (const std::string& path : paths) {
    Result<Suite, DocumentError> suite = Suite::read(path, shelf);
    if (!suite) {
      console.print_error("{}\n", suite.error().to_string());
      return kExitBadInput;
    }
    suites.push_back(*std::move(suite));
  }
  if (std::ranges::all_of(suites, [](const Suite& suite) { return suite.tests().empty(); })) {
    return fail(console, kMutateCommand, "there is no test that could notice a change");
  }
  const std::vector<TestResult> results =
      run_suites(suites, shelf, options.jobs, nullptr, [](std::size_t) {});
  const auto failed = std::ranges::count(results, false, &TestResult::passed);
  if (failed != 0) {
    console.print_error(
        "writ mutate: {} of {} tests fail over the policies as they are; `writ check` tells "
        "which\n",
        failed, results.size());
    return kExitBadInput;
  }
  std::vector<MutantRun> runs;
  std::vector<std::uint32_t> policies;
  for (std::uint32_t i = 0; i < shelf.policies().size(); ++i) {
    const ShelvedPolicy& policy = shelf.policies()[i];
    for (Mutant& mutant : mutants_of(policy.text, policy.document)) {
      runs.push_back({policy.path, std::move(mutant)});
      policies.push_back(i);
    }
  }
  in_parallel(options.jobs, runs.size(), console, "mutants", [&](std::size_t, std::size_t i) {
    runs[i].noticed = is_noticed(suites, shelf, policies[i], runs[i].mutant);
  });
  return report_mutants(runs, options, console);
}

int run_mutate(const Arguments& arguments, Console& console) {
  const std::optional<MutationOptions> options =
      read_mutation_options(arguments, console, kMutateCommand);
  if (!options) return kExitBadInput;
  const Result<std::vector<std::string>, Problem> paths = find_suites(arguments.operands(), false);
  if (!paths) return fail(console, kMutateCommand, paths.error().text);
  return mutate_suites(*paths, *options, console);
}

}  // namespace

std::optional<MutationOptions> read_mutation_options(const Arguments& arguments, Console& console,
                                                     const Command& command) {
  const std::optional<std::size_t> jobs = jobs_option(arguments, console, command);
  const std::optional<double> min_score =
      jobs ? percent_option(arguments, console, command, "--min-score", 100) : std::nullopt;
  if (!min_score) return std::nullopt;
  return MutationOptions{command.name, arguments.json(), *min_score, *jobs};
}

int report_mutants(const std::vector<MutantRun>& runs, const MutationOptions& options,
                   Console& console) {
  if (runs.empty()) {
    console.print_error("writ {}: the policies hold nothing to change\n", options.command);
    return kExitBadInput;
  }
  std::vector<const MutantRun*> survivors;
  for (const MutantRun& run : runs) {
    if (!run.noticed) survivors.push_back(&run);
  }
  std::ranges::stable_sort(survivors, [](const MutantRun* a, const MutantRun* b) {
    return a->path != b->path ? a->path < b->path
                              : a->mutant.position.offset < b->mutant.position.offset;
  });
  const std::size_t noticed = runs.size() - survivors.size();
  const double score =
      runs.empty() ? 100 : 100.0 * static_cast<double>(noticed) / static_cast<double>(runs.size());
  const bool enough = score >= options.min_score;
  if (options.json) {
    JsonLine json;
    json.begin_object();
    json.member("mutants", static_cast<std::uint64_t>(runs.size()));
    json.member("noticed", static_cast<std::uint64_t>(noticed));
    json.key("survivors");
    json.begin_array();
    for (const MutantRun* run : survivors) {
      json.begin_object();
      json.member("file", run->path);
      json.member("line", run->mutant.position.line);
      json.member("column", run->mutant.position.column);
      json.member("kind", to_string(run->mutant.kind));
      json.member("statement", run->mutant.statement);
      json.member("change", run->mutant.what);
      json.end_object();
    }
    json.end_array();
    json.end_object();
    console.print("{}\n", json.text());
    return enough ? kExitYes : kExitNo;
  }
  for (const MutantRun* run : survivors) {
    console.print("{}:{}:{}: {}: {}: no test notices\n", run->path, run->mutant.position.line,
                  run->mutant.position.column, run->mutant.statement, run->mutant.what);
  }
  console.print("{}\n",
                console.paint(enough ? Colour::Green : Colour::Red,
                              fmt::format("{} mutants, {} noticed, {} survived ({:.1f} % noticed)",
                                          runs.size(), noticed, survivors.size(), score)));
  return enough ? kExitYes : kExitNo;
}

constinit const Command kMutateCommand = {
    .name = "mutate",
    .operands = "FILE...",
    .summary = "change policies step by step and tell which changes no test notices",
    .details =
        R"(Runs suites (*.suite.json, *.suite.yaml; of a folder all below it) over mutants of the policies
that they name: a statement dropped, an effect flipped, a pattern removed, widened or narrowed, a
condition dropped, an operator negated, a quantifier swapped, a value removed, a principal removed
or widened. Each mutant that no test notices is one line: file, line, column, what was changed. A
test that would tell it is missing, or the policy says something twice.)",
    .exit_codes = "0 enough mutants noticed, 1 too few, 2 unusable files, failing tests or none",
    .options = kOptions,
    .min_operands = 1,
    .max_operands = static_cast<std::size_t>(-1),
    .run = &run_mutate,
};

}  // namespace writ::cli
