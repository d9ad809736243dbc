// JSON for the reference: a tree that keeps what the policy rules ask about (repeated members, the
// spelling of numbers), read strictly. Shares nothing with the library's reader.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace writ::reference {

/// A document or a case is not what the rules allow; `what()` begins with the rule id.
class Refused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct JsonMember;

struct Json {
  enum class Kind { Null, Boolean, Number, String, Array, Object };

  Kind kind = Kind::Null;
  std::string text;  // a string's characters; a number or boolean as it is spelled
  std::vector<Json> items;
  std::vector<JsonMember> members;  // repeated names stay repeated

  [[nodiscard]] bool is(Kind wanted) const { return kind == wanted; }
  /// The first member of that name, or null.
  [[nodiscard]] const Json* find(std::string_view name) const;
};

// No std::pair: clang 14 cannot make one of a type that is not complete yet.
struct JsonMember {
  std::string first;
  Json second;
};

/// G-1: one JSON text in UTF-8, nothing after it; objects and arrays nested at most `max_depth`
/// deep. Throws Refused.
[[nodiscard]] Json parse_json(std::string_view text, int max_depth);

/// Minified; parse_json of the result gives the same tree.
[[nodiscard]] std::string write_json(const Json& value);
/// `text` as a JSON string with its quotes.
[[nodiscard]] std::string quote_json(std::string_view text);

/// Code points of UTF-8 text. Throws Refused for overlong forms, surrogates and the rest.
[[nodiscard]] std::u32string decode_utf8(std::string_view text);
[[nodiscard]] std::string encode_utf8(char32_t character);

}  // namespace writ::reference
