// PolicySet: documents compiled for evaluation, and the builder that compiles them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "writ/config.h"
#include "writ/model/policy_document.h"
#include "writ/result.h"

namespace writ::inline v0 {

namespace detail {
class Program;
}

/// Documents of one kind that apply together (D-1, D-2), compiled: all identity policies of a user,
/// say, or one level of service control policies. A handle to an immutable program: copying costs
/// one atomic increment, sets shared by many principals are compiled once and held once. An empty
/// handle is a set without documents: it allows nothing (E-1).
/// Thread-safety: const access from any number of threads; copies may be dropped on any thread.
class PolicySet {
 public:
  PolicySet() noexcept = default;
  /// Shares the program: one atomic increment.
  PolicySet(const PolicySet& other) noexcept;
  /// Leaves `other` empty.
  PolicySet(PolicySet&& other) noexcept : program_(other.program_) { other.program_ = nullptr; }
  /// Shares or takes over the program.
  PolicySet& operator=(PolicySet other) noexcept {
    const detail::Program* mine = program_;
    program_ = other.program_;
    other.program_ = mine;
    return *this;
  }
  ~PolicySet();

  /// The documents' kind; of an empty handle ServiceControl.
  [[nodiscard]] PolicyType type() const noexcept;
  /// Number of documents; 0 for an empty handle.
  [[nodiscard]] std::uint32_t document_count() const noexcept;
  /// Of all documents together.
  [[nodiscard]] std::uint32_t statement_count() const noexcept;
  /// Bytes of the program, all in all.
  [[nodiscard]] std::size_t size_bytes() const noexcept;
  /// Those of them that decisions read; the others are for explanations.
  [[nodiscard]] std::size_t hot_size_bytes() const noexcept;
  /// Reads what decisions read once, so that it is in memory and in the caches that processors
  /// share: worth it right before a set is published that nobody has asked for a while, or that
  /// lies in an image. Changes nothing. Complexity: O(hot_size_bytes()), a few microseconds for a
  /// thousand statements; for a set larger than the caches it is of no use. Thread-safe.
  void warm() const noexcept;
  /// The program as text, for people and golden tests: deterministic for the same documents.
  [[nodiscard]] std::string dump() const;

  /// Not API: what evaluate and explain read. Null for an empty handle.
  [[nodiscard]] const detail::Program* program() const noexcept WRIT_LIFETIME_BOUND {
    return program_;
  }

 private:
  friend class PolicySetBuilder;
  friend class ImageReader;
  explicit PolicySet(const detail::Program* program) noexcept : program_(program) {}

  const detail::Program* program_ = nullptr;
};

/// Compiles documents of one kind into a PolicySet.
///
///     PolicySetBuilder builder(PolicyType::IdentityBased);
///     builder.attach("ReadReports", document);
///     Result<PolicySet> set = builder.build();
///
/// Thread-safety: one thread at a time.
class PolicySetBuilder {
 public:
  /// A builder for documents of that kind.
  explicit PolicySetBuilder(PolicyType type) noexcept : type_(type) {}

  /// Adds a document under a name that explanations print. The document must outlive `build`, and
  /// be of the builder's kind.
  PolicySetBuilder& attach(std::string_view name, const PolicyDocument& document);

  /// The compiled set. Errors: `LimitExceeded` when a table outgrows 32 bits, `DataTypeMismatch`
  /// when a document is of another kind. Complexity: O(n log n) in the size of the documents.
  [[nodiscard]] Result<PolicySet> build() const;

 private:
  struct Attached {
    std::string name;
    const PolicyDocument* document;
  };

  PolicyType type_;
  std::vector<Attached> documents_;
};

/// Parses and compiles one document: what most callers need for a policy that is attached alone.
/// The set owns all it needs; `text` may go afterwards. Errors: those of `parse_policy` with its
/// default options, and of PolicySetBuilder::build. Complexity: O(n log n) in the text.
/// Thread-safe.
[[nodiscard]] Result<PolicySet> compile_policy(std::string_view text, PolicyType type,
                                               std::string_view name = "policy");

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/policy_set-inl.h"
#endif
