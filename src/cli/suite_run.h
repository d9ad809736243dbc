// Running suites: all tests over the cores, with coverage if it is wanted.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/coverage.h"
#include "cli/report.h"
#include "cli/suite.h"

namespace writ::cli {

/// Whether a path names a suite: `*.suite.json`, `*.suite.yaml`, `*.suite.yml`.
[[nodiscard]] bool is_suite(std::string_view path) noexcept;

/// The operands of a command, with each folder replaced by the suites, and with `case_files` the
/// case files (`*.jsonl`), below it, sorted.
[[nodiscard]] Result<std::vector<std::string>, Problem> find_suites(
    std::span<const std::string_view> operands, bool case_files);

/// Runs all tests of all suites; counts into `coverage` unless it is null. `tell` is called now and
/// then with the number of tests begun.
[[nodiscard]] std::vector<TestResult> run_suites(const std::vector<Suite>& suites,
                                                 const PolicyShelf& shelf, std::size_t workers,
                                                 Coverage* coverage,
                                                 const std::function<void(std::size_t)>& tell);

/// What is measured: every policy on the shelf.
[[nodiscard]] std::vector<CoveredPolicy> covered_policies(const PolicyShelf& shelf);

/// The result as a report has it.
[[nodiscard]] ReportItem report_item(const Suite& suite, const SuiteTest& test,
                                     const TestResult& result, const PolicyShelf& shelf);

}  // namespace writ::cli
