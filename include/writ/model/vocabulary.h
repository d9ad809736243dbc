// The fixed words of the policy language: effects, kinds of policy, condition operators.
#pragma once

#include <cstdint>
#include <string_view>

#include "writ/config.h"

namespace writ::inline v0 {

/// What a statement does where it applies (G-20).
enum class Effect : unsigned char { Allow, Deny };

/// The kinds of policy document (D-3). A text is legal or not for a kind; there is no detection
/// (D-5). The order is the order in which `evaluate` looks for the deciding statement.
enum class PolicyType : unsigned char {
  ServiceControl,
  ResourceControl,
  ResourceBased,
  RoleTrust,  ///< the resource-based policy of a role
  IdentityBased,
  PermissionsBoundary,
  Session,
  VpcEndpoint,
};
/// The number of enumerators of PolicyType.
inline constexpr int kPolicyTypeCount = 8;

/// The language that a document asks for (G-12). It matters to variables alone (G-14).
enum class PolicyVersion : unsigned char {
  Absent,  ///< evaluated as 2008-10-17 (G-13)
  V2008,   ///< `2008-10-17`: variables are plain text (G-14)
  V2012,   ///< `2012-10-17`
};

/// Base operators of C-1, spelled as in JSON.
enum class ConditionOperator : unsigned char {
  StringEquals,
  StringNotEquals,
  StringEqualsIgnoreCase,
  StringNotEqualsIgnoreCase,
  StringLike,
  StringNotLike,
  NumericEquals,
  NumericNotEquals,
  NumericLessThan,
  NumericLessThanEquals,
  NumericGreaterThan,
  NumericGreaterThanEquals,
  DateEquals,
  DateNotEquals,
  DateLessThan,
  DateLessThanEquals,
  DateGreaterThan,
  DateGreaterThanEquals,
  Bool,
  BinaryEquals,
  IpAddress,
  NotIpAddress,
  ArnEquals,
  ArnLike,
  ArnNotEquals,
  ArnNotLike,
  Null,
};
/// The number of enumerators of ConditionOperator.
inline constexpr int kConditionOperatorCount = 27;

/// How a test counts several values of a key (C-40, C-41); None: the key has one value (C-30).
enum class SetQuantifier : unsigned char { None, ForAllValues, ForAnyValue };

/// The type that an operator compares as (C-60).
enum class ValueType : unsigned char { String, Numeric, Date, Bool, Binary, Ip, Arn, Existence };

/// Whether the operator holds where its positive form does not, and on an absent key (C-25).
[[nodiscard]] constexpr bool is_negated(ConditionOperator op) noexcept {
  using enum ConditionOperator;
  switch (op) {
    case StringNotEquals:
    case StringNotEqualsIgnoreCase:
    case StringNotLike:
    case NumericNotEquals:
    case DateNotEquals:
    case NotIpAddress:
    case ArnNotEquals:
    case ArnNotLike:
      return true;
    default:
      return false;
  }
}

/// The type of an operator's values.
[[nodiscard]] constexpr ValueType value_type(ConditionOperator op) noexcept {
  using enum ConditionOperator;
  if (op <= StringNotLike) return ValueType::String;
  if (op <= NumericGreaterThanEquals) return ValueType::Numeric;
  if (op <= DateGreaterThanEquals) return ValueType::Date;
  if (op == Bool) return ValueType::Bool;
  if (op == BinaryEquals) return ValueType::Binary;
  if (op <= NotIpAddress) return ValueType::Ip;
  return op == Null ? ValueType::Existence : ValueType::Arn;
}

/// Whether policy variables are active in values of the operator (V-2 to V-4).
[[nodiscard]] constexpr bool takes_variables(ConditionOperator op) noexcept {
  const ValueType type = value_type(op);
  return type == ValueType::String || type == ValueType::Arn || type == ValueType::Bool;
}

/// Whether `*` and `?` are wildcards in values of the operator (C-1).
[[nodiscard]] constexpr bool takes_wildcards(ConditionOperator op) noexcept {
  return op == ConditionOperator::StringLike || op == ConditionOperator::StringNotLike ||
         value_type(op) == ValueType::Arn;
}

namespace detail {

/// Whether a layer has levels, as an organization's policies do.
[[nodiscard]] constexpr bool has_levels(PolicyType type) noexcept {
  return type == PolicyType::ServiceControl || type == PolicyType::ResourceControl;
}

}  // namespace detail

/// `Allow` or `Deny`.
[[nodiscard]] constexpr std::string_view to_string(Effect effect) noexcept {
  return effect == Effect::Allow ? "Allow" : "Deny";
}

/// As in JSON: `StringEquals`.
[[nodiscard]] constexpr std::string_view to_string(ConditionOperator op) noexcept {
  constexpr std::string_view kNames[kConditionOperatorCount] = {"StringEquals",
                                                                "StringNotEquals",
                                                                "StringEqualsIgnoreCase",
                                                                "StringNotEqualsIgnoreCase",
                                                                "StringLike",
                                                                "StringNotLike",
                                                                "NumericEquals",
                                                                "NumericNotEquals",
                                                                "NumericLessThan",
                                                                "NumericLessThanEquals",
                                                                "NumericGreaterThan",
                                                                "NumericGreaterThanEquals",
                                                                "DateEquals",
                                                                "DateNotEquals",
                                                                "DateLessThan",
                                                                "DateLessThanEquals",
                                                                "DateGreaterThan",
                                                                "DateGreaterThanEquals",
                                                                "Bool",
                                                                "BinaryEquals",
                                                                "IpAddress",
                                                                "NotIpAddress",
                                                                "ArnEquals",
                                                                "ArnLike",
                                                                "ArnNotEquals",
                                                                "ArnNotLike",
                                                                "Null"};
  return kNames[static_cast<int>(op)];
}

/// The prefix without its colon, `ForAllValues`; empty for None.
[[nodiscard]] constexpr std::string_view to_string(SetQuantifier quantifier) noexcept {
  switch (quantifier) {
    case SetQuantifier::None:
      return "";
    case SetQuantifier::ForAllValues:
      return "ForAllValues";
    case SetQuantifier::ForAnyValue:
      return "ForAnyValue";
  }
  return "";
}

/// `identity`, `resource`, `trust`, `boundary`, `session`, `scp`, `rcp`, `endpoint`: the words of
/// the command line.
[[nodiscard]] constexpr std::string_view to_string(PolicyType type) noexcept {
  constexpr std::string_view kNames[kPolicyTypeCount] = {
      "scp", "rcp", "resource", "trust", "identity", "boundary", "session", "endpoint"};
  return kNames[static_cast<int>(type)];
}

}  // namespace writ::inline v0
