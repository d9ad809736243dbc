// Not API, may change in any release. Documents in segments, and how a change finds its segments.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "writ/policy_set.h"
#include "writ/policy_store.h"

namespace writ::inline v0 {
namespace detail {

/// A document that was parsed once and found good. Its text is kept to compile from: a parsed
/// document takes about four times the room.
struct StoredDocument {
  std::string name;
  std::string text;
  std::uint32_t statements = 0;
};
using StoredDocuments = std::vector<std::shared_ptr<const StoredDocument>>;

/// A range of documents in the order of names, and the set compiled of it. Never empty.
struct Segment {
  StoredDocuments documents;
  std::uint64_t statements = 0;
  PolicySet set;
};

/// The document under `name` becomes `document`, or is removed when that is null.
struct SegmentChange {
  std::string_view name;
  std::shared_ptr<const StoredDocument> document;
};

/// Parses a document to see that it is good.
[[nodiscard]] Result<std::shared_ptr<const StoredDocument>> check_document(
    std::string_view name, std::string text, PolicyType type, const ParseOptions& options);

}  // namespace detail
}  // namespace writ::inline v0
