#include "cli/suite.h"

#include <fmt/format.h>

#include "writ/impl/folder_layout.h"

namespace writ::cli {

std::string_view to_string(SuiteExpectation expectation) noexcept {
  switch (expectation) {
    case SuiteExpectation::Allowed:
      return "allowed";
    case SuiteExpectation::ExplicitDeny:
      return "explicitDeny";
    case SuiteExpectation::ImplicitDeny:
      return "implicitDeny";
    case SuiteExpectation::Denied:
      break;
  }
  return "denied";
}

Result<std::uint32_t, DocumentError> PolicyShelf::take(const std::string& path, PolicyType type) {
  const auto known = index_.find({path, type});
  if (known != index_.end()) return known->second;
  Result<std::string, Problem> text = source_(path);
  if (!text) {
    DocumentError error{path, {}};
    error.error.code = ErrorCode::InvalidCase;
    error.error.message = std::move(text).error().text;
    return error;
  }
  Result<PolicyDocument> document = parse_policy(*text, type);
  if (!document) return DocumentError{path, std::move(document).error()};
  Result<PolicySet> set = PolicySetBuilder(type).attach(path, *document).build();
  if (!set) return DocumentError{path, std::move(set).error()};
  policies_.push_back({path, type, *std::move(text), *std::move(document), *std::move(set)});
  const auto index = static_cast<std::uint32_t>(policies_.size() - 1);
  index_.emplace(std::pair(path, type), index);
  return index;
}

std::uint32_t SuiteStack::policy_of(const StatementId& id,
                                    const PolicyShelf& shelf) const noexcept {
  std::uint32_t document = 0;
  for (const Member& member : members) {
    const PolicyType type = shelf.policies()[member.policy].type;
    if (!is_same_layer(type, id.layer) || (detail::has_levels(type) && member.level != id.level))
      continue;
    if (document++ == id.document) return member.policy;
  }
  return StatementId::kNone;
}

Result<PolicyStack> stack_of(std::span<const SuiteStack::Member> members, const PolicyShelf& shelf,
                             std::uint32_t replaced_policy, const PolicySet& replaced) {
  PolicyStack stack;
  for (const SuiteStack::Member& member : members) {
    const PolicySet& set =
        member.policy == replaced_policy ? replaced : shelf.policies()[member.policy].set;
    const Result<bool> added = stack.add(set, member.level);
    if (!added) return added.error();
  }
  return stack;
}

TestResult run_test(const SuiteTest& test, const SuiteStack& stack, const PolicyStack& policies,
                    const PolicyShelf& shelf, std::uint32_t replaced_policy,
                    const PolicyDocument* replaced) {
  TestResult result;
  result.decision = policies.evaluate(test.request);
  const StatementId& id = result.decision.statement;
  if (id.exists()) {
    const std::uint32_t policy = stack.policy_of(id, shelf);
    if (policy != StatementId::kNone) {
      const PolicyDocument& document =
          policy == replaced_policy ? *replaced : shelf.policies()[policy].document;
      if (id.statement < document.statements().size()) {
        result.sid = document.statements()[id.statement].sid.value;
      }
    }
  }
  const Outcome outcome = result.decision.outcome;
  switch (test.expect) {
    case SuiteExpectation::Allowed:
      result.passed = outcome == Outcome::Allowed;
      break;
    case SuiteExpectation::ExplicitDeny:
      result.passed = outcome == Outcome::ExplicitDeny;
      break;
    case SuiteExpectation::ImplicitDeny:
      result.passed = outcome == Outcome::ImplicitDeny;
      break;
    case SuiteExpectation::Denied:
      result.passed = outcome != Outcome::Allowed;
      break;
  }
  if (!test.sid.empty() && result.sid != test.sid) result.passed = false;
  if (!test.rule.empty() && rule_of(result.decision.reason) != test.rule) result.passed = false;
  return result;
}

std::string Suite::name_of(const SuiteTest& test) const {
  const std::string_view name = names_[test.group];
  if (!test.in_table) return std::string(name);
  return fmt::format("{} [{}, {}, {}]", name,
                     test.request.caller().id().empty() ? "*" : test.request.caller().id(),
                     test.request.action().text(), test.request.resource());
}

}  // namespace writ::cli
