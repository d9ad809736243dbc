// Not API, may change in any release. One statement against a request (M-1): the tests that remain
// once dispatch has found it.
#pragma once

#include <array>

#include "writ/impl/condition.h"
#include "writ/impl/pattern_match.h"
#include "writ/impl/principal.h"
#include "writ/impl/program.h"

namespace writ::inline v0 {
namespace detail {

/// Results of condition terms, so that a term shared by many candidates is evaluated once.
/// Sixty-four places: terms of larger sets share them, the newest wins. Lives on the stack of one
/// evaluation.
class TermMemo {
 public:
  [[nodiscard]] Truth evaluate(const Program& program, std::uint32_t id,
                               const Request& request) noexcept {
    const std::uint32_t place = id & 63U;
    const std::uint64_t bit = 1ULL << place;
    if ((known_ & bit) != 0 && ids_[place] == id) return results_[place];
    const Truth truth = evaluate_term(program, program.at<TermRecord>(Section::Terms, id), request);
    known_ |= bit;
    ids_[place] = id;
    results_[place] = truth;
    return truth;
  }

 private:
  std::uint64_t known_ = 0;
  std::array<std::uint32_t, 64> ids_;  // valid where known_ says so
  std::array<Truth, 64> results_;
};

/// Bindings for the patterns of a Resource element (V-11).
[[nodiscard]] inline Bindings resource_bindings(const Program& program, const Request& request,
                                                const StatementRecord& statement) noexcept {
  return {program, request, statement.effect == Effect::Deny && statement.not_resource == 0, false};
}

[[nodiscard]] inline Match match_resource_pattern(const Program& program, const Request& request,
                                                  const StatementRecord& statement,
                                                  std::uint32_t pattern_id) noexcept {
  const auto& pattern = program.at<PatternRecord>(Section::Patterns, pattern_id);
  if (request.resource_is_star() && pattern.kind != PatternKind::Any) {
    // M-22; whether a NotResource pattern resolves still counts.
    if (statement.not_resource == 0 || pattern.has_variables == 0) return Match::No;
  }
  const Match match =
      match_pattern(resource_bindings(program, request, statement), pattern, request.resource());
  return request.resource_is_star() && pattern.kind != PatternKind::Any && match == Match::Yes
             ? Match::No
             : match;
}

/// The whole resource test (M-29, V-22). `found` is a pattern that dispatch has found, or kNone.
[[nodiscard]] inline bool match_resource(const Program& program, const Request& request,
                                         const StatementRecord& statement,
                                         std::uint32_t found) noexcept {
  if (found != kNone) {
    return match_resource_pattern(program, request, statement, found) == Match::Yes;
  }
  if (statement.any_resource != 0) return true;
  const auto refs = program.range<std::uint32_t>(Section::ResourceRefs, statement.resources);
  bool any = false;
  bool unresolved = false;
  for (const std::uint32_t ref : refs) {
    const Match match = match_resource_pattern(program, request, statement, ref);
    any |= match == Match::Yes;
    unresolved |= match == Match::Unresolved;
  }
  if (statement.not_resource == 0) return any;
  return !any && !(unresolved && statement.effect == Effect::Allow);
}

/// Whether an entry of Action or NotAction covers the request's action (M-10).
[[nodiscard]] inline bool match_action_entry(const Program& program, const Request& request,
                                             std::uint32_t id) noexcept {
  const auto& action = program.at<ActionRecord>(Section::Actions, id);
  if (action.pattern == kNone) {
    return action.hash == request.action().hash() &&
           equals_folded(program.string(action.text), request.action().text());
  }
  const Bindings bindings{program, request, false, true};
  return match_pattern(bindings, program.at<PatternRecord>(Section::Patterns, action.pattern),
                       request.action().text()) == Match::Yes;
}

[[nodiscard]] inline bool match_action(const Program& program, const Request& request,
                                       const StatementRecord& statement) noexcept {
  bool any = false;
  for (const std::uint32_t id :
       program.range<std::uint32_t>(Section::ActionRefs, statement.actions)) {
    any = match_action_entry(program, request, id);
    if (any) break;
  }
  return any != (statement.not_action != 0);
}

/// C-20, C-70: false dominates, then Indeterminate, then true.
[[nodiscard]] inline Truth match_conditions(const Program& program, const Request& request,
                                            const StatementRecord& statement,
                                            TermMemo& memo) noexcept {
  Truth all = Truth::True;
  for (const std::uint32_t id :
       program.range<std::uint32_t>(Section::ConditionRefs, statement.conditions)) {
    const Truth truth = memo.evaluate(program, id, request);
    if (truth == Truth::False) return truth;
    if (truth == Truth::Indeterminate) all = truth;
  }
  return all;
}

/// Whether a statement applies whose tests came out so: an Indeterminate condition keeps an Allow
/// from applying and makes a Deny apply (C-70).
[[nodiscard]] constexpr bool applies(Effect effect, Truth condition) noexcept {
  return condition == Truth::True || (condition == Truth::Indeterminate && effect == Effect::Deny);
}

}  // namespace detail
}  // namespace writ::inline v0
