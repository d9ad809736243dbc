// Not API, may change in any release. Checks of condition values.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "writ/hash.h"
#include "writ/impl/grammar.h"
#include "writ/impl/lint_tables.h"
#include "writ/impl/linter.h"
#include "writ/impl/values.h"
#include "writ/impl/variables.h"

namespace writ::inline v0 {
namespace detail {

WRIT_FUNC void Linter::check_values(const ConditionTest& test, const StandardKey* key) {
  if (takes_variables(test.op)) {
    for (const ConditionValue& value : test.values) check_variables(value.text, value.position);
  }
  switch (value_type(test.op)) {
    case ValueType::String:
    case ValueType::Arn:
      check_string_values(test, key);
      check_equivalent_to_null(test);
      break;
    case ValueType::Ip:
      check_ip_values(test);
      break;
    case ValueType::Numeric:
      check_numeric_values(test);
      break;
    case ValueType::Date:
      for (const ConditionValue& value : test.values) {
        const bool epoch = value.kind == ConditionValueKind::Number ||
                           (value.text.size() > 4 && all_digits(value.text));
        if (!epoch) continue;
        report(lint::check("INVALID_DATE_VALUE"), value.position,
               fmt::format("write {} as `YYYY-MM-DDThh:mm:ssZ`", quoted(value.text)));
      }
      break;
    case ValueType::Bool:
    case ValueType::Binary:
    case ValueType::Existence:
      break;
  }
}

WRIT_FUNC void Linter::check_string_values(const ConditionTest& test, const StandardKey* key) {
  const bool variables = document_.has_variables();
  for (const ConditionValue& value : test.values) {
    if (is_refused(value.position)) continue;
    if (!takes_wildcards(test.op) &&
        find_wildcard(value.text, variables) != std::string_view::npos) {
      report(lint::check("WILDCARD_WITHOUT_LIKE_OPERATOR"), value.position,
             fmt::format("write a `Like` operator: under `{}` the wildcard of {} is a character",
                         to_string(test.op), quoted(value.text)));
    }
    if (key != nullptr) check_permissive(test, *key, value);
    check_known_format(test, value);
  }
}

// Whether AWS alone says what a key's value is.
[[nodiscard]] inline bool is_given(const StandardKey& key) noexcept {
  return key.sensitive || key.name == "aws:Ec2InstanceSourceVpc";
}

// K-4, and keys whose values are guessed easily when they begin with a wildcard.
WRIT_FUNC void Linter::check_permissive(const ConditionTest& test, const StandardKey& key,
                                        const ConditionValue& value) {
  constexpr std::size_t kKnownCharacters = 6;
  const bool variables = document_.has_variables();
  const std::size_t wildcard =
      takes_wildcards(test.op) ? find_wildcard(value.text, variables) : std::string_view::npos;
  const std::size_t variable = find_variable(value.text, variables);
  const auto is_too_early = [&](std::size_t at) {
    if (at == std::string_view::npos) return false;
    if (key.sensitive) return true;
    if (std::find(std::begin(lint::kPrefixedKeys), std::end(lint::kPrefixedKeys), key.name) ==
        std::end(lint::kPrefixedKeys)) {
      return false;
    }
    // In `aws:userid` the caller chooses what stands behind the colon, and nothing before it.
    const bool in_id =
        key.name == "aws:userid" && value.text.substr(0, at).find(':') == std::string_view::npos;
    return at < kKnownCharacters || in_id;
  };
  if (is_too_early(wildcard)) {
    report(lint::check("WILDCARD_USAGE_TOO_PERMISSIVE"), value.position,
           fmt::format("write out {}: a wildcard in a value of `{}` lets strangers in",
                       quoted(value.text), key.name));
  }
  if (!is_too_early(variable)) return;
  // A value that is another key of the kind, and nothing else, is given by AWS: no caller chooses
  // it. `"aws:ResourceAccount": "${aws:PrincipalAccount}"` is the safest test there is.
  const VariableText whole = read_variable(value.text.substr(variable));
  const StandardKey* source = find_standard_key(whole.piece.text);
  if (variable == 0 && whole.size == value.text.size() && source != nullptr && is_given(*source)) {
    return;
  }
  report(lint::check("VARIABLE_USAGE_TOO_PERMISSIVE"), value.position,
         fmt::format("write out {}: a variable in a value of `{}` can stand for anything",
                     quoted(value.text), key.name));
}

// `vpc-` or `vpce-` and 8 or 17 letters and digits.
[[nodiscard]] inline bool is_vpc_id(std::string_view text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  const std::string_view id = text.substr(prefix.size());
  return (id.size() == 8 || id.size() == 17) && is_plain_sid(id);
}

WRIT_FUNC void Linter::check_known_format(const ConditionTest& test, const ConditionValue& value) {
  const std::string_view key = test.key.value;
  const bool variables = document_.has_variables();
  const bool exact = (!takes_wildcards(test.op) ||
                      find_wildcard(value.text, variables) == std::string_view::npos) &&
                     find_variable(value.text, variables) == std::string_view::npos;
  if (!exact) return;
  if (equals_folded(key, "aws:SourceVpc") && !is_vpc_id(value.text, "vpc-")) {
    report(lint::check("INVALID_VPC_FORMAT"), value.position,
           fmt::format("{} is no VPC: write `vpc-` and 8 or 17 letters and digits",
                       quoted(value.text)));
  } else if (equals_folded(key, "aws:SourceVpce") && !is_vpc_id(value.text, "vpce-")) {
    report(lint::check("INVALID_VPCE_FORMAT"), value.position,
           fmt::format("{} is no VPC endpoint: write `vpce-` and 8 or 17 letters and digits",
                       quoted(value.text)));
  } else if (equals_folded(key, "aws:RequestedRegion") &&
             std::find(std::begin(lint::kRegions), std::end(lint::kRegions), value.text) ==
                 std::end(lint::kRegions)) {
    report(lint::check("INVALID_REGION"), value.position,
           fmt::format("there is no Region {}", quoted(value.text)));
  }
}

// A pattern that every value fits asks only whether there is a value.
WRIT_FUNC void Linter::check_equivalent_to_null(const ConditionTest& test) {
  if (!takes_wildcards(test.op)) return;
  const auto everything =
      std::find_if(test.values.begin(), test.values.end(), [](const ConditionValue& value) {
        return !value.text.empty() && value.text.find_first_not_of('*') == std::string_view::npos;
      });
  if (everything == test.values.end()) return;
  const bool negated = is_negated(test.op);
  // With ForAllValues and IfExists the absent key passes as well, so that everything does; with
  // ForAnyValue and a negated operator nothing does.
  if (!negated && (test.if_exists || test.quantifier == SetQuantifier::ForAllValues)) return;
  if (negated && test.quantifier == SetQuantifier::ForAnyValue) return;
  report(negated ? lint::check("EQUIVALENT_TO_NULL_TRUE") : lint::check("EQUIVALENT_TO_NULL_FALSE"),
         everything->position,
         fmt::format("write `\"Null\": {{\"{}\": \"{}\"}}`: that is what the test amounts to",
                     test.key.value, negated ? "true" : "false"));
}

WRIT_FUNC void Linter::check_ip_values(const ConditionTest& test) {
  const bool source = equals_folded(test.key.value, "aws:SourceIp");
  const ConditionValue* first_private = nullptr;
  std::size_t privates = 0;
  for (const ConditionValue& value : test.values) {
    IpRange range;
    if (!parse_ip_range(value.text, range)) return;  // refused
    for (std::size_t bit = range.prefix; bit < (range.v6 ? 128U : 32U); ++bit) {
      if ((static_cast<unsigned>(range.bytes[bit / 8]) >> (7 - bit % 8) & 1U) == 0) continue;
      report(lint::check("IMPROVE_IP_RANGE"), value.position,
             fmt::format("write the range {} by its first address: bits behind its prefix count "
                         "for nothing",
                         quoted(value.text)));
      break;
    }
    if (!source) continue;
    const bool is_private =
        std::any_of(std::begin(lint::kPrivateRanges), std::end(lint::kPrivateRanges),
                    [&range](std::string_view text) {
                      IpRange block;
                      return parse_ip_range(text, block) && block.prefix <= range.prefix &&
                             contains(block, range);
                    });
    if (!is_private) continue;
    ++privates;
    if (first_private == nullptr) first_private = &value;
  }
  if (privates == 0) return;
  const bool negated = is_negated(test.op);
  if (privates == test.values.size()) {
    report(negated ? lint::check("PRIVATE_NOT_IP_ADDRESS") : lint::check("PRIVATE_IP_ADDRESS"),
           first_private->position,
           fmt::format("name public addresses: `aws:SourceIp` has no others, so that the test is "
                       "always {}",
                       negated ? "true" : "false"));
  } else {
    report(negated ? lint::check("PRIVATE_NOT_IP_ADDRESS_SUBSET")
                   : lint::check("PRIVATE_IP_ADDRESS_SUBSET"),
           first_private->position,
           fmt::format("remove {}: `aws:SourceIp` has public addresses only",
                       quoted(first_private->text)));
  }
}

// Of several bounds one decides: the values of a test are alternatives (C-20).
WRIT_FUNC void Linter::check_numeric_values(const ConditionTest& test) {
  using enum ConditionOperator;
  const bool below = test.op == NumericLessThan || test.op == NumericLessThanEquals;
  const bool above = test.op == NumericGreaterThan || test.op == NumericGreaterThanEquals;
  if ((!below && !above) || test.values.size() < 2) return;
  const ConditionValue* deciding = nullptr;
  Decimal bound;
  for (const ConditionValue& value : test.values) {
    Decimal number;
    if (!parse_decimal(value.text, number)) return;  // refused
    const int order = deciding == nullptr ? 1 : compare(number, bound);
    if (deciding != nullptr && !(below ? order > 0 : order < 0)) continue;
    deciding = &value;
    bound = number;
  }
  for (const ConditionValue& value : test.values) {
    if (&value == deciding) continue;
    report(lint::check("REDUNDANT_CONDITION_VALUE_NUM"), value.position,
           fmt::format("remove {}: of these bounds {} decides", quoted(value.text),
                       quoted(deciding->text)));
    return;
  }
}

}  // namespace detail
}  // namespace writ::inline v0
