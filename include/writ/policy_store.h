// PolicyStore: very many documents of one kind, of which a change compiles a part. How, and when
// another structure fits better: docs/reload.md.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "writ/config.h"
#include "writ/decision.h"
#include "writ/document_error.h"
#include "writ/parse.h"
#include "writ/policy_set.h"
#include "writ/published.h"
#include "writ/result.h"

namespace writ::inline v0 {
namespace detail {
struct Segment;
struct SegmentChange;
struct StoredDocument;
}  // namespace detail

/// How many documents are compiled together.
struct SegmentOptions {
  /// How many sets a layer with many statements is spread over at first; there are never more than
  /// twice as many. More: the first change of a place compiles less, and decisions cost more.
  std::uint32_t target_segments = 4;
  /// Sets of fewer statements are not cut: about what a second change of a place compiles.
  std::uint32_t min_segment_statements = 1024;
};

/// Documents of one kind in the order of their names (bytes), compiled in segments: ranges of that
/// order. Decisions over `sets()` are those of one set with all the documents in this order, the
/// deciding statement included.
/// Immutable. Thread-safety: const access from any number of threads. Copies share the segments.
class PolicySegments {
 public:
  PolicySegments() = default;

  /// For a layer of AppliedPolicies. None is empty.
  [[nodiscard]] std::span<const PolicySet> sets() const noexcept WRIT_LIFETIME_BOUND {
    return sets_;
  }
  /// Number of documents.
  [[nodiscard]] std::uint32_t document_count() const noexcept { return documents_; }
  /// Of all documents together.
  [[nodiscard]] std::uint64_t statement_count() const noexcept { return statements_; }
  /// The name of a document by its rank, which is what StatementId::document is; empty if there is
  /// none. Complexity: O(segments).
  [[nodiscard]] std::string_view name_of(std::uint32_t document) const noexcept WRIT_LIFETIME_BOUND;
  /// The text of a document, or nothing. Complexity: O(log documents).
  [[nodiscard]] std::optional<std::string_view> text_of(std::string_view name) const noexcept
      WRIT_LIFETIME_BOUND;

  /// Not API: what PolicyStore and PolicyDirectory are made of. The segments with the changes
  /// applied, or why they cannot be compiled (`LimitExceeded`). `changes` are sorted by name, one
  /// each.
  [[nodiscard]] Result<PolicySegments> with(std::span<const detail::SegmentChange> changes,
                                            PolicyType type, const SegmentOptions& options,
                                            const ParseOptions& parse) const;
  /// Not API: what it consists of.
  [[nodiscard]] std::span<const std::shared_ptr<const detail::Segment>> segments() const noexcept
      WRIT_LIFETIME_BOUND {
    return segments_;
  }
  /// Not API: whether both consist of the same segments.
  [[nodiscard]] bool shares_all_with(const PolicySegments& other) const noexcept;

 private:
  std::vector<std::shared_ptr<const detail::Segment>> segments_;
  std::vector<PolicySet> sets_;  // of the segments
  std::uint32_t documents_ = 0;
  std::uint64_t statements_ = 0;
};

/// One change of a store: the document under this name becomes `text`, or is removed.
struct PolicyChange {
  std::string name;                 ///< of the document
  std::optional<std::string> text;  ///< the new text; nothing: the document is removed
};

/// How documents are kept and read.
struct PolicyStoreOptions {
  SegmentOptions segments = {};  ///< how many are compiled together
  ParseOptions parse = {};       ///< limits of each document
};

/// Keeps documents of one kind by name, and publishes them compiled.
///
///     PolicyStore store(PolicyType::IdentityBased);
///     Result<bool> put = store.put("team-42/read", text);
///     PolicyStore::Reader reader = store.reader();     // once a thread
///     const auto segments = reader.pin();
///     policies.identity = segments->sets();
///
/// A change parses and compiles the segments that it touches, on the thread that makes it, and is
/// published as a whole; readers go on with what they pinned. Not for the resource layer, which has
/// one set: keep one set for each resource.
///
/// Memory: the texts and the compiled segments. Thread-safety: all members from any thread; changes
/// wait for each other. Lifetime: it must outlive its readers.
class PolicyStore {
 public:
  using Reader = Published<PolicySegments>::Reader;  ///< Pins what is in force, for one thread.

  /// An empty store for documents of one kind.
  explicit PolicyStore(PolicyType type, PolicyStoreOptions options = {});

  /// Adds the document or replaces the one of this name; whether it replaced one. Errors: as
  /// parse_policy, `DataTypeMismatch` for a kind of resource policy, `LimitExceeded`. Nothing
  /// changes then.
  Result<bool> put(std::string_view name, std::string_view text);
  /// Removes the document; whether there was one. Errors: `LimitExceeded`.
  Result<bool> remove(std::string_view name);
  /// Makes all changes as one, or none; of several for one name the last counts. How many documents
  /// there are then, or the first change, by name, that is refused.
  Result<std::uint32_t, DocumentError> apply(std::vector<PolicyChange> changes);

  /// A reader for the calling thread. Must not outlive the store.
  [[nodiscard]] Reader reader() WRIT_LIFETIME_BOUND { return published_.reader(); }
  /// What is published now, shared: for whoever keeps it longer than a request.
  [[nodiscard]] PolicySegments current() const;
  /// Frees old segments that nobody pins any more; see Published.
  std::size_t reclaim() noexcept { return published_.reclaim(); }

 private:
  struct Committed {
    bool existed = false;  ///< of a single change: whether there was a document of this name
    std::uint32_t documents = 0;
  };

  [[nodiscard]] Result<std::shared_ptr<const detail::StoredDocument>> check(std::string_view name,
                                                                            std::string text) const;
  Result<Committed> commit(std::span<const detail::SegmentChange> changes);

  PolicyType type_;
  PolicyStoreOptions options_;
  mutable std::mutex mutex_;  // held while a change is compiled
  PolicySegments current_;
  Published<PolicySegments> published_;
};

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/policy_store-inl.h"
#endif
