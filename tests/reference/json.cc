#include "reference/json.h"

#include <cstdint>

namespace writ::reference {
namespace {

[[noreturn]] void fail(const std::string& message) { throw Refused("G-1: " + message); }

class Parser {
 public:
  Parser(std::string_view text, int max_depth) : text_(text), max_depth_(max_depth) {}

  Json document() {
    Json value = parse_value(0);
    skip_space();
    if (at_ != text_.size()) fail("something follows the value");
    return value;
  }

 private:
  void skip_space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  char next() {
    if (at_ >= text_.size()) fail("the text ends too early");
    return text_[at_++];
  }
  void expect(char wanted) {
    if (next() != wanted) fail(std::string("expected ") + wanted);
  }
  bool take_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  Json parse_value(int depth) {
    skip_space();
    Json value;
    const char first = peek();
    if (first == '{' || first == '[') {
      if (depth + 1 > max_depth_) throw Refused("G-11: nested too deep");
      if (first == '{') {
        parse_object(value, depth + 1);
      } else {
        parse_array(value, depth + 1);
      }
    } else if (first == '"') {
      value.kind = Json::Kind::String;
      value.text = parse_string();
    } else if (take_word("true")) {
      value.kind = Json::Kind::Boolean;
      value.text = "true";
    } else if (take_word("false")) {
      value.kind = Json::Kind::Boolean;
      value.text = "false";
    } else if (take_word("null")) {
      value.kind = Json::Kind::Null;
    } else {
      value.kind = Json::Kind::Number;
      value.text = parse_number();
    }
    return value;
  }

  void parse_object(Json& value, int depth) {
    value.kind = Json::Kind::Object;
    expect('{');
    skip_space();
    if (peek() == '}') {
      ++at_;
      return;
    }
    while (true) {
      skip_space();
      std::string name = parse_string();
      skip_space();
      expect(':');
      Json member = parse_value(depth);
      value.members.push_back({std::move(name), std::move(member)});
      skip_space();
      const char after = next();
      if (after == '}') return;
      if (after != ',') fail("expected , or }");
    }
  }

  void parse_array(Json& value, int depth) {
    value.kind = Json::Kind::Array;
    expect('[');
    skip_space();
    if (peek() == ']') {
      ++at_;
      return;
    }
    while (true) {
      value.items.push_back(parse_value(depth));
      skip_space();
      const char after = next();
      if (after == ']') return;
      if (after != ',') fail("expected , or ]");
    }
  }

  std::string parse_number() {
    const std::size_t begin = at_;
    if (peek() == '-') ++at_;
    if (peek() == '0') {
      ++at_;
    } else {
      digits();
    }
    if (peek() == '.') {
      ++at_;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      digits();
    }
    return std::string(text_.substr(begin, at_ - begin));
  }
  void digits() {
    if (peek() < '0' || peek() > '9') fail("not a JSON value");
    while (peek() >= '0' && peek() <= '9') ++at_;
  }

  std::string parse_string() {
    expect('"');
    std::string out;
    while (true) {
      const char c = next();
      if (c == '"') return out;
      if (static_cast<unsigned char>(c) < 0x20) fail("control character in a string");
      if (c != '\\') {
        out += c;
        continue;
      }
      switch (const char escape = next()) {
        case '"':
        case '\\':
        case '/':
          out += escape;
          break;
        case 'b':
          out += '\b';
          break;
        case 'f':
          out += '\f';
          break;
        case 'n':
          out += '\n';
          break;
        case 'r':
          out += '\r';
          break;
        case 't':
          out += '\t';
          break;
        case 'u': {
          char32_t unit = four_hex_digits();
          if (unit >= 0xdc00 && unit < 0xe000) fail("lone low surrogate");
          if (unit >= 0xd800 && unit < 0xdc00) {
            if (!take_word("\\u")) fail("lone high surrogate");
            const char32_t low = four_hex_digits();
            if (low < 0xdc00 || low >= 0xe000) fail("high surrogate without a low one");
            unit = 0x10000 + ((unit - 0xd800) << 10U) + (low - 0xdc00);
          }
          out += encode_utf8(unit);
          break;
        }
        default:
          fail("unknown escape");
      }
    }
  }
  char32_t four_hex_digits() {
    char32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = next();
      value <<= 4U;
      if (c >= '0' && c <= '9') {
        value += static_cast<char32_t>(c - '0');
      } else if (c >= 'a' && c <= 'f') {
        value += static_cast<char32_t>(c - 'a' + 10);
      } else if (c >= 'A' && c <= 'F') {
        value += static_cast<char32_t>(c - 'A' + 10);
      } else {
        fail("not a hexadecimal digit");
      }
    }
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int max_depth_;
};

void write_value(const Json& value, std::string& out) {
  switch (value.kind) {
    case Json::Kind::Null:
      out += "null";
      return;
    case Json::Kind::Boolean:
    case Json::Kind::Number:
      out += value.text;
      return;
    case Json::Kind::String:
      out += quote_json(value.text);
      return;
    case Json::Kind::Array: {
      out += '[';
      bool first = true;
      for (const Json& item : value.items) {
        if (!first) out += ',';
        first = false;
        write_value(item, out);
      }
      out += ']';
      return;
    }
    case Json::Kind::Object: {
      out += '{';
      bool first = true;
      for (const auto& [name, member] : value.members) {
        if (!first) out += ',';
        first = false;
        out += quote_json(name);
        out += ':';
        write_value(member, out);
      }
      out += '}';
      return;
    }
  }
}

}  // namespace

const Json* Json::find(std::string_view name) const {
  for (const auto& [key, value] : members) {
    if (key == name) return &value;
  }
  return nullptr;
}

Json parse_json(std::string_view text, int max_depth) {
  static_cast<void>(decode_utf8(text));
  return Parser(text, max_depth).document();
}

std::string write_json(const Json& value) {
  std::string out;
  write_value(value, out);
  return out;
}

std::string quote_json(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::u32string decode_utf8(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::size_t extra = 0;
    char32_t value = lead;
    char32_t least = 0;
    if (lead >= 0xf0 && lead <= 0xf4) {
      extra = 3;
      value = lead & 0x07U;
      least = 0x10000;
    } else if (lead >= 0xe0 && lead < 0xf0) {
      extra = 2;
      value = lead & 0x0fU;
      least = 0x800;
    } else if (lead >= 0xc0 && lead < 0xe0) {
      extra = 1;
      value = lead & 0x1fU;
      least = 0x80;
    } else if (lead >= 0x80) {
      fail("not UTF-8");
    }
    if (i + extra >= text.size()) fail("not UTF-8");
    for (std::size_t k = 1; k <= extra; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0U) != 0x80) fail("not UTF-8");
      value = (value << 6U) | (next & 0x3fU);
    }
    if (value < least || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) fail("not UTF-8");
    out += value;
    i += extra + 1;
  }
  return out;
}

std::string encode_utf8(char32_t c) {
  const auto byte = [](char32_t bits) {
    return static_cast<char>(static_cast<unsigned char>(bits));
  };
  std::string out;
  if (c < 0x80) {
    out += byte(c);
  } else if (c < 0x800) {
    out += byte(0xc0U | (c >> 6U));
    out += byte(0x80U | (c & 0x3fU));
  } else if (c < 0x10000) {
    out += byte(0xe0U | (c >> 12U));
    out += byte(0x80U | ((c >> 6U) & 0x3fU));
    out += byte(0x80U | (c & 0x3fU));
  } else {
    out += byte(0xf0U | (c >> 18U));
    out += byte(0x80U | ((c >> 12U) & 0x3fU));
    out += byte(0x80U | ((c >> 6U) & 0x3fU));
    out += byte(0x80U | (c & 0x3fU));
  }
  return out;
}

}  // namespace writ::reference
