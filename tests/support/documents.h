// Tells whether two documents say the same, wherever their texts put it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "writ/model/policy_document.h"

namespace writ::test {
namespace documents {

[[nodiscard]] inline std::string difference(std::span<const Text> a, std::span<const Text> b,
                                            const std::string& where) {
  if (a.size() != b.size()) return where + " differs in size";
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].value != b[i].value) return where + "/" + std::to_string(i);
  }
  return {};
}

[[nodiscard]] inline std::string difference(const PatternList& a, const PatternList& b,
                                            const std::string& where) {
  if (a.present != b.present || a.negated != b.negated) return where;
  return difference(a.values, b.values, where);
}

[[nodiscard]] inline std::string difference(const PrincipalElement& a, const PrincipalElement& b,
                                            const std::string& where) {
  if (a.present != b.present || a.negated != b.negated || a.everyone != b.everyone ||
      a.members.size() != b.members.size()) {
    return where;
  }
  for (std::size_t i = 0; i < a.members.size(); ++i) {
    if (a.members[i].kind != b.members[i].kind) return where + " kind";
    std::string found =
        difference(a.members[i].values, b.members[i].values, where + "/" + std::to_string(i));
    if (!found.empty()) return found;
  }
  return {};
}

[[nodiscard]] inline std::string difference(const ConditionTest& a, const ConditionTest& b,
                                            const std::string& where) {
  if (a.op != b.op || a.quantifier != b.quantifier || a.if_exists != b.if_exists) {
    return where + " operator";
  }
  if (a.group != b.group || a.operator_text.value != b.operator_text.value) {
    return where + " operator object";
  }
  if (a.key.value != b.key.value) return where + " key";
  if (a.values.size() != b.values.size()) return where + " differs in size";
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    if (a.values[i].text != b.values[i].text || a.values[i].kind != b.values[i].kind) {
      return where + "/" + std::to_string(i);
    }
  }
  return {};
}

[[nodiscard]] inline std::string difference(const Statement& a, const Statement& b,
                                            const std::string& where) {
  if (a.has_sid != b.has_sid || a.sid.value != b.sid.value) return where + "/Sid";
  if (a.effect != b.effect) return where + "/Effect";
  std::string found = difference(a.principal, b.principal, where + "/Principal");
  if (found.empty()) found = difference(a.action, b.action, where + "/Action");
  if (found.empty()) found = difference(a.resource, b.resource, where + "/Resource");
  if (!found.empty()) return found;
  if (a.has_condition != b.has_condition || a.conditions.size() != b.conditions.size()) {
    return where + "/Condition";
  }
  for (std::size_t i = 0; i < a.conditions.size() && found.empty(); ++i) {
    found = difference(a.conditions[i], b.conditions[i], where + "/Condition/" + std::to_string(i));
  }
  return found;
}

}  // namespace documents

/// Where the first difference is that is not one of positions or of lists written as their only
/// element; empty if there is none.
[[nodiscard]] inline std::string difference(const PolicyDocument& a, const PolicyDocument& b) {
  if (a.type() != b.type()) return "type";
  if (a.version() != b.version()) return "/Version";
  if (a.has_id() != b.has_id() || a.id().value != b.id().value) return "/Id";
  if (a.statements().size() != b.statements().size()) return "/Statement differs in size";
  for (std::size_t i = 0; i < a.statements().size(); ++i) {
    std::string found = documents::difference(a.statements()[i], b.statements()[i],
                                              "/Statement/" + std::to_string(i));
    if (!found.empty()) return found;
  }
  return {};
}

}  // namespace writ::test
