// Not API, may change in any release. CodeWriter: appends nodes to a program's code (code.h).
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "writ/impl/code.h"

namespace writ::inline v0 {
namespace detail {

/// Nodes are written one after the other: all that a node refers to is written before it begins.
class CodeWriter {
 public:
  void reserve(std::size_t words) { words_.reserve(words); }
  /// Begins a node; its reference.
  Ref begin(NodeTag tag, Word head_bits = 0) {
    const auto ref = static_cast<Ref>(words_.size());
    words_.push_back(TagBits::put(static_cast<Word>(tag)) | head_bits);
    return ref;
  }
  void put(Word word) { words_.push_back(word); }
  void put(std::size_t size) { words_.push_back(static_cast<Word>(size)); }
  void put64(std::uint64_t value) {
    words_.push_back(static_cast<Word>(value));
    words_.push_back(static_cast<Word>(value >> 32U));
  }
  /// The bytes, and zeros up to the end of a word.
  void put_text(std::string_view text) {
    const std::size_t at = words_.size();
    words_.resize(at + words_of(text.size()));
    if (!text.empty()) std::memcpy(words_.data() + at, text.data(), text.size());
  }
  template <class Record>
  void put_record(const Record& record) {
    static_assert(sizeof(Record) % sizeof(Word) == 0);
    const std::size_t at = words_.size();
    words_.resize(at + sizeof(Record) / sizeof(Word));
    std::memcpy(words_.data() + at, &record, sizeof record);
  }

  /// A node that was written elsewhere.
  Ref put_node(std::span<const Word> node) {
    const auto ref = static_cast<Ref>(words_.size());
    words_.insert(words_.end(), node.begin(), node.end());
    return ref;
  }
  /// So many zeros.
  void put_zeros(std::size_t count) { words_.resize(words_.size() + count); }

  [[nodiscard]] Word& operator[](std::size_t index) noexcept { return words_[index]; }
  [[nodiscard]] const Word* node(Ref ref) const noexcept { return words_.data() + ref; }
  [[nodiscard]] std::size_t size() const noexcept { return words_.size(); }
  [[nodiscard]] const std::vector<Word>& words() const noexcept { return words_; }

 private:
  std::vector<Word> words_ = {0};  // no node is at 0
};

}  // namespace detail
}  // namespace writ::inline v0
