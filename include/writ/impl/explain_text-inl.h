// Not API, may change in any release. Explanations as text for people and as JSON for programs.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <vector>

#include "writ/explain.h"
#include "writ/impl/explain_words.h"
#include "writ/impl/json_writer.h"
#include "writ/impl/visible_text.h"

namespace writ::inline v0 {

WRIT_FUNC std::string_view to_string(Element element) noexcept {
  switch (element) {
    case Element::Principal:
      return "Principal";
    case Element::Action:
      return "Action";
    case Element::Resource:
      return "Resource";
    case Element::Condition:
      return "Condition";
  }
  return "";
}

WRIT_FUNC std::string_view to_string(Truth truth) noexcept {
  switch (truth) {
    case Truth::False:
      return "false";
    case Truth::Indeterminate:
      return "indeterminate";
    case Truth::True:
      return "true";
  }
  return "";
}

namespace detail {

[[nodiscard]] inline std::string statement_text(const StatementTrace& statement) {
  std::string text = fmt::format("{} statement {}", statement.policy, statement.id.statement + 1);
  if (!statement.sid.empty()) text += fmt::format(" `{}`", statement.sid);
  fmt::format_to(std::back_inserter(text), " ({}, line {} column {})", to_string(statement.effect),
                 statement.begin.line, statement.begin.column);
  return text;
}

[[nodiscard]] inline std::string layer_text(const LayerTrace& layer) {
  return has_levels(layer.type) ? fmt::format("{} level {}", to_string(layer.type), layer.level)
                                : std::string(to_string(layer.type));
}

[[nodiscard]] inline std::string quoted_list(const std::vector<std::string>& list) {
  if (list.empty()) return "nothing";
  std::string text;
  constexpr std::size_t kMost = 6;
  for (std::size_t i = 0; i < list.size() && i < kMost; ++i) {
    text += fmt::format("{}`{}`", i == 0 ? "" : ", ", list[i]);
  }
  if (list.size() > kMost) text += fmt::format(" and {} more", list.size() - kMost);
  return text;
}

/// What the element does to the caller.
[[nodiscard]] inline std::string_view principal_verb(const StatementTrace& statement) noexcept {
  if (statement.not_principal) return statement.principal_matched ? "does not except" : "excepts";
  return statement.principal_matched ? "names" : "does not name";
}

/// What an element that does not match does to the resource.
[[nodiscard]] inline std::string_view resource_verb(const StatementTrace& statement) noexcept {
  if (!statement.not_resource) return "does not cover";
  return statement.unresolved.empty() ? "excepts" : "may except";  // V-22
}

[[nodiscard]] inline std::string condition_text(const ConditionTrace& test) {
  std::string text = fmt::format("{} `{}` (line {}): asked {}, ", test.operator_text, test.key,
                                 test.position.line, quoted_list(test.asked));
  if (test.key_collided) {
    text += kGivenTwice;
  } else if (!test.key_present) {
    text += "not given";
  } else {
    text += "given " + quoted_list(test.given);
  }
  if (!test.unresolved.empty()) text += "; no value for " + quoted_list(test.unresolved);
  if (test.result == Truth::Indeterminate) {
    text += test.asked.empty() ? "; no value to compare with, so it counts against (C-45)"
                               : "; cannot be told, so it counts against (C-70)";
  }
  if (differs_in_case_only(test)) text += "; they differ in letter case only";
  return text;
}

class ExplanationText {
 public:
  ExplanationText(const Explanation& explanation, std::string_view principal,
                  std::string_view action, std::string_view resource)
      : explanation_(explanation), principal_(principal), action_(action), resource_(resource) {}

  [[nodiscard]] std::string run() {
    const Decision& decision = explanation_.decision();
    line("{}: {} ({})", to_string(decision.outcome), writ::to_string(decision.reason),
         rule_of(decision.reason));
    line("  principal  {}", principal_);
    line("  action     {}", action_);
    line("  resource   {}", resource_);
    if (const StatementTrace* deciding = explanation_.deciding_statement()) {
      line("  decided by {} {}", to_string(deciding->id.layer), statement_text(*deciding));
    }
    for (const LayerTrace& layer : explanation_.layers()) add_layer(layer);
    const std::vector<Change>& changes = explanation_.nearest_miss().changes;
    if (!decision.is_allowed()) {
      if (!explanation_.nearest_miss().possible) {
        line("nearest miss: no policy can allow this request");
      } else {
        line("nearest miss, {} change{}:", changes.size(), changes.size() == 1 ? "" : "s");
        for (const Change& change : changes) line("  - {}", change.text);
      }
    }
    if (!explanation_.missing_keys().empty()) {
      line("keys asked for and not given: {}", quoted_list(explanation_.missing_keys()));
    }
    return std::move(out_);
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_ += visible_text(fmt::format(format, std::forward<Args>(args)...));
    out_ += '\n';
  }

  void add_layer(const LayerTrace& layer) {
    line("{} {}", layer_text(layer), to_string(verdict_of(layer, explanation_.decision())));
    if (!layer.applies) return;
    std::size_t unrelated = layer.unlisted;
    for (const StatementTrace& statement : layer.statements) {
      if (!statement.action_matched && !statement.applied) {
        ++unrelated;
        continue;
      }
      line("  {} {}", statement_text(statement), statement.applied ? "applies" : "does not apply");
      add_failures(statement);
    }
    if (unrelated != 0) {
      line("  {} statement{} do{} not cover the action", unrelated, unrelated == 1 ? "" : "s",
           unrelated == 1 ? "es" : "");
    }
  }

  void add_failures(const StatementTrace& statement) {
    if (!statement.principal_matched || !statement.principal_note.empty()) {
      line("    {} (line {}) {} the caller{}{}", name_in(statement, Element::Principal),
           statement.principal_position.line, principal_verb(statement),
           statement.principal_note.empty() ? "" : ": ", statement.principal_note);
    }
    if (!statement.resource_matched) {
      line("    {} (line {}) {} the resource: {}{}", name_in(statement, Element::Resource),
           statement.resource_position.line, resource_verb(statement),
           quoted_list(statement.resources),
           statement.unresolved.empty() ? std::string()
                                        : "; no value for " + quoted_list(statement.unresolved));
    }
    for (const ConditionTrace& test : statement.conditions) {
      if (test.result == Truth::True && !statement.applied) continue;
      constexpr std::string_view kWords[] = {"fails", "is undecidable", "holds"};
      line("    Condition {}: {}", kWords[static_cast<int>(test.result)], condition_text(test));
    }
    if (statement.literal_variables && !statement.applied) line("    {}", kLiteralVariables);
  }

  const Explanation& explanation_;
  std::string_view principal_;
  std::string_view action_;
  std::string_view resource_;
  std::string out_;
};

inline void write_member(JsonWriter& writer, const char* name, std::string_view text) {
  writer.Key(name);
  write_string(writer, text);
}
inline void write_list(JsonWriter& writer, const char* name, const std::vector<std::string>& list) {
  writer.Key(name);
  writer.StartArray();
  for (const std::string& item : list) write_string(writer, item);
  writer.EndArray();
}
inline void write_position(JsonWriter& writer, const char* name, const Position& position) {
  writer.Key(name);
  writer.StartObject();
  writer.Key("line");
  writer.Uint(position.line);
  writer.Key("column");
  writer.Uint(position.column);
  writer.EndObject();
}
inline void write_bool(JsonWriter& writer, const char* name, bool value) {
  writer.Key(name);
  writer.Bool(value);
}

inline void write_statement_id(JsonWriter& writer, const StatementId& id) {
  write_member(writer, "layer", to_string(id.layer));
  writer.Key("level");
  writer.Uint(id.level);
  writer.Key("document");
  writer.Uint(id.document);
  writer.Key("statement");
  writer.Uint(id.statement);
}

inline void write_condition(JsonWriter& writer, const ConditionTrace& test) {
  writer.StartObject();
  write_member(writer, "operator", test.operator_text);
  write_member(writer, "key", test.key);
  write_list(writer, "asked", test.asked);
  write_bool(writer, "present", test.key_present);
  write_bool(writer, "multivalued", test.key_multivalued);
  write_bool(writer, "collided", test.key_collided);
  write_list(writer, "given", test.given);
  write_list(writer, "unresolved", test.unresolved);
  write_member(writer, "result", to_string(test.result));
  write_position(writer, "position", test.position);
  writer.EndObject();
}

inline void write_statement(JsonWriter& writer, const StatementTrace& statement) {
  writer.StartObject();
  write_member(writer, "policy", statement.policy);
  write_statement_id(writer, statement.id);
  write_member(writer, "sid", statement.sid);
  write_member(writer, "effect", to_string(statement.effect));
  write_position(writer, "begin", statement.begin);
  write_position(writer, "end", statement.end);
  write_bool(writer, "applied", statement.applied);
  write_bool(writer, "principalMatched", statement.principal_matched);
  write_member(writer, "principalNote", statement.principal_note);
  write_bool(writer, "actionMatched", statement.action_matched);
  write_bool(writer, "resourceMatched", statement.resource_matched);
  write_position(writer, "principalPosition", statement.principal_position);
  write_position(writer, "actionPosition", statement.action_position);
  write_position(writer, "resourcePosition", statement.resource_position);
  write_bool(writer, "notPrincipal", statement.not_principal);
  write_bool(writer, "notAction", statement.not_action);
  write_list(writer, "actions", statement.actions);
  write_bool(writer, "notResource", statement.not_resource);
  write_list(writer, "resources", statement.resources);
  write_list(writer, "unresolved", statement.unresolved);
  write_bool(writer, "literalVariables", statement.literal_variables);
  write_member(writer, "condition", to_string(statement.condition));
  writer.Key("conditions");
  writer.StartArray();
  for (const ConditionTrace& test : statement.conditions) write_condition(writer, test);
  writer.EndArray();
  writer.EndObject();
}

inline void write_nearest_miss(JsonWriter& writer, const NearestMiss& miss) {
  constexpr std::string_view kKinds[] = {"removeDeny", "matchElement", "attachAllow"};
  writer.Key("nearestMiss");
  writer.StartObject();
  write_bool(writer, "possible", miss.possible);
  writer.Key("changes");
  writer.StartArray();
  for (const Change& change : miss.changes) {
    writer.StartObject();
    write_member(writer, "kind", kKinds[static_cast<int>(change.kind)]);
    if (change.kind == Change::Kind::AttachAllow) {
      write_member(writer, "layer", to_string(change.layer));
      writer.Key("level");
      writer.Uint(change.level);
      if (change.statement.exists()) {
        writer.Key("document");
        writer.Uint(change.statement.document);
      }
    } else {
      write_statement_id(writer, change.statement);
    }
    if (change.kind == Change::Kind::MatchElement) {
      write_member(writer, "element", to_string(change.element));
      if (change.element == Element::Condition) {
        writer.Key("condition");
        writer.Uint(change.condition);
      }
    }
    write_member(writer, "text", change.text);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
}

}  // namespace detail

WRIT_FUNC std::string Explanation::to_string() const {
  return detail::ExplanationText(*this, principal_, action_, resource_).run();
}

WRIT_FUNC std::string Explanation::to_json() const {
  detail::JsonBuffer buffer;
  detail::JsonWriter writer(buffer);
  writer.StartObject();
  detail::write_member(writer, "decision", writ::to_string(decision_.outcome));
  detail::write_member(writer, "reason", name_of(decision_.reason));
  detail::write_member(writer, "rule", rule_of(decision_.reason));
  detail::write_member(writer, "message", writ::to_string(decision_.reason));
  detail::write_member(writer, "principal", principal_);
  detail::write_member(writer, "action", action_);
  detail::write_member(writer, "resource", resource_);
  if (const StatementTrace* deciding = deciding_statement()) {
    writer.Key("decidingStatement");
    detail::write_statement(writer, *deciding);
  }
  writer.Key("layers");
  writer.StartArray();
  for (const LayerTrace& layer : layers_) {
    writer.StartObject();
    detail::write_member(writer, "layer", writ::to_string(layer.type));
    writer.Key("level");
    writer.Uint(layer.level);
    detail::write_bool(writer, "applies", layer.applies);
    detail::write_bool(writer, "allowCounts", layer.allow_counts);
    detail::write_bool(writer, "denied", layer.denied);
    detail::write_bool(writer, "allowed", layer.allowed);
    writer.Key("unlisted");
    writer.Uint(layer.unlisted);
    writer.Key("statements");
    writer.StartArray();
    for (const StatementTrace& statement : layer.statements) {
      detail::write_statement(writer, statement);
    }
    writer.EndArray();
    writer.EndObject();
  }
  writer.EndArray();
  detail::write_nearest_miss(writer, nearest_miss_);
  detail::write_list(writer, "missingKeys", missing_keys_);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace writ::inline v0
