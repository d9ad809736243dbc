#include "cli/json_skim.h"

#include <algorithm>
#include <string>

#include "cli/error_at.h"

namespace writ::cli {
namespace {

class Skimmer {
 public:
  Skimmer(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] bool is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void advance() { ++at_; }

  void skip_space() {
    while (is(' ') || is('\t') || is('\n') || is('\r')) ++at_;
  }

  // One value without the space around it; false at a mistake, where at() then points.
  bool skip_value();
  bool skip_string();

 private:
  bool skip_scalar();
  bool skip_number();
  bool skip_digits();
  bool skip_literal(std::string_view literal);

  std::string_view text_;
  std::size_t at_;
  std::string open_;  // the containers around at_, as their brackets
};

bool Skimmer::skip_string() {
  if (!is('"')) return false;
  ++at_;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '"') {
      ++at_;
      return true;
    }
    if (static_cast<unsigned char>(c) < 0x20) return false;
    ++at_;
    if (c != '\\') continue;
    if (at_ == text_.size()) return false;
    const char escape = text_[at_];
    if (escape == 'u') {
      for (int i = 0; i < 4; ++i) {
        ++at_;
        if (at_ == text_.size()) return false;
        const char digit = text_[at_];
        const bool is_hex = (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f') ||
                            (digit >= 'A' && digit <= 'F');
        if (!is_hex) return false;
      }
    } else if (std::string_view("\"\\/bfnrt").find(escape) == std::string_view::npos) {
      return false;
    }
    ++at_;
  }
  return false;
}

bool Skimmer::skip_digits() {
  const std::size_t first = at_;
  while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
  return at_ != first;
}

bool Skimmer::skip_number() {
  if (is('-')) ++at_;
  if (is('0')) {
    ++at_;
  } else if (!skip_digits()) {
    return false;
  }
  if (is('.')) {
    ++at_;
    if (!skip_digits()) return false;
  }
  if (is('e') || is('E')) {
    ++at_;
    if (is('+') || is('-')) ++at_;
    if (!skip_digits()) return false;
  }
  return true;
}

bool Skimmer::skip_literal(std::string_view literal) {
  if (text_.substr(at_, literal.size()) != literal) return false;
  at_ += literal.size();
  return true;
}

bool Skimmer::skip_scalar() {
  if (at_ == text_.size()) return false;
  switch (text_[at_]) {
    case '"':
      return skip_string();
    case 't':
      return skip_literal("true");
    case 'f':
      return skip_literal("false");
    case 'n':
      return skip_literal("null");
    default:
      return skip_number();
  }
}

bool Skimmer::skip_value() {
  open_.clear();
  for (;;) {
    bool complete = true;
    if (is('{') || is('[')) {
      const char bracket = text_[at_];
      ++at_;
      skip_space();
      if (is(bracket == '{' ? '}' : ']')) {
        ++at_;
      } else {
        open_ += bracket;
        complete = false;
      }
    } else if (!skip_scalar()) {
      return false;
    }
    while (complete) {
      if (open_.empty()) return true;
      skip_space();
      if (is(',')) {
        ++at_;
        skip_space();
        complete = false;
      } else if (is(open_.back() == '{' ? '}' : ']')) {
        ++at_;
        open_.pop_back();
      } else {
        return false;
      }
    }
    if (open_.back() == '{') {
      if (!skip_string()) return false;
      skip_space();
      if (!is(':')) return false;
      ++at_;
      skip_space();
    }
  }
}

PolicyError syntax_error(std::string_view text, std::size_t at) {
  PolicyError error;
  error.code = ErrorCode::JsonSyntaxError;
  error.position = position_at(text, at);
  error.rule = "G-1";
  error.message = at == text.size() ? "the JSON text ends too early" : "this is not JSON";
  return error;
}

}  // namespace

Position position_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t last_break = before.rfind('\n');
  Position position;
  position.offset = static_cast<std::uint32_t>(offset);
  position.line = static_cast<std::uint32_t>(std::ranges::count(before, '\n')) + 1;
  position.column = static_cast<std::uint32_t>(
      last_break == std::string_view::npos ? offset + 1 : offset - last_break);
  return position;
}

Result<std::vector<JsonMember>> skim_object(std::string_view text) {
  Skimmer skimmer(text, 0);
  skimmer.skip_space();
  std::vector<JsonMember> members;
  if (!skimmer.is('{')) {
    const std::size_t begin = skimmer.at();
    if (!skimmer.skip_value()) return syntax_error(text, skimmer.at());
    skimmer.skip_space();
    if (!skimmer.at_end()) return syntax_error(text, skimmer.at());
    return error_at(ErrorCode::InvalidCase, position_at(text, begin), "a case is a JSON object");
  }
  skimmer.advance();
  skimmer.skip_space();
  bool more = !skimmer.is('}');
  while (more) {
    JsonMember member;
    member.name.offset = skimmer.at();
    if (!skimmer.skip_string()) return syntax_error(text, skimmer.at());
    member.name.text = text.substr(member.name.offset, skimmer.at() - member.name.offset);
    skimmer.skip_space();
    if (!skimmer.is(':')) return syntax_error(text, skimmer.at());
    skimmer.advance();
    skimmer.skip_space();
    member.value.offset = skimmer.at();
    if (!skimmer.skip_value()) return syntax_error(text, skimmer.at());
    member.value.text = text.substr(member.value.offset, skimmer.at() - member.value.offset);
    members.push_back(member);
    skimmer.skip_space();
    more = skimmer.is(',');
    if (more) {
      skimmer.advance();
      skimmer.skip_space();
    } else if (!skimmer.is('}')) {
      return syntax_error(text, skimmer.at());
    }
  }
  skimmer.advance();
  skimmer.skip_space();
  if (!skimmer.at_end()) return syntax_error(text, skimmer.at());
  return members;
}

std::vector<JsonSlice> skim_array(JsonSlice array) {
  std::vector<JsonSlice> elements;
  Skimmer skimmer(array.text, 1);
  skimmer.skip_space();
  while (!skimmer.at_end() && !skimmer.is(']')) {
    const std::size_t begin = skimmer.at();
    if (!skimmer.skip_value()) break;
    elements.push_back({array.text.substr(begin, skimmer.at() - begin), array.offset + begin});
    skimmer.skip_space();
    if (!skimmer.is(',')) break;
    skimmer.advance();
    skimmer.skip_space();
  }
  return elements;
}

}  // namespace writ::cli
