#include "cli/suite_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include "cli/parallel.h"

namespace writ::cli {

bool is_suite(std::string_view path) noexcept {
  return path.ends_with(".suite.json") || path.ends_with(".suite.yaml") ||
         path.ends_with(".suite.yml");
}

Result<std::vector<std::string>, Problem> find_suites(std::span<const std::string_view> operands,
                                                      bool case_files) {
  std::vector<std::string> paths;
  for (const std::string_view operand : operands) {
    std::error_code error;
    if (!std::filesystem::is_directory(operand, error)) {
      paths.emplace_back(operand);
      continue;
    }
    std::vector<std::string> found;
    std::filesystem::recursive_directory_iterator entry(operand, error);
    for (const std::filesystem::recursive_directory_iterator end; !error && entry != end;
         entry.increment(error)) {
      std::string path = entry->path().string();
      if (is_suite(path) || (case_files && path.ends_with(".jsonl"))) {
        found.push_back(std::move(path));
      }
    }
    if (error) return Problem{fmt::format("cannot read `{}`: {}", operand, error.message())};
    if (found.empty()) {
      return Problem{fmt::format("there is no suite (`*.suite.json`, `*.suite.yaml`){} below `{}`",
                                 case_files ? " and no case file (`*.jsonl`)" : "", operand)};
    }
    std::ranges::sort(found);
    std::ranges::move(found, std::back_inserter(paths));
  }
  return paths;
}

std::vector<CoveredPolicy> covered_policies(const PolicyShelf& shelf) {
  std::vector<CoveredPolicy> policies;
  for (const ShelvedPolicy& policy : shelf.policies()) {
    policies.push_back({policy.path, &policy.document});
  }
  return policies;
}

std::vector<TestResult> run_suites(const std::vector<Suite>& suites, const PolicyShelf& shelf,
                                   std::size_t workers, Coverage* coverage,
                                   const std::function<void(std::size_t)>& tell) {
  struct Work {
    const Suite* suite;
    const SuiteTest* test;
  };
  std::vector<Work> all;
  for (const Suite& suite : suites) {
    for (const SuiteTest& test : suite.tests()) all.push_back({&suite, &test});
  }
  std::vector<TestResult> results(all.size());
  std::vector<std::optional<Coverage>> parts(workers);
  // Blocks, so that threads do not meet at the counter for each decision.
  constexpr std::size_t kBlock = 64;
  in_parallel(
      workers, (all.size() + kBlock - 1) / kBlock,
      [&](std::size_t worker, std::size_t block) {
        for (std::size_t i = block * kBlock; i < std::min(all.size(), (block + 1) * kBlock); ++i) {
          const SuiteTest& test = *all[i].test;
          const SuiteStack& stack = all[i].suite->stacks()[test.stack];
          results[i] = run_test(test, stack, stack.policies, shelf);
          if (coverage == nullptr) continue;
          if (!parts[worker]) parts[worker].emplace(covered_policies(shelf));
          parts[worker]->record(
              test.request, stack.policies.applied(),
              [&](const StatementTrace& trace) { return stack.policy_of(trace.id, shelf); });
        }
      },
      [&](std::size_t blocks) { tell(std::min(all.size(), blocks * kBlock)); });
  for (const std::optional<Coverage>& part : parts) {
    if (part) coverage->merge(*part);
  }
  return results;
}

ReportItem report_item(const Suite& suite, const SuiteTest& test, const TestResult& result,
                       const PolicyShelf& shelf) {
  ReportItem item;
  item.kind = result.passed ? ReportItem::Kind::Passed : ReportItem::Kind::Failed;
  item.file = suite.path();
  item.position = test.position;
  item.suite = suite.name();
  item.name = suite.name_of(test);
  if (result.passed) return item;
  std::string expected(to_string(test.expect));
  if (!test.sid.empty()) expected += fmt::format(" by `{}`", test.sid);
  if (!test.rule.empty()) expected += fmt::format(" by {}", test.rule);
  const StatementId& id = result.decision.statement;
  const SuiteStack& stack = suite.stacks()[test.stack];
  const std::uint32_t policy = id.exists() ? stack.policy_of(id, shelf) : StatementId::kNone;
  std::string where;
  if (policy != StatementId::kNone) {
    item.policy = shelf.policies()[policy].path;
    item.policy_position = shelf.policies()[policy].document.statements()[id.statement].begin;
    where = fmt::format("{}:{}:{}", item.policy, item.policy_position.line,
                        item.policy_position.column);
    if (!result.sid.empty()) where = fmt::format("`{}` at {}", result.sid, where);
  }
  item.message = fmt::format("expected {}, got {} ({}{}{} ({}))", expected,
                             to_string(result.decision.outcome), where, where.empty() ? "" : ": ",
                             to_string(result.decision.reason), rule_of(result.decision.reason));
  return item;
}

}  // namespace writ::cli
