// What must hold for every case: library, tool and reference refuse alike or decide alike.
#pragma once

#include <optional>
#include <string>

#include "cli/case_reader.h"
#include "fuzz/require.h"
#include "writ/explain.h"

namespace writ::fuzz {

/// Runs a case and holds it to the reference's answer (none: refused). `line` is its text.
inline void require_agreement(const cli::Case& asked, const std::optional<Decision>& expected,
                              const std::string& line) {
  const cli::CaseOutcome outcome = cli::run_case(asked);
  require(expected.has_value() == (outcome.got != cli::Expectation::Error),
          "both refuse or both decide",
          (outcome.error ? outcome.error->to_string() : std::string("decided")) + "\n" + line);
  if (!expected) return;
  require(outcome.decision == *expected, "both decide alike",
          std::string(rule_of(outcome.decision.reason)) + " against " +
              std::string(rule_of(expected->reason)) + "\n" + line);

  const Result<cli::PreparedQuestion, cli::QuestionError> prepared =
      cli::PreparedQuestion::make(asked.question, {.embedded_documents = true});
  require(prepared.has_value(), "what was decided can be prepared", line);
  const Explanation why = prepared->explain();
  require(why.decision() == *expected, "the explanation explains that decision", line);
  require(!why.to_string().empty() && !why.to_json().empty(), "it has words", line);
}

}  // namespace writ::fuzz
