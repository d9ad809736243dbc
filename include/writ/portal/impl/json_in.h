// Not API, may change in any release. Reading JSON of a known shape; the first mistake is kept.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/impl/json_tree.h"
#include "writ/result.h"

namespace writ::inline v0 {
namespace portal::detail {

using writ::detail::JsonKind;
using writ::detail::JsonNode;
using writ::detail::JsonTree;

/// Reads members of a tree. After the first mistake everything reads as empty, so that readers need
/// to look at `failed` only where they would go on to act.
class JsonIn {
 public:
  JsonIn(std::string_view text, const JsonTree& tree, std::string_view rule)
      : text_(text), tree_(tree), rule_(rule) {
    if (!tree.duplicates().empty()) {
      fail(tree.node(tree.duplicates().front().node), "the member occurs twice; keep one");
    }
  }

  [[nodiscard]] bool failed() const noexcept { return error_.has_value(); }
  [[nodiscard]] const PolicyError& error() const noexcept { return *error_; }
  [[nodiscard]] const JsonNode& root() const noexcept { return tree_.root(); }

  void fail(const JsonNode& at, std::string message) {
    if (error_) return;
    error_.emplace();
    error_->code = ErrorCode::InvalidInput;
    error_->position = at.begin;
    error_->json_pointer = tree_.pointer(at);
    error_->rule = rule_;
    error_->message = std::move(message);
  }
  /// A mistake that another part found, at this place.
  void fail(const JsonNode& at, const PolicyError& why) {
    fail(at, why.rule.empty() ? why.message : fmt::format("{} [{}]", why.message, why.rule));
  }

  /// An object with no other members than these.
  bool object(const JsonNode& node, std::initializer_list<std::string_view> members) {
    if (node.kind != JsonKind::Object) {
      fail(node, "an object is expected here");
      return false;
    }
    for (const JsonNode* child = tree_.first_child(node); child != nullptr;
         child = tree_.next(*child)) {
      if (std::ranges::find(members, child->name) == members.end()) {
        fail(*child, fmt::format("unknown member `{}`; known are {}", child->name,
                                 fmt::join(members, ", ")));
        return false;
      }
    }
    return !failed();
  }
  [[nodiscard]] const JsonNode* member(const JsonNode& node, std::string_view name) const {
    if (failed() || node.kind != JsonKind::Object) return nullptr;
    const JsonNode* const found = tree_.member(node, name);
    return found == nullptr || found->kind == JsonKind::Null ? nullptr : found;
  }
  [[nodiscard]] const JsonNode* required(const JsonNode& node, std::string_view name) {
    const JsonNode* const found = member(node, name);
    if (found == nullptr) fail(node, fmt::format("member `{}` is missing", name));
    return found;
  }
  /// The elements of an array, or the members of an object.
  [[nodiscard]] std::vector<const JsonNode*> children(const JsonNode* node) const {
    std::vector<const JsonNode*> found;
    if (node == nullptr || failed()) return found;
    for (const JsonNode* child = tree_.first_child(*node); child != nullptr;
         child = tree_.next(*child)) {
      found.push_back(child);
    }
    return found;
  }
  [[nodiscard]] std::vector<const JsonNode*> array(const JsonNode& node, std::string_view name) {
    const JsonNode* const found = member(node, name);
    if (found == nullptr) return {};
    if (found->kind != JsonKind::Array) {
      fail(*found, "an array is expected here");
      return {};
    }
    return children(found);
  }

  std::string string(const JsonNode& node) {
    if (node.kind != JsonKind::String) {
      fail(node, "a string is expected here");
      return {};
    }
    return std::string(node.text);
  }
  std::string string(const JsonNode& node, std::string_view name, std::string_view otherwise = {}) {
    const JsonNode* const found = member(node, name);
    return found == nullptr ? std::string(otherwise) : string(*found);
  }
  std::string required_string(const JsonNode& node, std::string_view name) {
    const JsonNode* const found = required(node, name);
    return found == nullptr ? std::string() : string(*found);
  }
  std::vector<std::string> strings(const JsonNode& node) {
    std::vector<std::string> values;
    if (node.kind != JsonKind::Array) {
      fail(node, "a list of strings is expected here");
      return values;
    }
    for (const JsonNode* child : children(&node)) values.push_back(string(*child));
    return values;
  }
  std::vector<std::string> strings(const JsonNode& node, std::string_view name) {
    const JsonNode* const found = member(node, name);
    return found == nullptr ? std::vector<std::string>() : strings(*found);
  }
  bool flag(const JsonNode& node) {
    if (node.kind != JsonKind::True && node.kind != JsonKind::False) {
      fail(node, "true or false is expected here");
      return false;
    }
    return node.kind == JsonKind::True;
  }
  bool flag(const JsonNode& node, std::string_view name, bool otherwise) {
    const JsonNode* const found = member(node, name);
    return found == nullptr ? otherwise : flag(*found);
  }
  std::int64_t number(const JsonNode& node) {
    std::int64_t value = 0;
    const std::string_view text = node.text;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (node.kind != JsonKind::Number || error != std::errc() || end != text.data() + text.size()) {
      fail(node, "a whole number is expected here");
      return 0;
    }
    return value;
  }
  std::int64_t number(const JsonNode& node, std::string_view name, std::int64_t otherwise) {
    const JsonNode* const found = member(node, name);
    return found == nullptr ? otherwise : number(*found);
  }
  /// A number of at most `most`.
  std::uint64_t count(const JsonNode& node, std::string_view name, std::uint64_t most) {
    const std::int64_t value = number(node, name, 0);
    if (value < 0 || static_cast<std::uint64_t>(value) > most) {
      fail(node, fmt::format("`{}` is out of range", name));
      return 0;
    }
    return static_cast<std::uint64_t>(value);
  }
  /// The bytes of a value, as they stand in the text.
  [[nodiscard]] std::string_view raw(const JsonNode& node) const noexcept {
    return text_.substr(node.begin.offset, node.end.offset - node.begin.offset);
  }
  /// Index of a word in a list of them.
  std::size_t word(const JsonNode& node, std::initializer_list<std::string_view> words) {
    const std::string text = string(node);
    const auto found = std::ranges::find(words, text);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    fail(node, fmt::format("`{}` is none of {}", text, fmt::join(words, ", ")));
    return 0;
  }
  std::size_t word(const JsonNode& node, std::string_view name,
                   std::initializer_list<std::string_view> words, std::size_t otherwise) {
    const JsonNode* const found = member(node, name);
    return found == nullptr ? otherwise : word(*found, words);
  }

 private:
  std::string_view text_;
  const JsonTree& tree_;
  std::string_view rule_;
  std::optional<PolicyError> error_;
};

}  // namespace portal::detail
}  // namespace writ::inline v0
