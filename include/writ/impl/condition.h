// Not API, may change in any release. Condition tests: one term against a request (C-1 to C-72).
#pragma once

#include "writ/decision.h"
#include "writ/impl/pattern_match.h"
#include "writ/impl/program.h"
#include "writ/impl/values.h"
#include "writ/request.h"

namespace writ::inline v0 {
namespace detail {

[[nodiscard]] inline Truth truth_of(bool value) noexcept {
  return value ? Truth::True : Truth::False;
}

/// Whether an ARN condition can be asked of the text: six fields, the first `arn` (C-69b).
[[nodiscard]] inline bool is_arn(std::string_view text) noexcept {
  if (text.substr(0, 4) != "arn:") return false;
  int colons = 0;
  for (const char c : text) colons += c == ':' ? 1 : 0;
  return colons >= 5;
}

/// Result of `request value op policy value` from their order: `sign` is that of request - policy.
[[nodiscard]] inline bool holds(ConditionOperator op, int sign) noexcept {
  switch (op) {
    case ConditionOperator::NumericLessThan:
    case ConditionOperator::DateLessThan:
      return sign < 0;
    case ConditionOperator::NumericLessThanEquals:
    case ConditionOperator::DateLessThanEquals:
      return sign <= 0;
    case ConditionOperator::NumericGreaterThan:
    case ConditionOperator::DateGreaterThan:
      return sign > 0;
    case ConditionOperator::NumericGreaterThanEquals:
    case ConditionOperator::DateGreaterThanEquals:
      return sign >= 0;
    default:
      return sign == 0;
  }
}

/// A request value read as the type of an operator, once for all policy values.
struct RequestValue {
  std::string_view text;
  Decimal decimal;
  Instant instant;
  IpRange address;
  bool boolean = false;
  bool readable = true;  ///< C-70: false makes the test indeterminate
};

[[nodiscard]] inline RequestValue read_value(ValueType type, std::string_view text) noexcept {
  RequestValue value;
  value.text = text;
  switch (type) {
    case ValueType::Numeric:
      value.readable = parse_decimal(text, value.decimal);
      break;
    case ValueType::Date:
      value.readable = parse_instant(text, value.instant);
      break;
    case ValueType::Ip:
      value.readable = parse_ip_address(text, value.address);
      break;
    case ValueType::Bool:
      value.readable = parse_bool(text, value.boolean);
      break;
    case ValueType::Binary:
      value.readable = is_base64(text);
      break;
    case ValueType::Arn:
      value.readable = is_arn(text);
      break;
    case ValueType::String:
    case ValueType::Existence:
      break;
  }
  return value;
}

/// `m(v, p)` of C-25: the base comparison of the positive operator with one policy value.
[[nodiscard]] inline Truth compare_value(const Bindings& bindings, ConditionOperator op,
                                         const TermValue& policy,
                                         const RequestValue& request) noexcept {
  switch (value_type(op)) {
    case ValueType::String:
    case ValueType::Arn: {
      if (policy.kind() == TermValue::Kind::Text) {
        return truth_of(same_text(request.text, policy.text(), bindings.fold));
      }
      // An unresolved variable equals nothing and is like nothing (V-23).
      return truth_of(match_pattern(bindings, bindings.program.pattern(policy.pattern()),
                                    request.text) == Match::Yes);
    }
    case ValueType::Numeric: {
      Decimal want;
      if (!parse_decimal(policy.text(), want)) return Truth::Indeterminate;
      return truth_of(holds(op, compare(request.decimal, want)));
    }
    case ValueType::Date: {
      Instant want;
      if (policy.kind() == TermValue::Kind::Instant) {
        want.seconds = policy.seconds();
      } else if (!parse_instant(policy.text(), want, policy.kind() == TermValue::Kind::Number)) {
        return Truth::Indeterminate;
      }
      return truth_of(holds(op, compare(request.instant, want)));
    }
    case ValueType::Ip: {
      IpRange range;
      std::memcpy(range.bytes.data(), policy.words + 1, range.bytes.size());
      range.prefix = static_cast<std::uint8_t>(policy.size() & 0xffU);
      range.v6 = (policy.size() & 0x100U) != 0;
      return truth_of(contains(range, request.address));
    }
    case ValueType::Bool: {
      if (policy.kind() == TermValue::Kind::Pattern) {
        // V-3: the substituted text must read as a boolean.
        const PatternNode pattern = bindings.program.pattern(policy.pattern());
        Bindings folded = bindings;
        folded.fold = true;
        folded.texts = pattern.text().data();
        const std::span<const Atom> atoms(pattern.atoms(), pattern.atom_count());
        if (!all_resolve(folded, atoms)) return Truth::Indeterminate;
        if (match_glob(folded, atoms, "true")) return truth_of(request.boolean);
        if (match_glob(folded, atoms, "false")) return truth_of(!request.boolean);
        return Truth::Indeterminate;
      }
      return truth_of(request.boolean == (policy.kind() == TermValue::Kind::True));
    }
    case ValueType::Binary:
      return truth_of(base64_equal(request.text, policy.text()));
    case ValueType::Existence:
      break;
  }
  return Truth::Indeterminate;
}

/// Whether a text is among the values of a sorted term: O(log values), equal hashes all tried.
[[nodiscard]] inline bool is_among(const TermNode& term, std::string_view text,
                                   bool fold) noexcept {
  const auto hash = static_cast<Word>((fold ? hash_folded(text) : hash_bytes(text)) >> 32U);
  const Word* table = term.sorted_values();
  Word begin = 0;
  Word end = term.value_count();
  while (begin < end) {
    const Word middle = begin + (end - begin) / 2;
    if (table[2 * middle] < hash) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  for (; begin < term.value_count() && table[2 * begin] == hash; ++begin) {
    const TermValue value{term.words + table[2 * begin + 1]};
    if (same_text(text, value.text(), fold)) return true;
  }
  return false;
}

/// `op(r, P)`: one request value against all policy values, with the operator's own
/// polarity (C-20, C-71). Of an empty list none matches (C-46, C-47), but a request value that
/// cannot be read is indeterminate all the same (C-70).
[[nodiscard]] inline Truth compare_values(const Bindings& bindings, const TermNode& term,
                                          std::string_view request_text) noexcept {
  const ConditionOperator op = term.op();
  const bool negated = is_negated(op);
  if (term.is_sorted()) return truth_of(is_among(term, request_text, bindings.fold) != negated);
  const RequestValue request = read_value(value_type(op), request_text);
  if (!request.readable) return Truth::Indeterminate;
  bool indeterminate = false;
  TermValue policy{term.values()};
  for (Word i = term.value_count(); i != 0; --i, policy = policy.next()) {
    const Truth truth = compare_value(bindings, op, policy, request);
    if (truth == Truth::True) return truth_of(!negated);
    indeterminate |= truth == Truth::Indeterminate;
  }
  return indeterminate ? Truth::Indeterminate : truth_of(negated);
}

/// C-42: no values, or only empty strings.
[[nodiscard]] inline bool is_null_set(const ContextEntry& entry) noexcept {
  for (std::size_t i = 0; i < entry.size(); ++i) {
    if (!entry.value(i).empty()) return false;
  }
  return true;
}

/// Null (C-51, C-52); with a quantifier it is constant (C-49).
[[nodiscard]] inline Truth evaluate_null(const TermNode& term, const ContextEntry* entry) noexcept {
  bool wants_absent = false;
  bool wants_present = false;
  TermValue value{term.values()};
  for (Word i = term.value_count(); i != 0; --i, value = value.next()) {
    (value.kind() == TermValue::Kind::True ? wants_absent : wants_present) = true;
  }
  if (wants_absent && wants_present) return Truth::True;
  if (entry == nullptr || (entry->multivalued && entry->values.empty())) {
    return truth_of(wants_absent);
  }
  if (entry->multivalued && is_null_set(*entry)) return Truth::Indeterminate;
  return truth_of(wants_present);
}

/// One condition test against a request: the table of C-25 and the set operators.
[[nodiscard, gnu::noinline]] inline Truth evaluate_any_term(const Program& program,
                                                            const TermNode& term,
                                                            const RequestFacts& request) noexcept {
  const ContextEntry* entry = request.find_folded(term.key_hash(), term.key());
  const ConditionOperator op = term.op();
  const bool is_null = op == ConditionOperator::Null;
  const SetQuantifier quantifier = term.quantifier();
  if (entry != nullptr && entry->collided) return Truth::Indeterminate;  // C-12
  if (is_null && quantifier != SetQuantifier::None) {
    return truth_of(quantifier == SetQuantifier::ForAllValues);  // C-49
  }
  if (is_null && term.value_count() != 0) return evaluate_null(term, entry);

  Bindings bindings{program, request};
  bindings.empty_is_value = term.empty_is_value();
  bindings.fold = op == ConditionOperator::StringEqualsIgnoreCase ||
                  op == ConditionOperator::StringNotEqualsIgnoreCase;

  if (entry == nullptr && term.if_exists()) return Truth::True;  // C-25, C-43, C-47
  if (quantifier != SetQuantifier::None) {
    const bool all = quantifier == SetQuantifier::ForAllValues;
    if (entry == nullptr || is_null_set(*entry)) return truth_of(all);  // C-40, C-41, C-42
    bool indeterminate = false;
    for (std::size_t i = 0; i < entry->size(); ++i) {
      const Truth truth = compare_values(bindings, term, entry->value(i));
      if (truth == truth_of(!all)) return truth;
      indeterminate |= truth == Truth::Indeterminate;
    }
    return indeterminate ? Truth::Indeterminate : truth_of(all);
  }

  const bool absent = entry == nullptr || (entry->multivalued && entry->values.empty());
  if (term.value_count() == 0 && !term.if_exists()) return Truth::Indeterminate;  // C-45
  if (absent) return truth_of(term.if_exists() || is_negated(op));
  if (entry->size() > 1) return Truth::Indeterminate;  // C-30
  return compare_values(bindings, term, entry->value(0));
}

/// The same, without detours for what most terms are: a StringEquals or StringLike of texts and
/// beginnings, one key with one value. Tests hold both ways to the reference.
[[nodiscard]] WRIT_ALWAYS_INLINE Truth evaluate_term(const Program& program, const TermNode& term,
                                                     const RequestFacts& request) noexcept {
  constexpr Word kForm = term_head::Op::put(term_head::Op::kMax) |
                         term_head::Quantifier::put(term_head::Quantifier::kMax) |
                         term_head::IfExists::put(1) | term_head::Sorted::put(1);
  constexpr Word kNone = term_head::Quantifier::put(static_cast<Word>(SetQuantifier::None));
  constexpr Word kStringEquals =
      kNone | term_head::Op::put(static_cast<Word>(ConditionOperator::StringEquals));
  constexpr Word kStringLike =
      kNone | term_head::Op::put(static_cast<Word>(ConditionOperator::StringLike));
  const Word form = term.words[0] & kForm;
  if (form != kStringEquals && form != kStringLike) {
    return evaluate_any_term(program, term, request);
  }
  const ContextEntry* entry = request.find_folded(term.key_hash(), term.key());
  Word left = term.value_count();
  if (entry == nullptr) return left == 0 ? Truth::Indeterminate : Truth::False;  // C-45, C-25
  if (!entry->multivalued && !entry->collided && left != 0) {
    const std::string_view text = entry->single;
    for (TermValue value{term.values()};; value = value.next()) {
      if (value.kind() == TermValue::Kind::Text) {
        const std::string_view want = value.text();
        if (want.size() == text.size() && equal_found(want.data(), text.data(), text.size())) {
          return Truth::True;
        }
      } else {
        if (value.kind() != TermValue::Kind::Pattern) break;
        const PatternNode pattern = program.pattern(value.pattern());
        if (pattern.kind() > PatternKind::Prefix) break;
        if (match_literal(pattern.kind(), pattern.text(), text, false)) return Truth::True;
      }
      if (--left == 0) return Truth::False;
    }
  }
  return evaluate_any_term(program, term, request);
}

}  // namespace detail
}  // namespace writ::inline v0
