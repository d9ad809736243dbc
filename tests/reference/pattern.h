// Texts with wildcards and variables (sections 4.3 and 5), and the one matcher for all of them.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::reference {

/// The context of a request by folded key (C-10).
struct ContextValue {
  bool is_list = false;
  bool collided = false;  // C-12
  std::vector<std::string> values;
};
using Context = std::map<std::string, ContextValue>;

/// `${key}` or `${key, 'fallback'}`.
struct Variable {
  std::string key;  // folded
  std::optional<std::string> fallback;
};

/// One element of a pattern.
struct Symbol {
  enum class Kind {
    Character,        // itself
    AnyRun,           // any characters, also none
    RunInField,       // any characters but ':', also none
    AnyOne,           // one character
    OneInField,       // one character other than ':'
    Variable,         // the value of a variable
    VariableInField,  // the same, but a value with ':' is none (G-37)
  };
  Kind kind = Kind::Character;
  char32_t character = 0;
  std::size_t variable = 0;
};
using Symbols = std::vector<Symbol>;

struct Pattern {
  Symbols symbols;
  std::vector<Variable> variables;
  bool has_variables = false;  // also the escapes of V-5 (G-14)
};

/// What `${...}` and `*`, `?` are in a text.
struct PatternSyntax {
  bool variables = false;  // V-2, G-14
  bool wildcards = false;  // C-1
};

/// Throws Refused for what V-7 refuses.
[[nodiscard]] Pattern parse_pattern(std::string_view text, PatternSyntax syntax);

/// G-34: split at the first five colons outside of variables; the sixth field keeps the rest.
[[nodiscard]] std::vector<Symbols> split_fields(const Symbols& symbols);

/// V-11: whether a variable with an empty value stands for the empty text or has no value.
enum class EmptyValue { IsText, IsNoValue };

/// Symbols with every variable replaced by the literal characters of its value (V-8, V-20), or
/// nothing when one has no value (V-10).
[[nodiscard]] std::optional<Symbols> substitute(const Symbols& symbols,
                                                const std::vector<Variable>& variables,
                                                const Context& context, EmptyValue empty);

/// Whether the whole text matches. Symbols without variables only.
[[nodiscard]] bool matches(const Symbols& symbols, const std::u32string& text);

}  // namespace writ::reference
