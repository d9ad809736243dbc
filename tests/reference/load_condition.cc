// Condition: G-55 to G-62, V-4, C-48, C-69a.
#include <array>

#include "reference/document.h"
#include "reference/json.h"

namespace writ::reference {
namespace {

using Type = Operator::Type;
using Order = Operator::Order;

const std::vector<Operator>& operators() {
  static const std::vector<Operator> kOperators = {
      {"stringequals", Type::String, false, Order::Equal},
      {"stringnotequals", Type::String, true, Order::Equal},
      {"stringequalsignorecase", Type::StringIgnoringCase, false, Order::Equal},
      {"stringnotequalsignorecase", Type::StringIgnoringCase, true, Order::Equal},
      {"stringlike", Type::Glob, false, Order::Equal},
      {"stringnotlike", Type::Glob, true, Order::Equal},
      {"numericequals", Type::Numeric, false, Order::Equal},
      {"numericnotequals", Type::Numeric, true, Order::Equal},
      {"numericlessthan", Type::Numeric, false, Order::Less},
      {"numericlessthanequals", Type::Numeric, false, Order::LessOrEqual},
      {"numericgreaterthan", Type::Numeric, false, Order::Greater},
      {"numericgreaterthanequals", Type::Numeric, false, Order::GreaterOrEqual},
      {"dateequals", Type::Date, false, Order::Equal},
      {"datenotequals", Type::Date, true, Order::Equal},
      {"datelessthan", Type::Date, false, Order::Less},
      {"datelessthanequals", Type::Date, false, Order::LessOrEqual},
      {"dategreaterthan", Type::Date, false, Order::Greater},
      {"dategreaterthanequals", Type::Date, false, Order::GreaterOrEqual},
      {"bool", Type::Bool, false, Order::Equal},
      {"binaryequals", Type::Binary, false, Order::Equal},
      {"ipaddress", Type::Ip, false, Order::Equal},
      {"notipaddress", Type::Ip, true, Order::Equal},
      {"arnequals", Type::Arn, false, Order::Equal},
      {"arnlike", Type::Arn, false, Order::Equal},
      {"arnnotequals", Type::Arn, true, Order::Equal},
      {"arnnotlike", Type::Arn, true, Order::Equal},
      {"null", Type::Null, false, Order::Equal},
  };
  return kOperators;
}

template <class T>
T readable(const std::optional<T>& value) {
  if (!value) throw Refused("G-62: a value is not of its operator's type");
  return *value;
}

PolicyValue load_value(const Json& json, Type type, bool variables) {
  if (!json.is(Json::Kind::String) && !json.is(Json::Kind::Number) &&
      !json.is(Json::Kind::Boolean)) {
    throw Refused("G-60: a condition value is a string, a number or a boolean");
  }
  const std::string& text = json.text;
  PolicyValue value;
  switch (type) {
    case Type::String:
      value.pattern = parse_pattern(text, {.variables = variables, .wildcards = false});
      break;
    case Type::StringIgnoringCase:  // folded when it is compared: variables come in between
      value.pattern = parse_pattern(text, {.variables = variables, .wildcards = false});
      break;
    case Type::Glob:
      value.pattern = parse_pattern(text, {.variables = variables, .wildcards = true});
      break;
    case Type::Bool:  // V-3: with a variable it is read when the value is known
      value.pattern = parse_pattern(text, {.variables = variables, .wildcards = false});
      if (!value.pattern.has_variables) static_cast<void>(readable(parse_bool(text)));
      break;
    case Type::Arn:
      value.pattern = parse_pattern(text, {.variables = variables, .wildcards = true});
      if (text == "*") break;  // C-69a
      value.arn_fields = split_fields(value.pattern.symbols);
      if (value.arn_fields.size() != 6) throw Refused("C-69a: an ARN has six components");
      break;
    case Type::Numeric:
      value.number = readable(parse_decimal(text));
      break;
    case Type::Date:
      value.date = readable(parse_date(text, json.is(Json::Kind::Number)));
      break;
    case Type::Binary:
      value.bytes = readable(decode_base64(text));
      break;
    case Type::Ip:
      value.range = readable(parse_ip_range(text));
      break;
    case Type::Null:
      value.truth = readable(parse_bool(text));
      break;
  }
  return value;
}

// G-57, G-58.
ConditionTerm load_operator(const std::string& written) {
  ConditionTerm term;
  std::string name = fold(written);
  if (name.starts_with("forallvalues:")) {
    term.quantifier = ConditionTerm::Quantifier::ForAllValues;
    name = name.substr(13);
  } else if (name.starts_with("foranyvalue:")) {
    term.quantifier = ConditionTerm::Quantifier::ForAnyValue;
    name = name.substr(12);
  }
  if (name.ends_with("ifexists")) {
    term.if_exists = true;
    name = name.substr(0, name.size() - 8);
  }
  term.op = find_operator(name);
  if (term.op == nullptr) throw Refused("G-57: unknown operator");
  if (term.if_exists && term.op->type == Type::Null) throw Refused("G-58: NullIfExists");
  return term;
}

// G-59: a colon with text on both sides.
bool is_condition_key(const std::string& key) {
  return key.size() >= 3 && key.find(':', 1) < key.size() - 1;
}

}  // namespace

const Operator* find_operator(const std::string& folded_name) {
  for (const Operator& op : operators()) {
    if (op.name == folded_name) return &op;
  }
  return nullptr;
}

std::vector<ConditionTerm> load_condition(const Json& value, bool variables_active) {
  if (!value.is(Json::Kind::Object)) throw Refused("G-55: Condition is an object");
  std::vector<ConditionTerm> terms;
  for (const auto& [operator_name, keys] : value.members) {
    const ConditionTerm prototype = load_operator(operator_name);
    if (!keys.is(Json::Kind::Object)) throw Refused("G-55: an operator holds an object");
    if (keys.members.empty()) throw Refused("G-56: an operator without keys");
    for (const auto& [key, values] : keys.members) {
      if (!is_condition_key(key)) throw Refused("G-59: not a condition key");
      ConditionTerm term = prototype;
      term.key = fold(key);
      for (const auto& [other, ignored] : keys.members) {
        if (&other != &key && fold(other) == term.key) throw Refused("G-4: keys that collide");
      }
      if (values.is(Json::Kind::Array)) {
        for (const Json& item : values.items) {
          term.values.push_back(load_value(item, term.op->type, variables_active));
        }
        if (values.items.empty() && term.op->negated) throw Refused("C-48: nothing to negate");
      } else {
        term.values.push_back(load_value(values, term.op->type, variables_active));
      }
      terms.push_back(std::move(term));
    }
  }
  return terms;
}

}  // namespace writ::reference
