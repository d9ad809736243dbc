#include "reference/condition.h"

#include "reference/json.h"

namespace writ::reference {
namespace {

using Type = Operator::Type;
using Order = Operator::Order;
using Quantifier = ConditionTerm::Quantifier;

Ternary yes_or_no(bool yes) { return yes ? Ternary::Yes : Ternary::No; }

// C-70: false dominates, then Unknown.
Ternary all_of(const std::vector<Ternary>& terms) {
  Ternary result = Ternary::Yes;
  for (const Ternary term : terms) {
    if (term == Ternary::No) return Ternary::No;
    if (term == Ternary::Unknown) result = Ternary::Unknown;
  }
  return result;
}

// C-71: true dominates, then Unknown.
Ternary any_of(const std::vector<Ternary>& terms) {
  Ternary result = Ternary::No;
  for (const Ternary term : terms) {
    if (term == Ternary::Yes) return Ternary::Yes;
    if (term == Ternary::Unknown) result = Ternary::Unknown;
  }
  return result;
}

Ternary negate(Ternary value) {
  if (value == Ternary::Unknown) return value;
  return value == Ternary::Yes ? Ternary::No : Ternary::Yes;
}

bool in_order(int comparison, Order order) {
  switch (order) {
    case Order::Equal:
      return comparison == 0;
    case Order::Less:
      return comparison < 0;
    case Order::LessOrEqual:
      return comparison <= 0;
    case Order::Greater:
      return comparison > 0;
    case Order::GreaterOrEqual:
      return comparison >= 0;
  }
  return false;
}

// C-69b: six components, the first one `arn`.
std::optional<std::vector<std::u32string>> split_arn(const std::u32string& text) {
  std::vector<std::u32string> fields(1);
  for (const char32_t c : text) {
    if (c == U':' && fields.size() < 6) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  if (fields.size() != 6 || fields[0] != U"arn") return std::nullopt;
  return fields;
}

// Whether the request's value can be read as the operator's type at all (C-70).
bool is_readable(Type type, const std::string& value) {
  switch (type) {
    case Type::Numeric:
      return parse_decimal(value).has_value();
    case Type::Date:
      return parse_date(value, false).has_value();
    case Type::Bool:
      return parse_bool(value).has_value();
    case Type::Binary:
      return decode_base64(value).has_value();
    case Type::Ip:
      return parse_ip_address(value).has_value();
    case Type::Arn:
      return split_arn(decode_utf8(value)).has_value();
    case Type::String:
    case Type::StringIgnoringCase:
    case Type::Glob:
    case Type::Null:
      return true;
  }
  return false;
}

// m(v, p) of C-25: the positive comparison of a readable request value with one policy value.
Ternary compare_one(const Operator& op, const std::string& value, const PolicyValue& asked,
                    const Context& context, EmptyValue empty) {
  switch (op.type) {
    case Type::String:
    case Type::Glob: {
      const auto symbols =
          substitute(asked.pattern.symbols, asked.pattern.variables, context, empty);
      if (!symbols) return Ternary::No;  // V-23
      return yes_or_no(matches(*symbols, decode_utf8(value)));
    }
    case Type::StringIgnoringCase: {
      const auto symbols =
          substitute(asked.pattern.symbols, asked.pattern.variables, context, empty);
      if (!symbols) return Ternary::No;
      std::string text;
      for (const Symbol& symbol : *symbols) text += encode_utf8(symbol.character);
      return yes_or_no(fold(text) == fold(value));
    }
    case Type::Bool: {  // V-3: without a value, or without a boolean, nobody knows
      const auto symbols =
          substitute(asked.pattern.symbols, asked.pattern.variables, context, empty);
      if (!symbols) return Ternary::Unknown;
      std::string text;
      for (const Symbol& symbol : *symbols) text += encode_utf8(symbol.character);
      const auto truth = parse_bool(text);
      if (!truth) return Ternary::Unknown;
      return yes_or_no(*truth == *parse_bool(value));
    }
    case Type::Arn: {
      if (asked.arn_fields.empty()) return Ternary::Yes;  // C-69a: `*`
      const auto fields = *split_arn(decode_utf8(value));
      bool all = true;
      for (std::size_t i = 0; i < 6; ++i) {
        const auto symbols =
            substitute(asked.arn_fields[i], asked.pattern.variables, context, empty);
        if (!symbols || !matches(*symbols, fields[i])) all = false;
      }
      return yes_or_no(all);
    }
    case Type::Numeric:
      return yes_or_no(in_order(compare(*parse_decimal(value), asked.number), op.order));
    case Type::Date:
      return yes_or_no(in_order(compare(*parse_date(value, false), asked.date), op.order));
    case Type::Binary:
      return yes_or_no(*decode_base64(value) == asked.bytes);
    case Type::Ip:
      return yes_or_no(contains(asked.range, *parse_ip_address(value)));
    case Type::Null:
      return Ternary::Unknown;  // never asked: Null compares no values
  }
  return Ternary::Unknown;
}

// op(r, P): one request value against the list, with the operator's polarity.
Ternary compare_with_list(const ConditionTerm& term, const std::string& value,
                          const Context& context, EmptyValue empty) {
  if (!is_readable(term.op->type, value)) return Ternary::Unknown;  // C-70, C-72
  std::vector<Ternary> comparisons;
  for (const PolicyValue& asked : term.values) {
    comparisons.push_back(compare_one(*term.op, value, asked, context, empty));
  }
  const Ternary some = any_of(comparisons);
  return term.op->negated ? negate(some) : some;  // C-20
}

bool only_empty_strings(const ContextValue& value) {
  for (const std::string& text : value.values) {
    if (!text.empty()) return false;
  }
  return true;
}

Ternary test_null(const ConditionTerm& term, const ContextValue* value) {
  if (term.quantifier == Quantifier::ForAllValues) return Ternary::Yes;  // C-49
  if (term.quantifier == Quantifier::ForAnyValue) return Ternary::No;
  if (term.values.empty()) return Ternary::Unknown;  // C-45
  bool asks_absent = false;
  bool asks_present = false;
  for (const PolicyValue& asked : term.values) (asked.truth ? asks_absent : asks_present) = true;
  if (asks_absent && asks_present) return Ternary::Yes;  // C-51
  const bool absent = value == nullptr || value->values.empty();
  if (absent) return yes_or_no(asks_absent);
  if (value->is_list && only_empty_strings(*value)) return Ternary::Unknown;  // C-52
  return yes_or_no(asks_present);
}

Ternary test_term(const ConditionTerm& term, Effect effect, const Context& context) {
  const auto found = context.find(term.key);
  const ContextValue* value = found == context.end() ? nullptr : &found->second;
  if (value != nullptr && value->collided) return Ternary::Unknown;  // C-12
  if (term.op->type == Type::Null) return test_null(term, value);

  // V-11: the empty text in positive operators of a Deny and in negated ones of an Allow.
  const bool empty_is_text = (effect == Effect::Deny) != term.op->negated;
  const EmptyValue empty = empty_is_text ? EmptyValue::IsText : EmptyValue::IsNoValue;

  if (term.quantifier == Quantifier::None) {
    if (term.values.empty() && !term.if_exists) return Ternary::Unknown;  // C-45
    if (value == nullptr || value->values.empty()) {                      // C-25, C-47
      return yes_or_no(term.if_exists || term.op->negated);
    }
    if (value->values.size() > 1) return Ternary::Unknown;  // C-30
    return compare_with_list(term, value->values.front(), context, empty);
  }

  if (value == nullptr && term.if_exists) return Ternary::Yes;            // C-43
  const bool no_values = value == nullptr || only_empty_strings(*value);  // C-42
  const bool for_all = term.quantifier == Quantifier::ForAllValues;
  if (no_values) return yes_or_no(for_all);  // C-40, C-41
  std::vector<Ternary> results;
  for (const std::string& text : value->values) {
    results.push_back(compare_with_list(term, text, context, empty));
  }
  return for_all ? all_of(results) : any_of(results);
}

}  // namespace

Ternary test_condition(const std::vector<ConditionTerm>& condition, Effect effect,
                       const Context& context) {
  std::vector<Ternary> results;
  for (const ConditionTerm& term : condition) {
    results.push_back(test_term(term, effect, context));
  }
  return all_of(results);  // C-20
}

}  // namespace writ::reference
