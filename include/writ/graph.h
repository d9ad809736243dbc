// to_dot: a compiled set as a picture, in Graphviz's language. Opt-in, not part of writ.h.
// docs/pictures.md shows what is drawn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "writ/config.h"
#include "writ/policy_set.h"

namespace writ::inline v0 {

/// How much is drawn.
struct GraphOptions {
  std::uint32_t max_statements = 100;  ///< drawn; of more, the first
  std::size_t max_list = 6;            ///< entries of one list of actions, resources or values
  std::size_t max_text_bytes = 60;     ///< of one entry
};

/// A picture of a set, for Graphviz.
struct Graph {
  std::string dot;               ///< valid UTF-8
  std::uint32_t statements = 0;  ///< of the set
  std::uint32_t drawn = 0;       ///< of them; the picture tells how many are not
};

/// The walk that a decision takes through a set: an action leads to a class of statements, a class
/// to its Deny and Allow statements by resource, a statement to its condition tests, which
/// statements share. All texts are escaped: Graphviz reads them as plain labels. An empty handle is
/// an empty picture. Deterministic. Complexity: O(actions and statements of the set × log).
/// Thread-safe.
[[nodiscard]] Graph to_dot(const PolicySet& set, const GraphOptions& options = {});

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/graph-inl.h"
#endif
