// Any bytes as a line of a case file. What the tool reads as a case is decided; its explanation
// must name the same decision, and when the reference reads the line too, so must the reference.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/case_reader.h"
#include "fuzz/agree.h"
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
  std::optional<writ::Decision> expected;
  try {
    expected = writ::reference::evaluate(writ::reference::read_case(line));
  } catch (const writ::reference::Refused&) {
    // The tool's reader is the more generous one.
    static_cast<void>(writ::cli::run_case(*asked));
    return 0;
  }
  writ::fuzz::require_agreement(*asked, expected, line);
  return 0;
}
