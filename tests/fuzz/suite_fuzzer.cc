// Any bytes as a suite and, after a NUL, as the policy that every file named in it holds. A mistake
// has a file and a position; what is a suite runs, is measured, and its policies have mutants.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/coverage.h"
#include "cli/mutant.h"
#include "cli/suite.h"
#include "cli/suite_run.h"
#include "fuzz/require.h"
#include "writ/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using writ::fuzz::require;
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\0');
  const std::string policy = end == std::string::npos ? "" : input.substr(end + 1);
  writ::cli::PolicyShelf shelf(
      [&](const std::string& path) -> writ::Result<std::string, writ::cli::Problem> {
        return path == "a.suite.json" ? input.substr(0, end) : policy;
      });
  std::vector<writ::cli::Suite> suites;
  {
    writ::Result<writ::cli::Suite, writ::DocumentError> suite =
        writ::cli::Suite::read("a.suite.json", shelf);
    if (!suite) {
      const writ::PolicyError& error = suite.error().error;
      require(!suite.error().document.empty(), "a mistake names its file", input);
      require(error.position.line != 0 || error.code == writ::ErrorCode::LimitExceeded,
              "a mistake has a position", suite.error().to_string());
      return 0;
    }
    suites.push_back(*std::move(suite));
  }
  constexpr std::size_t kMostTests = 2000;  // more are only slow
  if (suites.front().tests().size() > kMostTests) return 0;
  writ::cli::Coverage coverage(writ::cli::covered_policies(shelf));
  const std::vector<writ::cli::TestResult> results =
      writ::cli::run_suites(suites, shelf, 1, &coverage, [](std::size_t) {});
  require(results.size() == suites.front().tests().size(), "each test has a result", input);
  require(coverage.statements().covered <= coverage.statements().total, "coverage adds up", input);
  static_cast<void>(coverage.to_lcov());
  static_cast<void>(coverage.to_table());
  for (const writ::cli::ShelvedPolicy& shelved : shelf.policies()) {
    if (shelved.text.size() > 1024) continue;  // mutants are as many as words, and each is parsed
    for (const writ::cli::Mutant& mutant : writ::cli::mutants_of(shelved.text, shelved.document)) {
      require(mutant.text != shelved.text, "a mutant differs", mutant.what);
      require(writ::parse_policy(mutant.text, shelved.type).has_value(), "a mutant is a policy",
              mutant.text);
    }
  }
  return 0;
}
