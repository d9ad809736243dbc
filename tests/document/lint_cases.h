// One positive and one negative case for each check of `lint_policy`.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "writ/lint.h"

namespace writ::test {

/// The texts are whole documents, or the members of one statement of a document of version
/// 2012-10-17. `@` stands before the token that is to blame, and is not part of the text.
struct LintCase {
  std::string check;  ///< rule id of the check, e.g. `A-208`
  std::string code;
  FindingSeverity severity;
  PolicyType type;
  std::string bad;
  std::string good;
  std::string
      rule;  ///< of the finding; empty: that of the check. Refusals have that of the grammar
};

inline void PrintTo(const LintCase& entry, std::ostream* out) { *out << entry.check; }

[[nodiscard]] std::vector<LintCase> lint_refusal_cases();
[[nodiscard]] std::vector<LintCase> lint_statement_cases();
[[nodiscard]] std::vector<LintCase> lint_principal_cases();
[[nodiscard]] std::vector<LintCase> lint_condition_cases();

/// The document without its mark, and where the mark was.
struct MarkedText {
  std::string text;
  Position position;
};
[[nodiscard]] MarkedText marked(std::string_view text);

/// What a case asks for.
void expect_case(const LintCase& entry);

}  // namespace writ::test
