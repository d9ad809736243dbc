#include "cli/policy_assumptions.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/json_output.h"
#include "writ/impl/fold.h"
#include "writ/impl/variables.h"
#include "writ/parse.h"

namespace writ::cli {
namespace {

using detail::folded;
using detail::JsonKind;
using detail::JsonNode;
using detail::JsonTree;

constexpr std::size_t kMaxCompiled = 256;

// The keys of the variables in a pattern: `${aws:username}`, `${aws:username, 'default'}`.
void add_variables(std::string_view pattern, AtomTable& table, std::vector<std::uint32_t>& keys) {
  detail::PatternPieces pieces(pattern, true);
  for (detail::PatternPiece piece; pieces.next(piece);) {
    const bool is_key = piece.kind == detail::PatternPiece::Kind::Variable &&
                        piece.text.find(':') != std::string_view::npos;
    if (is_key) keys.push_back(table.key(piece.text));
  }
}

// Copies JSON, but for what an assumption changes in one statement.
class Rewriter {
 public:
  struct Statement {
    bool is_disabled = false;
    bool any_resource = false;
    std::vector<bool> dropped_tests;
    std::vector<bool> dropped_patterns;
  };

  Rewriter(const JsonTree& tree, const std::vector<Statement>& statements)
      : tree_(tree), statements_(statements) {}

  [[nodiscard]] std::string run() {
    json_.begin_object();
    for_each(tree_.root(), [this](const JsonNode& member) {
      json_.key(member.name);
      if (member.name != "Statement") return copy(member);
      if (member.kind == JsonKind::Object) return write_statement(member, statements_[0]);
      json_.begin_array();
      std::size_t i = 0;
      for_each(member, [&](const JsonNode& node) { write_statement(node, statements_[i++]); });
      json_.end_array();
    });
    json_.end_object();
    return std::string(json_.text());
  }

 private:
  template <class Each>
  void for_each(const JsonNode& parent, Each each) const {
    for (const JsonNode* node = tree_.first_child(parent); node != nullptr;
         node = tree_.next(*node)) {
      each(*node);
    }
  }

  // The document has been parsed: it is nested no deeper than G-11 allows.
  void copy(const JsonNode& node) {
    switch (node.kind) {
      case JsonKind::Null:
        return json_.null();
      case JsonKind::False:
        return json_.boolean(false);
      case JsonKind::True:
        return json_.boolean(true);
      case JsonKind::Number:
        return json_.raw_number(node.text);
      case JsonKind::String:
        return json_.string(node.text);
      case JsonKind::Array:
        json_.begin_array();
        for_each(node, [this](const JsonNode& element) { copy(element); });
        return json_.end_array();
      case JsonKind::Object:
        json_.begin_object();
        for_each(node, [this](const JsonNode& member) {
          json_.key(member.name);
          copy(member);
        });
        return json_.end_object();
    }
  }

  void write_statement(const JsonNode& node, const Statement& change) {
    json_.begin_object();
    for_each(node, [&](const JsonNode& member) {
      const bool is_action = member.name == "Action" || member.name == "NotAction";
      const bool is_resource = member.name == "Resource" || member.name == "NotResource";
      if (is_action && change.is_disabled) {
        json_.key("Action");
        json_.begin_array();
        json_.end_array();
      } else if (is_resource) {
        write_resource(member, change);
      } else if (member.name == "Condition") {
        write_condition(member, change);
      } else {
        json_.key(member.name);
        copy(member);
      }
    });
    json_.end_object();
  }

  void write_resource(const JsonNode& member, const Statement& change) {
    if (change.any_resource || change.is_disabled) {
      json_.key("Resource");
      json_.string("*");
      return;
    }
    json_.key(member.name);
    if (member.kind != JsonKind::Array) return copy(member);
    json_.begin_array();
    std::size_t i = 0;
    for_each(member, [&](const JsonNode& pattern) {
      if (!change.dropped_patterns[i++]) copy(pattern);
    });
    json_.end_array();
  }

  void write_condition(const JsonNode& member, const Statement& change) {
    json_.key("Condition");
    json_.begin_object();
    std::size_t test = 0;
    for_each(member, [&](const JsonNode& tests) {
      const std::size_t first = test;
      test += tests.child_count;
      const auto dropped = change.dropped_tests.begin() + static_cast<std::ptrdiff_t>(first);
      const auto count = static_cast<std::ptrdiff_t>(tests.child_count);
      if (count > 0 && std::all_of(dropped, dropped + count, [](bool is) { return is; })) return;
      json_.key(tests.name);
      json_.begin_object();
      std::size_t i = first;
      for_each(tests, [&](const JsonNode& key) {
        if (change.dropped_tests[i++]) return;
        json_.key(key.name);
        copy(key);
      });
      json_.end_object();
    });
    json_.end_object();
  }

  const JsonTree& tree_;
  const std::vector<Statement>& statements_;
  JsonLine json_;
};

}  // namespace

std::uint32_t AtomTable::key(std::string_view name) {
  const auto [found, added] =
      keys_by_name_.try_emplace(folded(name), static_cast<std::uint32_t>(keys_.size()));
  if (added) keys_.emplace_back(name);
  return found->second;
}

std::uint32_t AtomTable::atom(Atom atom) {
  const auto [found, added] =
      atoms_by_text_.try_emplace(atom.text, static_cast<std::uint32_t>(atoms_.size()));
  if (added) atoms_.push_back(std::move(atom));
  return found->second;
}

Result<AssumableDocument> AssumableDocument::read(std::string_view text, PolicyType type,
                                                  AtomTable& table) {
  AssumableDocument read;
  read.type_ = type;
  Result<PolicyDocument> document = parse_policy(text, type);
  if (!document) return document.error();
  Result<JsonTree> tree = JsonTree::parse(text);
  if (!tree) return tree.error();
  read.document_ = std::move(document).value();
  read.tree_ = std::move(tree).value();
  const bool variables = read.document_.has_variables();
  std::uint32_t number = 0;
  for (const Statement& statement : read.document_.statements()) {
    // What cannot be told at all counts against an Allow and for a Deny (C-70, V-22), so the same
    // test may come out otherwise in a statement of the other effect.
    const std::string_view effect = to_string(statement.effect);
    for (std::uint32_t i = 0; i < statement.conditions.size(); ++i) {
      const ConditionTest& test = statement.conditions[i];
      AtomTable::Atom atom;
      // The same text asks something else where variables are plain text (G-13).
      const bool plain = !variables && takes_variables(test.op) &&
                         std::any_of(test.values.begin(), test.values.end(), [](const auto& value) {
                           return value.text.find("${") != std::string_view::npos;
                         });
      atom.text = fmt::format("{}\n{}{}\n{}", effect, plain ? "plain " : "",
                              test.operator_text.value, folded(test.key.value));
      atom.keys.push_back(table.key(test.key.value));
      for (const ConditionValue& value : test.values) {
        fmt::format_to(std::back_inserter(atom.text), "\n{}", value.text);
        if (variables && takes_variables(test.op)) add_variables(value.text, table, atom.keys);
      }
      read.places_.push_back({table.atom(std::move(atom)), number, false, i});
    }
    for (std::uint32_t i = 0; i < statement.resource.values.size(); ++i) {
      const std::string_view pattern = statement.resource.values[i].value;
      if (pattern == "*") continue;
      AtomTable::Atom atom;
      atom.text = fmt::format("{}\n{}{}\n{}", effect, variables ? "" : "plain ",
                              statement.resource.negated ? "NotResource" : "Resource", pattern);
      atom.needs_resource = true;
      if (variables) add_variables(pattern, table, atom.keys);
      read.places_.push_back({table.atom(std::move(atom)), number, true, i});
    }
    ++number;
  }
  for (const Place& place : read.places_) {
    const AtomTable::Atom& atom = table.atoms()[place.atom];
    read.keys_.insert(read.keys_.end(), atom.keys.begin(), atom.keys.end());
    read.needs_resource_ = read.needs_resource_ || atom.needs_resource;
  }
  std::ranges::sort(read.keys_);
  read.keys_.erase(std::unique(read.keys_.begin(), read.keys_.end()), read.keys_.end());
  return Result<AssumableDocument>(std::move(read));
}

std::string AssumableDocument::rewrite(const std::vector<Assumed>& assumed) const {
  const std::vector<Statement>& statements = document_.statements();
  std::vector<Rewriter::Statement> changes(statements.size());
  for (std::size_t s = 0; s < statements.size(); ++s) {
    changes[s].dropped_tests.resize(statements[s].conditions.size());
    changes[s].dropped_patterns.resize(statements[s].resource.values.size());
  }
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (assumed[i] == Assumed::Nothing) continue;
    const Place& place = places_[i];
    Rewriter::Statement& change = changes[place.statement];
    const bool holds = assumed[i] == Assumed::True;
    if (!place.is_resource) {
      change.dropped_tests[place.index] = true;
      change.is_disabled = change.is_disabled || !holds;
    } else if (statements[place.statement].resource.negated) {
      change.dropped_patterns[place.index] = true;
      change.is_disabled = change.is_disabled || holds;
    } else {
      change.dropped_patterns[place.index] = true;
      change.any_resource = change.any_resource || holds;
    }
  }
  for (std::size_t s = 0; s < statements.size(); ++s) {
    Rewriter::Statement& change = changes[s];
    const bool none_left = std::ranges::all_of(change.dropped_patterns, [](bool is) { return is; });
    if (!none_left || change.dropped_patterns.empty() || change.any_resource) continue;
    // NotResource of nothing is everything, Resource of nothing is nothing.
    change.any_resource = true;
    change.is_disabled = change.is_disabled || !statements[s].resource.negated;
  }
  return Rewriter(tree_, changes).run();
}

std::optional<PolicySet> AssumableDocument::assume(const std::vector<Assumed>& assumed) {
  const std::string name(reinterpret_cast<const char*>(assumed.data()), assumed.size());
  const auto found = compiled_.find(name);
  if (found != compiled_.end()) return found->second;
  const Result<PolicySet> set = compile_policy(rewrite(assumed), type_);
  if (!set) return std::nullopt;
  if (compiled_.size() >= kMaxCompiled) compiled_.clear();
  compiled_.emplace(name, *set);
  return *set;
}

}  // namespace writ::cli
