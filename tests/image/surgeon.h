// A program inside an image, opened for changes.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "image/sample.h"
#include "writ/impl/code_verifier.h"

namespace writ::test {

using detail::NodeTag;
using detail::Ref;
using detail::Section;
using detail::Word;

/// The bytes of a good image, and one of its programs by the number of its entry.
class Surgeon {
 public:
  Surgeon(std::string bytes, std::size_t entry) : bytes_(std::move(bytes)) {
    std::memcpy(&place_, bytes_.data() + sizeof(detail::ImageHeader) + entry * sizeof place_,
                sizeof place_);
    hot_.emplace(section<Word>(Section::Code), section<detail::DocumentRecord>(Section::Documents),
                 header().salt, 1U << 20U);
    EXPECT_FALSE(hot_->run());
  }

  [[nodiscard]] detail::ProgramHeader& header() {
    return *reinterpret_cast<detail::ProgramHeader*>(program());
  }
  [[nodiscard]] detail::SectionEntry& entry(Section id) {
    return header().sections[static_cast<std::size_t>(id)];
  }
  template <class Record>
  [[nodiscard]] std::span<Record> section(Section id) {
    return {reinterpret_cast<Record*>(program() + entry(id).offset),
            static_cast<std::size_t>(entry(id).count)};
  }
  [[nodiscard]] Word* code() { return section<Word>(Section::Code).data(); }
  /// The first node of a tag of which `wanted` holds; a test that asks for one that is not there
  /// fails.
  [[nodiscard]] Word* node(
      NodeTag tag,
      const std::function<bool(const Word*)>& wanted = [](const Word*) { return true; }) {
    for (Ref ref = 1; ref < section<Word>(Section::Code).size(); ++ref) {
      if (hot_->is(tag, ref) && wanted(code() + ref)) return code() + ref;
    }
    ADD_FAILURE() << "the sample has no such node";
    return code();
  }
  [[nodiscard]] Ref ref(const Word* node) { return static_cast<Ref>(node - code()); }
  [[nodiscard]] Word* term(ConditionOperator op) {
    return node(NodeTag::Term,
                [op](const Word* words) { return detail::TermNode{words}.op() == op; });
  }
  [[nodiscard]] Word* pattern(detail::PatternKind kind) {
    return node(NodeTag::Pattern,
                [kind](const Word* words) { return detail::PatternNode{words}.kind() == kind; });
  }
  /// The first value of a term.
  [[nodiscard]] Word* value(Word* term) { return term + (detail::TermNode{term}.values() - term); }
  [[nodiscard]] Result<PolicyImage> open() {
    seal_image(bytes_);
    return PolicyImage::from_bytes(bytes_);
  }

 private:
  [[nodiscard]] char* program() { return bytes_.data() + place_.offset; }

  std::string bytes_;
  detail::ImageDirectoryEntry place_;
  std::optional<detail::CodeVerifier> hot_;
};

}  // namespace writ::test
