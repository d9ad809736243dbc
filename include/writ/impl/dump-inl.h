// Not API, may change in any release. PolicySet::dump: a program as text, in the order of a walk:
// actions lead to classes, classes to candidates, candidates to statements, statements to terms.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "writ/impl/program.h"
#include "writ/impl/program_actions.h"
#include "writ/impl/visible_text.h"

namespace writ::inline v0 {
namespace detail {

class Dumper {
 public:
  explicit Dumper(const Program& program) : program_(program) {}

  [[nodiscard]] std::string run() {
    std::string actions;
    actions.swap(out_);
    dump_actions();
    actions.swap(out_);
    line("{} set: {} documents, {} statements, {} terms, {} classes",
         to_string(program_.header().type), program_.documents().size(),
         program_.statements().size(), program_.section<TermRecord>(Section::Terms).size(),
         class_numbers_.size());
    out_ += actions;
    for (std::size_t i = 0; i < classes_.size(); ++i) {
      const auto& node = *reinterpret_cast<const ClassNode*>(program_.node(classes_[i]));
      line("class {}{}", i,
           class_head::ActionDependent::get(node.head) != 0 ? ", with NotAction" : "");
      dump_root("deny", node.deny_flat, node.deny_groups);
      dump_root("allow", node.allow_flat, node.allow_groups);
    }
    const auto statements = program_.statements();
    for (std::uint32_t i = 0; i < statements.size(); ++i) dump_statement(i, statements[i]);
    const auto terms = program_.section<TermRecord>(Section::Terms);
    for (std::size_t i = 0; i < terms.size(); ++i) dump_term(i, terms[i]);
    return std::move(out_);
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_ += visible_text(fmt::format(format, std::forward<Args>(args)...));
    out_ += '\n';
  }
  [[nodiscard]] std::string_view text(StringRef ref) const { return program_.string(ref); }

  /// Classes are numbered in the order of the actions' texts.
  [[nodiscard]] std::size_t class_number(Ref ref) {
    const auto [place, fresh] = class_numbers_.emplace(ref, classes_.size());
    if (fresh) classes_.push_back(ref);
    return place->second;
  }

  void dump_actions() {
    for (const auto& [action, ref] : listed_actions(program_)) {
      line("action {} -> class {}", action, class_number(ref));
    }
  }

  [[nodiscard]] std::string leaf_text(Ref ref) const {
    const LeafNode leaf = program_.leaf(ref);
    constexpr std::string_view kTests[] = {"any",     "exact",  "prefix",
                                           "pattern", "any of", "none of"};
    const StringRef name = program_.documents()[leaf.words[1]].name;
    return fmt::format("`{}`[{}] {}", text(name), leaf.words[2],
                       kTests[static_cast<int>(leaf.resource_test())]);
  }

  void dump_root(std::string_view name, Target flat, Ref groups) {
    if (flat != 0 && !is_list(flat)) line("  {} {}", name, leaf_text(node_of(flat)));
    if (flat != 0 && is_list(flat)) {
      const Word* list = program_.node(node_of(flat));
      const bool has_switch = list_head::HasSwitch::get(list[0]) != 0;
      line("  {} list{}", name, has_switch ? ", and by principal" : "");
      for (Word i = 0; i < list_head::Count::get(list[0]); ++i) {
        line("    {}", leaf_text(list[(has_switch ? 3 : 1) + i]));
      }
    }
    if (groups == kNoNode) return;
    constexpr std::string_view kFields[] = {"partition", "service", "region", "account"};
    const Word* node = program_.node(groups);
    const auto* group = reinterpret_cast<const GroupHead*>(node + 1);
    for (Word left = CountBits::get(node[0]); left != 0; --left, group = &group->next()) {
      std::string fields;
      for (unsigned i = 0; i < 4; ++i) {
        if ((GroupHead::Left::get(group->bits) >> i & 1U) != 0) {
          fields += fmt::format(" {}", kFields[i]);
        }
        if ((GroupHead::Right::get(group->bits) >> i & 1U) != 0) {
          fields += fmt::format(" {}<", kFields[i]);
        }
      }
      std::string cuts = GroupHead::HasExact::get(group->bits) != 0 ? " whole" : "";
      for (Word i = 0; i < group->cut_count(); ++i) {
        const Word cut = group->cuts()[i];
        switch (Cut::kind(cut)) {
          case Cut::Kind::Segments:
            cuts += fmt::format(" segment {}", Cut::value(cut));
            break;
          case Cut::Kind::Length:
            cuts += fmt::format(" length {}", Cut::value(cut));
            break;
          case Cut::Kind::Ending:
            cuts += " ending";
            break;
        }
      }
      line("  {} by{}, tail{}{}", name, fields.empty() ? " nothing" : fields, cuts,
           GroupHead::Crossing::get(group->bits) != 0 ? ", crossing" : "");
    }
  }

  void dump_statement(std::uint32_t index, const StatementRecord& statement) {
    const auto& document = program_.documents()[statement.document];
    const auto& source = program_.at<StatementSource>(Section::StatementSources, index);
    line("statement {} `{}`[{}] sid `{}` at {}:{}", to_string(statement.effect),
         text(document.name), index - document.statements.begin, text(source.sid),
         source.begin.line, source.begin.column);
    if (statement.has_principal != 0) {
      for (const PrincipalEntry& entry : PrincipalsNode{program_.node(statement.principals)}) {
        line("  {}principal {}", statement.not_principal != 0 ? "not " : "", entry.text());
      }
    }
    for (const std::uint32_t id :
         program_.range<std::uint32_t>(Section::ActionRefs, statement.actions)) {
      line("  {}action {}", statement.not_action != 0 ? "not " : "",
           text(program_.at<ActionRecord>(Section::Actions, id).text));
    }
    for (const std::uint32_t id :
         program_.range<std::uint32_t>(Section::ResourceRefs, statement.resources)) {
      const auto& pattern = program_.at<PatternRecord>(Section::Patterns, id);
      line("  {}resource {} ({})", statement.not_resource != 0 ? "not " : "", text(pattern.text),
           kind_name(program_.pattern_kind(pattern.node)));
    }
    for (const std::uint32_t id :
         program_.range<std::uint32_t>(Section::ConditionRefs, statement.conditions)) {
      line("  term {}", id);
    }
  }

  [[nodiscard]] static std::string_view kind_name(PatternKind kind) {
    constexpr std::string_view kNames[] = {"any", "exact", "prefix", "general", "segmented", "arn"};
    return kNames[static_cast<int>(kind)];
  }

  void dump_term(std::size_t id, const TermRecord& record) {
    const TermNode term = program_.term(record.node);
    std::string values;
    for (const StringRef value : program_.range<StringRef>(Section::ValueTexts, record.values)) {
      values += fmt::format(" `{}`", text(value));
    }
    line("term {} {}{}{}{} {} ={}{}{}", id, to_string(term.quantifier()),
         term.quantifier() == SetQuantifier::None ? "" : ":", to_string(term.op()),
         term.if_exists() ? "IfExists" : "", term.key(), values,
         term.empty_is_value() ? " (empty variables count)" : "",
         term.is_sorted() ? " (looked up)" : "");
  }

  const Program& program_;
  std::string out_;
  std::map<Ref, std::size_t> class_numbers_;
  std::vector<Ref> classes_;
};

WRIT_FUNC std::string dump_program(const Program& program) { return Dumper(program).run(); }

}  // namespace detail
}  // namespace writ::inline v0
