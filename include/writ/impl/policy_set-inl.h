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

/// Appends sections to a buffer of words and notes them in its header.
class ProgramWriter {
 public:
  ProgramWriter() : words_((sizeof(ProgramHeader) + 7) / 8) {}

  template <class Record>
  void add(Section id, const std::vector<Record>& records) {
    static_assert(std::is_trivially_copyable_v<Record>);
    const std::size_t offset = words_.size() * 8;
    const std::size_t bytes = records.size() * sizeof(Record);
    words_.resize(words_.size() + (bytes + 7) / 8);
    if (bytes != 0) {
      std::memcpy(reinterpret_cast<char*>(words_.data()) + offset, records.data(), bytes);
    }
    header.sections[static_cast<std::size_t>(id)] = {offset, records.size()};
    largest_ = std::max(largest_, records.size());
  }

  /// Whether all indices fit their 32 bits.
  [[nodiscard]] bool fits() const noexcept {
    return largest_ < std::numeric_limits<std::uint32_t>::max();
  }
  [[nodiscard]] std::vector<std::uint64_t> finish() {
    std::memcpy(words_.data(), &header, sizeof header);
    return std::move(words_);
  }

  ProgramHeader header;

 private:
  std::vector<std::uint64_t> words_;
  std::size_t largest_ = 0;
};

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
  }
  detail::IndexBuilder index(builder);
  index.build();

  using detail::Section;
  detail::ProgramWriter writer;
  writer.add(Section::Statements, builder.statements);
  writer.add(Section::Documents, builder.documents);
  writer.add(Section::Terms, builder.terms);
  writer.add(Section::Values, builder.values);
  writer.add(Section::ConditionRefs, builder.condition_refs);
  writer.add(Section::Patterns, builder.patterns);
  writer.add(Section::Atoms, builder.atoms);
  writer.add(Section::Variables, builder.variables);
  writer.add(Section::Principals, builder.principals);
  writer.add(Section::Actions, builder.actions);
  writer.add(Section::ActionRefs, builder.action_refs);
  writer.add(Section::ResourceRefs, builder.resource_refs);
  writer.add(Section::ActionSlots, index.action_slots);
  writer.add(Section::ServiceSlots, index.service_slots);
  writer.add(Section::ActionPrefixes, index.action_prefixes);
  writer.add(Section::ActionPatterns, index.action_patterns);
  writer.add(Section::ActionClasses, index.classes);
  writer.add(Section::Groups, index.groups);
  writer.add(Section::Lengths, index.lengths);
  writer.add(Section::Buckets, index.buckets);
  writer.add(Section::PostingLists, index.lists);
  writer.add(Section::Postings, index.postings);
  writer.add(Section::Strings, builder.strings);
  writer.add(Section::StatementSources, builder.sources);
  writer.add(Section::ConditionSources, builder.condition_sources);
  writer.header.star_class = index.star_class;
  writer.header.patterns_any_service = index.patterns_any_service;
  writer.header.type = type_;
  writer.header.has_deny = index.has_deny ? 1 : 0;
  if (!writer.fits()) {
    PolicyError error;
    error.code = ErrorCode::LimitExceeded;
    error.message = "the documents are too large for one set; split them into several";
    return error;
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
