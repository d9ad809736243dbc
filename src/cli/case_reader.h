// Case: one line of a case file, and how it comes out. docs/command-line.md tells the format.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/question.h"
#include "writ/impl/json_tree.h"
#include "writ/result.h"

namespace writ::cli {

/// What a case expects: one of the three decisions, or that it is refused.
enum class Expectation : unsigned char { Allowed, ExplicitDeny, ImplicitDeny, Error };
[[nodiscard]] std::string_view to_string(Expectation expectation) noexcept;

/// One case. Borrows the text it was read from; movable.
struct Case {
  std::string_view text;
  std::string_view id;
  std::optional<Expectation> expect;
  Question question;
  std::vector<detail::JsonTree> trees;  ///< hold the decoded strings
};

/// Reads one case. Errors, with positions in `text`: `JsonSyntaxError` when the text is not JSON,
/// `InvalidCase` when it is not a case: unknown or repeated fields, wrong types, missing `id` or
/// `action`, and analysis cases (`check`), which this version does not run. Mistakes inside policy
/// documents are not looked for here; they are outcomes of run_case.
/// Never recurses, O(size).
[[nodiscard]] Result<Case> read_case(std::string_view text);

/// How a case came out.
struct CaseOutcome {
  Expectation got = Expectation::Error;
  Decision decision;                 ///< unless got is Error
  std::string policy;                ///< of the deciding statement, or of the refused document
  std::string sid;                   ///< of the deciding statement
  std::optional<Position> position;  ///< in the case's text
  std::optional<PolicyError> error;  ///< if got is Error

  [[nodiscard]] bool passes(const Case& asked) const noexcept { return asked.expect == got; }
};

/// Parses the case's documents, compiles them and evaluates the request. A document that is refused
/// and a request that is invalid give `Expectation::Error` (D-7).
[[nodiscard]] CaseOutcome run_case(const Case& asked);

/// Where a position of a document is in the text that the document is part of.
[[nodiscard]] Position position_in(std::string_view text, const QuestionDocument& document,
                                   const Position& position);

}  // namespace writ::cli
