// parse_policy: text to document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "writ/config.h"
#include "writ/model/policy_document.h"
#include "writ/result.h"

namespace writ::inline v0 {

/// Limits on one document. The defaults are above everything that AWS accepts; whoever reads
/// policies of strangers may lower them. Crossing one is `ErrorCode::LimitExceeded`.
struct ParseOptions {
  std::size_t max_bytes = 64U << 20U;                   ///< of the text
  std::uint32_t max_statements = 4'000'000;             ///< of the document
  std::uint32_t max_wildcards_per_pattern = 1'000'000;  ///< `*` and `?` of one pattern
  /// Actions, resources, principals, condition values. JSON values of any kind are limited too, to
  /// 16 for each of these and 1,024 more: reading takes about 100 bytes for each.
  std::uint32_t max_values = 16'000'000;
  /// The text came as a member of a larger JSON text (a case file, say), so that G-2 speaks of its
  /// decoded strings only. No answer depends on it today: outside strings JSON has no character
  /// that G-2 refuses, and what stands raw in a string is decoded as itself.
  bool decoded_characters_only = false;
};

/// Reads one policy document of the given kind.
///
/// Input: any bytes. Errors: the first mistake, with position, JSON pointer and rule id: everything
/// that rules G-1 to G-62, V-4, V-7, C-48, P-10, P-64 and E-31 refuse, in the order of checks that
/// docs/documents.md gives.
/// Complexity: O(n log n) in the size of the text, memory O(n). Thread-safe.
[[nodiscard]] Result<PolicyDocument> parse_policy(std::string_view text, PolicyType type,
                                                  const ParseOptions& options = {});

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/parse-inl.h"
#endif
