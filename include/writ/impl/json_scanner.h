// Not API, may change in any release. JsonScanner: the fast way from JSON text to a JsonTree.
//
// Nearly every text is legal JSON. This reader knows legal JSON only: on everything else it gives
// up without a word, and RapidJSON reads the text from its beginning and says what is wrong. So
// there is one judge of mistakes, and a legal text takes about a third of the time.
// tests/text/json_scanner_test.cc holds both readers to the same trees.
//
// The tree's arena is a copy of the text with zero bytes behind it. They end every loop, so that
// nothing here looks for the end of the text; and strings are read where they stand, eight bytes at
// a time. Only a string with escapes moves: it is decoded onto itself, which never makes it longer.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "writ/hash.h"
#include "writ/impl/json_tree.h"
#include "writ/impl/utf8.h"

namespace writ::inline v0 {
namespace detail {

// The length of the JSON number at the front of `text`, or 0.
[[nodiscard]] inline std::size_t json_number_size(std::string_view text) noexcept {
  std::size_t at = 0;
  const auto digits = [&text, &at] {
    const std::size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - begin;
  };
  if (at < text.size() && text[at] == '-') ++at;
  if (at < text.size() && text[at] == '0') {
    ++at;
  } else if (digits() == 0) {
    return 0;
  }
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return 0;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return 0;
  }
  return at;
}

class JsonScanner {
 public:
  JsonScanner(JsonTree& tree, std::uint32_t max_depth) noexcept
      : tree_(tree), max_depth_(max_depth) {}

  // Fills the empty tree. False where the text is not legal JSON, is nested too deeply, or has
  // surrogate escapes: the tree is of no use then.
  [[nodiscard]] bool read(std::string_view text) {
    tree_.arena_.reserve(text.size() + kPadding);
    tree_.arena_.assign(text.begin(), text.end());
    tree_.arena_.resize(text.size() + kPadding);
    // Policies have a value for every 24 bytes or so; a large text may be anything.
    constexpr std::size_t kMostAtOnce = 1U << 16U;
    tree_.nodes_.reserve(std::min(text.size() / 24 + 8, kMostAtOnce));
    at_ = tree_.arena_.data();
    begin_ = line_begin_ = at_;
    return values() && at_ == begin_ + text.size();
  }

 private:
  // As much as one step of `skip_plain` reads.
  static constexpr std::size_t kPadding = 8;

  [[nodiscard]] Position here() const noexcept {
    return {static_cast<std::uint32_t>(at_ - begin_), line_,
            static_cast<std::uint32_t>(at_ - line_begin_ + 1)};
  }

  void skip_space() noexcept {
    for (;; ++at_) {
      if (static_cast<unsigned char>(*at_) > ' ') return;
      if (*at_ == '\n') {
        ++line_;
        line_begin_ = at_ + 1;
      } else if (*at_ != ' ' && *at_ != '\r' && *at_ != '\t') {
        return;
      }
    }
  }

  // One value, and white space behind it.
  [[nodiscard]] bool values() {
    skip_space();
    for (;;) {
      // A value begins here.
      switch (*at_) {
        case '"': {
          JsonNode& node = add(JsonKind::String);
          if (!string(node.text)) return false;
          node.end = here();
          break;
        }
        case '{':
        case '[':
          if (depth_ == max_depth_) return false;
          if (!open(*at_ == '{' ? JsonKind::Object : JsonKind::Array)) {
            if (failed_) return false;
            continue;
          }
          break;
        case 't':
          if (!literal(JsonKind::True, "true")) return false;
          break;
        case 'f':
          if (!literal(JsonKind::False, "false")) return false;
          break;
        case 'n':
          if (!literal(JsonKind::Null, "null")) return false;
          break;
        default:
          if (!number()) return false;
      }
      // Here one ends.
      for (;;) {
        skip_space();
        if (parent_ == JsonNode::kNone) return true;
        const bool in_object = in_object_;
        if (*at_ == ',') {
          ++at_;
          skip_space();
          if (in_object && !name()) return false;
          break;
        }
        if (*at_ != (in_object ? '}' : ']')) return false;
        close();
      }
    }
  }

  // Begins a container. True if it is empty, and so already closed; else a value comes next.
  bool open(JsonKind kind) {
    const auto index = static_cast<std::uint32_t>(tree_.nodes_.size());
    add(kind);
    ++at_;
    ++depth_;
    parent_ = index;
    previous_ = JsonNode::kNone;
    enter(kind == JsonKind::Object);
    skip_space();
    if (*at_ == (in_object_ ? '}' : ']')) {
      close();
      return true;
    }
    failed_ = in_object_ && !name();
    return false;
  }

  void close() {
    ++at_;
    --depth_;
    JsonNode& node = tree_.nodes_[parent_];
    node.end = here();
    if (previous_ != JsonNode::kNone) {
      node.first_child = parent_ + 1;
      node.child_count = tree_.nodes_[previous_].index + 1;
    }
    if (in_object_) tree_.find_duplicates(parent_);
    previous_ = parent_;
    parent_ = node.parent;
    enter(parent_ != JsonNode::kNone && tree_.nodes_[parent_].kind == JsonKind::Object);
  }

  void enter(bool object) noexcept {
    in_object_ = object;
    if (object) return;  // a name comes before each value
    name_ = {};
    name_position_ = {};
  }

  JsonNode& add(JsonKind kind) {
    const auto node = static_cast<std::uint32_t>(tree_.nodes_.size());
    std::uint32_t index = 0;
    if (previous_ != JsonNode::kNone) {
      JsonNode& previous = tree_.nodes_[previous_];
      previous.next = node;
      index = previous.index + 1;
    }
    previous_ = node;
    return tree_.nodes_.emplace_back(kind, here(), name_, name_position_, parent_, index);
  }

  // A member's name, colon, and the white space before its value.
  [[nodiscard]] bool name() {
    name_position_ = here();
    if (*at_ != '"' || !string(name_)) return false;
    skip_space();
    if (*at_ != ':') return false;
    ++at_;
    skip_space();
    return true;
  }

  [[nodiscard]] bool literal(JsonKind kind, std::string_view word) {
    if (std::string_view(at_, word.size()) != word) return false;
    add_word(kind, word.size());
    return true;
  }

  [[nodiscard]] bool number() {
    const char* end = tree_.arena_.data() + tree_.arena_.size();
    const std::size_t size = json_number_size({at_, static_cast<std::size_t>(end - at_)});
    if (size == 0) return false;
    add_word(JsonKind::Number, size);
    return true;
  }

  void add_word(JsonKind kind, std::size_t size) {
    JsonNode& node = add(kind);
    node.text = {at_, size};
    at_ += size;
    node.end = here();
  }

  // Behind all characters that stand for themselves: U+0020 to U+007F but quotes and backslashes.
  [[nodiscard]] static char* skip_plain(char* at) noexcept {
    constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
    for (;; at += 8) {
      const std::uint64_t word = load_word(at, 8);
      // The lowest mark is exact, those above it may come from its borrow.
      const std::uint64_t control = word - kOnes * 0x20;
      const std::uint64_t quote = (word ^ (kOnes * '"')) - kOnes;
      const std::uint64_t backslash = (word ^ (kOnes * '\\')) - kOnes;
      const std::uint64_t marks = (control | quote | backslash | word) & (kOnes * 0x80);
      if (marks != 0) return at + std::countr_zero(marks) / 8;
    }
  }

  // The string whose opening quote is here. Inlined at both places: 0.04 of RapidJSON's time.
  [[nodiscard, gnu::always_inline]] inline bool string(std::string_view& text) noexcept {
    char* const begin = ++at_;
    for (;;) {
      at_ = skip_plain(at_);
      if (*at_ == '"') {
        text = {begin, static_cast<std::size_t>(at_ - begin)};
        ++at_;
        return true;
      }
      tree_.plain_ = false;
      if (*at_ == '\\') return escaped_string(begin, text);
      const std::size_t size = utf8_sequence_size(at_);
      if (size == 0) return false;
      at_ += size;
    }
  }

  // The same from the first escape on: what follows moves down.
  [[nodiscard]] bool escaped_string(char* const begin, std::string_view& text) noexcept {
    char* out = at_;
    for (;;) {
      char* const run = at_;
      at_ = skip_plain(at_);
      if (static_cast<unsigned char>(*at_) >= 0x80) {
        const std::size_t size = utf8_sequence_size(at_);
        if (size == 0) return false;
        at_ += size;
      }
      std::memmove(out, run, static_cast<std::size_t>(at_ - run));
      out += at_ - run;
      if (*at_ == '"') {
        text = {begin, static_cast<std::size_t>(out - begin)};
        ++at_;
        return true;
      }
      if (*at_ == '\\') {
        if (!escape(out)) return false;
      } else if (static_cast<unsigned char>(*at_) < 0x20) {
        return false;
      }
    }
  }

  [[nodiscard]] bool escape(char*& out) noexcept {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kCharacters = "\"\\/\b\f\n\r\t";
    const char letter = at_[1];
    if (letter == 'u') return unicode_escape(out);
    const std::size_t which = kLetters.find(letter);
    if (which == std::string_view::npos) return false;
    *out++ = kCharacters[which];
    at_ += 2;
    return true;
  }

  // `\u` and four digits outside the surrogates.
  [[nodiscard]] bool unicode_escape(char*& out) noexcept {
    unsigned point = 0;
    for (int i = 2; i < 6; ++i) {
      const char c = fold_ascii(at_[i]);
      const bool is_digit = c >= '0' && c <= '9';
      if (!is_digit && (c < 'a' || c > 'f')) return false;
      point = point * 16 + static_cast<unsigned>(is_digit ? c - '0' : c - 'a' + 10);
    }
    if (point >= 0xd800 && point <= 0xdfff) return false;
    if (point < 0x80) {
      *out++ = static_cast<char>(point);
    } else if (point < 0x800) {
      *out++ = static_cast<char>(0xc0U | (point >> 6U));
      *out++ = static_cast<char>(0x80U | (point & 0x3fU));
    } else {
      *out++ = static_cast<char>(0xe0U | (point >> 12U));
      *out++ = static_cast<char>(0x80U | ((point >> 6U) & 0x3fU));
      *out++ = static_cast<char>(0x80U | (point & 0x3fU));
    }
    at_ += 6;
    return true;
  }

  JsonTree& tree_;
  char* at_ = nullptr;
  const char* begin_ = nullptr;
  const char* line_begin_ = nullptr;
  std::uint32_t line_ = 1;
  std::uint32_t depth_ = 0;
  std::uint32_t max_depth_;
  std::uint32_t parent_ = JsonNode::kNone;    // the innermost open container
  std::uint32_t previous_ = JsonNode::kNone;  // the last value in it
  bool in_object_ = false;
  bool failed_ = false;
  std::string_view name_;  // of the member whose value comes next
  Position name_position_;
};

}  // namespace detail
}  // namespace writ::inline v0
