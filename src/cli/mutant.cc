#include "cli/mutant.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "cli/json_output.h"
#include "writ/impl/json_tree.h"
#include "writ/parse.h"
#include "writ/write.h"

namespace writ::cli {
namespace {

using detail::JsonKind;
using detail::JsonNode;
using detail::JsonTree;

constexpr std::uint32_t kNone = JsonNode::kNone;

/// One edit of a JSON tree: a value in the place of another, or something left out.
struct Edit {
  std::uint32_t dropped = kNone;
  std::uint32_t replaced = kNone;
  std::string value;  ///< JSON
};

std::string quoted(std::string_view text) {
  JsonLine json;
  json.string(text);
  return std::string(json.text());
}

class Breaker {
 public:
  Breaker(const JsonTree& tree, const PolicyDocument& document) : tree_(tree), document_(document) {
    seen_.insert(write_policy(document));
  }

  std::vector<Mutant> all() {
    const JsonNode* const statements = tree_.member(tree_.root(), "Statement");
    if (statements == nullptr) return {};
    if (statements->kind == JsonKind::Object) {
      break_statement(*statements, true);
    } else {
      for (const auto* one = tree_.first_child(*statements); one != nullptr;
           one = tree_.next(*one)) {
        break_statement(*one, statements->child_count == 1);
      }
    }
    return std::move(mutants_);
  }

 private:
  void write(const JsonNode& node, const Edit& edit, std::string& out) const;
  void add(MutationKind kind, const JsonNode& where, std::string what, const Edit& edit,
           bool at_name = false);
  [[nodiscard]] Edit drop(const JsonNode& node) const {
    Edit edit;
    edit.dropped = tree_.index_of(node);
    return edit;
  }
  [[nodiscard]] Edit replace(const JsonNode& node, std::string value) const {
    Edit edit;
    edit.replaced = tree_.index_of(node);
    edit.value = std::move(value);
    return edit;
  }

  void break_statement(const JsonNode& statement, bool only);
  void break_patterns(const JsonNode& element);
  void break_pattern(const JsonNode& element, const JsonNode& pattern);
  void break_principals(const JsonNode& element);
  void break_condition(const JsonNode& condition);
  void break_test(const JsonNode& condition, const JsonNode& op, const JsonNode& test);
  /// Gives a test an operator of another name.
  void rename_operator(MutationKind kind, const JsonNode& condition, const JsonNode& op,
                       const JsonNode& test, const std::string& name);
  [[nodiscard]] std::string text_of(const JsonNode& node) const {
    std::string text;
    write(node, {}, text);
    return text;
  }

  const JsonTree& tree_;
  const PolicyDocument& document_;
  std::set<std::string> seen_;  // canonical forms
  std::string statement_;
  std::vector<Mutant> mutants_;
};

// Recursion is as deep as the tree, which JsonTree limits to 16.
void Breaker::write(const JsonNode& node, const Edit& edit, std::string& out) const {
  const std::uint32_t index = tree_.index_of(node);
  if (index == edit.replaced) {
    out += edit.value;
    return;
  }
  switch (node.kind) {
    case JsonKind::String:
      out += quoted(node.text);
      return;
    case JsonKind::Object:
    case JsonKind::Array:
      break;
    default:
      out += node.kind == JsonKind::Null    ? "null"
             : node.kind == JsonKind::True  ? "true"
             : node.kind == JsonKind::False ? "false"
                                            : node.text;
      return;
  }
  const bool object = node.kind == JsonKind::Object;
  out += object ? '{' : '[';
  bool first = true;
  for (const auto* child = tree_.first_child(node); child != nullptr; child = tree_.next(*child)) {
    const std::uint32_t child_index = tree_.index_of(*child);
    if (child_index == edit.dropped) continue;
    if (!first) out += ',';
    first = false;
    if (object) {
      out += quoted(child->name);
      out += ':';
    }
    write(*child, edit, out);
  }
  out += object ? '}' : ']';
}

void Breaker::add(MutationKind kind, const JsonNode& where, std::string what, const Edit& edit,
                  bool at_name) {
  std::string text;
  write(tree_.root(), edit, text);
  const Result<PolicyDocument> changed = parse_policy(text, document_.type());
  if (!changed) return;
  std::string canonical = write_policy(*changed);
  if (!seen_.insert(canonical).second) return;
  mutants_.push_back({kind, at_name ? where.name_position : where.begin, statement_,
                      std::move(what), std::move(canonical)});
}

void Breaker::break_statement(const JsonNode& statement, bool only) {
  const JsonNode* const sid = tree_.member(statement, "Sid");
  statement_ =
      fmt::format("statement {}", statement.kind == JsonKind::Object && statement.parent != kNone &&
                                          tree_.node(statement.parent).kind == JsonKind::Array
                                      ? statement.index + 1
                                      : 1);
  if (sid != nullptr && !sid->text.empty()) {
    statement_ += fmt::format(" `{}`", sid->text);
  }
  if (only) {
    // A document without statements is none: a condition that nothing meets is as good.
    std::string text = text_of(statement);
    const JsonNode* const condition = tree_.member(statement, "Condition");
    constexpr std::string_view kNever =
        R"({"Null":{"writ:Absent":"true"},"StringEquals":{"writ:Absent":"present"}})";
    if (condition != nullptr) {
      add(MutationKind::DropStatement, statement, "dropped",
          replace(*condition, std::string(kNever)));
    } else {
      text.pop_back();
      text += fmt::format(",\"Condition\":{}}}", kNever);
      add(MutationKind::DropStatement, statement, "dropped", replace(statement, text));
    }
  } else {
    add(MutationKind::DropStatement, statement, "dropped", drop(statement));
  }
  for (const auto* member = tree_.first_child(statement); member != nullptr;
       member = tree_.next(*member)) {
    if (member->name == "Effect") {
      const std::string_view other = member->text == "Allow" ? "Deny" : "Allow";
      add(MutationKind::FlipEffect, *member,
          fmt::format("Effect `{}` becomes `{}`", member->text, other),
          replace(*member, quoted(other)));
    } else if (member->name == "Action" || member->name == "NotAction" ||
               member->name == "Resource" || member->name == "NotResource") {
      break_patterns(*member);
    } else if (member->name == "Principal" || member->name == "NotPrincipal") {
      break_principals(*member);
    } else if (member->name == "Condition") {
      break_condition(*member);
    }
  }
}

void Breaker::break_patterns(const JsonNode& element) {
  if (element.kind == JsonKind::String) {
    break_pattern(element, element);
    return;
  }
  for (const auto* one = tree_.first_child(element); one != nullptr; one = tree_.next(*one)) {
    if (element.child_count > 1) {
      add(MutationKind::RemovePattern, *one,
          fmt::format("{} `{}` removed", element.name, one->text), drop(*one));
    }
    break_pattern(element, *one);
  }
}

void Breaker::break_pattern(const JsonNode& element, const JsonNode& pattern) {
  const std::string_view text = pattern.text;
  const auto becomes = [&](MutationKind kind, const std::string& other) {
    add(kind, pattern, fmt::format("{} `{}` becomes `{}`", element.name, text, other),
        replace(pattern, quoted(other)));
  };
  const auto widen = [&](const std::string& other) { becomes(MutationKind::WidenPattern, other); };
  const auto narrow = [&](const std::string& other) {
    becomes(MutationKind::NarrowPattern, other);
  };
  const bool action = element.name.ends_with("Action");
  const std::size_t colon = text.find(':');
  if (action) {
    widen(colon == std::string_view::npos ? "*" : std::string(text.substr(0, colon + 1)) + "*");
    // The verb: up to the second capital letter of the name.
    if (colon != std::string_view::npos && colon + 2 < text.size()) {
      std::size_t end = colon + 2;
      while (end < text.size() && (text[end] < 'A' || text[end] > 'Z') && text[end] != '*') ++end;
      if (end < text.size()) widen(std::string(text.substr(0, end)) + "*");
    }
    if (text == "*") {
      narrow("writ:Nothing");
    } else if (text.ends_with('*')) {
      narrow(std::string(text.substr(0, text.size() - 1)) + "x*");
    } else {
      narrow(std::string(text) + "x");
    }
    return;
  }
  if (text == "*") {
    narrow("arn:aws:writ:::nothing");
    return;
  }
  widen("*");
  const std::size_t slash = text.find_last_of(":/");
  if (slash != std::string_view::npos) widen(std::string(text.substr(0, slash + 1)) + "*");
  const std::size_t variable = text.find("${");
  const std::size_t end = variable == std::string_view::npos ? variable : text.find('}', variable);
  if (end != std::string_view::npos) {
    widen(std::string(text.substr(0, variable)) + "*" + std::string(text.substr(end + 1)));
  }
  if (text.ends_with('*')) {
    narrow(std::string(text.substr(0, text.size() - 1)) + "x*");
  } else {
    narrow(std::string(text) + "x");
  }
}

void Breaker::break_principals(const JsonNode& element) {
  if (element.kind != JsonKind::Object) return;
  if (element.name == "Principal") {
    add(MutationKind::WidenPrincipal, element, "Principal becomes `*`", replace(element, "\"*\""));
  }
  for (const auto* member = tree_.first_child(element); member != nullptr;
       member = tree_.next(*member)) {
    const auto removed = [&](const JsonNode& value) {
      return fmt::format("{} {} `{}` removed", element.name, member->name, value.text);
    };
    const JsonNode* only = member->child_count == 1 ? tree_.first_child(*member) : nullptr;
    if (member->kind == JsonKind::String) only = member;
    if (only != nullptr) {
      if (element.child_count > 1) {
        add(MutationKind::RemovePrincipal, *only, removed(*only), drop(*member));
      }
      continue;
    }
    for (const auto* value = tree_.first_child(*member); value != nullptr;
         value = tree_.next(*value)) {
      add(MutationKind::RemovePrincipal, *value, removed(*value), drop(*value));
    }
  }
}

void Breaker::break_condition(const JsonNode& condition) {
  if (condition.kind != JsonKind::Object) return;
  for (const auto* op = tree_.first_child(condition); op != nullptr; op = tree_.next(*op)) {
    if (op->kind != JsonKind::Object) continue;
    for (const auto* test = tree_.first_child(*op); test != nullptr; test = tree_.next(*test)) {
      break_test(condition, *op, *test);
    }
  }
}

using Pair = std::pair<std::string_view, std::string_view>;
/// Operators whose tests hold where the other's do not.
constexpr std::array<Pair, 12> kOpposites = {{
    {"StringEquals", "StringNotEquals"},
    {"StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"},
    {"StringLike", "StringNotLike"},
    {"NumericEquals", "NumericNotEquals"},
    {"NumericLessThan", "NumericGreaterThanEquals"},
    {"NumericGreaterThan", "NumericLessThanEquals"},
    {"DateEquals", "DateNotEquals"},
    {"DateLessThan", "DateGreaterThanEquals"},
    {"DateGreaterThan", "DateLessThanEquals"},
    {"IpAddress", "NotIpAddress"},
    {"ArnEquals", "ArnNotEquals"},
    {"ArnLike", "ArnNotLike"},
}};

std::optional<std::string_view> opposite(std::string_view op) {
  for (const Pair& pair : kOpposites) {
    if (op == pair.first) return pair.second;
    if (op == pair.second) return pair.first;
  }
  return std::nullopt;
}

void Breaker::rename_operator(MutationKind kind, const JsonNode& condition, const JsonNode& op,
                              const JsonNode& test, const std::string& name) {
  // The test leaves its operator's object and joins, or makes, the other's.
  std::string text = "{";
  const auto separate = [&text] {
    if (text.size() > 1) text += ',';
  };
  bool joined = false;
  for (const auto* one = tree_.first_child(condition); one != nullptr; one = tree_.next(*one)) {
    const bool joins = one->name == name;
    if (one == &op && op.child_count == 1) {
      if (tree_.member(condition, name) != nullptr) continue;
      separate();
      text += fmt::format("{}:{{{}:{}}}", quoted(name), quoted(test.name), text_of(test));
      joined = true;
      continue;
    }
    separate();
    text += quoted(one->name) + ":";
    std::string object;
    write(*one, one == &op ? drop(test) : Edit(), object);
    if (joins && !joined) {
      if (tree_.member(*one, test.name) != nullptr) return;  // both would test one key
      object.pop_back();
      object += fmt::format("{}{}:{}}}", one->child_count > 0 ? "," : "", quoted(test.name),
                            text_of(test));
      joined = true;
    }
    text += object;
  }
  if (!joined) {
    separate();
    text += fmt::format("{}:{{{}:{}}}", quoted(name), quoted(test.name), text_of(test));
  }
  text += '}';
  add(kind, test, fmt::format("{} `{}` becomes {}", op.name, test.name, name),
      replace(condition, text), true);
}

void Breaker::break_test(const JsonNode& condition, const JsonNode& op, const JsonNode& test) {
  const JsonNode& dropped = op.child_count > 1 ? test : condition.child_count > 1 ? op : condition;
  add(MutationKind::DropCondition, test, fmt::format("{} `{}` dropped", op.name, test.name),
      drop(dropped), true);

  std::string_view base = op.name;
  std::string quantifier;
  const std::size_t colon = base.find(':');
  if (colon != std::string_view::npos) {
    quantifier = base.substr(0, colon + 1);
    base.remove_prefix(colon + 1);
  }
  std::string suffix;
  if (base.ends_with("IfExists")) {
    suffix = "IfExists";
    base.remove_suffix(8);
  }
  if (const std::optional<std::string_view> other = opposite(base)) {
    rename_operator(MutationKind::NegateOperator, condition, op, test,
                    quantifier + std::string(*other) + suffix);
  } else if ((base == "Bool" || base == "Null") && test.kind != JsonKind::Array) {
    const bool was = test.kind == JsonKind::True || test.text == "true";
    add(MutationKind::NegateOperator, test,
        fmt::format("{} `{}` becomes {}", op.name, test.name, was ? "false" : "true"),
        replace(test, was ? "\"false\"" : "\"true\""), true);
  }
  if (quantifier == "ForAllValues:" || quantifier == "ForAnyValue:") {
    rename_operator(MutationKind::SwapQuantifier, condition, op, test,
                    (quantifier == "ForAllValues:" ? "ForAnyValue:" : "ForAllValues:") +
                        std::string(base) + suffix);
  }
  if (test.kind == JsonKind::Array && test.child_count > 1) {
    for (const auto* value = tree_.first_child(test); value != nullptr;
         value = tree_.next(*value)) {
      add(MutationKind::RemoveValue, *value,
          fmt::format("value {} of {} `{}` removed", text_of(*value), op.name, test.name),
          drop(*value));
    }
  }
}

}  // namespace

std::string_view to_string(MutationKind kind) noexcept {
  constexpr std::string_view kNames[] = {"dropStatement",  "flipEffect",     "removePattern",
                                         "widenPattern",   "narrowPattern",  "dropCondition",
                                         "negateOperator", "swapQuantifier", "removeValue",
                                         "widenPrincipal", "removePrincipal"};
  return kNames[static_cast<int>(kind)];
}

std::vector<Mutant> mutants_of(std::string_view text, const PolicyDocument& document) {
  const Result<JsonTree> tree = JsonTree::parse(text);
  if (!tree) return {};
  return Breaker(*tree, document).all();
}

}  // namespace writ::cli
