// Not API, may change in any release. How a JSON text becomes a JsonTree.
//
// JsonScanner reads what is legal, and most texts are. Where it gives up, RapidJSON's SAX reader
// does the work, iteratively and with encoding validation. What it leaves open is closed here: it
// takes a NUL for the end of the text, accepts lone low surrogates, keeps repeated members, refuses
// numbers too big for a double, and tells no positions. Events come after their token was read, so
// a token begins at the first byte behind the previous token that is neither white space nor a
// separator; line breaks occur only there.
#pragma once

#include <rapidjson/reader.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "writ/impl/json_scanner.h"
#include "writ/impl/json_stack.h"
#include "writ/impl/json_tree.h"

namespace writ::inline v0 {
namespace detail {

// A RapidJSON input stream over exactly the bytes of a view.
class JsonStream {
 public:
  using Ch = char;

  explicit JsonStream(std::string_view text) noexcept
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  [[nodiscard]] Ch Peek() const noexcept { return at_ == end_ ? '\0' : *at_; }
  Ch Take() noexcept { return at_ == end_ ? '\0' : *at_++; }
  [[nodiscard]] std::size_t Tell() const noexcept { return static_cast<std::size_t>(at_ - begin_); }

  // Output, which the reader never asks a source for.
  Ch* PutBegin() noexcept { return nullptr; }
  void Put(Ch) noexcept {}
  void Flush() noexcept {}
  std::size_t PutEnd(Ch*) noexcept { return 0; }

 private:
  const char* begin_;
  const char* at_;
  const char* end_;
};

// The text with every longer number replaced by a small one of the same length. Numbers keep their
// spelling in the tree; RapidJSON computes their value nevertheless and refuses what overflows. The
// small one has an exponent, so that nothing behind it can become a part of it.
[[nodiscard]] inline std::string with_small_numbers(std::string_view text) {
  std::string copy(text);
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      const std::size_t size = json_number_size(text.substr(at));
      if (size > 2) {
        std::fill_n(copy.begin() + static_cast<std::ptrdiff_t>(at), size, '0');
        copy[at + 1] = 'e';
      }
      if (size > 0) at += size - 1;
    }
  }
  return copy;
}

[[nodiscard]] inline std::string_view json_mistake(rapidjson::ParseErrorCode code) noexcept {
  switch (code) {
    case rapidjson::kParseErrorDocumentEmpty:
      return "the text is empty: write one JSON object";
    case rapidjson::kParseErrorDocumentRootNotSingular:
      return "remove what follows the end of the JSON value";
    case rapidjson::kParseErrorObjectMissName:
      return "a member name in double quotes is missing";
    case rapidjson::kParseErrorObjectMissColon:
      return "a colon after the member name is missing";
    case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
      return "a comma or the closing `}` is missing after a member";
    case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
      return "a comma or the closing `]` is missing after an array element";
    case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
      return "a \\u escape needs four hexadecimal digits";
    case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
      return "a surrogate escape needs its other half: write a pair";
    case rapidjson::kParseErrorStringEscapeInvalid:
      return "there is no such escape in JSON strings: double the backslash or remove it";
    case rapidjson::kParseErrorStringMissQuotationMark:
      return "the closing quotation mark of a string is missing";
    case rapidjson::kParseErrorStringInvalidEncoding:
      return "a string is not valid UTF-8 or has a raw control character: escape or remove it";
    case rapidjson::kParseErrorNumberMissFraction:
      return "digits are missing after the decimal point of a number";
    case rapidjson::kParseErrorNumberMissExponent:
      return "digits are missing in the exponent of a number";
    default:
      return "a JSON value is expected here: a string, number, object, array, true, false or null";
  }
}

// Receives the reader's events and grows the tree.
class JsonTreeBuilder {
 public:
  JsonTreeBuilder(std::string_view text, const JsonOptions& options)
      : text_(text), max_depth_(options.max_depth) {
    tree_.arena_.reserve(text.size());
    tree_.plain_ = false;
    open_.reserve(16);
  }

  [[nodiscard]] static Result<JsonTree> parse(std::string_view text, const JsonOptions& options) {
    JsonTreeBuilder builder(text, options);
    rapidjson::ParseErrorCode code = builder.read(text);
    if (code == rapidjson::kParseErrorNumberTooBig) {
      builder = JsonTreeBuilder(text, options);
      const std::string copy = with_small_numbers(text);
      code = builder.read(copy);
    }
    return builder.finish(code);
  }

  // Events.
  bool Null() { return literal(JsonKind::Null, 4); }
  bool Bool(bool value) { return value ? literal(JsonKind::True, 4) : literal(JsonKind::False, 5); }
  bool Int(int) { return number(); }
  bool Uint(unsigned) { return number(); }
  bool Int64(std::int64_t) { return number(); }
  bool Uint64(std::uint64_t) { return number(); }
  bool Double(double) { return number(); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return number(); }

  bool String(const char* characters, rapidjson::SizeType size, bool) {
    const Position begin = next_token();
    if (!check_surrogates(characters, size, begin)) return false;
    JsonNode& node = add(JsonKind::String, begin);
    node.text = keep({characters, size});
    node.end = close_token(stream_->Tell());
    return true;
  }

  bool Key(const char* characters, rapidjson::SizeType size, bool) {
    name_position_ = next_token();
    if (!check_surrogates(characters, size, name_position_)) return false;
    name_ = keep({characters, size});
    close_token(stream_->Tell());
    return true;
  }

  bool StartObject() { return open(JsonKind::Object); }
  bool StartArray() { return open(JsonKind::Array); }

  bool EndObject(rapidjson::SizeType) {
    close();
    tree_.find_duplicates(open_.back().node);
    open_.pop_back();
    return true;
  }

  bool EndArray(rapidjson::SizeType) {
    close();
    open_.pop_back();
    return true;
  }

 private:
  struct Open {
    std::uint32_t node;
    std::uint32_t last_child;
  };

  // `text` has the length of `text_`, and the same tokens but for the value of numbers.
  rapidjson::ParseErrorCode read(std::string_view text) {
    JsonStream stream(text);
    stream_ = &stream;
    using Utf8 = rapidjson::UTF8<>;
    rapidjson::GenericReader<Utf8, Utf8, JsonStackAllocator> reader;
    constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                                rapidjson::kParseValidateEncodingFlag |
                                rapidjson::kParseNumbersAsStringsFlag;
    const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, *this);
    stream_ = nullptr;
    error_offset_ = result.Offset();
    if (!result.IsError() && stream.Tell() != text.size()) {
      error_offset_ = stream.Tell();  // a NUL, which the reader took for the end
      return rapidjson::kParseErrorDocumentRootNotSingular;
    }
    return result.Code();
  }

  Result<JsonTree> finish(rapidjson::ParseErrorCode code) {
    if (failed_) return std::move(error_);
    if (code != rapidjson::kParseErrorNone) {
      const std::size_t offset = std::min(error_offset_, text_.size());
      fail(ErrorCode::JsonSyntaxError, "G-1", position_of(offset), std::string(json_mistake(code)));
      return std::move(error_);
    }
    tree_.sort_duplicates();
    return std::move(tree_);
  }

  void fail(ErrorCode code, std::string_view rule, Position position, std::string message) {
    failed_ = true;
    error_.code = code;
    error_.rule = rule;
    error_.position = position;
    error_.message = std::move(message);
  }

  // Where the next token begins.
  Position next_token() noexcept {
    while (cursor_ < text_.size()) {
      const char c = text_[cursor_];
      if (c == '\n') {
        ++line_;
        line_begin_ = cursor_ + 1;
      } else if (c != ' ' && c != ',' && c != ':' && c != '\r' && c != '\t') {
        break;
      }
      ++cursor_;
    }
    return here();
  }

  Position close_token(std::size_t end) noexcept {
    cursor_ = end;
    return here();
  }

  [[nodiscard]] Position here() const noexcept {
    return {static_cast<std::uint32_t>(cursor_), line_,
            static_cast<std::uint32_t>(cursor_ - line_begin_ + 1)};
  }

  [[nodiscard]] Position position_of(std::size_t offset) const noexcept {
    const std::string_view before = text_.substr(0, offset);
    const std::size_t line_break = before.rfind('\n');
    const std::size_t begin = line_break == std::string_view::npos ? 0 : line_break + 1;
    const auto lines = std::count(before.begin(), before.end(), '\n');
    return {static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(lines + 1),
            static_cast<std::uint32_t>(offset - begin + 1)};
  }

  // Never reallocates: decoded strings are no longer than their raw spelling.
  std::string_view keep(std::string_view text) {
    const std::size_t begin = tree_.arena_.size();
    tree_.arena_.insert(tree_.arena_.end(), text.begin(), text.end());
    return {tree_.arena_.data() + begin, text.size()};
  }

  // Raw surrogates are invalid UTF-8, so what is found here came from an escape.
  bool check_surrogates(const char* characters, std::size_t size, Position begin) {
    if (stream_->Tell() - begin.offset == size + 2) return true;  // no escapes
    for (std::size_t i = 0; i + 1 < size; ++i) {
      if (static_cast<unsigned char>(characters[i]) == 0xed &&
          static_cast<unsigned char>(characters[i + 1]) >= 0xa0) {
        fail(ErrorCode::JsonSyntaxError, "G-1", begin,
             "a surrogate escape needs its other half: write a pair");
        return false;
      }
    }
    return true;
  }

  JsonNode& add(JsonKind kind, Position begin) {
    const auto index = static_cast<std::uint32_t>(tree_.nodes_.size());
    JsonNode& node = tree_.nodes_.emplace_back();
    node.kind = kind;
    node.begin = begin;
    if (open_.empty()) return node;
    Open& top = open_.back();
    JsonNode& parent = tree_.nodes_[top.node];
    node.parent = top.node;
    node.index = parent.child_count++;
    if (parent.kind == JsonKind::Object) {
      node.name = name_;
      node.name_position = name_position_;
    }
    if (top.last_child == JsonNode::kNone) {
      parent.first_child = index;
    } else {
      tree_.nodes_[top.last_child].next = index;
    }
    top.last_child = index;
    return node;
  }

  bool literal(JsonKind kind, std::size_t size) {
    const Position begin = next_token();
    JsonNode& node = add(kind, begin);
    node.text = keep(text_.substr(begin.offset, size));
    node.end = close_token(begin.offset + size);
    return true;
  }

  bool number() {
    const Position begin = next_token();
    return literal(JsonKind::Number, json_number_size(text_.substr(begin.offset)));
  }

  bool open(JsonKind kind) {
    const Position begin = next_token();
    if (open_.size() >= max_depth_) {
      fail(ErrorCode::NestingTooDeep, "G-11", begin,
           "objects and arrays are nested too deeply: policies need no more than six levels");
      return false;
    }
    add(kind, begin);
    open_.push_back({static_cast<std::uint32_t>(tree_.nodes_.size() - 1), JsonNode::kNone});
    close_token(begin.offset + 1U);
    return true;
  }

  void close() {
    const Position end = next_token();
    tree_.nodes_[open_.back().node].end = close_token(end.offset + 1U);
  }

  std::string_view text_;
  std::uint32_t max_depth_;
  const JsonStream* stream_ = nullptr;
  JsonTree tree_;
  std::vector<Open> open_;
  std::string_view name_;  // of the member whose value comes next
  Position name_position_;
  std::size_t cursor_ = 0;  // behind the last token
  std::size_t line_begin_ = 0;
  std::uint32_t line_ = 1;
  std::size_t error_offset_ = 0;
  bool failed_ = false;
  PolicyError error_;
};

// What is wrong with a text before its first character, or nothing.
[[nodiscard]] inline std::optional<PolicyError> mistake_of_whole(std::string_view text,
                                                                 const JsonOptions& options) {
  constexpr std::size_t kOffsets = 0xfffffffeU;  // offsets are 32 bits
  PolicyError error;
  if (text.size() > std::min(options.max_bytes, kOffsets)) {
    error.code = ErrorCode::LimitExceeded;
    error.rule = "G-11";
    error.message = "the text is longer than the limit of " +
                    std::to_string(std::min(options.max_bytes, kOffsets)) +
                    " bytes: shorten it or raise the limit";
    return error;
  }
  // Each but the first takes two bytes at least.
  if (text.size() / 2 >= options.max_values && count_json_values(text) > options.max_values) {
    error.code = ErrorCode::LimitExceeded;
    error.rule = "G-11";
    error.message = "the text has more than " + std::to_string(options.max_values) +
                    " JSON values: split it or raise the limit";
    return error;
  }
  if (text.substr(0, 3) == "\xef\xbb\xbf") {
    error.code = ErrorCode::JsonSyntaxError;
    error.rule = "G-1";
    error.position = {0, 1, 1};
    error.message = "remove the byte order mark at the beginning of the text";
    return error;
  }
  return std::nullopt;
}

WRIT_FUNC Result<JsonTree> JsonTree::parse(std::string_view text, const JsonOptions& options) {
  if (std::optional<PolicyError> error = mistake_of_whole(text, options)) return *std::move(error);
  JsonTree tree;
  if (JsonScanner(tree, options.max_depth).read(text)) {
    tree.sort_duplicates();
    return tree;
  }
  return JsonTreeBuilder::parse(text, options);
}

WRIT_FUNC Result<JsonTree> JsonTree::parse_with_rapidjson(std::string_view text,
                                                          const JsonOptions& options) {
  if (std::optional<PolicyError> error = mistake_of_whole(text, options)) return *std::move(error);
  return JsonTreeBuilder::parse(text, options);
}

WRIT_FUNC void JsonTree::find_duplicates(std::uint32_t object) {
  constexpr std::uint32_t kFew = 16;  // below this the quadratic search is the fast one
  const std::uint32_t first = nodes_[object].first_child;
  if (nodes_[object].child_count <= kFew) {
    for (std::uint32_t i = first; i != JsonNode::kNone; i = nodes_[i].next) {
      for (std::uint32_t j = first; j != i; j = nodes_[j].next) {
        if (nodes_[i].name != nodes_[j].name) continue;
        duplicates_.push_back({i});
        break;
      }
    }
    return;
  }
  std::vector<std::uint32_t> members;
  members.reserve(nodes_[object].child_count);
  for (std::uint32_t i = first; i != JsonNode::kNone; i = nodes_[i].next) members.push_back(i);
  std::sort(members.begin(), members.end(), [this](std::uint32_t a, std::uint32_t b) {
    const int order = nodes_[a].name.compare(nodes_[b].name);
    return order != 0 ? order < 0 : a < b;
  });
  for (std::size_t i = 1; i < members.size(); ++i) {
    if (nodes_[members[i]].name == nodes_[members[i - 1]].name) {
      duplicates_.push_back({members[i]});
    }
  }
}

WRIT_FUNC void JsonTree::sort_duplicates() {
  std::sort(duplicates_.begin(), duplicates_.end(),
            [](const JsonDuplicate& a, const JsonDuplicate& b) { return a.node < b.node; });
}

WRIT_FUNC const JsonNode* JsonTree::member(const JsonNode& object,
                                           std::string_view name) const noexcept {
  for (const JsonNode* child = first_child(object); child != nullptr; child = next(*child)) {
    if (child->name == name) return child;
  }
  return nullptr;
}

WRIT_FUNC std::string JsonTree::pointer(const JsonNode& node) const {
  std::vector<const JsonNode*> path;
  for (const JsonNode* at = &node; at->parent != JsonNode::kNone; at = &nodes_[at->parent]) {
    path.push_back(at);
  }
  std::string text;
  for (auto step = path.rbegin(); step != path.rend(); ++step) {
    text += '/';
    if (nodes_[(*step)->parent].kind == JsonKind::Array) {
      text += std::to_string((*step)->index);
      continue;
    }
    for (const char c : (*step)->name) {
      if (c == '~') {
        text += "~0";
      } else if (c == '/') {
        text += "~1";
      } else {
        text += c;
      }
    }
  }
  return text;
}

}  // namespace detail
}  // namespace writ::inline v0
