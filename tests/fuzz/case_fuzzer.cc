// Any bytes as a line of a case file. What the tool reads as a case is decided; its explanation
// must name the same decision, and when the reference reads the line too, so must the reference.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/case_reader.h"
#include "fuzz/require.h"
#include "reference/case_reader.h"
#include "reference/evaluator.h"
#include "reference/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using writ::fuzz::require;
  const std::string line(reinterpret_cast<const char*>(data), size);
  const writ::Result<writ::cli::Case> asked = writ::cli::read_case(line);
  if (!asked) {
    require(!asked.error().message.empty(), "an error has a message", line);
    return 0;
  }
  const writ::cli::CaseOutcome outcome = writ::cli::run_case(*asked);

  std::optional<writ::Decision> expected;
  try {
    expected = writ::reference::evaluate(writ::reference::read_case(line));
  } catch (const writ::reference::Refused&) {
    return 0;  // the tool's reader is the more generous one
  }
  require(expected.has_value() == (outcome.got != writ::cli::Expectation::Error),
          "both refuse or both decide",
          (outcome.error ? outcome.error->to_string() : std::string("decided")) + "\n" + line);
  if (!expected) return 0;
  require(outcome.decision == *expected, "both decide alike",
          std::string(rule_of(outcome.decision.reason)) + " against " +
              std::string(rule_of(expected->reason)) + "\n" + line);

  const writ::Result<writ::cli::PreparedQuestion, writ::cli::QuestionError> prepared =
      writ::cli::PreparedQuestion::make(asked->question, {.embedded_documents = true});
  require(prepared.has_value(), "what was decided can be prepared", line);
  const writ::Explanation why = prepared->explain();
  require(why.decision() == *expected, "the explanation explains that decision", line);
  require(!why.to_string().empty() && !why.to_json().empty(), "it has words", line);
  return 0;
}
