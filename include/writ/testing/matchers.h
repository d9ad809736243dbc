// GoogleMock matchers and printers for unit tests of policies. Opt-in: writ.h does not include it;
// link the CMake target writ::testing.
//
//     EXPECT_THAT(stack.explain(request), IsExplicitDeny(BySid("DenyDelete")));
//     EXPECT_THAT(stack.evaluate(request), IsAllowed());
//     EXPECT_THAT(stack, Allows(As(kAlice).Does("s3:GetObject").On(kObject)));
//     EXPECT_THAT(parse_policy(text, PolicyType::Session), FailsWith(ErrorCode::MissingArnField,
//     4));
#pragma once

#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "writ/config.h"
#include "writ/decision.h"
#include "writ/error.h"
#include "writ/explain.h"
#include "writ/policy_set.h"
#include "writ/policy_stack.h"
#include "writ/result.h"
#include "writ/testing/ask.h"
#include "writ/testing/expect.h"

namespace writ::inline v0 {

inline void PrintTo(Outcome outcome, std::ostream* out) { *out << to_string(outcome); }
inline void PrintTo(Truth truth, std::ostream* out) { *out << to_string(truth); }
inline void PrintTo(PolicyType type, std::ostream* out) { *out << to_string(type); }
inline void PrintTo(Reason reason, std::ostream* out) {
  *out << name_of(reason) << " (" << rule_of(reason) << ")";
}
inline void PrintTo(ErrorCode code, std::ostream* out) { *out << to_string(code); }

/// `identity 0/1`: layer, document, statement; for organization policies `scp@2 0/1` names the
/// level too; `none`.
inline void PrintTo(const StatementId& id, std::ostream* out) {
  if (!id.exists()) {
    *out << "none";
    return;
  }
  *out << to_string(id.layer);
  if (id.layer == PolicyType::ServiceControl || id.layer == PolicyType::ResourceControl) {
    *out << '@' << id.level;
  }
  *out << ' ' << id.document << '/' << id.statement;
}

/// `explicitDeny ExplicitDeny identity 0/1`: outcome, reason, canonical statement.
inline void PrintTo(const Decision& decision, std::ostream* out) {
  *out << to_string(decision.outcome) << ' ' << name_of(decision.reason) << ' ';
  PrintTo(decision.statement, out);
}
inline void PrintTo(const Explanation& explanation, std::ostream* out) {
  *out << explanation.to_string();
}
inline void PrintTo(const PolicyError& error, std::ostream* out) { *out << error.to_string(); }

inline void PrintTo(const Asked& asked, std::ostream* out) { *out << asked.to_string(); }
/// Policies print as what they are called: a failing matcher explains what they decide.
inline void PrintTo(const PolicyStack&, std::ostream* out) { *out << "policies"; }
inline void PrintTo(const PolicyDocument& document, std::ostream* out) {
  *out << document.statements().size() << " statements (" << to_string(document.type()) << ')';
}
inline void PrintTo(const PolicySet& set, std::ostream* out) {
  *out << set.statement_count() << " statements (" << to_string(set.type()) << ')';
}

template <class T>
void PrintTo(const Result<T, PolicyError>& result, std::ostream* out) {
  if (result) {
    *out << "a value";
  } else {
    PrintTo(result.error(), out);
  }
}

namespace detail {

[[nodiscard]] inline const Decision& decision_of(const Decision& decision) { return decision; }
[[nodiscard]] inline const Decision& decision_of(const Explanation& explanation) {
  return explanation.decision();
}

MATCHER_P(HasOutcome, outcome,
          std::string(negation ? "is not " : "is ") + std::string(to_string(outcome))) {
  const Decision& decision = decision_of(arg);
  *result_listener << "which is " << ::testing::PrintToString(decision);
  return decision.outcome == outcome;
}

MATCHER_P(DecideRows, rows,
          std::string(negation ? "do not decide all of " : "decide all of ") +
              ::testing::PrintToString(rows.size()) + " rows as expected") {
  const std::string message = mismatches(arg, std::span<const ExpectedRow>(rows));
  if (!message.empty()) *result_listener << "who do not:\n" << message;
  return message.empty();
}

}  // namespace detail

/// The reason of a Decision or an Explanation.
MATCHER_P(ByReason, reason,
          std::string(negation ? "not by reason " : "by reason ") + std::string(name_of(reason))) {
  const Reason actual = detail::decision_of(arg).reason;
  *result_listener << "whose reason is " << ::testing::PrintToString(actual);
  return actual == reason;
}

/// The rule id behind the reason of a Decision or an Explanation, e.g. `E-21`.
MATCHER_P(ByRule, rule, std::string(negation ? "not by rule " : "by rule ") + std::string(rule)) {
  const std::string_view actual = rule_of(detail::decision_of(arg).reason);
  *result_listener << "whose rule is " << actual;
  return actual == std::string_view(rule);
}

/// The canonical statement of a Decision or an Explanation, in the form in which it is printed:
/// `identity 0/1`, `scp@2 0/1`, `none`.
MATCHER_P(ByStatement, where,
          std::string(negation ? "not by statement " : "by statement ") + std::string(where)) {
  const std::string actual = ::testing::PrintToString(detail::decision_of(arg).statement);
  *result_listener << "whose statement is " << actual;
  return actual == std::string_view(where);
}

/// The Sid of the deciding statement of an Explanation; a text or a matcher of texts.
MATCHER_P(BySid, sid,
          std::string(negation ? "not by a statement whose Sid " : "by a statement whose Sid ") +
              ::testing::DescribeMatcher<const std::string&>(sid)) {
  static_assert(std::is_same_v<std::decay_t<decltype(arg)>, Explanation>,
                "a Decision does not know Sids: match an Explanation");
  const StatementTrace* statement = arg.deciding_statement();
  if (statement == nullptr) {
    *result_listener << "which no statement decided";
    return false;
  }
  return ::testing::ExplainMatchResult(sid, statement->sid, result_listener);
}

/// A Decision or an Explanation that is allowed, and to which the inner matchers apply:
/// `IsAllowed(ByReason(Reason::AllowedByIdentity))`.
template <class... Inner>
[[nodiscard]] auto IsAllowed(const Inner&... inner) {
  return ::testing::AllOf(detail::HasOutcome(Outcome::Allowed), inner...);
}
/// The same for an explicit deny: `IsExplicitDeny(BySid("DenyDelete"))`.
template <class... Inner>
[[nodiscard]] auto IsExplicitDeny(const Inner&... inner) {
  return ::testing::AllOf(detail::HasOutcome(Outcome::ExplicitDeny), inner...);
}
/// The same for an implicit deny: `IsImplicitDeny(ByRule("E-21"))`.
template <class... Inner>
[[nodiscard]] auto IsImplicitDeny(const Inner&... inner) {
  return ::testing::AllOf(detail::HasOutcome(Outcome::ImplicitDeny), inner...);
}

/// Policies (a PolicyStack, AppliedPolicies, or alone in its layer a PolicySet or PolicyDocument)
/// that decide the request in a way that `decision` matches: `Decides(asked,
/// IsExplicitDeny(BySid("DenyDelete")))`. A failure prints the explanation, which ends in the
/// nearest miss. What is no request is decided in no way: the error is printed. So test denials by
/// Denies, not by Not(Allows(...)), which a mistake in the request would pass.
MATCHER_P2(Decides, asked, decision,
           std::string(negation ? "do not decide " : "decide ") + asked.to_string() +
               " so that it " + ::testing::DescribeMatcher<const Explanation&>(decision)) {
  const Result<Explanation> explanation = detail::explain_asked(arg, asked);
  if (!explanation) {
    *result_listener << "who cannot be asked: " << explanation.error().to_string();
    return false;
  }
  const ::testing::Matcher<const Explanation&> inner(decision);
  ::testing::StringMatchResultListener why;
  const bool matches = inner.MatchAndExplain(*explanation, &why);
  *result_listener << "who decide: " << why.str() << '\n' << explanation->to_string();
  return matches;
}

/// Policies that allow the request.
[[nodiscard]] inline auto Allows(const Asked& asked) { return Decides(asked, IsAllowed()); }
/// Policies that deny the request, explicitly or not.
[[nodiscard]] inline auto Denies(const Asked& asked) {
  return Decides(asked, ::testing::Not(IsAllowed()));
}

/// Policies that decide every row of a table as it says; a failure lists the rows that they do not,
/// each with its explanation.
[[nodiscard]] inline auto DecideAll(std::vector<ExpectedRow> rows) {
  return detail::DecideRows(std::move(rows));
}

/// A Result that is an error of the given code.
MATCHER_P(FailsWith, code,
          std::string(negation ? "does not fail with " : "fails with ") +
              std::string(to_string(code))) {
  return !arg.has_value() && arg.error().code == code;
}

/// A Result that is an error of the given code in the given line.
MATCHER_P2(FailsWith, code, line,
           std::string(negation ? "does not fail with " : "fails with ") +
               std::string(to_string(code)) + " in line " + ::testing::PrintToString(line)) {
  return !arg.has_value() && arg.error().code == code &&
         arg.error().position.line == static_cast<std::uint32_t>(line);
}

}  // namespace writ::inline v0
