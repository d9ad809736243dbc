// write_policy: document to canonical text.
#pragma once

#include <string>

#include "writ/config.h"
#include "writ/model/policy_document.h"

namespace writ::inline v0 {

/// The document as JSON in canonical form: members in the order of the grammar, two spaces a level,
/// a list of one written as its element (`Statement` always as a list), order of lists kept, names
/// and numbers as spelled, no line break at the end. Parsing the result gives the same document but
/// for positions and the `is_list` flags, and writing that gives the same text.
/// Complexity: O(size). Thread-safe.
[[nodiscard]] std::string write_policy(const PolicyDocument& document);

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/write-inl.h"
#endif
