// Not API, may change in any release. Freezing a set: sections into one buffer, and the handle.
#pragma once

#include <cstring>
#include <limits>

#include "writ/impl/dump-inl.h"
#include "writ/impl/index_builder.h"
#include "writ/impl/program.h"
#include "writ/impl/program_builder.h"
#include "writ/parse.h"
#include "writ/policy_set.h"

namespace writ::inline v0 {
namespace detail {

/// Lays sections out in one buffer.
class ProgramWriter {
 public:
  /// `records` must stay as they are until `finish`.
  template <class Record>
  void add(Section id, const std::vector<Record>& records) {
    static_assert(std::is_trivially_copyable_v<Record>);
    header.sections[static_cast<std::size_t>(id)] = {size_, records.size()};
    parts_[static_cast<std::size_t>(id)] = {records.data(), records.size() * sizeof(Record)};
    size_ += (records.size() * sizeof(Record) + 7) / 8 * 8;
    largest_ = std::max(largest_, records.size());
  }

  /// Whether all indices fit their bits: targets have 31 for nodes, a bit tells cold nodes apart.
  [[nodiscard]] bool fits() const noexcept {
    return largest_ < std::numeric_limits<std::uint32_t>::max() / 2;
  }
  [[nodiscard]] ProgramMemory finish() const {
    ProgramMemory memory = ProgramMemory::allocate(size_);
    static_assert(sizeof header % 8 == 0);
    std::memcpy(memory.writable(), &header, sizeof header);
    for (std::size_t id = 0; id < kSectionCount; ++id) {
      if (parts_[id].bytes == 0) continue;
      // Sections end at a multiple of eight bytes.
      std::memset(memory.writable() + header.sections[id].offset + parts_[id].bytes / 8 * 8, 0,
                  parts_[id].bytes % 8 == 0 ? 0 : 8);
      std::memcpy(memory.writable() + header.sections[id].offset, parts_[id].data,
                  parts_[id].bytes);
    }
    return memory;
  }

  ProgramHeader header;

 private:
  struct Part {
    const void* data = nullptr;
    std::size_t bytes = 0;
  };

  std::array<Part, kSectionCount> parts_;
  std::uint64_t size_ = (sizeof(ProgramHeader) + 7) / 8 * 8;
  std::size_t largest_ = 0;
};

[[nodiscard]] inline PolicyError limit_exceeded(const char* message) {
  PolicyError error;
  error.code = ErrorCode::LimitExceeded;
  error.message = message;
  return error;
}
[[nodiscard]] inline PolicyError set_too_large() {
  return limit_exceeded("the documents are too large for one set; split them into several");
}

}  // namespace detail

WRIT_FUNC PolicySet::PolicySet(const PolicySet& other) noexcept : program_(other.program_) {
  if (program_ != nullptr) program_->acquire();
}

WRIT_FUNC PolicySet::~PolicySet() {
  if (program_ != nullptr && program_->release()) delete program_;
}

WRIT_FUNC PolicyType PolicySet::type() const noexcept {
  return program_ == nullptr ? PolicyType::IdentityBased : program_->header().type;
}

WRIT_FUNC std::uint32_t PolicySet::document_count() const noexcept {
  return program_ == nullptr ? 0 : static_cast<std::uint32_t>(program_->documents().size());
}

WRIT_FUNC std::uint32_t PolicySet::statement_count() const noexcept {
  return program_ == nullptr ? 0 : static_cast<std::uint32_t>(program_->statements().size());
}

WRIT_FUNC std::size_t PolicySet::size_bytes() const noexcept {
  return program_ == nullptr ? 0 : program_->size_bytes();
}

WRIT_FUNC std::size_t PolicySet::hot_size_bytes() const noexcept {
  return program_ == nullptr ? 0 : program_->hot_bytes();
}

WRIT_FUNC void PolicySet::warm() const noexcept {
  if (program_ == nullptr) return;
  constexpr std::size_t kLine = 64;
  const std::size_t size = program_->hot_bytes();
  for (std::size_t at = 0; at < size; at += kLine) {
    // What is read is of no use, and reading it all the same not for the compiler to judge.
    static_cast<void>(*static_cast<const volatile char*>(program_->memory().bytes() + at));
  }
}

WRIT_FUNC std::string PolicySet::dump() const {
  return program_ == nullptr ? std::string("empty\n") : detail::dump_program(*program_);
}

WRIT_FUNC PolicySetBuilder& PolicySetBuilder::attach(std::string_view name,
                                                     const PolicyDocument& document) {
  documents_.push_back({std::string(name), &document});
  return *this;
}

WRIT_FUNC Result<PolicySet> PolicySetBuilder::build() const {
  detail::ProgramBuilder builder(type_);
  std::size_t actions = 0;
  std::size_t resources = 0;
  std::size_t values = 0;
  for (const Attached& attached : documents_) {
    for (const Statement& statement : attached.document->statements()) {
      actions += statement.action.values.size();
      resources += statement.resource.values.size();
      for (const ConditionTest& test : statement.conditions) values += test.values.size() + 2;
      ++values;
    }
  }
  builder.reserve(actions, resources, values);
  for (const Attached& attached : documents_) {
    if (attached.document->type() != type_) {
      PolicyError error;
      error.code = ErrorCode::DataTypeMismatch;
      error.rule = "D-5";
      error.message = "the document `" + attached.name + "` was parsed as kind `" +
                      std::string(to_string(attached.document->type())) +
                      "`, the set is of kind `" + std::string(to_string(type_)) +
                      "`; parse it as that kind";
      return error;
    }
    builder.add_document(attached.name, *attached.document);
    if (builder.overflowed()) return detail::set_too_large();
  }
  detail::IndexBuilder index(builder);
  index.build();

  using detail::Section;
  detail::ProgramWriter writer;
  writer.add(Section::Code, builder.code.words());
  writer.add(Section::ActionSlots, index.actions);
  writer.add(Section::Services, index.services);
  writer.add(Section::Statements, builder.statements);
  writer.add(Section::StatementSources, builder.sources);
  writer.add(Section::Documents, builder.documents);
  writer.add(Section::Terms, builder.terms);
  writer.add(Section::ValueTexts, builder.value_texts);
  writer.add(Section::ConditionRefs, builder.condition_refs);
  writer.add(Section::ConditionSources, builder.condition_sources);
  writer.add(Section::Patterns, builder.patterns);
  writer.add(Section::Actions, builder.actions);
  writer.add(Section::ActionRefs, builder.action_refs);
  writer.add(Section::ResourceRefs, builder.resource_refs);
  writer.add(Section::Strings, builder.strings);
  writer.header.star_class = index.star_class;
  writer.header.any_service_actions = index.any_service_actions;
  writer.header.table = index.table;
  writer.header.table_factor = index.table_factor;
  writer.header.salt = index.salt();
  writer.header.slot_factor = index.slot_factor;
  writer.header.document_count = static_cast<std::uint32_t>(builder.documents.size());
  writer.header.type = type_;
  writer.header.has_deny = index.has_deny ? 1 : 0;
  if (builder.overflowed() || !writer.fits()) return detail::set_too_large();
  if (!index.is_complete) {
    return detail::limit_exceeded(
        "the actions, resources and principals of the documents have hashes that cannot be told "
        "apart; split the documents into several sets");
  }
  return PolicySet(new detail::Program(writer.finish()));
}

WRIT_FUNC Result<PolicySet> compile_policy(std::string_view text, PolicyType type,
                                           std::string_view name) {
  Result<PolicyDocument> document = parse_policy(text, type);
  if (!document) return std::move(document).error();
  PolicySetBuilder builder(type);
  builder.attach(name, *document);
  return builder.build();
}

}  // namespace writ::inline v0
