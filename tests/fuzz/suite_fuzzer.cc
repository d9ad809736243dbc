// Any bytes as a suite, in JSON and in YAML, and, after a NUL, as the policy that every file named
// in it holds. A mistake has a file and a position; what is a suite runs, is measured, and its
// policies have mutants. A suite in JSON is the same in YAML, if YAML takes it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/coverage.h"
#include "cli/mutant.h"
#include "cli/suite.h"
#include "cli/suite_run.h"
#include "cli/yaml_tree.h"
#include "fuzz/require.h"
#include "writ/impl/json_tree.h"
#include "writ/parse.h"

namespace {

using writ::fuzz::require;

void run(const std::string& input, const std::string& file) {
  const std::size_t end = input.find('\0');
  const std::string policy = end == std::string::npos ? "" : input.substr(end + 1);
  writ::cli::PolicyShelf shelf(
      [&](const std::string& path) -> writ::Result<std::string, writ::cli::Problem> {
        return path == file ? input.substr(0, end) : policy;
      });
  std::vector<writ::cli::Suite> suites;
  {
    writ::Result<writ::cli::Suite, writ::DocumentError> suite = writ::cli::Suite::read(file, shelf);
    if (!suite) {
      const writ::PolicyError& error = suite.error().error;
      require(!suite.error().document.empty(), "a mistake names its file", input);
      require(error.position.line != 0 || error.code == writ::ErrorCode::LimitExceeded,
              "a mistake has a position", suite.error().to_string());
      return;
    }
    suites.push_back(*std::move(suite));
  }
  constexpr std::size_t kMostTests = 2000;  // more are only slow
  const std::size_t count = suites.front().tests().size();
  if (count > kMostTests) return;
  writ::cli::Coverage coverage(writ::cli::covered_policies(shelf));
  const std::vector<writ::cli::TestResult> results =
      writ::cli::run_suites(suites, shelf, 1, &coverage, [](std::size_t) {});
  require(results.size() == count, "each test has a result", input);
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
}

// YAML has line breaks that are none in JSON; among ASCII they have the same.
void compare(const std::string& suite) {
  if (std::ranges::any_of(suite, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    return;
  }
  const writ::Result<writ::detail::JsonTree> json = writ::detail::JsonTree::parse(suite);
  const writ::Result<writ::detail::JsonTree> yaml = writ::cli::read_yaml(suite);
  if (!json || !yaml) return;
  require(json->size() == yaml->size(), "the same nodes", suite);
  for (std::uint32_t i = 0; i < json->size(); ++i) {
    const writ::detail::JsonNode& one = json->node(i);
    const writ::detail::JsonNode& other = yaml->node(i);
    require(one.name == other.name && one.text == other.text, "the same texts", suite);
    require(one.parent == other.parent && one.next == other.next, "the same tree", suite);
    require(one.begin == other.begin && one.end == other.end, "the same places", suite);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  run(input, "a.suite.json");
  if (writ::cli::reads_yaml()) {
    run(input, "a.suite.yaml");
    compare(input.substr(0, input.find('\0')));
  }
  return 0;
}
