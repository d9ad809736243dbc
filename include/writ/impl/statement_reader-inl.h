// Not API, may change in any release. The lower half of PolicyReader: one statement (G-18 to G-62).
#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "writ/hash.h"
#include "writ/impl/grammar.h"
#include "writ/impl/policy_reader.h"

namespace writ::inline v0 {

WRIT_FUNC void PolicyReader::read_statement(const Node& node) {
  Statement& statement = document_.statements_.emplace_back();
  statement.begin = node.begin;
  statement.end = node.end;
  const Elements elements = find_elements(node);
  if (done()) return;
  read_sid(elements.sid, statement);
  const bool has_effect = read_effect(node, elements.effect, statement);
  if (done()) return;
  read_principal(node, elements, statement);
  if (done()) return;
  read_action(node, elements, statement);
  if (done()) return;
  read_resource(node, elements, statement);
  if (done()) return;
  if (has_effect && type_ == PolicyType::ResourceControl && statement.effect == Effect::Allow) {
    check_rcp_allow(node, elements);
    if (done()) return;
  }
  read_condition(elements.condition, statement);
}

// Written out, because each comparison with a literal is one or two of words.
WRIT_FUNC const detail::JsonNode* PolicyReader::Elements::*PolicyReader::find_element(
    std::string_view name) noexcept {
  if (name == "Effect") return &Elements::effect;
  if (name == "Action") return &Elements::action;
  if (name == "Resource") return &Elements::resource;
  if (name == "Sid") return &Elements::sid;
  if (name == "Condition") return &Elements::condition;
  if (name == "Principal") return &Elements::principal;
  if (name == "NotAction") return &Elements::not_action;
  if (name == "NotResource") return &Elements::not_resource;
  if (name == "NotPrincipal") return &Elements::not_principal;
  return nullptr;
}

WRIT_FUNC PolicyReader::Elements PolicyReader::find_elements(const Node& node) {
  Elements elements;
  for (const Node* child = tree_.first_child(node); child != nullptr && !done();
       child = tree_.next(*child)) {
    const Node* Elements::*const element = find_element(child->name);
    if (element == nullptr) {
      refuse(ErrorCode::InvalidPolicyElement, "G-6", *child,
             fmt::format("unknown element {}: statements have `Sid`, `Effect`, `Principal`, "
                         "`Action`, `Resource`, `Condition` and the `Not` forms",
                         detail::quoted(child->name)),
             At::Name);
    } else if (elements.*element == nullptr) {
      elements.*element = child;
    }
  }
  return elements;
}

WRIT_FUNC void PolicyReader::read_sid(const Node* node, Statement& statement) {
  if (node == nullptr) return;
  if (node->kind != detail::JsonKind::String) {
    refuse(ErrorCode::DataTypeMismatch, "G-18", *node, "write `Sid` as a string");
    return;
  }
  statement.has_sid = true;
  statement.sid = {node->text, node->begin};
  const bool plain = is_kind({PolicyType::IdentityBased, PolicyType::PermissionsBoundary,
                              PolicyType::Session, PolicyType::RoleTrust});
  if (plain && !detail::is_plain_sid(node->text)) {
    refuse(
        ErrorCode::UnsupportedSid, "G-18", *node,
        fmt::format("write the `Sid` {} with letters and digits only", detail::quoted(node->text)));
  }
  if (!node->text.empty()) named_.push_back({hash_bytes(node->text), node});
}

WRIT_FUNC bool PolicyReader::read_effect(const Node& parent, const Node* node,
                                         Statement& statement) {
  if (node == nullptr) {
    refuse(ErrorCode::MissingEffect, "G-20", parent, "add an `Effect`: `Allow` or `Deny`");
    return false;
  }
  if (node->kind == detail::JsonKind::String && (node->text == "Allow" || node->text == "Deny")) {
    statement.effect = node->text == "Allow" ? Effect::Allow : Effect::Deny;
    return true;
  }
  refuse(ErrorCode::InvalidEffect, "G-20", *node,
         "write `Effect` as the string `Allow` or `Deny`, in this letter case");
  return false;
}

template <class Check>
bool PolicyReader::read_strings(const Node& node, std::string_view rule, std::string_view what,
                                std::span<const Text>& values, bool& is_list, const Check& check) {
  is_list = node.kind == detail::JsonKind::Array;
  if (!is_list && node.kind != detail::JsonKind::String) {
    refuse(ErrorCode::DataTypeMismatch, rule, node,
           fmt::format("write `{}` as a string or an array of strings", what));
    return false;
  }
  detail::ArenaList<Text> list(document_.lists_, is_list ? node.child_count : 1);
  if (!is_list) {
    count_value(node);
    list.add({node.text, node.begin});
    values = list.items();
    check(node);
    return true;
  }
  for (const Node* child = tree_.first_child(node); child != nullptr && !done();
       child = tree_.next(*child)) {
    if (child->kind != detail::JsonKind::String) {
      refuse(ErrorCode::DataTypeMismatch, "G-10", *child,
             fmt::format("the array of `{}` takes strings only", what));
      continue;
    }
    count_value(*child);
    list.add({child->text, child->begin});
    check(*child);
  }
  values = list.items();
  return true;
}

WRIT_FUNC void PolicyReader::read_principal(const Node& parent, const Elements& elements,
                                            Statement& statement) {
  const Node* node = elements.principal != nullptr ? elements.principal : elements.not_principal;
  const bool negated = elements.principal == nullptr && node != nullptr;
  if (is_kind({PolicyType::IdentityBased, PolicyType::PermissionsBoundary, PolicyType::Session,
               PolicyType::ServiceControl})) {
    if (node == nullptr) return;
    refuse(ErrorCode::UnsupportedPrincipal, "G-44", *node,
           fmt::format("remove `{}`: policies of this kind apply to whom they are attached to",
                       node->name),
           At::Name);
    return;
  }
  if (type_ == PolicyType::ResourceControl) {
    if (elements.not_principal != nullptr) {
      refuse(ErrorCode::RcpSyntaxError, "G-45", *elements.not_principal,
             "replace `NotPrincipal` by `\"Principal\": \"*\"`: resource control policies take no "
             "other",
             At::Name);
      return;
    }
    if (node == nullptr || node->kind != detail::JsonKind::String || node->text != "*") {
      refuse(ErrorCode::RcpSyntaxError, "G-45", node == nullptr ? parent : *node,
             "write `\"Principal\": \"*\"`: resource control policies take no other");
      return;
    }
  }
  if (elements.principal != nullptr && elements.not_principal != nullptr) {
    refuse(ErrorCode::UnsupportedElementCombination, "G-43", *elements.not_principal,
           "keep one of `Principal` and `NotPrincipal`", At::Name);
    return;
  }
  if (node == nullptr) {
    refuse(ErrorCode::MissingPrincipal, "G-43", parent,
           "add a `Principal`: policies of this kind say to whom they apply");
    return;
  }
  statement.principal.present = true;
  statement.principal.negated = negated;
  statement.principal.position = node->begin;
  if (negated && type_ == PolicyType::RoleTrust) {
    refuse(ErrorCode::UnsupportedPrincipal, "G-53", *node,
           "replace `NotPrincipal` by `Principal`: role trust policies take no other", At::Name);
  } else if (negated && elements.effect != nullptr && statement.effect == Effect::Allow) {
    refuse(ErrorCode::UnsupportedPrincipal, "G-54", *node,
           "replace `NotPrincipal`: with `Allow` it would grant to everybody else", At::Name);
  }
  if (!done()) read_principal_members(*node, statement);
}

WRIT_FUNC void PolicyReader::read_principal_members(const Node& node, Statement& statement) {
  if (node.kind == detail::JsonKind::String && node.text == "*") {
    statement.principal.everyone = true;
    if (statement.principal.negated) {
      refuse(ErrorCode::UnsupportedWildcardInPrincipal, "P-64", node,
             "name the principals of `NotPrincipal`: it takes no `*`");
    }
    return;
  }
  if (node.kind != detail::JsonKind::Object) {
    refuse(ErrorCode::InvalidPrincipalFormat, "G-46", node,
           fmt::format("write `{}` as `*` or an object such as `{{\"AWS\": \"111122223333\"}}`",
                       node.name));
    return;
  }
  detail::ArenaList<PrincipalMember> list(document_.lists_, node.child_count);
  for (const Node* child = tree_.first_child(node); child != nullptr && !done();
       child = tree_.next(*child)) {
    read_principal_member(*child, statement.principal.negated, list);
  }
  const std::span<const PrincipalMember> members = list.items();
  statement.principal.members = members;
  if (!statement.principal.negated || done()) return;
  const bool empty = std::all_of(members.begin(), members.end(), [](const PrincipalMember& member) {
    return member.values.empty();
  });
  if (!empty) return;
  refuse(ErrorCode::EmptyNotElement, "G-48", node,
         "name a principal in `NotPrincipal`: empty, it would mean everybody");
}

WRIT_FUNC void PolicyReader::read_principal_member(const Node& node, bool negated,
                                                   detail::ArenaList<PrincipalMember>& members) {
  PrincipalMember member;
  bool known = false;
  for (const PrincipalKind kind : {PrincipalKind::Aws, PrincipalKind::Federated,
                                   PrincipalKind::Service, PrincipalKind::CanonicalUser}) {
    if (node.name != to_string(kind)) continue;
    member.kind = kind;
    known = true;
  }
  if (!known) {
    refuse(ErrorCode::InvalidPrincipalKey, "G-46", node,
           fmt::format("unknown kind of principal {}: write `AWS`, `Federated`, `Service` or "
                       "`CanonicalUser`",
                       detail::quoted(node.name)),
           At::Name);
    return;
  }
  read_strings(node, "G-47", node.name, member.values, member.is_list, [&](const Node& value) {
    if (negated && member.kind == PrincipalKind::Aws && value.text == "*") {
      refuse(ErrorCode::UnsupportedWildcardInPrincipal, "P-64", value,
             "name the principals of `NotPrincipal`: it takes no `*`");
    } else if (std::optional<detail::Refusal> refusal =
                   detail::check_principal(member.kind, value.text)) {
      refuse(std::move(*refusal), value);
    }
  });
  members.add(member);
}

// E-31: the only Allow of a resource control policy is RCPFullAWSAccess.
WRIT_FUNC void PolicyReader::check_rcp_allow(const Node& parent, const Elements& elements) {
  const auto is_star = [this](const Node* node) {
    if (node != nullptr && node->kind == detail::JsonKind::Array && node->child_count == 1) {
      node = tree_.first_child(*node);
    }
    return node != nullptr && node->kind == detail::JsonKind::String && node->text == "*";
  };
  if (is_star(elements.action) && is_star(elements.resource) && elements.not_action == nullptr &&
      elements.not_resource == nullptr && elements.condition == nullptr) {
    return;
  }
  refuse(ErrorCode::RcpSyntaxError, "E-31", elements.effect != nullptr ? *elements.effect : parent,
         "write `Deny`: in resource control policies only RCPFullAWSAccess allows");
}

WRIT_FUNC void PolicyReader::read_action(const Node& parent, const Elements& elements,
                                         Statement& statement) {
  const bool rcp = type_ == PolicyType::ResourceControl;
  if (elements.action != nullptr && elements.not_action != nullptr) {
    refuse(ErrorCode::UnsupportedElementCombination, "G-21", *elements.not_action,
           "keep one of `Action` and `NotAction`", At::Name);
    return;
  }
  const Node* node = elements.action != nullptr ? elements.action : elements.not_action;
  if (node == nullptr) {
    refuse(ErrorCode::MissingAction, "G-21", parent, "add an `Action` or a `NotAction`");
    return;
  }
  PatternList& list = statement.action;
  list.present = true;
  list.negated = node == elements.not_action;
  list.position = node->begin;
  if (rcp && list.negated) {
    refuse(ErrorCode::RcpSyntaxError, "G-29", *node,
           "replace `NotAction` by `Action`: resource control policies take no other", At::Name);
    return;
  }
  const bool star_refused = rcp && statement.effect == Effect::Deny;
  const bool read =
      read_strings(*node, "G-22", node->name, list.values, list.is_list, [&](const Node& value) {
        if (star_refused && value.text == "*") {
          refuse(ErrorCode::RcpSyntaxError, "G-29", value,
                 "name a service in `Action`: resource control policies take no `*` alone");
        } else if (std::optional<detail::Refusal> refusal =
                       detail::check_action(value.text, type_)) {
          refuse(std::move(*refusal), value);
        }
        check_wildcards(value.text, value);
      });
  if (read && list.negated && node->kind == detail::JsonKind::Array && node->child_count == 0) {
    refuse(ErrorCode::EmptyNotElement, "G-26", *node,
           "name an action in `NotAction`: empty, it would mean every action");
  }
}

WRIT_FUNC void PolicyReader::read_resource(const Node& parent, const Elements& elements,
                                           Statement& statement) {
  const Node* node = elements.resource != nullptr ? elements.resource : elements.not_resource;
  if (type_ == PolicyType::RoleTrust) {
    if (node == nullptr) return;
    refuse(ErrorCode::UnsupportedResource, "G-32", *node,
           fmt::format("remove `{}`: the resource of a role trust policy is its role", node->name),
           At::Name);
    return;
  }
  const bool optional = type_ == PolicyType::ResourceBased;
  if (elements.resource != nullptr && elements.not_resource != nullptr) {
    refuse(ErrorCode::UnsupportedElementCombination, optional ? "G-41" : "G-31",
           *elements.not_resource, "keep one of `Resource` and `NotResource`", At::Name);
    return;
  }
  if (node == nullptr) {
    if (optional) return;
    refuse(ErrorCode::MissingResource, "G-31", parent, "add a `Resource` or a `NotResource`");
    return;
  }
  PatternList& list = statement.resource;
  list.present = true;
  list.negated = node == elements.not_resource;
  list.position = node->begin;
  const bool variables = document_.has_variables();
  const bool read =
      read_strings(*node, "G-33", node->name, list.values, list.is_list, [&](const Node& value) {
        if (std::optional<detail::Refusal> refusal =
                detail::check_resource(value.text, type_, variables)) {
          refuse(std::move(*refusal), value);
        }
        check_wildcards(value.text, value);
      });
  if (read && list.negated && node->kind == detail::JsonKind::Array && node->child_count == 0) {
    refuse(ErrorCode::EmptyNotElement, "G-39", *node,
           "name a resource in `NotResource`: empty, it would mean every resource");
  }
}

WRIT_FUNC void PolicyReader::read_condition(const Node* node, Statement& statement) {
  if (node == nullptr) return;
  if (node->kind != detail::JsonKind::Object) {
    refuse(ErrorCode::DataTypeMismatch, "G-55", *node,
           "write `Condition` as an object of operators");
    return;
  }
  statement.has_condition = true;
  statement.condition_position = node->begin;
  std::uint32_t group = 0;
  std::size_t keys = 0;
  for (const Node* child = tree_.first_child(*node); child != nullptr; child = tree_.next(*child)) {
    keys += child->child_count;
  }
  detail::ArenaList<ConditionTest> tests(document_.lists_, keys);
  for (const Node* child = tree_.first_child(*node); child != nullptr && !done();
       child = tree_.next(*child)) {
    read_condition_operator(*child, group++, tests);
  }
  statement.conditions = tests.items();
}

WRIT_FUNC void PolicyReader::read_condition_operator(const Node& node, std::uint32_t group,
                                                     detail::ArenaList<ConditionTest>& tests) {
  ConditionTest model;
  model.group = group;
  model.operator_text = {node.name, node.name_position};
  const std::optional<detail::Refusal> refusal = detail::parse_condition_operator(node.name, model);
  if (refusal) refuse(*refusal, node, At::Name);
  if (done()) return;
  if (node.kind != detail::JsonKind::Object) {
    refuse(ErrorCode::DataTypeMismatch, "G-55", node,
           fmt::format("write what follows {} as an object of condition keys",
                       detail::quoted(node.name)));
    return;
  }
  if (node.child_count == 0) {
    refuse(ErrorCode::EmptyConditionOperator, "G-56", node,
           fmt::format("give {} a condition key to test, or remove it", detail::quoted(node.name)));
    return;
  }
  check_condition_keys(node);
  if (refusal) return;  // values mean nothing without their operator
  for (const Node* child = tree_.first_child(node); child != nullptr && !done();
       child = tree_.next(*child)) {
    ConditionTest& test = tests.add(model);
    test.key = {child->name, child->name_position};
    read_condition_values(*child, test);
  }
}

WRIT_FUNC void PolicyReader::check_condition_keys(const Node& node) {
  std::vector<const Node*>& keys = keys_;
  keys.clear();
  for (const Node* child = tree_.first_child(node); child != nullptr && !done();
       child = tree_.next(*child)) {
    if (std::optional<detail::Refusal> refusal = detail::check_condition_key(child->name)) {
      refuse(std::move(*refusal), *child, At::Name);
    }
    keys.push_back(child);
  }
  if (keys.size() < 2) return;
  std::stable_sort(keys.begin(), keys.end(), [](const Node* a, const Node* b) {
    return std::lexicographical_compare(
        a->name.begin(), a->name.end(), b->name.begin(), b->name.end(),
        [](char x, char y) { return fold_ascii(x) < fold_ascii(y); });
  });
  for (std::size_t i = 1; i < keys.size() && !done(); ++i) {
    // Identical names are G-3's.
    if (!equals_folded(keys[i]->name, keys[i - 1]->name) || keys[i]->name == keys[i - 1]->name) {
      continue;
    }
    refuse(ErrorCode::DuplicateKeysWithDifferentCase, "G-4", *keys[i],
           fmt::format("{} and {} are the same condition key: merge them",
                       detail::quoted(keys[i - 1]->name), detail::quoted(keys[i]->name)),
           At::Name);
  }
}

WRIT_FUNC void PolicyReader::read_condition_values(const Node& node, ConditionTest& test) {
  test.is_list = node.kind == detail::JsonKind::Array;
  detail::ArenaList<ConditionValue> values(document_.lists_, test.is_list ? node.child_count : 1);
  if (!test.is_list) {
    read_condition_value(node, test.op, values);
    test.values = values.items();
    return;
  }
  if (node.child_count == 0 && is_negated(test.op)) {
    refuse(ErrorCode::EmptyConditionValues, "C-48", node,
           fmt::format("give {} a value: a negated operator without values would always hold",
                       detail::quoted(node.name)));
  }
  for (const Node* child = tree_.first_child(node); child != nullptr && !done();
       child = tree_.next(*child)) {
    read_condition_value(*child, test.op, values);
  }
  test.values = values.items();
}

WRIT_FUNC void PolicyReader::read_condition_value(const Node& node, ConditionOperator op,
                                                  detail::ArenaList<ConditionValue>& values) {
  ConditionValue value;
  value.text = node.text;
  value.position = node.begin;
  switch (node.kind) {
    case detail::JsonKind::String:
      value.kind = ConditionValueKind::String;
      break;
    case detail::JsonKind::Number:
      value.kind = ConditionValueKind::Number;
      break;
    case detail::JsonKind::True:
    case detail::JsonKind::False:
      value.kind = ConditionValueKind::Boolean;
      break;
    case detail::JsonKind::Null:
      refuse(ErrorCode::DataTypeMismatch, "G-8", node, "replace `null` by a condition value");
      return;
    case detail::JsonKind::Array:
    case detail::JsonKind::Object:
      refuse(ErrorCode::DataTypeMismatch, "G-60", node,
             "write condition values as strings, numbers or booleans, or one array of them");
      return;
  }
  count_value(node);
  values.add(value);
  if (std::optional<detail::Refusal> refusal =
          detail::check_condition_value(op, value, document_.has_variables())) {
    refuse(std::move(*refusal), node);
  }
  if (takes_wildcards(op)) check_wildcards(node.text, node);
}

}  // namespace writ::inline v0
