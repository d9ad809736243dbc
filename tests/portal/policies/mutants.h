// Breaks a policy document in one small step at a time, so that a test can tell whether the tables
// would notice.
#pragma once

#include <rapidjson/document.h>

#include <string>
#include <vector>

namespace writ::test {

/// One changed document.
struct Mutant {
  std::string what;  ///< "statement 3 `Sid`: drop condition StringEquals portal:PartnerStage"
  std::string text;
  std::string sid;  ///< of the statement that is broken
};

[[nodiscard]] std::string to_text(const rapidjson::Document& json);

/// All steps: a statement dropped, an effect flipped, an action or resource removed, widened or
/// narrowed, a condition dropped, an operator negated, a quantifier swapped, a value removed, a
/// condition made to pass without its key.
[[nodiscard]] std::vector<Mutant> mutants_of(const std::string& text);

}  // namespace writ::test
