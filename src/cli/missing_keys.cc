#include "cli/missing_keys.h"

#include <algorithm>

#include "writ/hash.h"
#include "writ/impl/variables.h"

namespace writ::cli {

void MissingKeys::add(const PolicyDocument& document, const Statement& statement) {
  for (const ConditionTest& test : statement.conditions) {
    add_key(test.key.value);
    if (!document.has_variables() || !takes_variables(test.op)) continue;
    for (const ConditionValue& value : test.values) add_variables(value.text);
  }
  if (!document.has_variables()) return;
  for (const Text& pattern : statement.resource.values) add_variables(pattern.value);
}

void MissingKeys::add_key(std::string_view key) {
  const auto is_given = [key](const QuestionKey& given) { return equals_folded(given.name, key); };
  const auto is_known = [key](std::string_view known) { return equals_folded(known, key); };
  if (std::ranges::any_of(given_, is_given) || std::ranges::any_of(keys_, is_known)) return;
  keys_.push_back(key);
}

void MissingKeys::add_variables(std::string_view pattern) {
  detail::PatternPieces pieces(pattern, true);
  for (detail::PatternPiece piece; pieces.next(piece);) {
    // A name without a colon is no condition key (V-7).
    const bool is_key = piece.kind == detail::PatternPiece::Kind::Variable && !piece.has_default &&
                        piece.text.find(':') != std::string_view::npos;
    if (is_key) add_key(piece.text);
  }
}

std::vector<std::string> MissingKeys::sorted() const {
  std::vector<std::string> keys(keys_.begin(), keys_.end());
  std::ranges::sort(keys);
  return keys;
}

}  // namespace writ::cli
