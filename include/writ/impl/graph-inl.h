// Not API, may change in any release. PolicySet as a graph: request -> actions -> class -> effect
// -> statement -> condition tests.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/graph.h"
#include "writ/impl/fold.h"
#include "writ/impl/html_writer.h"
#include "writ/impl/program.h"
#include "writ/impl/program_actions.h"
#include "writ/impl/utf8.h"

namespace writ::inline v0 {
namespace detail {

class GraphWriter {
 public:
  GraphWriter(const Program& program, const GraphOptions& options)
      : program_(program), options_(options) {}

  [[nodiscard]] Graph run() {
    const auto statements = program_.statements();
    Graph graph;
    graph.statements = static_cast<std::uint32_t>(statements.size());
    graph.drawn = std::min(graph.statements, options_.max_statements);
    line("digraph writ {{");
    line("  graph [rankdir=LR, ranksep=0.6, nodesep=0.15, fontname=\"sans-serif\", bgcolor=white,");
    line("    tooltip=\"compiled policies\", labelloc=t, label=\"{}\"]", title(graph));
    line("  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\",");
    line("    fontsize=11, margin=\"0.12,0.06\"]");
    line("  edge [fontname=\"sans-serif\", fontsize=9, color=\"#57606a\", arrowsize=0.7]");
    line("  request [label=\"request\", shape=ellipse]");
    find_classes(graph.drawn);
    for (const auto& [key, one] : classes_) add_class(key.first, one);
    for (std::uint32_t i = 0; i < graph.drawn; ++i) add_statement(i, statements[i]);
    for (const std::uint32_t id : terms_) add_term(id);
    if (graph.drawn != graph.statements) {
      line("  rest [label=\"{} more statements\\nare not drawn\", style=dashed]",
           graph.statements - graph.drawn);
      line("  request -> rest [style=dashed]");
    }
    line("}}");
    graph.dot = std::move(out_);
    return graph;
  }

 private:
  struct Class {
    std::set<std::string> actions;
    std::vector<std::uint32_t> statements;  ///< drawn ones
  };

  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }
  [[nodiscard]] std::string_view text(StringRef ref) const { return program_.string(ref); }

  /// A text of anybody's inside of a quoted label: a quote or a backslash ends nothing, `&` begins
  /// no character reference, a line break is a blank.
  [[nodiscard]] std::string label(std::string_view text) const {
    const std::string_view shown = text.substr(0, cut_at(text, options_.max_text_bytes));
    std::string out;
    for (std::string_view rest = shown; !rest.empty();) {
      const CodePoint c = first_code_point(rest);
      if (c.value == '"' || c.value == '\\') {
        out += '\\';
        out += static_cast<char>(c.value);
      } else if (c.value == '&') {
        out += "&amp;";
      } else if (c.value == '\n' || c.value == '\t') {
        out += ' ';
      } else {
        append_shown(out, c, rest);
      }
      rest.remove_prefix(c.size);
    }
    if (shown.size() != text.size()) out += "\xe2\x80\xa6";
    return out;
  }

  /// Entries one below the other, the first few.
  template <class Entries>
  [[nodiscard]] std::string list(const Entries& entries) const {
    std::string out;
    const std::size_t most = std::min(entries.size(), options_.max_list);
    auto entry = entries.begin();
    for (std::size_t i = 0; i < most; ++i) out += label(*entry++) + "\\l";
    if (most < entries.size()) out += fmt::format("and {} more\\l", entries.size() - most);
    return out;
  }

  [[nodiscard]] std::string title(const Graph& graph) const {
    std::vector<std::string> names;
    for (const DocumentRecord& document : program_.documents()) {
      names.emplace_back(text(document.name));
    }
    return fmt::format("{} set, {} of {} statements drawn\\n{}", to_string(program_.header().type),
                       graph.drawn, graph.statements, list(names));
  }

  /// Which statements stand behind which class. By action, as statements list them; behind a class
  /// only those that are drawn.
  void find_classes(std::uint32_t drawn) {
    ByAction by_action;
    for (ListedAction& action : listed_actions(program_)) {
      by_action.emplace(action.first, action.second);
    }
    for (std::uint32_t i = 0; i < drawn; ++i) {
      const StatementRecord& statement = program_.statements()[i];
      if (statement.not_action != 0) {
        add_to_class("*", program_.header().star_class, i);
        continue;
      }
      for (const std::uint32_t id :
           program_.range<std::uint32_t>(Section::ActionRefs, statement.actions)) {
        const std::string action =
            folded(text(program_.at<ActionRecord>(Section::Actions, id).text));
        add_to_class(action, class_of(action, statement, by_action), i);
      }
    }
  }

  using ByAction = std::map<std::string, Ref, std::less<>>;

  /// A prefix is left out of the index where a shorter one of the same statements leads to them.
  /// Other spellings than the index has, as `**`, stand for themselves.
  [[nodiscard]] Ref class_of(const std::string& action, const StatementRecord& statement,
                             const ByAction& by_action) const {
    const auto found = by_action.find(action);
    if (found != by_action.end()) return found->second;
    for (const std::uint32_t id :
         program_.range<std::uint32_t>(Section::ActionRefs, statement.actions)) {
      const std::string other = folded(text(program_.at<ActionRecord>(Section::Actions, id).text));
      const auto listed = by_action.find(other);
      const std::string_view prefix = std::string_view(other).substr(0, other.size() - 1);
      const bool covers = other.ends_with('*') && action.starts_with(prefix) &&
                          prefix.find_first_of("*?") == std::string_view::npos;
      if (covers && listed != by_action.end()) return listed->second;
    }
    return kNoNode;
  }

  /// `ref` is kNoNode where the action has no class by that name.
  void add_to_class(const std::string& action, Ref ref, std::uint32_t statement) {
    Class& one = classes_[{ref, ref == kNoNode ? action : std::string()}];
    one.actions.insert(action);
    if (one.statements.empty() || one.statements.back() != statement) {
      one.statements.push_back(statement);
    }
  }

  void add_class(Ref ref, const Class& one) {
    const std::size_t number = class_count_++;
    line("  class{} [label=\"{}\", fillcolor=\"#ddf4ff\"]", number, list(one.actions));
    line("  request -> class{}", number);
    for (const Effect effect : {Effect::Deny, Effect::Allow}) {
      std::vector<std::uint32_t> own;
      for (const std::uint32_t i : one.statements) {
        if (program_.statements()[i].effect == effect) own.push_back(i);
      }
      if (own.empty()) continue;
      const std::string_view name = effect == Effect::Deny ? "deny" : "allow";
      line("  class{}{} [label=\"{}{}\", shape=ellipse, margin=0.02, color=\"{}\"]", number, name,
           name, ref == kNoNode ? std::string() : found_by(ref, effect), colour(effect));
      line("  class{} -> class{}{}", number, number, name);
      for (const std::uint32_t i : own) line("  class{}{} -> statement{}", number, name, i);
    }
  }

  /// How candidates are found: one after the other, by principal, by fields of the resource.
  [[nodiscard]] std::string found_by(Ref ref, Effect effect) const {
    const auto& node = *reinterpret_cast<const ClassNode*>(program_.node(ref));
    const Target flat = effect == Effect::Deny ? node.deny_flat : node.allow_flat;
    const Ref groups = effect == Effect::Deny ? node.deny_groups : node.allow_groups;
    std::string out;
    if (flat != 0 && is_list(flat)) {
      const Word* head = program_.node(node_of(flat));
      if (list_head::HasSwitch::get(head[0]) != 0) out += "\\nby principal";
    }
    if (groups == kNoNode) return out;
    constexpr std::string_view kFields[] = {"partition", "service", "region", "account"};
    const Word* head = program_.node(groups);
    const auto* group = reinterpret_cast<const GroupHead*>(head + 1);
    std::set<std::string> lines;
    for (Word left = CountBits::get(head[0]); left != 0; --left, group = &group->next()) {
      std::string fields;
      const auto bits = GroupHead::Left::get(group->bits) | GroupHead::Right::get(group->bits);
      for (unsigned i = 0; i < 4; ++i) {
        if ((bits >> i & 1U) != 0) fields += fmt::format("{}, ", kFields[i]);
      }
      lines.insert(fmt::format("\\nby {}beginning", fields));
    }
    for (const std::string& one : lines) out += one;
    return out;
  }

  [[nodiscard]] static std::string_view colour(Effect effect) noexcept {
    return effect == Effect::Deny ? "#a40e26" : "#116329";
  }

  void add_statement(std::uint32_t index, const StatementRecord& statement) {
    const DocumentRecord& document = program_.documents()[statement.document];
    const auto& source = program_.at<StatementSource>(Section::StatementSources, index);
    std::string rows = fmt::format("{}:", to_string(statement.effect));
    if (program_.documents().size() > 1) {
      // Of a path the file.
      const std::string_view name = text(document.name);
      rows += fmt::format(" {}", label(name.substr(name.rfind('/') + 1)));
    }
    rows += fmt::format(" statement {}", index - document.statements.begin + 1);
    if (source.sid.size != 0) rows += fmt::format(" {}", label(text(source.sid)));
    rows += "\\l";
    if (statement.has_principal != 0) {
      std::vector<std::string> principals;
      for (const PrincipalEntry& entry : PrincipalsNode{program_.node(statement.principals)}) {
        principals.emplace_back(entry.text());
      }
      rows += statement.not_principal != 0 ? "by all but\\l" : "by\\l";
      rows += list(principals);
    }
    if (statement.not_action != 0) {
      std::vector<std::string> actions;
      for (const std::uint32_t id :
           program_.range<std::uint32_t>(Section::ActionRefs, statement.actions)) {
        actions.emplace_back(text(program_.at<ActionRecord>(Section::Actions, id).text));
      }
      rows += "all actions but\\l";
      rows += list(actions);
    }
    std::vector<std::string> resources;
    for (const std::uint32_t id :
         program_.range<std::uint32_t>(Section::ResourceRefs, statement.resources)) {
      resources.emplace_back(text(program_.at<PatternRecord>(Section::Patterns, id).text));
    }
    if (!resources.empty()) rows += statement.not_resource != 0 ? "on all but\\l" : "on\\l";
    rows += list(resources);
    const bool denies = statement.effect == Effect::Deny;
    line("  statement{} [label=\"{}\", color=\"{}\", penwidth={}, fillcolor=\"{}\"]", index, rows,
         colour(statement.effect), denies ? 2 : 1, denies ? "#ffebe9" : "#e6f6e9");
    for (const std::uint32_t id :
         program_.range<std::uint32_t>(Section::ConditionRefs, statement.conditions)) {
      terms_.insert(id);
      line("  statement{} -> term{} [label=\"if\"]", index, id);
    }
  }

  void add_term(std::uint32_t id) {
    const auto& record = program_.at<TermRecord>(Section::Terms, id);
    const TermNode term = program_.term(record.node);
    std::vector<std::string> values;
    for (const StringRef value : program_.range<StringRef>(Section::ValueTexts, record.values)) {
      values.emplace_back(text(value));
    }
    line("  term{} [shape=note, style=filled, fillcolor=\"#fff8e1\", label=\"{}{}{}{}\\l{}\\l{}\"]",
         id, to_string(term.quantifier()), term.quantifier() == SetQuantifier::None ? "" : ":",
         to_string(term.op()), term.if_exists() ? "IfExists" : "", label(term.key()), list(values));
  }

  const Program& program_;
  const GraphOptions& options_;
  std::string out_;
  std::map<std::pair<Ref, std::string>, Class> classes_;
  std::size_t class_count_ = 0;
  std::set<std::uint32_t> terms_;
};

}  // namespace detail

WRIT_FUNC Graph to_dot(const PolicySet& set, const GraphOptions& options) {
  if (set.program() == nullptr) return {"digraph writ {\n}\n", 0, 0};
  return detail::GraphWriter(*set.program(), options).run();
}

}  // namespace writ::inline v0
