// Not API, may change in any release. Checks of conditions: operators, keys, lists of values.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>

#include "writ/hash.h"
#include "writ/impl/fold.h"
#include "writ/impl/grammar.h"
#include "writ/impl/lint_tables.h"
#include "writ/impl/linter.h"
#include "writ/impl/variables.h"

namespace writ::inline v0 {
namespace detail {

WRIT_FUNC bool is_condition_key(std::string_view key, std::string_view name) {
  const bool prefix = !name.empty() && (name.back() == ':' || name.back() == '/');
  return equals_folded(prefix ? key.substr(0, name.size()) : key, name);
}

WRIT_FUNC void Linter::collect_keys(const Statement& statement) {
  keys_.clear();
  for (const ConditionTest& test : statement.conditions) keys_.push_back(folded(test.key.value));
  std::sort(keys_.begin(), keys_.end());
}

WRIT_FUNC bool Linter::has_key(std::string_view name) const {
  const std::string wanted = folded(name);
  const auto at = std::lower_bound(keys_.begin(), keys_.end(), wanted);
  return at != keys_.end() && is_condition_key(*at, wanted);
}

[[nodiscard]] inline bool is_github(std::string_view provider) noexcept {
  constexpr std::string_view kGithub = "token.actions.githubusercontent.com";
  return provider.substr(0, kGithub.size()) == kGithub &&
         (provider.size() == kGithub.size() || provider[kGithub.size()] == '/');
}

// The tag families, by the part of their keys between prefix and tag (K-3).
[[nodiscard]] inline bool lacks_tag_key(std::string_view key) {
  const std::size_t colon = key.find(':');
  if (colon == std::string_view::npos) return false;
  std::string_view name = key.substr(colon + 1);
  if (!name.empty() && name.back() == '/') name.remove_suffix(1);
  return equals_folded(name, "PrincipalTag") || equals_folded(name, "ResourceTag") ||
         equals_folded(name, "RequestTag");
}

WRIT_FUNC void Linter::check_conditions(const Statement& statement) {
  if (!statement.has_condition) return;
  const JsonNode* node = node_at(statement.condition_position);
  if (node != nullptr && node->child_count == 0) {
    report(lint::check("EMPTY_OBJECT_CONDITION"), statement.condition_position,
           "name a condition, or remove `Condition`: it demands nothing");
  }
  const ConditionTest* previous = nullptr;
  for (const ConditionTest& test : statement.conditions) {
    const bool first_of_group = previous == nullptr || previous->group != test.group;
    if (first_of_group && test.op == ConditionOperator::Null &&
        test.quantifier != SetQuantifier::None) {
      report(lint::check("NULL_WITH_QUALIFIER"), test.operator_text.position,
             fmt::format("remove `{}:` from {}: with it the test is always {}",
                         to_string(test.quantifier), quoted(test.operator_text.value),
                         test.quantifier == SetQuantifier::ForAllValues ? "true" : "false"));
    }
    previous = &test;
    check_test(statement, test);
  }
}

WRIT_FUNC void Linter::check_test(const Statement& statement, const ConditionTest& test) {
  const StandardKey* key = find_standard_key(test.key.value);
  check_key(test, key);
  check_paired_keys(test);
  check_key_of_services(statement, test);
  check_empty_values(test);
  check_value_kinds(test);
  check_github_subject(statement, test);
  check_values(test, key);
}

// Whether an operator can compare values of a key's type (K-1, C-66).
[[nodiscard]] inline bool fits(const ConditionTest& test, const StandardKey& key) {
  const ValueType wanted = value_type(test.op);
  if (wanted == ValueType::Existence || wanted == key.type) return true;
  switch (key.type) {
    case ValueType::Arn:
      return wanted == ValueType::String;
    case ValueType::String:
      return wanted == ValueType::Arn && equals_folded(key.name, "aws:FederatedProvider");
    case ValueType::Date:
      return wanted == ValueType::Numeric && equals_folded(key.name, "aws:EpochTime");
    case ValueType::Ip:
      // Its own operators take no variables (V-4), so that two addresses are compared as strings.
      return wanted == ValueType::String &&
             std::any_of(test.values.begin(), test.values.end(),
                         [](const ConditionValue& value) { return has_variable(value.text); });
    case ValueType::Numeric:
    case ValueType::Bool:
    case ValueType::Binary:
    case ValueType::Existence:
      return false;
  }
  return false;
}

WRIT_FUNC void Linter::check_key(const ConditionTest& test, const StandardKey* key) {
  const std::string_view name = test.key.value;
  const Position position = test.key.position;
  const bool is_set = test.quantifier != SetQuantifier::None;
  if (lacks_tag_key(name)) {
    report(lint::check("MISSING_TAG_KEY_IN_CONDITION"), position,
           fmt::format("write the tag's key behind {} and a slash: alone it is never in a request",
                       quoted(name)));
  } else if (equals_folded(name, "aws:ARN")) {
    // IAM has two checks for it, and both apply.
    report(lint::check("UNSUPPORTED_GLOBAL_CONDITION_KEY"), position,
           fmt::format("{} is not supported: test `aws:PrincipalArn` or `aws:SourceArn`",
                       quoted(name)));
    report(
        lint::check("DEPRECATED_GLOBAL_CONDITION_KEY"), position,
        fmt::format("{} is deprecated: test `aws:PrincipalArn` or `aws:SourceArn`", quoted(name)));
  } else if (key == nullptr && is_condition_key(name, "aws:")) {
    report(
        lint::check("INVALID_GLOBAL_CONDITION_KEY"), position,
        fmt::format("there is no global condition key {}: requests never have it", quoted(name)));
  }
  constexpr std::string_view kAudience = ":aud";
  if (is_set && name.size() > kAudience.size() &&
      equals_folded(name.substr(name.size() - kAudience.size()), kAudience)) {
    report(lint::check("CONFIRM_AUDIENCE_CLAIM_TYPE"), position,
           fmt::format("remove `{}:` unless the provider gives several values for {}",
                       to_string(test.quantifier), quoted(name)));
  }
  if (key == nullptr || test.op == ConditionOperator::Null) return;
  if (key->multivalued && !is_set) {
    report(lint::check("MISSING_QUALIFIER"), position,
           fmt::format("write `ForAllValues:` or `ForAnyValue:` before {}: {} has several values",
                       quoted(test.operator_text.value), quoted(name)));
  }
  if (!key->multivalued && test.quantifier == SetQuantifier::ForAllValues) {
    report(lint::check("FORALLVALUES_WITH_SINGLE_VALUED_KEY"), position,
           fmt::format("remove `ForAllValues:`: {} has one value, and without it the test is true",
                       quoted(name)));
  }
  if (!fits(test, *key)) {
    report(lint::check("TYPE_MISMATCH"), position,
           fmt::format("test {} with an operator of its type: `{}` is for another one",
                       quoted(name), to_string(test.op)));
  }
}

WRIT_FUNC void Linter::check_paired_keys(const ConditionTest& test) {
  for (const lint::PairedKeys& pair : lint::kPairedKeys) {
    if (!equals_folded(pair.key, test.key.value)) continue;
    const bool paired = std::any_of(
        std::begin(pair.partners), std::end(pair.partners),
        [this](std::string_view partner) { return !partner.empty() && has_key(partner); });
    if (paired) continue;
    report(
        lint::check("MISSING_PAIRED_CONDITION_KEYS"), test.key.position,
        fmt::format("test `{}` as well: many networks have the same addresses", pair.partners[0]));
  }
}

WRIT_FUNC void Linter::check_key_of_services(const Statement& statement,
                                             const ConditionTest& test) {
  // A test that asks whether the key is there is right to expect that it is not.
  if (test.if_exists || test.op == ConditionOperator::Null) return;
  const std::span<const PrincipalMember> members = statement.principal.members;
  const bool services_only =
      !members.empty() && !statement.principal.negated &&
      std::all_of(members.begin(), members.end(), [](const PrincipalMember& member) {
        return member.kind == PrincipalKind::Service && !member.values.empty();
      });
  if (!services_only) return;
  const bool never =
      std::any_of(std::begin(lint::kNotForServices), std::end(lint::kNotForServices),
                  [&test](std::string_view key) { return is_condition_key(test.key.value, key); });
  if (!never) return;
  report(
      lint::check("UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"), test.key.position,
      fmt::format("remove {}: calls by a service principal never have it", quoted(test.key.value)));
}

// C-45 to C-47; a negated operator without values is refused (C-48).
WRIT_FUNC void Linter::check_empty_values(const ConditionTest& test) {
  if (!test.is_list || !test.values.empty() || is_negated(test.op)) return;
  const JsonNode* node = node_at(test.key.position);
  if (node == nullptr || node->child_count != 0) return;
  if (test.quantifier == SetQuantifier::ForAllValues) {
    report(
        lint::check("EMPTY_ARRAY_CONDITION_FORALLVALUES"), node->begin,
        fmt::format("write `\"Null\": {{\"{}\": \"true\"}}`: without values the test is true only "
                    "if the key is absent",
                    test.key.value));
  } else if (test.quantifier == SetQuantifier::ForAnyValue) {
    report(lint::check("EMPTY_ARRAY_CONDITION_FORANYVALUE"), node->begin,
           "give the key a value: without one the test is never true");
  } else if (test.if_exists) {
    report(
        lint::check("EMPTY_ARRAY_CONDITION_IFEXISTS"), node->begin,
        fmt::format("write `\"Null\": {{\"{}\": \"true\"}}`: without values the test is true only "
                    "if the key is absent",
                    test.key.value));
  } else {
    report(lint::check("EMPTY_ARRAY_CONDITION"), node->begin,
           "give the key a value: without one the statement allows nothing");
  }
}

// G-60.
WRIT_FUNC void Linter::check_value_kinds(const ConditionTest& test) {
  for (const ConditionValue& value : test.values) {
    if (value.kind == test.values.front().kind) continue;
    report(lint::check("INVALID_CONDITION_DATA_TYPE"), value.position,
           fmt::format("write all values of {} as strings", quoted(test.key.value)));
    break;
  }
  if (test.op == ConditionOperator::Bool && test.values.size() > 1) {
    report(lint::check("INVALID_CONDITION_MULTIPLE_BOOLEAN"), test.values[1].position,
           fmt::format("give {} one of `true` and `false`", quoted(test.key.value)));
  }
}

// Who may assume a role of which GitHub's provider is a principal.
WRIT_FUNC void Linter::check_github_subject(const Statement& statement, const ConditionTest& test) {
  constexpr std::string_view kSubject = ":sub";
  const std::string_view key = test.key.value;
  const std::size_t colon = key.rfind(':');
  if (type_ != PolicyType::RoleTrust || statement.effect != Effect::Allow ||
      !takes_wildcards(test.op) || is_negated(test.op) || colon == std::string_view::npos ||
      !equals_folded(key.substr(colon), kSubject) || !is_github(folded(key.substr(0, colon)))) {
    return;
  }
  for (const ConditionValue& value : test.values) {
    if (find_wildcard(value.text, document_.has_variables()) == std::string_view::npos) continue;
    report(lint::check("SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED"), value.position,
           fmt::format("name the repository and the branch instead of {}", quoted(value.text)));
  }
}

}  // namespace detail
}  // namespace writ::inline v0
