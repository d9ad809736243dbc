#include "cli/yaml_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/error_at.h"
#include "writ/error.h"

#if defined(WRIT_TOOL_HAS_YAML)
#include <yaml.h>
#endif

namespace writ::cli {
#if defined(WRIT_TOOL_HAS_YAML)
namespace {

using detail::JsonKind;
using detail::JsonNode;
using detail::JsonTree;

/// libyaml counts characters; positions count bytes. Looks characters and lines up in O(log n).
class YamlPlaces {
 public:
  explicit YamlPlaces(std::string_view text) : text_(text) {
    std::size_t character = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\n') lines_.push_back(static_cast<std::uint32_t>(at + 1));
      if (!begins_character(text[at])) continue;
      if (character++ % kStep == 0) characters_.push_back(static_cast<std::uint32_t>(at));
    }
  }

  [[nodiscard]] Position at_byte(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    const auto line = std::prev(std::ranges::upper_bound(lines_, offset));
    return {static_cast<std::uint32_t>(offset),
            static_cast<std::uint32_t>(line - lines_.begin() + 1),
            static_cast<std::uint32_t>(offset - *line + 1)};
  }
  [[nodiscard]] Position at(const yaml_mark_t& mark) const {
    const std::size_t step = mark.index / kStep;
    if (step >= characters_.size()) return at_byte(text_.size());
    std::size_t offset = characters_[step];
    for (std::size_t left = mark.index % kStep; left > 0 && offset < text_.size(); --left) {
      do {
        ++offset;
      } while (offset < text_.size() && !begins_character(text_[offset]));
    }
    return at_byte(offset);
  }

 private:
  static constexpr std::size_t kStep = 64;
  static bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }

  std::string_view text_;
  std::vector<std::uint32_t> lines_ = {0};  // where they begin
  std::vector<std::uint32_t> characters_;   // where each kStep-th one begins
};

/// libyaml's parser and its current event.
class YamlEvents {
 public:
  explicit YamlEvents(std::string_view text) {
    open_ = yaml_parser_initialize(&parser_) != 0;
    if (!open_) return;
    // Otherwise the first bytes could choose UTF-16.
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  YamlEvents(const YamlEvents&) = delete;
  YamlEvents& operator=(const YamlEvents&) = delete;
  ~YamlEvents() {
    yaml_event_delete(&event_);
    if (open_) yaml_parser_delete(&parser_);
  }

  /// Moves to the next event; false for a mistake.
  [[nodiscard]] bool next() {
    yaml_event_delete(&event_);
    return open_ && yaml_parser_parse(&parser_, &event_) != 0;
  }
  [[nodiscard]] const yaml_event_t& event() const noexcept { return event_; }

  /// Where the text begins with a directive. Nothing else can be asked afterwards.
  [[nodiscard]] std::optional<yaml_mark_t> directive() {
    std::optional<yaml_mark_t> mark;
    yaml_token_type_t type = YAML_STREAM_START_TOKEN;
    while (open_ && type == YAML_STREAM_START_TOKEN) {
      yaml_token_t token;
      if (yaml_parser_scan(&parser_, &token) == 0) break;
      type = token.type;
      if (type == YAML_VERSION_DIRECTIVE_TOKEN || type == YAML_TAG_DIRECTIVE_TOKEN) {
        mark = token.start_mark;
      }
      yaml_token_delete(&token);
    }
    return mark;
  }
  [[nodiscard]] PolicyError mistake(const YamlPlaces& places) const {
    if (!open_ || parser_.error == YAML_MEMORY_ERROR || parser_.problem == nullptr) {
      return error_at(ErrorCode::LimitExceeded, {}, "the text needs more memory than there is");
    }
    const Position position = parser_.error == YAML_READER_ERROR
                                  ? places.at_byte(parser_.problem_offset)
                                  : places.at(parser_.problem_mark);
    return error_at(ErrorCode::InvalidCase, position,
                    parser_.context == nullptr
                        ? fmt::format("this is not YAML: {}", parser_.problem)
                        : fmt::format("this is not YAML: {} {}", parser_.problem, parser_.context));
  }

 private:
  yaml_parser_t parser_ = {};
  yaml_event_t event_ = {};
  bool open_ = false;
};

std::string_view view_of(const unsigned char* characters, std::size_t size) {
  return {reinterpret_cast<const char*>(characters), size};
}

/// Grows the tree, event by event.
class YamlTreeBuilder {
 public:
  YamlTreeBuilder(std::string_view text, const YamlOptions& options)
      : text_(text), max_depth_(options.max_depth), places_(text) {}

  [[nodiscard]] Result<JsonTree> read() {
    if (!check_beginning()) return *std::move(error_);
    YamlEvents events(text_);
    for (;;) {
      if (!events.next()) return events.mistake(places_);
      const yaml_event_t& event = events.event();
      if (event.type == YAML_STREAM_END_EVENT) {
        return error_at(ErrorCode::InvalidCase, places_.at_byte(0),
                        "the text is empty: write one mapping");
      }
      if (event.type == YAML_DOCUMENT_END_EVENT) break;
      if (!take(event)) return *std::move(error_);
    }
    if (!check_end(places_.at(events.event().end_mark).offset)) return *std::move(error_);
    return finish();
  }

 private:
  /// A piece of the arena, which still grows.
  struct Piece {
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  struct Open {
    std::uint32_t node = 0;
    std::uint32_t last_child = JsonNode::kNone;
    bool has_key = false;
    Piece key;
    Position key_position;
    std::set<std::string> keys;
  };

  bool fail(Position position, std::string message, ErrorCode code = ErrorCode::InvalidCase) {
    error_ = error_at(code, position, std::move(message));
    return false;
  }

  // Of the member whose key has been read: its pointer is that of a node.
  bool fail_at_member(Position position, std::string message) {
    const std::uint32_t node = add(JsonKind::Null, position);
    const JsonTree tree = finish();
    static_cast<void>(fail(position, std::move(message)));
    error_->json_pointer = tree.pointer(tree.node(node));
    return false;
  }

  // Directives and further documents are looked for here and never parsed: libyaml compares each
  // %TAG with all before it.
  bool check_beginning() {
    if (text_.starts_with("\xef\xbb\xbf")) {
      return fail(places_.at_byte(0), "remove the byte order mark at the beginning of the text");
    }
    const std::optional<yaml_mark_t> directive = YamlEvents(text_).directive();
    return !directive || fail(places_.at(*directive), "remove the directive: a suite needs none");
  }
  bool check_end(std::size_t at) {
    at = skip_comments(at);
    if (at == text_.size()) return true;
    return fail(places_.at_byte(at), "remove what follows the first document");
  }
  [[nodiscard]] std::size_t skip_comments(std::size_t at) const {
    for (;;) {
      at = std::min(text_.find_first_not_of(" \t\r\n", at), text_.size());
      if (at == text_.size() || text_[at] != '#') return at;
      at = std::min(text_.find_first_of("\r\n", at), text_.size());
    }
  }

  bool take(const yaml_event_t& event) {
    switch (event.type) {
      case YAML_ALIAS_EVENT:
        return fail(places_.at(event.start_mark),
                    "aliases are not taken: write out what this one stands for");
      case YAML_SCALAR_EVENT:
        return take_scalar(event);
      case YAML_SEQUENCE_START_EVENT: {
        const auto& data = event.data.sequence_start;
        return check_properties(event, data.anchor, data.tag) && open(JsonKind::Array, event);
      }
      case YAML_MAPPING_START_EVENT: {
        const auto& data = event.data.mapping_start;
        return check_properties(event, data.anchor, data.tag) && open(JsonKind::Object, event);
      }
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        close(event);
        return true;
      default:
        return true;  // beginnings of the stream and of the document
    }
  }

  bool check_properties(const yaml_event_t& event, const unsigned char* anchor,
                        const unsigned char* tag) {
    const Position position = places_.at(event.start_mark);
    if (anchor != nullptr) {
      return fail(position, "anchors are not taken: write things out where they are needed");
    }
    // libyaml forgets the tag `!`.
    if (tag != nullptr || text_.substr(position.offset).starts_with('!')) {
      return fail(position, "tags are not taken: values are text as they are spelled");
    }
    return true;
  }

  bool take_scalar(const yaml_event_t& event) {
    const auto& scalar = event.data.scalar;
    if (!check_properties(event, scalar.anchor, scalar.tag)) return false;
    const Position begin = places_.at(event.start_mark);
    const std::string_view text = view_of(scalar.value, scalar.length);
    const bool plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
    const bool null = plain && (text.empty() || text == "~" || text == "null" || text == "Null" ||
                                text == "NULL");
    if (wants_key()) {
      if (null) return fail(begin, "a key is text: put it into quotation marks, or write one");
      if (plain && text == "<<") {
        return fail(begin, "merge keys are not taken: write out what is merged");
      }
      Open& object = open_.back();
      const bool repeated = !object.keys.emplace(text).second;
      object.has_key = true;
      object.key = keep(text);
      object.key_position = begin;
      return !repeated || fail_at_member(begin, fmt::format("member `{}` is given twice", text));
    }
    const std::uint32_t node = add(null ? JsonKind::Null : JsonKind::String, begin);
    texts_[node] = keep(text);
    nodes_[node].end = places_.at(event.end_mark);
    return true;
  }

  bool open(JsonKind kind, const yaml_event_t& event) {
    const Position begin = places_.at(event.start_mark);
    if (wants_key()) return fail(begin, "a key is text, not a mapping or a sequence");
    if (open_.size() >= max_depth_) {
      return fail(
          begin,
          fmt::format("mappings and sequences are nested more than {} levels deep", max_depth_),
          ErrorCode::NestingTooDeep);
    }
    const std::uint32_t node = add(kind, begin);
    open_.emplace_back().node = node;
    return true;
  }

  void close(const yaml_event_t& event) {
    const Open& top = open_.back();
    // libyaml ends what has no bracket where the next thing begins.
    const Position end = places_.at(event.end_mark);
    const std::size_t begin = places_.at(event.start_mark).offset;
    const bool bracket = begin < text_.size() && (text_[begin] == '}' || text_[begin] == ']');
    const Position last =
        top.last_child == JsonNode::kNone ? nodes_[top.node].begin : nodes_[top.last_child].end;
    nodes_[top.node].end = bracket ? end : last;
    open_.pop_back();
  }

  [[nodiscard]] bool wants_key() const {
    return !open_.empty() && nodes_[open_.back().node].kind == JsonKind::Object &&
           !open_.back().has_key;
  }

  Piece keep(std::string_view text) {
    const Piece piece{arena_.size(), text.size()};
    arena_.insert(arena_.end(), text.begin(), text.end());
    return piece;
  }

  std::uint32_t add(JsonKind kind, Position begin) {
    const auto index = static_cast<std::uint32_t>(nodes_.size());
    JsonNode& node = nodes_.emplace_back();
    Piece name;
    node.kind = kind;
    node.begin = begin;
    if (!open_.empty()) {
      Open& top = open_.back();
      JsonNode& parent = nodes_[top.node];
      node.parent = top.node;
      node.index = parent.child_count++;
      if (top.has_key) {
        name = top.key;
        node.name_position = top.key_position;
        top.has_key = false;
      }
      if (top.last_child == JsonNode::kNone) {
        parent.first_child = index;
      } else {
        nodes_[top.last_child].next = index;
      }
      top.last_child = index;
    }
    names_.push_back(name);
    texts_.emplace_back();
    return index;
  }

  JsonTree finish() {
    const auto view = [this](const Piece& piece) {
      return std::string_view(arena_.data() + piece.begin, piece.size);
    };
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      nodes_[i].name = view(names_[i]);
      nodes_[i].text = view(texts_[i]);
    }
    return JsonTree::of_nodes(std::move(arena_), std::move(nodes_));
  }

  std::string_view text_;
  std::uint32_t max_depth_;
  YamlPlaces places_;
  std::vector<char> arena_;
  std::vector<JsonNode> nodes_;
  std::vector<Piece> names_;  // of the nodes
  std::vector<Piece> texts_;
  std::vector<Open> open_;
  std::optional<PolicyError> error_;
};

}  // namespace

bool reads_yaml() noexcept { return true; }

Result<JsonTree> read_yaml(std::string_view text, const YamlOptions& options) {
  if (text.size() > options.max_bytes) {
    return error_at(ErrorCode::LimitExceeded, {},
                    fmt::format("the text is longer than the limit of {} bytes: write several "
                                "suites, or JSON",
                                options.max_bytes));
  }
  return YamlTreeBuilder(text, options).read();
}

#else

bool reads_yaml() noexcept { return false; }

Result<detail::JsonTree> read_yaml(std::string_view, const YamlOptions&) {
  return error_at(ErrorCode::InvalidCase, {0, 1, 1},
                  "this writ was built without libyaml and reads no YAML: write the suite as JSON "
                  "(`*.suite.json`)");
}

#endif

}  // namespace writ::cli
