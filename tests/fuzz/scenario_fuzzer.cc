// Any bytes as a scenario file: it runs, twice to the same end, or is refused with a place in the
// text. The runner itself checks the portal's invariants after every step.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/portal_policies.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using writ::fuzz::require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string shown(text);
  const auto results = writ::portal::run_scenarios(text, writ::fuzz::scenario_world());
  if (!results) {
    const writ::PolicyError& error = results.error();
    require(!error.message.empty(), "an error has a message", shown);
    require(error.position.line >= 1 && error.position.offset <= text.size(),
            "an error points into the text", shown);
    return 0;
  }
  for (const writ::portal::ScenarioResult& result : *results) {
    require(result.passed == result.problem.empty(), "what fails says why", shown);
    require(result.broken_invariant.empty(), "invariants hold",
            result.broken_invariant + "\n" + shown);
  }
  const auto again = writ::portal::run_scenarios(text, writ::fuzz::scenario_world());
  require(again.has_value() && again->size() == results->size(), "it runs again", shown);
  for (std::size_t i = 0; i < results->size(); ++i) {
    require((*results)[i].events == (*again)[i].events, "two runs leave the same events", shown);
  }
  return 0;
}
