#include "reference/pattern.h"

#include "reference/json.h"
#include "reference/values.h"

namespace writ::reference {
namespace {

Symbol character(char32_t c) { return {.kind = Symbol::Kind::Character, .character = c}; }

// V-1, V-6, V-7: what stands between `${` and `}`.
Variable parse_variable(const std::string& inside) {
  if (inside.empty()) throw Refused("V-7: empty variable");
  if (inside.find("${") != std::string::npos) throw Refused("V-7: nested variable");
  Variable variable;
  std::string key = inside;
  const std::size_t form = inside.find(", '");
  if (form != std::string::npos) {
    const std::string rest = inside.substr(form + 3);
    if (rest.empty() || rest.back() != '\'') throw Refused("V-7: unbalanced quote");
    variable.fallback = rest.substr(0, rest.size() - 1);
    if (variable.fallback->find('\'') != std::string::npos) throw Refused("V-7: quote in default");
    key = inside.substr(0, form);
  }
  if (key.empty()) throw Refused("V-7: empty variable");
  if (key.find_first_of(" ,'\t\r\n") != std::string::npos) {
    throw Refused("V-7: space, comma or quote in a variable's key");
  }
  variable.key = fold(key);
  return variable;
}

// V-10, V-11. A default serves for an empty value as for none.
std::optional<std::string> value_of(const Variable& variable, const Context& context,
                                    EmptyValue empty) {
  const auto found = context.find(variable.key);
  // V-7: a name without a colon is no key and never has a value.
  const bool is_key = variable.key.find(':') != std::string::npos;
  if (is_key && found != context.end() && !found->second.is_list && !found->second.collided) {
    const std::string& value = found->second.values.front();
    if (!value.empty()) return value;
    if (!variable.fallback && empty == EmptyValue::IsText) return value;
  }
  return variable.fallback;
}

}  // namespace

Pattern parse_pattern(std::string_view text, PatternSyntax syntax) {
  const std::u32string characters = decode_utf8(text);
  Pattern pattern;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const char32_t c = characters[i];
    const bool opens = c == U'$' && i + 1 < characters.size() && characters[i + 1] == U'{';
    if (syntax.variables && opens) {
      pattern.has_variables = true;
      const std::size_t close = characters.find(U'}', i);
      if (close == std::u32string::npos) throw Refused("V-7: missing brace");
      std::string inside;
      for (std::size_t k = i + 2; k < close; ++k) inside += encode_utf8(characters[k]);
      if (inside == "*" || inside == "?" || inside == "$") {  // V-5
        pattern.symbols.push_back(character(characters[i + 2]));
      } else {
        pattern.symbols.push_back(
            {.kind = Symbol::Kind::Variable, .character = 0, .variable = pattern.variables.size()});
        pattern.variables.push_back(parse_variable(inside));
      }
      i = close;
    } else if (syntax.wildcards && c == U'*') {
      pattern.symbols.push_back({.kind = Symbol::Kind::AnyRun});
    } else if (syntax.wildcards && c == U'?') {
      pattern.symbols.push_back({.kind = Symbol::Kind::AnyOne});
    } else {
      pattern.symbols.push_back(character(c));
    }
  }
  return pattern;
}

std::vector<Symbols> split_fields(const Symbols& symbols) {
  std::vector<Symbols> fields(1);
  for (const Symbol& symbol : symbols) {
    const bool colon = symbol.kind == Symbol::Kind::Character && symbol.character == U':';
    if (colon && fields.size() < 6) {
      fields.emplace_back();
    } else {
      fields.back().push_back(symbol);
    }
  }
  return fields;
}

std::optional<Symbols> substitute(const Symbols& symbols, const std::vector<Variable>& variables,
                                  const Context& context, EmptyValue empty) {
  Symbols result;
  for (const Symbol& symbol : symbols) {
    const bool in_field = symbol.kind == Symbol::Kind::VariableInField;
    if (symbol.kind != Symbol::Kind::Variable && !in_field) {
      result.push_back(symbol);
      continue;
    }
    const auto value = value_of(variables[symbol.variable], context, empty);
    if (!value) return std::nullopt;
    if (in_field && value->find(':') != std::string::npos) return std::nullopt;
    for (const char32_t c : decode_utf8(*value)) result.push_back(character(c));
  }
  return result;
}

bool matches(const Symbols& symbols, const std::u32string& text) {
  // reached[i]: the symbols so far match the first i characters.
  std::vector<char> reached(text.size() + 1, 0);
  reached[0] = 1;
  for (const Symbol& symbol : symbols) {
    std::vector<char> next(text.size() + 1, 0);
    bool any = false;
    const bool run = symbol.kind == Symbol::Kind::AnyRun || symbol.kind == Symbol::Kind::RunInField;
    for (std::size_t i = 0; i <= text.size(); ++i) {
      bool here = run && reached[i] != 0;
      if (i > 0) {
        const char32_t c = text[i - 1];
        switch (symbol.kind) {
          case Symbol::Kind::Character:
            here = reached[i - 1] != 0 && c == symbol.character;
            break;
          case Symbol::Kind::AnyOne:
            here = reached[i - 1] != 0;
            break;
          case Symbol::Kind::OneInField:
            here = reached[i - 1] != 0 && c != U':';
            break;
          case Symbol::Kind::AnyRun:
            here = here || next[i - 1] != 0;
            break;
          case Symbol::Kind::RunInField:
            here = here || (next[i - 1] != 0 && c != U':');
            break;
          case Symbol::Kind::Variable:
          case Symbol::Kind::VariableInField:
            break;
        }
      }
      next[i] = here ? 1 : 0;
      any = any || here;
    }
    if (!any) return false;
    reached = std::move(next);
  }
  return reached[text.size()] != 0;
}

}  // namespace writ::reference
