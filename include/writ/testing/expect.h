// mismatch: whether policies decide as a test expects, as a message. Works in any test framework:
// an empty message is a pass. matchers.h says the same in GoogleMock's words.
//
//     REQUIRE(mismatch(policies, As(kAlice).Does("s3:GetObject").On(kObject), allowed()) == "");
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "writ/config.h"
#include "writ/explain.h"
#include "writ/policy_set.h"
#include "writ/policy_stack.h"
#include "writ/testing/ask.h"

namespace writ::inline v0 {

/// What a test expects of a decision: the outcome, and of what was said besides all.
struct Expected {
  Outcome outcome = Outcome::ImplicitDeny;  ///< what has to come out
  std::string sid = {};                     ///< of the deciding statement; empty for any
  std::string rule = {};                    ///< behind the reason, `E-66`; empty for any

  /// And the deciding statement has that Sid.
  [[nodiscard]] Expected by_sid(std::string_view text) && {
    sid = text;
    return std::move(*this);
  }
  /// And the reason stands for that rule.
  [[nodiscard]] Expected by_rule(std::string_view text) && {
    rule = text;
    return std::move(*this);
  }
};

/// Expects the outcome `allowed`.
[[nodiscard]] inline Expected allowed() { return {Outcome::Allowed}; }
/// Expects an explicit deny, and, if given, that the statement of that Sid denies.
[[nodiscard]] inline Expected explicit_deny(std::string_view sid = {}) {
  return Expected{Outcome::ExplicitDeny}.by_sid(sid);
}
/// Expects that nothing allows.
[[nodiscard]] inline Expected implicit_deny() { return {Outcome::ImplicitDeny}; }

/// Empty when the explanation is as expected; else what differs, then the explanation, which ends
/// in the nearest miss. Allocates. Thread-safe.
[[nodiscard]] inline std::string mismatch(const Explanation& explanation,
                                          const Expected& expected) {
  const Decision& decision = explanation.decision();
  std::string problem;
  const auto differs = [&problem](std::string_view what, std::string_view wanted,
                                  std::string_view got) {
    problem += "expected " + std::string(what) + std::string(wanted) + ", got " +
               (got.empty() ? "none" : std::string(got)) + '\n';
  };
  if (decision.outcome != expected.outcome) {
    differs("", to_string(expected.outcome), to_string(decision.outcome));
  }
  if (!expected.sid.empty()) {
    const StatementTrace* const statement = explanation.deciding_statement();
    const std::string_view sid = statement == nullptr ? std::string_view() : statement->sid;
    if (sid != expected.sid) differs("a decision by statement ", expected.sid, sid);
  }
  if (!expected.rule.empty() && rule_of(decision.reason) != expected.rule) {
    differs("a decision by rule ", expected.rule, rule_of(decision.reason));
  }
  return problem.empty() ? problem : problem + explanation.to_string();
}

namespace detail {

[[nodiscard]] inline Result<Explanation> explain_asked(const PolicyStack& policies,
                                                       const Asked& asked) {
  return asked.ask([&policies](const Request& request) { return policies.explain(request); });
}
[[nodiscard]] inline Result<Explanation> explain_asked(const AppliedPolicies& policies,
                                                       const Asked& asked) {
  return asked.ask([&policies](const Request& request) { return explain(request, policies); });
}
// Alone, in the layer of its kind.
[[nodiscard]] inline Result<Explanation> explain_asked(const PolicySet& policies,
                                                       const Asked& asked) {
  PolicyStack stack;
  const Result<bool> added = stack.add(policies);
  if (!added) return added.error();
  return explain_asked(stack, asked);
}
[[nodiscard]] inline Result<Explanation> explain_asked(const PolicyDocument& policy,
                                                       const Asked& asked) {
  const Result<PolicySet> set = PolicySetBuilder(policy.type()).attach("policy", policy).build();
  if (!set) return set.error();
  return explain_asked(*set, asked);
}

}  // namespace detail

/// Asks the policies: a PolicyStack, AppliedPolicies, or alone in the layer of its kind a PolicySet
/// or PolicyDocument. What only caps (boundary, organization, session, endpoint) grants nothing
/// alone: put it into a PolicyStack with a policy that allows. A request that is none is a mismatch
/// of its own: its error is the message.
template <class Policies>
[[nodiscard]] std::string mismatch(const Policies& policies, const Asked& asked,
                                   const Expected& expected) {
  const Result<Explanation> explanation = detail::explain_asked(policies, asked);
  if (!explanation) return asked.to_string() + ": " + explanation.error().to_string();
  const std::string message = mismatch(*explanation, expected);
  return message.empty() ? message : asked.to_string() + ":\n" + message;
}

/// A row of a table test.
struct ExpectedRow {
  Asked asked;        ///< the question
  Expected expected;  ///< the answer
};

/// The mismatches of all rows, one after the other, each with its row's number from 1.
template <class Policies>
[[nodiscard]] std::string mismatches(const Policies& policies, std::span<const ExpectedRow> rows) {
  std::string message;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string one = mismatch(policies, rows[i].asked, rows[i].expected);
    if (!one.empty()) message += "row " + std::to_string(i + 1) + ": " + one + '\n';
  }
  return message;
}
/// The same of rows written in place.
template <class Policies>
[[nodiscard]] std::string mismatches(const Policies& policies,
                                     std::initializer_list<ExpectedRow> rows) {
  return mismatches(policies, std::span<const ExpectedRow>(rows.begin(), rows.size()));
}

}  // namespace writ::inline v0
