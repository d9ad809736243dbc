// Not API, may change in any release. JsonTree: a checked JSON text as a flat array of nodes, each
// with its place in the text. The text room: everything that reads JSON reads it through here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/config.h"
#include "writ/error.h"
#include "writ/result.h"

namespace writ::inline v0 {
namespace detail {

enum class JsonKind : std::uint8_t { Null, False, True, Number, String, Array, Object };

/// One value. Members of an object are its children with a `name`.
struct JsonNode {
  static constexpr std::uint32_t kNone = 0xffffffffU;

  JsonNode() = default;
  // Member by member: g++ 12 clears what has default values with a slow instruction for blocks.
  JsonNode(JsonKind its_kind, Position its_begin, std::string_view its_name,
           Position its_name_position, std::uint32_t its_parent, std::uint32_t its_index) noexcept
      : name(its_name),
        begin(its_begin),
        name_position(its_name_position),
        parent(its_parent),
        index(its_index),
        kind(its_kind) {}

  std::string_view text;  ///< decoded string; spelling of a number or literal; empty for containers
  std::string_view name;  ///< decoded member name, when the parent is an object
  Position begin;         ///< first byte of the value
  Position end;           ///< the byte after its last one
  Position name_position;  ///< of the name's opening quote
  std::uint32_t parent = kNone;
  std::uint32_t first_child = kNone;
  std::uint32_t next = kNone;  ///< next sibling
  std::uint32_t child_count = 0;
  std::uint32_t index = 0;  ///< place among the siblings
  JsonKind kind = JsonKind::Null;
};

/// A mistake that does not stop the reading: the second of two equal members.
struct JsonDuplicate {
  std::uint32_t node = JsonNode::kNone;
};

struct JsonOptions {
  std::size_t max_bytes = 64U << 20U;
  /// Containers inside containers; deeper is an error (G-11). Parsing never recurses.
  std::uint32_t max_depth = 16;
  /// Values of every kind; they are counted before memory is taken for them, about 100 bytes each.
  std::size_t max_values = static_cast<std::size_t>(-1);
};

/// At least as many values as a JSON text has, and hardly more: one for each comma and each opening
/// bracket outside of strings.
[[nodiscard]] inline std::size_t count_json_values(std::string_view text) noexcept {
  std::size_t count = 1;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      in_string = !in_string;
    } else if (in_string) {
      if (c == '\\') ++i;
    } else if (c == ',' || c == '[' || c == '{') {
      ++count;
    }
  }
  return count;
}

/// A JSON text (RFC 8259, valid UTF-8, G-1) as nodes; node 0 is the root. Errors: `JsonSyntaxError`
/// (G-1), `NestingTooDeep` (G-11), `LimitExceeded`. Repeated members are kept and listed in
/// `duplicates()` (G-3), so that the caller decides whose mistake they are.
/// Owns the decoded strings; views stay valid when the tree is moved. O(n log n) time, O(n) memory.
class JsonTree {
 public:
  [[nodiscard]] static Result<JsonTree> parse(std::string_view text,
                                              const JsonOptions& options = {});

  /// The same by RapidJSON alone, which `parse` turns to where its fast reader gives up. For tests.
  [[nodiscard]] static Result<JsonTree> parse_with_rapidjson(std::string_view text,
                                                             const JsonOptions& options = {});

  /// The tree of a text in another notation, which the caller has read. `nodes`, one at least, are
  /// linked and ordered as above, without repeated members; their views point into `arena`.
  [[nodiscard]] static JsonTree of_nodes(std::vector<char> arena, std::vector<JsonNode> nodes) {
    JsonTree tree;
    tree.arena_ = std::move(arena);
    tree.nodes_ = std::move(nodes);
    tree.plain_ = false;
    return tree;
  }

  [[nodiscard]] const JsonNode& root() const noexcept { return nodes_.front(); }
  [[nodiscard]] const JsonNode& node(std::uint32_t index) const noexcept { return nodes_[index]; }
  [[nodiscard]] std::uint32_t index_of(const JsonNode& node) const noexcept {
    return static_cast<std::uint32_t>(&node - nodes_.data());
  }
  [[nodiscard]] const JsonNode* first_child(const JsonNode& node) const noexcept {
    return node.first_child == JsonNode::kNone ? nullptr : &nodes_[node.first_child];
  }
  [[nodiscard]] const JsonNode* next(const JsonNode& node) const noexcept {
    return node.next == JsonNode::kNone ? nullptr : &nodes_[node.next];
  }
  /// The member of that name (the first one), or null. O(members).
  [[nodiscard]] const JsonNode* member(const JsonNode& object,
                                       std::string_view name) const noexcept;
  /// RFC 6901 pointer of the node.
  [[nodiscard]] std::string pointer(const JsonNode& node) const;
  /// Nodes are in text order: a container comes before what it contains.
  [[nodiscard]] std::uint32_t size() const noexcept {
    return static_cast<std::uint32_t>(nodes_.size());
  }
  /// True only if all characters of all strings are U+0020 to U+007F.
  [[nodiscard]] bool is_plain() const noexcept { return plain_; }
  /// In text order.
  [[nodiscard]] const std::vector<JsonDuplicate>& duplicates() const noexcept {
    return duplicates_;
  }
  /// The arena that holds the decoded strings, handed over to whoever keeps views into it.
  [[nodiscard]] std::vector<char> take_arena() noexcept { return std::move(arena_); }

 private:
  friend class JsonScanner;
  friend class JsonTreeBuilder;

  void find_duplicates(std::uint32_t object);
  void sort_duplicates();

  std::vector<char> arena_;
  std::vector<JsonNode> nodes_;
  std::vector<JsonDuplicate> duplicates_;
  bool plain_ = true;
};

}  // namespace detail
}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/json_tree-inl.h"
#endif
