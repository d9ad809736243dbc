// Not API, may change in any release. write_policy: the canonical text of a document.
//
// The writer is its own because the layout is part of the contract: text that changed with a
// version of a JSON library would show up as a difference in everybody's formatted policies.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "writ/impl/json_string.h"
#include "writ/write.h"

namespace writ::inline v0 {
namespace detail {

// Appends JSON, laid out: members and elements on lines of their own, two spaces a level.
class JsonLayout {
 public:
  void begin(char bracket) {
    text_ += bracket;
    ++depth_;
    first_ = true;
  }

  // An empty container stays on one line.
  void end(char bracket) {
    --depth_;
    if (!first_) new_line();
    text_ += bracket;
    first_ = false;
  }

  // Goes before each element of an array.
  void element() {
    if (!first_) text_ += ',';
    first_ = false;
    new_line();
  }

  // Goes before the value of each member of an object.
  void member(std::string_view name) {
    element();
    string(name);
    text_ += ": ";
  }

  // A string value.
  void string(std::string_view value) { append_json_string(text_, value); }

  // A value that is JSON already.
  void raw(std::string_view value) { text_ += value; }

  [[nodiscard]] std::string take() noexcept { return std::move(text_); }

 private:
  void new_line() {
    text_ += '\n';
    text_.append(2 * depth_, ' ');
  }

  std::string text_;
  std::size_t depth_ = 0;
  bool first_ = true;  // nothing stands in the innermost container yet
};

// A list of one is written as its element (G-9), an empty one as it is.
template <class Value, class Write>
void write_values(JsonLayout& out, std::span<const Value> values, const Write& write) {
  if (values.size() == 1) {
    write(values.front());
    return;
  }
  out.begin('[');
  for (const Value& value : values) {
    out.element();
    write(value);
  }
  out.end(']');
}

inline void write_texts(JsonLayout& out, std::span<const Text> values) {
  write_values<Text>(out, values, [&out](const Text& text) { out.string(text.value); });
}

inline void write_principal(JsonLayout& out, const PrincipalElement& principal) {
  if (!principal.present) return;
  out.member(principal.negated ? "NotPrincipal" : "Principal");
  if (principal.everyone) {
    out.string("*");
    return;
  }
  out.begin('{');
  for (const PrincipalMember& member : principal.members) {
    out.member(to_string(member.kind));
    write_texts(out, member.values);
  }
  out.end('}');
}

inline void write_patterns(JsonLayout& out, const PatternList& list, std::string_view name,
                           std::string_view negated_name) {
  if (!list.present) return;
  out.member(list.negated ? negated_name : name);
  write_texts(out, list.values);
}

inline void write_condition_values(JsonLayout& out, const ConditionTest& test) {
  write_values<ConditionValue>(out, test.values, [&out](const ConditionValue& value) {
    if (value.kind == ConditionValueKind::String) {
      out.string(value.text);
    } else {
      out.raw(value.text);
    }
  });
}

// Tests of one group stand next to each other, in one operator object.
inline void write_condition(JsonLayout& out, std::span<const ConditionTest> tests) {
  out.member("Condition");
  out.begin('{');
  for (std::size_t i = 0; i < tests.size(); ++i) {
    if (i == 0 || tests[i].group != tests[i - 1].group) {
      out.member(tests[i].operator_text.value);
      out.begin('{');
    }
    out.member(tests[i].key.value);
    write_condition_values(out, tests[i]);
    if (i + 1 == tests.size() || tests[i].group != tests[i + 1].group) out.end('}');
  }
  out.end('}');
}

inline void write_statement(JsonLayout& out, const Statement& statement) {
  out.begin('{');
  if (statement.has_sid) {
    out.member("Sid");
    out.string(statement.sid.value);
  }
  out.member("Effect");
  out.string(to_string(statement.effect));
  write_principal(out, statement.principal);
  write_patterns(out, statement.action, "Action", "NotAction");
  write_patterns(out, statement.resource, "Resource", "NotResource");
  if (statement.has_condition) write_condition(out, statement.conditions);
  out.end('}');
}

}  // namespace detail

WRIT_FUNC std::string write_policy(const PolicyDocument& document) {
  detail::JsonLayout out;
  out.begin('{');
  if (document.version() != PolicyVersion::Absent) {
    out.member("Version");
    out.string(document.version() == PolicyVersion::V2012 ? "2012-10-17" : "2008-10-17");
  }
  if (document.has_id()) {
    out.member("Id");
    out.string(document.id().value);
  }
  out.member("Statement");
  out.begin('[');
  for (const Statement& statement : document.statements()) {
    out.element();
    detail::write_statement(out, statement);
  }
  out.end(']');
  out.end('}');
  return out.take();
}

}  // namespace writ::inline v0
