// to_html: an explanation as a page to look at. Opt-in, not part of writ.h. docs/pictures.md shows
// what is on the page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "writ/config.h"
#include "writ/explain.h"
#include "writ/model/vocabulary.h"
#include "writ/request.h"

namespace writ::inline v0 {

/// The text of one of the documents that an explanation tells of. Borrows.
struct PolicyText {
  PolicyType layer = PolicyType::IdentityBased;  ///< of which kind the document is
  std::uint32_t level = 0;                       ///< of organization policies; else 0
  std::uint32_t document = 0;  ///< index among the documents of its layer and level
  std::string_view name;       ///< shown above the text
  std::string_view text;  ///< exactly what was parsed: the explanation's positions point into it
};

/// What the page shows besides.
struct HtmlOptions {
  std::size_t max_value_bytes = 2000;          ///< of one value shown; a longer one is cut
  std::size_t max_values = 50;                 ///< of one list
  std::size_t max_document_bytes = 1U << 20U;  ///< texts that are longer are left out
};

/// One self-contained HTML page that shows the decision, the path through the layers, each
/// statement's elements and conditions, the nearest miss, and the policies' texts with the
/// statements marked. Nothing is left out silently.
///
/// `request` is the one explained. `texts` may be fewer than the explanation's documents, or none:
/// what is not given is not shown. A text that is not what was parsed gives wrong marks, no harm.
///
/// All that comes from the arguments is escaped: hostile names, keys and values stay text. Valid
/// UTF-8 whatever the bytes. Uses no script, no network, and forbids itself both by a content
/// security policy. Complexity: O(size of the explanation and the texts), times log of the
/// documents. Thread-safe.
[[nodiscard]] std::string to_html(const Request& request, const Explanation& explanation,
                                  std::span<const PolicyText> texts = {},
                                  const HtmlOptions& options = {});

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/html-inl.h"
#endif
