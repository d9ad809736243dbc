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
[[nodiscard]] inline Truth compare_value(const Bindings& bindings, const TermRecord& term,
                                         const ValueRecord& policy,
                                         const RequestValue& request) noexcept {
  const Program& program = bindings.program;
  const std::string_view text = program.string(policy.text);
  switch (value_type(term.op)) {
    case ValueType::String:
    case ValueType::Arn: {
      if (policy.kind == ValueRecord::Kind::Text) {
        return truth_of(same_text(request.text, text, bindings.fold));
      }
      // An unresolved variable equals nothing and is like nothing (V-23).
      const auto& pattern = program.at<PatternRecord>(Section::Patterns, policy.pattern);
      return truth_of(match_pattern(bindings, pattern, request.text) == Match::Yes);
    }
    case ValueType::Numeric: {
      Decimal want;
      if (!parse_decimal(text, want)) return Truth::Indeterminate;
      return truth_of(holds(term.op, compare(request.decimal, want)));
    }
    case ValueType::Date: {
      Instant want;
      if (!parse_instant(text, want, policy.kind == ValueRecord::Kind::Number)) {
        return Truth::Indeterminate;
      }
      return truth_of(holds(term.op, compare(request.instant, want)));
    }
    case ValueType::Ip: {
      IpRange range;
      range.bytes = policy.address;
      range.prefix = static_cast<std::uint8_t>(policy.pattern & 0xffU);
      range.v6 = (policy.pattern & 0x100U) != 0;
      return truth_of(contains(range, request.address));
    }
    case ValueType::Bool: {
      if (policy.kind == ValueRecord::Kind::Pattern) {
        // V-3: the substituted text must read as a boolean.
        const auto& pattern = program.at<PatternRecord>(Section::Patterns, policy.pattern);
        const std::span<const Atom> atoms = program.range<Atom>(Section::Atoms, pattern.atoms);
        if (!all_resolve(bindings, atoms)) return Truth::Indeterminate;
        Bindings folded = bindings;
        folded.fold = true;
        if (match_glob(folded, atoms, "true")) return truth_of(request.boolean);
        if (match_glob(folded, atoms, "false")) return truth_of(!request.boolean);
        return Truth::Indeterminate;
      }
      return truth_of(request.boolean == (policy.kind == ValueRecord::Kind::True));
    }
    case ValueType::Binary:
      return truth_of(base64_equal(request.text, text));
    case ValueType::Existence:
      break;
  }
  return Truth::Indeterminate;
}

/// `op(r, P)`: one request value against all policy values, with the operator's own
/// polarity (C-20, C-71). Of an empty list none matches (C-46, C-47), but a request value that
/// cannot be read is indeterminate all the same (C-70).
[[nodiscard]] inline Truth compare_values(const Bindings& bindings, const TermRecord& term,
                                          std::string_view request_text) noexcept {
  const bool negated = is_negated(term.op);
  const RequestValue request = read_value(value_type(term.op), request_text);
  if (!request.readable) return Truth::Indeterminate;
  bool indeterminate = false;
  for (const ValueRecord& policy :
       bindings.program.range<ValueRecord>(Section::Values, term.values)) {
    const Truth truth = compare_value(bindings, term, policy, request);
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
[[nodiscard]] inline Truth evaluate_null(const Program& program, const TermRecord& term,
                                         const ContextEntry* entry) noexcept {
  bool wants_absent = false;
  bool wants_present = false;
  for (const ValueRecord& value : program.range<ValueRecord>(Section::Values, term.values)) {
    (value.kind == ValueRecord::Kind::True ? wants_absent : wants_present) = true;
  }
  if (wants_absent && wants_present) return Truth::True;
  if (entry == nullptr || (entry->multivalued && entry->values.empty())) {
    return truth_of(wants_absent);
  }
  if (entry->multivalued && is_null_set(*entry)) return Truth::Indeterminate;
  return truth_of(wants_present);
}

/// One condition test against a request: the table of C-25 and the set operators.
[[nodiscard]] inline Truth evaluate_term(const Program& program, const TermRecord& term,
                                         const Request& request) noexcept {
  const ContextEntry* entry =
      request.find(ConditionKey::from_hash(program.string(term.key), term.key_hash));
  const bool is_null = term.op == ConditionOperator::Null;
  if (entry != nullptr && entry->collided) return Truth::Indeterminate;  // C-12
  if (is_null && term.quantifier != SetQuantifier::None) {
    return truth_of(term.quantifier == SetQuantifier::ForAllValues);  // C-49
  }
  if (is_null && term.values.count != 0) return evaluate_null(program, term, entry);

  Bindings bindings{program, request};
  bindings.empty_is_value = term.empty_is_value != 0;
  bindings.fold = term.op == ConditionOperator::StringEqualsIgnoreCase ||
                  term.op == ConditionOperator::StringNotEqualsIgnoreCase;

  if (entry == nullptr && term.if_exists != 0) return Truth::True;  // C-25, C-43, C-47
  if (term.quantifier != SetQuantifier::None) {
    const bool all = term.quantifier == SetQuantifier::ForAllValues;
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
  if (term.values.count == 0 && term.if_exists == 0) return Truth::Indeterminate;  // C-45
  if (absent) return truth_of(term.if_exists != 0 || is_negated(term.op));
  if (entry->size() > 1) return Truth::Indeterminate;  // C-30
  return compare_values(bindings, term, entry->value(0));
}

}  // namespace detail
}  // namespace writ::inline v0
