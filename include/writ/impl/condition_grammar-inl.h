// Not API, may change in any release. The grammar of condition operators, keys and values (G-57 to
// G-62).
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "writ/hash.h"
#include "writ/impl/grammar.h"
#include "writ/impl/values.h"
#include "writ/impl/variables.h"

namespace writ::inline v0 {
namespace detail {

// Of the operators' names, so that no more than one of them is compared.
inline constexpr std::array<std::uint64_t, kConditionOperatorCount> kOperatorHashes = [] {
  std::array<std::uint64_t, kConditionOperatorCount> hashes{};
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    hashes[i] = hash_folded(to_string(static_cast<ConditionOperator>(i)));
  }
  return hashes;
}();

WRIT_FUNC std::optional<Refusal> parse_condition_operator(std::string_view text,
                                                          ConditionTest& test) {
  std::string_view base = text;
  test.quantifier = SetQuantifier::None;
  test.if_exists = false;
  for (const SetQuantifier quantifier : {SetQuantifier::ForAllValues, SetQuantifier::ForAnyValue}) {
    const std::string_view word = to_string(quantifier);
    if (text.size() > word.size() && text[word.size()] == ':' &&
        equals_folded(text.substr(0, word.size()), word)) {
      test.quantifier = quantifier;
      base = text.substr(word.size() + 1);
    }
  }
  constexpr std::string_view kSuffix = "IfExists";
  if (base.size() > kSuffix.size() &&
      equals_folded(base.substr(base.size() - kSuffix.size()), kSuffix)) {
    test.if_exists = true;
    base.remove_suffix(kSuffix.size());
  }
  const std::uint64_t hash = hash_folded(base);
  for (std::size_t i = 0; i < kOperatorHashes.size(); ++i) {
    if (hash != kOperatorHashes[i]) continue;
    test.op = static_cast<ConditionOperator>(i);
    if (!equals_folded(base, to_string(test.op))) continue;
    if (test.op != ConditionOperator::Null || !test.if_exists) return std::nullopt;
    return Refusal{
        ErrorCode::NullWithIfExists, "G-58",
        fmt::format("remove `IfExists` from {}: `Null` itself tests whether a key exists",
                    quoted(text))};
  }
  return Refusal{ErrorCode::InvalidConditionOperator, "G-57",
                 fmt::format("unknown condition operator {}: use an operator of IAM, with "
                             "`ForAllValues:` or `ForAnyValue:` before and `IfExists` behind it at "
                             "most once",
                             quoted(text))};
}

WRIT_FUNC std::optional<Refusal> check_condition_key(std::string_view text) {
  // A colon that is neither the first nor the last character has text on both sides.
  if (text.size() > 2 && text.substr(1, text.size() - 2).find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  return Refusal{ErrorCode::InvalidConditionKeyFormat, "G-59",
                 fmt::format("{} is not a condition key: write `prefix:name`", quoted(text))};
}

// What a value of the type looks like, for messages.
[[nodiscard]] inline std::string_view value_advice(ValueType type) noexcept {
  switch (type) {
    case ValueType::Numeric:
      return "a number: write digits with an optional sign and decimal point";
    case ValueType::Date:
      return "a date: write `YYYY-MM-DDThh:mm:ssZ` or epoch seconds";
    case ValueType::Bool:
      return "a Boolean: write `true` or `false`";
    case ValueType::Binary:
      return "base64: write the padded standard alphabet";
    case ValueType::Ip:
      return "an IP range: write an IPv4 or IPv6 address or a CIDR block";
    case ValueType::Arn:
      return "an ARN pattern: write six fields separated by colons, or `*`";
    case ValueType::Existence:
      return "what `Null` takes: write `true` or `false`";
    case ValueType::String:
      break;
  }
  return "a string";
}

[[nodiscard]] inline bool is_value(ValueType type, const ConditionValue& value, bool variables) {
  switch (type) {
    case ValueType::String:
      return true;
    case ValueType::Numeric: {
      Decimal decimal;
      return parse_decimal(value.text, decimal);
    }
    case ValueType::Date: {
      Instant instant;
      return parse_instant(value.text, instant, value.kind == ConditionValueKind::Number);
    }
    case ValueType::Bool: {
      // With a variable it is known at evaluation only (V-3).
      bool truth = false;
      return parse_bool(value.text, truth) || (variables && has_variable(value.text));
    }
    case ValueType::Existence: {
      bool truth = false;
      return parse_bool(value.text, truth);
    }
    case ValueType::Binary:
      return is_base64(value.text);
    case ValueType::Ip: {
      IpRange range;
      return parse_ip_range(value.text, range);
    }
    case ValueType::Arn:
      return value.text == "*" || split_arn(value.text, variables).count == 6;
  }
  return false;
}

WRIT_FUNC std::optional<Refusal> check_condition_value(ConditionOperator op,
                                                       const ConditionValue& value,
                                                       bool variables) {
  const ValueType type = value_type(op);
  if (variables && has_variable(value.text)) {
    if (!takes_variables(op)) {
      return Refusal{ErrorCode::InvalidVariableForOperator, "G-62",
                     fmt::format("replace the variable in {} by a value: `{}` takes none",
                                 quoted(value.text), to_string(op))};
    }
    if (std::optional<Refusal> refusal = check_variables_of(value.text)) return refusal;
  }
  if (is_value(type, value, variables)) return std::nullopt;
  return Refusal{ErrorCode::InvalidConditionValue, "G-62",
                 fmt::format("{} under `{}` is not {}", quoted(value.text), to_string(op),
                             value_advice(type))};
}

}  // namespace detail
}  // namespace writ::inline v0
