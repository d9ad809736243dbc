// Suite: a file that names policy files once and lists requests with what is expected of them.
// docs/testing-policies.md tells the format.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/console.h"
#include "cli/question.h"
#include "writ/document_error.h"
#include "writ/impl/json_tree.h"
#include "writ/policy_set.h"
#include "writ/policy_stack.h"
#include "writ/result.h"

namespace writ::cli {

/// Gives the text of a file by its path.
using FileSource = std::function<Result<std::string, Problem>(const std::string& path)>;

/// A policy file of a kind, compiled alone.
struct ShelvedPolicy {
  std::string path;
  PolicyType type = PolicyType::IdentityBased;
  std::string text;
  PolicyDocument document;
  PolicySet set;
};

/// The policy files of all suites of a run, each read, parsed and compiled once for each kind that
/// it is used as. Addresses of policies stay.
class PolicyShelf {
 public:
  explicit PolicyShelf(FileSource source) : source_(std::move(source)) {}

  /// The index of the file among `policies`. Errors: it cannot be read, or is refused.
  [[nodiscard]] Result<std::uint32_t, DocumentError> take(const std::string& path, PolicyType type);
  /// The text of another file.
  [[nodiscard]] Result<std::string, Problem> read(const std::string& path) const {
    return source_(path);
  }
  [[nodiscard]] const std::deque<ShelvedPolicy>& policies() const noexcept { return policies_; }

 private:
  FileSource source_;
  std::deque<ShelvedPolicy> policies_;
  std::map<std::pair<std::string, PolicyType>, std::uint32_t> index_;
};

/// The policies that apply to some of a suite's tests.
struct SuiteStack {
  struct Member {
    std::uint32_t policy;  ///< on the shelf
    std::uint32_t level;   ///< of organization policies
    friend auto operator<=>(const Member&, const Member&) = default;
  };
  std::vector<Member> members;
  PolicyStack policies;

  /// The members whose documents a statement's id counts: the shelf's index of the one it names.
  [[nodiscard]] std::uint32_t policy_of(const StatementId& id,
                                        const PolicyShelf& shelf) const noexcept;
};

/// Puts sets of the shelf's policies together; `replaced` takes the place of one of them.
[[nodiscard]] Result<PolicyStack> stack_of(std::span<const SuiteStack::Member> members,
                                           const PolicyShelf& shelf,
                                           std::uint32_t replaced_policy = StatementId::kNone,
                                           const PolicySet& replaced = {});

enum class SuiteExpectation : unsigned char { Allowed, ExplicitDeny, ImplicitDeny, Denied };
[[nodiscard]] std::string_view to_string(SuiteExpectation expectation) noexcept;

/// One request of a suite. Borrows from its suite.
struct SuiteTest {
  std::uint32_t group = 0;  ///< of the test in `names`: a table is one of many requests
  bool in_table = false;
  Position position;  ///< of the test's object
  Request request;
  SuiteExpectation expect = SuiteExpectation::Denied;
  std::string_view sid;   ///< empty: any
  std::string_view rule;  ///< empty: any
  std::uint32_t stack = 0;
};

/// A suite, ready to be run. Owns all texts but the policies, which are on the shelf; movable.
class Suite {
 public:
  /// Reads and expands a suite, YAML if `path` says so (cli/yaml_tree.h). Errors carry file,
  /// position and JSON pointer: JsonSyntaxError, `InvalidCase` for what is no suite,
  /// `LimitExceeded` for one of more than kMaxTests requests, and those of the policy files it
  /// names.
  [[nodiscard]] static Result<Suite, DocumentError> read(std::string path, PolicyShelf& shelf);

  static constexpr std::size_t kMaxTests = 1'000'000;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::vector<SuiteTest>& tests() const noexcept { return tests_; }
  [[nodiscard]] const std::vector<SuiteStack>& stacks() const noexcept { return stacks_; }
  /// `readers read [s3:GetObject, arn:…, as arn:…]`
  [[nodiscard]] std::string name_of(const SuiteTest& test) const;

  Suite(Suite&&) = default;
  Suite& operator=(Suite&&) = default;
  Suite(const Suite&) = delete;
  Suite& operator=(const Suite&) = delete;
  ~Suite() = default;

 private:
  friend class SuiteReader;
  Suite() = default;

  std::string path_;
  std::string name_;
  detail::JsonTree tree_;
  std::deque<detail::JsonTree> files_;
  std::deque<Question> questions_;  // hold the lists of values that requests borrow
  std::vector<std::string_view> names_;
  std::vector<SuiteTest> tests_;
  std::vector<SuiteStack> stacks_;
};

/// How a test came out.
struct TestResult {
  Decision decision;
  std::string sid;  ///< of the deciding statement
  bool passed = false;
};

/// Decides one test over policies that stand in for those of its stack; `documents` gives the
/// document of a policy of the shelf. Thread-safe.
[[nodiscard]] TestResult run_test(const SuiteTest& test, const SuiteStack& stack,
                                  const PolicyStack& policies, const PolicyShelf& shelf,
                                  std::uint32_t replaced_policy = StatementId::kNone,
                                  const PolicyDocument* replaced = nullptr);

}  // namespace writ::cli
