// Not API, may change in any release. Policy variables in pattern texts (V-1 to V-7) and the fields
// of ARNs that may contain them (G-34). Views only; nothing here allocates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "writ/config.h"

namespace writ::inline v0 {
namespace detail {

// A piece of a pattern text.
struct PatternPiece {
  enum class Kind : std::uint8_t {
    Text,       // `text` as written: its `*` and `?` are wildcards where the place takes them
    Character,  // `text` is one literal character: `${*}`, `${?}`, `${$}` (V-5)
    Variable,   // `text` is the key; `default_text` stands in for a missing value (V-6)
  };
  Kind kind = Kind::Text;
  bool has_default = false;
  std::string_view text;
  std::string_view default_text;
};

// What is wrong with a variable (V-7).
enum class VariableMistake : std::uint8_t {
  None,
  MissingBrace,
  MissingQuote,
  Space,
  Empty,
  Nested,
  BadDefault,  // a comma or a quote outside the form `${key, 'text'}`
};

struct VariableCheck {
  VariableMistake mistake = VariableMistake::None;
  std::size_t offset = 0;  // of the variable's `$`
};

// One variable read from the front of a text that begins with `${`.
struct VariableText {
  VariableMistake mistake = VariableMistake::None;
  std::size_t size = 0;  // bytes from `$` to `}`
  PatternPiece piece;
};

// Reads the variable that `text` begins with.
[[nodiscard]] constexpr VariableText read_variable(std::string_view text) noexcept {
  VariableText result;
  const auto fail = [&result](VariableMistake mistake) {
    result.mistake = mistake;
    return result;
  };
  // The closing brace ends everything: neither key nor default text can contain one.
  const std::size_t close = text.find('}');
  const std::string_view body =
      close == std::string_view::npos ? text.substr(2) : text.substr(2, close - 2);
  if (body.find("${") != std::string_view::npos) return fail(VariableMistake::Nested);
  if (close == std::string_view::npos) return fail(VariableMistake::MissingBrace);
  result.size = close + 1;
  if (body.empty()) return fail(VariableMistake::Empty);
  const std::size_t key_size = body.find_first_of(",'");
  const std::string_view key = body.substr(0, key_size);
  if (key.find_first_of(" \t\r\n") != std::string_view::npos) return fail(VariableMistake::Space);
  result.piece.text = key;
  if (key_size == std::string_view::npos) {
    const bool escape = key == "*" || key == "?" || key == "$";
    result.piece.kind = escape ? PatternPiece::Kind::Character : PatternPiece::Kind::Variable;
    return result;
  }
  const std::string_view rest = body.substr(key_size);
  std::size_t quotes = 0;
  for (const char c : rest) quotes += c == '\'' ? 1U : 0U;
  if (quotes % 2 != 0) return fail(VariableMistake::MissingQuote);
  if (key.empty() || key == "*" || key == "?" || key == "$" || rest.size() < 4 ||
      rest.substr(0, 3) != ", '" || rest.back() != '\'' || quotes != 2) {
    return fail(key.empty() && rest.empty() ? VariableMistake::Empty : VariableMistake::BadDefault);
  }
  result.piece.kind = PatternPiece::Kind::Variable;
  result.piece.has_default = true;
  result.piece.default_text = rest.substr(3, rest.size() - 4);
  return result;
}

// The first mistake in the variables of a text.
[[nodiscard]] constexpr VariableCheck check_variables(std::string_view text) noexcept {
  std::size_t at = text.find("${");
  while (at != std::string_view::npos) {
    const VariableText variable = read_variable(text.substr(at));
    if (variable.mistake != VariableMistake::None) return {variable.mistake, at};
    at = text.find("${", at + variable.size);
  }
  return {};
}

[[nodiscard]] constexpr bool has_variable(std::string_view text) noexcept {
  return text.find("${") != std::string_view::npos;
}

// Walks through the pieces of a text. Where variables are not active all of it is one text piece.
// A malformed variable, which no valid document contains, is text.
class PatternPieces {
 public:
  constexpr PatternPieces(std::string_view text, bool variables_active) noexcept
      : rest_(text), active_(variables_active) {}

  // The next piece, or false at the end. Adjacent text pieces do not occur.
  [[nodiscard]] constexpr bool next(PatternPiece& piece) noexcept {
    if (rest_.empty()) return false;
    std::size_t at = active_ ? rest_.find("${") : std::string_view::npos;
    if (at == 0) {
      const VariableText variable = read_variable(rest_);
      if (variable.mistake == VariableMistake::None) {
        piece = variable.piece;
        rest_.remove_prefix(variable.size);
        return true;
      }
      at = std::string_view::npos;
    }
    piece = PatternPiece{};
    piece.text = rest_.substr(0, at);
    rest_.remove_prefix(piece.text.size());
    return true;
  }

 private:
  std::string_view rest_;
  bool active_;
};

// The fields of an ARN or of a pattern of one, split at its first five colons.
struct ArnFields {
  std::array<std::string_view, 6> field;
  std::size_t count = 0;  // fields that the text has
};

// G-34, C-69: colons inside `${...}` separate nothing where variables are active.
[[nodiscard]] constexpr ArnFields split_arn(std::string_view text, bool variables_active) noexcept {
  ArnFields fields;
  std::size_t begin = 0;
  std::size_t at = 0;
  while (fields.count < 5 && at < text.size()) {
    if (variables_active && text[at] == '$' && at + 1 < text.size() && text[at + 1] == '{') {
      const std::size_t close = text.find('}', at);
      if (close == std::string_view::npos) break;
      at = close + 1;
      continue;
    }
    if (text[at] == ':') {
      fields.field[fields.count++] = text.substr(begin, at - begin);
      begin = at + 1;
    }
    ++at;
  }
  fields.field[fields.count++] = text.substr(begin);
  return fields;
}

}  // namespace detail
}  // namespace writ::inline v0
