// lint_policy: all that is wrong, dangerous or needless in one policy text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "writ/config.h"
#include "writ/error.h"
#include "writ/model/vocabulary.h"
#include "writ/parse.h"

namespace writ::inline v0 {

/// A-1, and `Refusal` for what `parse_policy` refuses.
enum class FindingSeverity : std::uint8_t { Refusal, Error, SecurityWarning, Warning, Suggestion };

/// `refusal`, `error`, `security-warning`, `warning`, `suggestion`
[[nodiscard]] std::string_view to_string(FindingSeverity severity) noexcept;

/// One finding of a check.
struct Finding {
  FindingSeverity severity = FindingSeverity::Suggestion;  ///< how bad it is
  std::string_view code;     ///< IAM's issue code, e.g. `MISSING_VERSION`; static storage
  std::string_view rule;     ///< rule id, e.g. `A-208` or `G-20`; static storage
  Position position;         ///< in the document's text
  std::string json_pointer;  ///< RFC 6901, of the element meant
  std::string message;       ///< one sentence that says what to do
};

/// All refusals and all findings that need no service catalogue, ordered by position. A text that
/// is not JSON has one finding. Complexity: O(n log n), and O(k²) in the number of patterns of one
/// statement up to a bound for the redundancy checks. Thread-safe.
[[nodiscard]] std::vector<Finding> lint_policy(std::string_view text, PolicyType type,
                                               const ParseOptions& options = {});

/// The checks that are skipped because they need a service catalogue: issue codes.
[[nodiscard]] const std::vector<std::string_view>& skipped_lint_checks();

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/lint-inl.h"
#endif
