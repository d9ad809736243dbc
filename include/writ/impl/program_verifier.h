// Not API, may change in any release. ProgramVerifier: whether bytes are a program that is safe to
// read: sections, code (code_verifier.h), tables, records.
//
// Whatever passes, evaluate, explain and dump read nothing outside the buffer and come to an end.
// What each check is for is said where it stands. Ranges of records must follow each other without
// gaps: so no two statements share a list, and the work that a walk over all statements makes is
// linear in the program's size.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <memory>
#include <span>

#include "writ/impl/code_verifier.h"
#include "writ/impl/image_flaw.h"
#include "writ/impl/program.h"

namespace writ::inline v0 {
namespace detail {

/// Changes when bytes that passed before might not pass any more.
inline constexpr std::uint32_t kVerifierVersion = 5;

class ProgramVerifier {
 public:
  /// `bytes` stand at an address divisible by 8.
  ProgramVerifier(const char* bytes, std::uint64_t size) noexcept : bytes_(bytes), size_(size) {}

  /// The first mistake, its offset counted from the program's beginning. Cost: O(size), one pass
  /// over code and records, random access to one bit for each reference.
  [[nodiscard]] ImageFlaw run() {
    if (size_ < sizeof(ProgramHeader)) return {"a program is shorter than its header", 0};
    if (!(check_header() && check_sections() && check_documents() && check_code() &&
          check_tables() && check_terms() && check_patterns() && check_statements() &&
          check_sources())) {
      return flaw_;
    }
    return {};
  }

 private:
  [[nodiscard]] const ProgramHeader& header() const noexcept {
    return *reinterpret_cast<const ProgramHeader*>(bytes_);
  }
  template <class Record>
  [[nodiscard]] std::span<const Record> section(Section id) const noexcept {
    const SectionEntry& entry = header().sections[static_cast<std::size_t>(id)];
    return {reinterpret_cast<const Record*>(bytes_ + entry.offset),
            static_cast<std::size_t>(entry.count)};
  }
  /// Notes the mistake; false.
  bool fail(std::uint64_t offset, const char* what) noexcept {
    if (!flaw_) flaw_ = {what, offset};
    return false;
  }
  /// The same of a record of a section.
  template <class Record>
  bool fail_at(Section id, std::size_t index, const char* what) noexcept {
    return fail(header().sections[static_cast<std::size_t>(id)].offset + index * sizeof(Record),
                what);
  }
  [[nodiscard]] bool is_text(StringRef ref) const noexcept {
    return std::uint64_t{ref.offset} + ref.size <= strings_;
  }
  /// A pattern of at most that kind: a node, or one that its text stands for (WrittenPattern),
  /// which ends with a star unless it is Exact.
  [[nodiscard]] bool is_pattern(Ref ref, PatternKind most, StringRef text) const noexcept {
    if ((ref & kWrittenPattern) == 0) return code_->is_pattern(ref, most);
    const Ref kind = ref & ~kWrittenPattern;
    if (kind > static_cast<Ref>(PatternKind::Prefix)) return false;
    return kind == static_cast<Ref>(PatternKind::Exact) || text.size != 0;
  }
  template <class Record>
  [[nodiscard]] bool is_hash_table(std::span<const Record> table, Section id,
                                   const auto& is_free) noexcept {
    if (table.empty()) return true;
    if (!std::has_single_bit(table.size())) {
      return fail_at<Record>(id, 0, "a table's size is no power of two");
    }
    const std::size_t run =
        longest_run(table.size(), [&](std::size_t at) { return is_free(table[at]); });
    if (run == table.size()) return fail_at<Record>(id, 0, "a table has no free slot");
    return run <= most_slots_in_a_row(table.size()) ||
           fail_at<Record>(id, 0, "a table has too many slots in use side by side");
  }

  [[nodiscard]] bool check_header() noexcept;
  [[nodiscard]] bool check_sections() noexcept;
  [[nodiscard]] bool check_documents() noexcept;
  [[nodiscard]] bool check_code();
  [[nodiscard]] bool check_tables() noexcept;
  [[nodiscard]] bool check_terms() noexcept;
  [[nodiscard]] bool check_patterns() noexcept;
  [[nodiscard]] bool check_statements() noexcept;
  [[nodiscard]] bool check_refs(Section id, std::size_t records, const char* what) noexcept;
  [[nodiscard]] bool check_sources() noexcept;

  const char* bytes_;
  std::uint64_t size_;
  std::uint64_t strings_ = 0;  ///< bytes of the texts
  std::unique_ptr<CodeVerifier> code_;
  ImageFlaw flaw_;
};

inline bool ProgramVerifier::check_header() noexcept {
  if (header().magic != ProgramHeader::kMagic) return fail(0, "a program does not begin as one");
  if (header().version != ProgramHeader::kVersion) {
    return fail(offsetof(ProgramHeader, version), "a program is of another version");
  }
  // Policies of another kind have no layer (policy_stack-inl.h).
  if (static_cast<int>(header().type) >= kPolicyTypeCount) {
    return fail(offsetof(ProgramHeader, type), "a program's policies are of an unknown kind");
  }
  if (header().has_deny > 1) return fail(offsetof(ProgramHeader, has_deny), "a flag is not 0 or 1");
  return true;
}

// Program::section, at, range, string: sections fill the buffer one after the other.
inline bool ProgramVerifier::check_sections() noexcept {
  // In the order of Section.
  static constexpr std::array<std::size_t, kSectionCount> kRecordSizes = {sizeof(Word),
                                                                          sizeof(ActionSlot),
                                                                          sizeof(Ref),
                                                                          sizeof(StatementRecord),
                                                                          sizeof(StatementSource),
                                                                          sizeof(DocumentRecord),
                                                                          sizeof(TermRecord),
                                                                          sizeof(StringRef),
                                                                          sizeof(std::uint32_t),
                                                                          sizeof(ConditionSource),
                                                                          sizeof(PatternRecord),
                                                                          sizeof(ActionRecord),
                                                                          sizeof(std::uint32_t),
                                                                          sizeof(std::uint32_t),
                                                                          sizeof(char)};
  std::uint64_t end = (sizeof(ProgramHeader) + 7) / 8 * 8;
  for (std::size_t id = 0; id < kSectionCount; ++id) {
    const SectionEntry& entry = header().sections[id];
    const std::uint64_t place = offsetof(ProgramHeader, sections) + id * sizeof(SectionEntry);
    if (entry.offset != end)
      return fail(place, "a section does not begin where the one before ends");
    // Indices have 31 bits (ProgramWriter::fits).
    if (entry.count > 0x7fffffffU || entry.count > (size_ - end) / kRecordSizes[id]) {
      return fail(place, "a section reaches beyond the end of the program");
    }
    end += (entry.count * kRecordSizes[id] + 7) / 8 * 8;
    if (end > size_) return fail(place, "a section reaches beyond the end of the program");
  }
  strings_ = header().sections[static_cast<std::size_t>(Section::Strings)].count;
  return end == size_ || fail(end, "a program is longer than its sections");
}

// LinearScan::scan, Explainer, Dumper: statements of a document.
inline bool ProgramVerifier::check_documents() noexcept {
  const auto documents = section<DocumentRecord>(Section::Documents);
  const auto statements = section<StatementRecord>(Section::Statements);
  // ask_layer and ask_boundary count by the header, everybody else by the section.
  if (header().document_count != documents.size()) {
    return fail(offsetof(ProgramHeader, document_count), "the number of documents is wrong");
  }
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const DocumentRecord& document = documents[i];
    const auto bad = [&](const char* what) {
      return fail_at<DocumentRecord>(Section::Documents, i, what);
    };
    if (!is_text(document.name)) return bad("a document's name lies outside the texts");
    if (document.statements.begin != next)
      return bad("a document's statements are not behind those before");
    next += document.statements.count;
    if (next > statements.size()) return bad("a document has statements that do not exist");
    for (std::uint32_t k = 0; k < document.statements.count; ++k) {
      if (statements[document.statements.begin + k].document != i) {
        return fail_at<StatementRecord>(Section::Statements, document.statements.begin + k,
                                        "a statement is of another document");
      }
    }
  }
  return next == statements.size() ||
         fail_at<DocumentRecord>(Section::Documents, 0, "a statement is of no document");
}

inline bool ProgramVerifier::check_code() {
  code_ = std::make_unique<CodeVerifier>(section<Word>(Section::Code),
                                         section<DocumentRecord>(Section::Documents), header().salt,
                                         strings_);
  if (const ImageFlaw found = code_->run()) {
    return fail(header().sections[static_cast<std::size_t>(Section::Code)].offset + found.offset,
                found.what);
  }
  // scan_class skips denials where the header says that there are none.
  if (code_->denies() && header().has_deny == 0) {
    return fail(offsetof(ProgramHeader, has_deny), "a program does not say that it denies");
  }
  return true;
}

// dispatch.h: visit_classes; Program::bucket.
inline bool ProgramVerifier::check_tables() noexcept {
  if (!code_->is_or_none(NodeTag::Class, header().star_class)) {
    return fail(offsetof(ProgramHeader, star_class), "`*` has no class");
  }
  if (!code_->is_or_none(NodeTag::Generals, header().any_service_actions)) {
    return fail(offsetof(ProgramHeader, any_service_actions),
                "actions of any service are no such node");
  }
  const auto actions = section<ActionSlot>(Section::ActionSlots);
  if (!is_hash_table(actions, Section::ActionSlots,
                     [](const ActionSlot& slot) { return slot.action == kNoNode; })) {
    return false;
  }
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (!code_->is_slot(NodeTag::Action, actions[i].action)) {
      return fail_at<ActionSlot>(Section::ActionSlots, i,
                                 "the table of actions refers to none, or twice to one");
    }
  }
  const auto services = section<Ref>(Section::Services);
  if (!is_hash_table(services, Section::Services, [](Ref ref) { return ref == kNoNode; })) {
    return false;
  }
  for (std::size_t i = 0; i < services.size(); ++i) {
    if (!code_->is_slot(NodeTag::Service, services[i])) {
      return fail_at<Ref>(Section::Services, i,
                          "the table of services refers to none, or twice to one");
    }
  }
  if (header().table == kNoNode) return true;
  if (!code_->is(NodeTag::Table, header().table)) {
    return fail(offsetof(ProgramHeader, table), "resources have no table");
  }
  return code_->key_bits(header().table) ==
             TableNode::key_bits_of(2 * std::uint64_t{code_->class_count()}) ||
         fail(offsetof(ProgramHeader, table), "the tags of a table are not of its classes");
}

// Explainer::trace_condition, Dumper::dump_term, match_conditions.
inline bool ProgramVerifier::check_terms() noexcept {
  const auto terms = section<TermRecord>(Section::Terms);
  const auto texts = section<StringRef>(Section::ValueTexts);
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const TermRecord& term = terms[i];
    const auto bad = [&](const char* what) { return fail_at<TermRecord>(Section::Terms, i, what); };
    if (!code_->is(NodeTag::Term, term.node)) return bad("a condition has no node");
    if (term.values.begin != next) return bad("a condition's values are not behind those before");
    next += term.values.count;
    if (term.values.count != code_->value_count(term.node) || next > texts.size()) {
      return bad("a condition has not as many texts as values");
    }
  }
  if (next != texts.size()) {
    return fail_at<StringRef>(Section::ValueTexts, 0, "a value is of no condition");
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!is_text(texts[i])) {
      return fail_at<StringRef>(Section::ValueTexts, i, "a value lies outside the texts");
    }
  }
  return true;
}

// match_resource and match_action_entry; WrittenPattern::match.
inline bool ProgramVerifier::check_patterns() noexcept {
  const auto patterns = section<PatternRecord>(Section::Patterns);
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (!is_pattern(patterns[i].node, PatternKind::Segmented, patterns[i].text)) {
      return fail_at<PatternRecord>(Section::Patterns, i, "a resource has no pattern");
    }
    if (!is_text(patterns[i].text)) {
      return fail_at<PatternRecord>(Section::Patterns, i, "a resource lies outside the texts");
    }
  }
  const auto actions = section<ActionRecord>(Section::Actions);
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (actions[i].pattern != kNoNode &&
        !is_pattern(actions[i].pattern, PatternKind::General, actions[i].text)) {
      return fail_at<ActionRecord>(Section::Actions, i, "an action has no pattern");
    }
    if (!is_text(actions[i].text)) {
      return fail_at<ActionRecord>(Section::Actions, i, "an action lies outside the texts");
    }
  }
  return true;
}

inline bool ProgramVerifier::check_refs(Section id, std::size_t records,
                                        const char* what) noexcept {
  const auto refs = section<std::uint32_t>(id);
  for (std::size_t i = 0; i < refs.size(); ++i) {
    if (refs[i] >= records) return fail_at<std::uint32_t>(id, i, what);
  }
  return true;
}

// The tests of a whole statement in statement_match.h, Explainer and Dumper.
inline bool ProgramVerifier::check_statements() noexcept {
  if (!check_refs(Section::ConditionRefs, section<TermRecord>(Section::Terms).size(),
                  "a statement refers to no condition") ||
      !check_refs(Section::ActionRefs, section<ActionRecord>(Section::Actions).size(),
                  "a statement refers to no action") ||
      !check_refs(Section::ResourceRefs, section<PatternRecord>(Section::Patterns).size(),
                  "a statement refers to no resource")) {
    return false;
  }
  const auto statements = section<StatementRecord>(Section::Statements);
  std::uint64_t conditions = 0;
  std::uint64_t actions = 0;
  std::uint64_t resources = 0;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const StatementRecord& statement = statements[i];
    const auto bad = [&](const char* what) {
      return fail_at<StatementRecord>(Section::Statements, i, what);
    };
    if (statement.conditions.begin != conditions || statement.actions.begin != actions ||
        statement.resources.begin != resources) {
      return bad("a statement's lists are not behind those before");
    }
    conditions += statement.conditions.count;
    actions += statement.actions.count;
    resources += statement.resources.count;
    if (statement.effect != Effect::Allow && statement.effect != Effect::Deny) {
      return bad("a statement has an unknown effect");
    }
    if ((statement.not_action | statement.not_resource | statement.any_resource |
         statement.not_principal | statement.has_principal) > 1) {
      return bad("a flag is not 0 or 1");
    }
    if (statement.has_principal != 0 ? !code_->is(NodeTag::Principals, statement.principals)
                                     : statement.principals != kNoNode) {
      return bad("a statement refers to no principals");
    }
    if (statement.effect == Effect::Deny && header().has_deny == 0) {
      return bad("a program does not say that it denies");
    }
  }
  if (conditions != section<std::uint32_t>(Section::ConditionRefs).size() ||
      actions != section<std::uint32_t>(Section::ActionRefs).size() ||
      resources != section<std::uint32_t>(Section::ResourceRefs).size()) {
    return fail_at<StatementRecord>(Section::Statements, 0,
                                    "statements have not as many elements as are listed");
  }
  return true;
}

// Explainer::trace_statement and trace_condition; positions are for people and lead nowhere.
inline bool ProgramVerifier::check_sources() noexcept {
  const auto sources = section<StatementSource>(Section::StatementSources);
  if (sources.size() != section<StatementRecord>(Section::Statements).size()) {
    return fail_at<StatementSource>(Section::StatementSources, 0,
                                    "not every statement has positions");
  }
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!is_text(sources[i].sid)) {
      return fail_at<StatementSource>(Section::StatementSources, i, "a Sid lies outside the texts");
    }
  }
  const auto conditions = section<ConditionSource>(Section::ConditionSources);
  if (conditions.size() != section<std::uint32_t>(Section::ConditionRefs).size()) {
    return fail_at<ConditionSource>(Section::ConditionSources, 0,
                                    "not every condition has a position");
  }
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    if (!is_text(conditions[i].operator_text) || !is_text(conditions[i].key)) {
      return fail_at<ConditionSource>(Section::ConditionSources, i,
                                      "a condition lies outside the texts");
    }
  }
  return true;
}

}  // namespace detail
}  // namespace writ::inline v0
