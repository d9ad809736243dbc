// Not API, may change in any release. PolicySet::dump: a program as text, in the order of a walk:
// actions lead to classes, classes to candidates, candidates to statements, statements to terms.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "writ/impl/program.h"

namespace writ::inline v0 {
namespace detail {

class Dumper {
 public:
  explicit Dumper(const Program& program) : program_(program) {}

  [[nodiscard]] std::string run() {
    line("{} set: {} documents, {} statements, {} terms, {} classes",
         to_string(program_.header().type), program_.documents().size(),
         program_.statements().size(), program_.section<TermRecord>(Section::Terms).size(),
         program_.section<ActionClass>(Section::ActionClasses).size());
    dump_actions();
    const auto classes = program_.section<ActionClass>(Section::ActionClasses);
    for (std::size_t i = 0; i < classes.size(); ++i) {
      line("class {}", i);
      dump_root("deny", classes[i].deny);
      dump_root("allow", classes[i].allow);
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
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }
  [[nodiscard]] std::string_view text(StringRef ref) const { return program_.string(ref); }
  [[nodiscard]] std::string_view pattern(std::uint32_t id) const {
    return text(program_.at<PatternRecord>(Section::Patterns, id).text);
  }

  void dump_actions() {
    // Sorted, because the place in a hash table says nothing to people.
    std::vector<std::string> lines;
    const auto add = [&lines](std::string_view action, std::uint32_t id) {
      lines.push_back(fmt::format("action {} -> class {}", action, id));
    };
    if (program_.header().star_class != kNone) add("*", program_.header().star_class);
    for (const ActionSlot& slot : program_.section<ActionSlot>(Section::ActionSlots)) {
      if (slot.action_class != kNone) add(text(slot.text), slot.action_class);
    }
    for (const ServiceSlot& slot : program_.section<ServiceSlot>(Section::ServiceSlots)) {
      if (slot.used == 0) continue;
      const std::string service(text(slot.text));
      if (slot.any_class != kNone) add(service + ":*", slot.any_class);
      for (const ActionPrefix& prefix :
           program_.range<ActionPrefix>(Section::ActionPrefixes, slot.prefixes)) {
        add(fmt::format("{}:{}*", service, text(prefix.text)), prefix.action_class);
      }
    }
    for (const ActionPattern& entry : program_.section<ActionPattern>(Section::ActionPatterns)) {
      add(pattern(entry.pattern), entry.action_class);
    }
    std::sort(lines.begin(), lines.end());
    for (const std::string& action : lines) line("{}", action);
  }

  [[nodiscard]] std::string posting_text(const Posting& posting) const {
    return posting.pattern == kNone
               ? fmt::format("#{}", posting.statement)
               : fmt::format("#{} {}", posting.statement, pattern(posting.pattern));
  }

  void dump_root(std::string_view name, const IndexRoot& root) {
    if (root.flat == kNone && root.groups.count == 0) return;
    if (root.flat != kNone) {
      const auto& list = program_.at<PostingList>(Section::PostingLists, root.flat);
      line("  {} flat{}", name, list.has_principal_switch != 0 ? ", and by principal" : "");
      for (const Posting& posting : program_.range<Posting>(Section::Postings, list.postings)) {
        line("    {}", posting_text(posting));
      }
    }
    constexpr std::string_view kFields[] = {"partition", "service", "region", "account"};
    for (const GroupRecord& group : program_.range<GroupRecord>(Section::Groups, root.groups)) {
      std::string fields;
      for (unsigned i = 0; i < 4; ++i) {
        if ((group.left_fields >> i & 1U) != 0) fields += fmt::format(" {}", kFields[i]);
        if ((group.right_fields >> i & 1U) != 0) fields += fmt::format(" {}<", kFields[i]);
      }
      std::string sizes;
      for (const std::uint32_t size :
           program_.range<std::uint32_t>(Section::Lengths, group.lengths)) {
        sizes += fmt::format(" {}", size);
      }
      line("  {} by{}, {}{}{}", name, fields.empty() ? " nothing" : fields,
           group.exact != 0 ? "exact tail" : "tail lengths", sizes,
           group.crossing != 0 ? ", crossing" : "");
    }
  }

  void dump_statement(std::uint32_t index, const StatementRecord& statement) {
    const auto& document = program_.documents()[statement.document];
    const auto& source = program_.at<StatementSource>(Section::StatementSources, index);
    line("statement #{} {} `{}`[{}] sid `{}` at {}:{}", index, to_string(statement.effect),
         text(document.name), index - document.statements.begin, text(source.sid),
         source.begin.line, source.begin.column);
    if (statement.has_principal != 0) {
      for (const PrincipalRecord& entry :
           program_.range<PrincipalRecord>(Section::Principals, statement.principals)) {
        line("  {}principal {}", statement.not_principal != 0 ? "not " : "", text(entry.text));
      }
    }
    for (const std::uint32_t id :
         program_.range<std::uint32_t>(Section::ActionRefs, statement.actions)) {
      line("  {}action {}", statement.not_action != 0 ? "not " : "",
           text(program_.at<ActionRecord>(Section::Actions, id).text));
    }
    for (const std::uint32_t id :
         program_.range<std::uint32_t>(Section::ResourceRefs, statement.resources)) {
      line("  {}resource {} ({})", statement.not_resource != 0 ? "not " : "", pattern(id),
           kind_name(program_.at<PatternRecord>(Section::Patterns, id).kind));
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

  void dump_term(std::size_t id, const TermRecord& term) {
    std::string values;
    for (const ValueRecord& value : program_.range<ValueRecord>(Section::Values, term.values)) {
      values += fmt::format(" `{}`", text(value.text));
    }
    line("term {} {}{}{}{} {} ={}{}", id, to_string(term.quantifier),
         term.quantifier == SetQuantifier::None ? "" : ":", to_string(term.op),
         term.if_exists != 0 ? "IfExists" : "", text(term.key), values,
         term.empty_is_value != 0 ? " (empty variables count)" : "");
  }

  const Program& program_;
  std::string out_;
};

WRIT_FUNC std::string dump_program(const Program& program) { return Dumper(program).run(); }

}  // namespace detail
}  // namespace writ::inline v0
