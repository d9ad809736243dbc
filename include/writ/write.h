// write_policy: document to canonical text.
#pragma once

#include <string>

#include "writ/config.h"
#include "writ/model/policy_document.h"

namespace writ::inline v0 {

/// The document as JSON: members in the order of the grammar, two spaces a level, a list of one
/// written as its element, order of lists kept. Parsing the result gives an equal document, and
/// writing that gives the same text. Complexity: O(size). Thread-safe.
[[nodiscard]] std::string write_policy(const PolicyDocument& document);

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/write-inl.h"
#endif
