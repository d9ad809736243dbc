// Not API, may change in any release. One statement against a request (M-1): the tests that remain
// once dispatch has found it, of a leaf; and the same tests of a whole statement, for explanations
// and the linear walk.
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
  /// Forgets all; `= TermMemo()` would zero every place.
  void clear() noexcept {
    known_ = 0;
    list_ = kNoNode;
  }
  [[nodiscard]] WRIT_ALWAYS_INLINE Truth evaluate(const Program& program, Ref ref,
                                                  const RequestFacts& request) noexcept {
    const TermNode term = program.term(ref);
    const Word place = term.memo_place();
    const std::uint64_t bit = 1ULL << place;
    if ((known_ & bit) != 0 && refs_[place] == ref) return results_[place];
    const Truth truth = evaluate_term(program, term, request);
    known_ |= bit;
    refs_[place] = ref;
    results_[place] = truth;
    return truth;
  }
  /// All of these terms. C-20, C-70: false dominates, then Indeterminate, then true.
  [[nodiscard]] WRIT_ALWAYS_INLINE Truth evaluate_all(const Program& program, const Word* terms,
                                                      Word count,
                                                      const RequestFacts& request) noexcept {
    Truth all = Truth::True;
    for (Word i = 0; i < count; ++i) {
      const Truth truth = evaluate(program, terms[i], request);
      if (truth == Truth::False) return truth;
      if (truth == Truth::Indeterminate) all = truth;
    }
    return all;
  }
  /// The same of a Terms node. The last one is remembered: leaves of one statement follow each
  /// other, and all that match the resource would evaluate all of its terms.
  [[nodiscard]] Truth evaluate_list(const Program& program, Ref list,
                                    const RequestFacts& request) noexcept {
    if (list != list_) {
      const RefsNode terms{program.node(list)};
      list_result_ = evaluate_all(program, terms.begin(), terms.size(), request);
      list_ = list;
    }
    return list_result_;
  }

 private:
  Ref list_ = kNoNode;
  Truth list_result_;  // of list_, where there is one
  std::uint64_t known_ = 0;
  std::array<Ref, 64> refs_;  // valid where known_ says so
  std::array<Truth, 64> results_;
};

/// The Resource or NotResource element around a pattern: V-11 asks for it.
struct ResourceElement {
  Effect effect = Effect::Deny;
  bool negated = false;
};

[[nodiscard]] inline Bindings resource_bindings(const Program& program, const RequestFacts& request,
                                                ResourceElement element) noexcept {
  return {program, request, element.effect == Effect::Deny && !element.negated, false};
}

[[nodiscard]] inline Match match_resource_pattern(const Program& program,
                                                  const RequestFacts& request,
                                                  ResourceElement element,
                                                  const WrittenPattern& pattern) noexcept {
  const bool only_star = request.resource_is_star() && pattern.kind() != PatternKind::Any;
  // M-22; whether a NotResource pattern resolves still counts.
  if (only_star && (!element.negated || !pattern.has_variables())) return Match::No;
  const Match match =
      pattern.match(resource_bindings(program, request, element), request.resource());
  return only_star && match == Match::Yes ? Match::No : match;
}
[[nodiscard]] inline Match match_resource_node(const Program& program, const RequestFacts& request,
                                               ResourceElement element, Ref node) noexcept {
  return match_resource_pattern(program, request, element, {program, node, {}});
}

/// A whole list of patterns (M-29, V-22).
[[nodiscard]] inline bool match_resource_patterns(const Program& program,
                                                  const RequestFacts& request,
                                                  ResourceElement element,
                                                  RefsNode patterns) noexcept {
  bool any = false;
  bool unresolved = false;
  for (const Ref ref : patterns) {
    const Match match = match_resource_node(program, request, element, ref);
    any |= match == Match::Yes;
    unresolved |= match == Match::Unresolved;
  }
  if (!element.negated) return any;
  return !any && !(unresolved && element.effect == Effect::Allow);
}

/// Whether one of the patterns covers an action (M-10).
[[nodiscard]] inline bool match_action_patterns(const Program& program, const RequestFacts& request,
                                                const ActionName& action,
                                                RefsNode patterns) noexcept {
  for (const Ref ref : patterns) {
    if (match_action_node(program, request, action, ref)) return true;
  }
  return false;
}

/// Whether a statement applies whose conditions came out so: an Indeterminate condition keeps an
/// Allow from applying and makes a Deny apply (C-70).
[[nodiscard]] constexpr bool applies(Effect effect, Truth condition) noexcept {
  return condition == Truth::True || (condition == Truth::Indeterminate && effect == Effect::Deny);
}

/// A leaf taken apart.
struct LeafParts {
  WRIT_ALWAYS_INLINE explicit LeafParts(const LeafNode& leaf) noexcept
      : effect(leaf.effect()),
        test(leaf.resource_test()),
        not_principal(leaf.not_principal()),
        shares_terms(leaf.shares_terms()),
        conditions(leaf.condition_count()) {
    const Word* optional = leaf.optional_words();
    if (test != ResourceTest::Any) resource = *optional++;
    if (leaf.has_principal()) principals = *optional++;
    if (leaf.has_not_action()) not_action = *optional++;
    terms = optional;
  }
  /// Of Exact and Prefix.
  [[nodiscard]] std::string_view literal() const noexcept {
    return text_at(terms + conditions, resource);
  }

  Effect effect;
  ResourceTest test;
  bool not_principal;
  bool shares_terms;
  Word conditions;    ///< words of the terms
  Word resource = 0;  ///< a node, or the literal's size
  Ref principals = kNoNode;
  Ref not_action = kNoNode;
  const Word* terms;
};

/// Whether a resource is an Exact literal, or begins with a Prefix. A request for `*` is covered by
/// `*` alone (M-22).
[[nodiscard]] WRIT_ALWAYS_INLINE bool match_literal_resource(ResourceTest test,
                                                             std::string_view literal,
                                                             std::string_view text) noexcept {
  if (test == ResourceTest::Exact ? text.size() != literal.size() : text.size() < literal.size()) {
    return false;
  }
  return equal_found(text.data(), literal.data(), literal.size());
}

/// Whether the leaf's resource element is passed.
[[nodiscard]] WRIT_ALWAYS_INLINE bool match_leaf_resource(const Program& program,
                                                          const LeafParts& leaf,
                                                          const RequestFacts& request) noexcept {
  switch (leaf.test) {
    case ResourceTest::Any:
      break;
    case ResourceTest::Exact:
    case ResourceTest::Prefix:
      return match_literal_resource(leaf.test, leaf.literal(), request.resource());
    case ResourceTest::Pattern:
      return match_resource_node(program, request, {leaf.effect, false}, leaf.resource) ==
             Match::Yes;
    case ResourceTest::AnyOf:
    case ResourceTest::NoneOf:
      return match_resource_patterns(program, request,
                                     {leaf.effect, leaf.test == ResourceTest::NoneOf},
                                     {program.node(leaf.resource)});
  }
  return true;
}

/// Whether an action passes the leaf's NotAction, if it has one.
[[nodiscard]] WRIT_ALWAYS_INLINE bool match_leaf_action(const Program& program,
                                                        const LeafParts& leaf,
                                                        const RequestFacts& request,
                                                        const ActionName& action) noexcept {
  return leaf.not_action == kNoNode ||
         !match_action_patterns(program, request, action, {program.node(leaf.not_action)});
}

/// Whether a statement's terms let it apply.
[[nodiscard]] WRIT_ALWAYS_INLINE bool match_terms(const Program& program, const Word* terms,
                                                  Word count, Effect effect,
                                                  const RequestFacts& request,
                                                  TermMemo& memo) noexcept {
  return applies(effect, memo.evaluate_all(program, terms, count, request));
}

/// What depends on neither the resource nor, but for E-82, the action: the classes by which the
/// caller is matched, 0 when the principal or the conditions keep the statement from applying.
[[nodiscard]] WRIT_ALWAYS_INLINE std::uint8_t match_leaf_caller(const Program& program,
                                                                const LeafParts& leaf,
                                                                const RequestFacts& request,
                                                                bool boundary_present,
                                                                TermMemo& memo) noexcept {
  std::uint8_t classes = MatchClasses::kOther;
  if (leaf.principals != kNoNode) {
    classes = match_principal(program.header().type, {program.node(leaf.principals)},
                              leaf.not_principal, leaf.effect, request, boundary_present);
    if (classes == 0) return 0;
  }
  const bool passed =
      leaf.shares_terms
          ? applies(leaf.effect, memo.evaluate_list(program, *leaf.terms, request))
          : match_terms(program, leaf.terms, leaf.conditions, leaf.effect, request, memo);
  return passed ? classes : std::uint8_t{0};
}

/// The tests of a leaf whose action is covered: the classes by which the caller is matched, 0 when
/// the statement does not apply.
[[nodiscard, gnu::noinline]] inline std::uint8_t match_any_leaf(const Program& program,
                                                                const LeafNode& node,
                                                                const RequestFacts& request,
                                                                bool boundary_present,
                                                                TermMemo& memo) noexcept {
  const LeafParts leaf(node);
  if (!match_leaf_resource(program, leaf, request)) return 0;
  if (!match_leaf_action(program, leaf, request, request.action())) return 0;
  return match_leaf_caller(program, leaf, request, boundary_present, memo);
}

/// The same, without detours for what most leaves are: any resource, or a literal, and principals
/// and conditions. Tests hold both ways to the reference.
[[nodiscard]] WRIT_ALWAYS_INLINE std::uint8_t match_leaf(const Program& program,
                                                         const LeafNode& node,
                                                         const RequestFacts& request,
                                                         bool boundary_present,
                                                         TermMemo& memo) noexcept {
  constexpr Word kRare = leaf_head::NotAction::put(1) | leaf_head::NotPrincipal::put(1) |
                         leaf_head::SharedTerms::put(1);
  const ResourceTest test = node.resource_test();
  if ((node.words[0] & kRare) != 0 || test > ResourceTest::Prefix) {
    return match_any_leaf(program, node, request, boundary_present, memo);
  }
  const Word count = node.condition_count();
  const Word* terms = node.optional_words();
  if (test != ResourceTest::Any) {
    const bool has_principal = node.has_principal();
    const std::string_view literal = text_at(terms + 1 + (has_principal ? 1 : 0) + count, *terms);
    ++terms;
    if (!match_literal_resource(test, literal, request.resource())) return 0;
  }
  std::uint8_t classes = MatchClasses::kOther;
  if (node.has_principal()) {
    classes = match_principal(program.header().type, {program.node(*terms++)}, false, node.effect(),
                              request, boundary_present);
    if (classes == 0) return 0;
  }
  return match_terms(program, terms, count, node.effect(), request, memo) ? classes
                                                                          : std::uint8_t{0};
}

// --- The same of a statement as it stands in its document.

[[nodiscard]] inline ResourceElement resource_element(const StatementRecord& statement) noexcept {
  return {statement.effect, statement.not_resource != 0};
}

[[nodiscard]] inline bool match_resource(const Program& program, const RequestFacts& request,
                                         const StatementRecord& statement) noexcept {
  if (statement.any_resource != 0) return true;
  const ResourceElement element = resource_element(statement);
  bool any = false;
  bool unresolved = false;
  for (const std::uint32_t id :
       program.range<std::uint32_t>(Section::ResourceRefs, statement.resources)) {
    const auto& pattern = program.at<PatternRecord>(Section::Patterns, id);
    const Match match = match_resource_pattern(
        program, request, element, {program, pattern.node, program.string(pattern.text)});
    any |= match == Match::Yes;
    unresolved |= match == Match::Unresolved;
  }
  if (!element.negated) return any;
  return !any && !(unresolved && element.effect == Effect::Allow);
}

/// Whether an entry of Action or NotAction covers the request's action (M-10).
[[nodiscard]] inline bool match_action_entry(const Program& program, const RequestFacts& request,
                                             std::uint32_t id) noexcept {
  const auto& action = program.at<ActionRecord>(Section::Actions, id);
  if (action.pattern == kNoNode) {
    return equals_folded(program.string(action.text), request.action().text());
  }
  const Bindings bindings{program, request, false, true};
  const WrittenPattern pattern{program, action.pattern, program.string(action.text)};
  return pattern.match(bindings, request.action().text()) == Match::Yes;
}

[[nodiscard]] inline bool match_action(const Program& program, const RequestFacts& request,
                                       const StatementRecord& statement) noexcept {
  bool any = false;
  for (const std::uint32_t id :
       program.range<std::uint32_t>(Section::ActionRefs, statement.actions)) {
    any = match_action_entry(program, request, id);
    if (any) break;
  }
  return any != (statement.not_action != 0);
}

[[nodiscard]] inline std::uint8_t match_principal(const Program& program,
                                                  const StatementRecord& statement,
                                                  const RequestFacts& request,
                                                  bool boundary_present) noexcept {
  if (statement.has_principal == 0) return MatchClasses::kOther;
  return match_principal(program.header().type, {program.node(statement.principals)},
                         statement.not_principal != 0, statement.effect, request, boundary_present);
}

[[nodiscard]] inline Truth match_conditions(const Program& program, const RequestFacts& request,
                                            const StatementRecord& statement,
                                            TermMemo& memo) noexcept {
  Truth all = Truth::True;
  for (const std::uint32_t id :
       program.range<std::uint32_t>(Section::ConditionRefs, statement.conditions)) {
    const Truth truth =
        memo.evaluate(program, program.at<TermRecord>(Section::Terms, id).node, request);
    if (truth == Truth::False) return truth;
    if (truth == Truth::Indeterminate) all = truth;
  }
  return all;
}

}  // namespace detail
}  // namespace writ::inline v0
