// Not API, may change in any release. Program: a compiled policy set, as flat arrays in one buffer.
//
// Everything refers to everything else by index, never by pointer, so the buffer means the same at
// any address. Hot sections hold what a decision reads; cold ones (names, texts, positions) are for
// explanations. docs/architecture.md draws the whole.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/config.h"
#include "writ/error.h"
#include "writ/model/policy_document.h"
#include "writ/model/vocabulary.h"

namespace writ::inline v0 {
namespace detail {

inline constexpr std::uint32_t kNone = 0xffffffffU;

/// A string in the section `Strings`.
struct StringRef {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
};

/// A range of records in some section.
struct Range {
  std::uint32_t begin = 0;
  std::uint32_t count = 0;
};

/// A piece of a pattern. A pattern's atoms are literals, `?`, variables and stars in text order.
struct Atom {
  enum class Kind : std::uint32_t {
    Literal,    ///< a, b: StringRef
    AnyOne,     ///< `?`, a times
    Star,       ///< any run of any characters
    Variable,   ///< a: index into `Variables`; b: nonzero when the value must hold no colon
    Separator,  ///< in Segmented and Arn patterns: a colon between two fields
    CrossStar,  ///< in Segmented patterns: `*` at the end of a field, may run over colons (M-25)
  };
  Kind kind = Kind::Literal;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
};

enum class PatternKind : std::uint8_t {
  Any,        ///< `*`
  Exact,      ///< no wildcard
  Prefix,     ///< a literal and a final star
  General,    ///< stars that all run over anything
  Segmented,  ///< an ARN with wildcards inside its first five fields (M-25)
  Arn,        ///< an ARN condition value: six fields, each on its own (C-69)
};

struct PatternRecord {
  StringRef literal;  ///< Exact: the whole; Prefix: without the star
  Range atoms;        ///< otherwise
  StringRef text;     ///< as written
  PatternKind kind = PatternKind::Exact;
  std::uint8_t has_variables = 0;
  std::uint8_t never_resolves = 0;  ///< G-37: a variable in region or account of NotResource
  std::uint8_t padding = 0;
};

struct VariableRecord {
  std::uint64_t key_hash = 0;
  StringRef key;
  StringRef default_text;
  std::uint32_t has_default = 0;
  std::uint32_t never_resolves = 0;  ///< V-7: a name without a colon
};

/// One value of a condition term.
struct ValueRecord {
  enum class Kind : std::uint32_t {
    Text,     ///< compare with `text` as the operator's type says
    Pattern,  ///< match `pattern`
    True,
    False,
    Ip,      ///< `address`, prefix length in `pattern`
    Number,  ///< Text that was a JSON number (C-65)
  };
  StringRef text;
  Kind kind = Kind::Text;
  std::uint32_t pattern = 0;
  std::array<std::uint8_t, 16> address = {};
};

/// One distinct condition test of the set.
struct TermRecord {
  std::uint64_t key_hash = 0;
  StringRef key;
  Range values;
  ConditionOperator op = ConditionOperator::StringEquals;
  SetQuantifier quantifier = SetQuantifier::None;
  std::uint8_t if_exists = 0;
  std::uint8_t empty_is_value = 0;  ///< V-11: an empty variable is the empty text in this test
  std::uint32_t padding = 0;
};

enum class PrincipalEntryKind : std::uint8_t {
  Everyone,  ///< the string `"*"`
  AwsStar,   ///< `{"AWS": "*"}`
  Account,   ///< twelve digits
  Root,      ///< the account's root ARN: the account, in one partition (P-11)
  User,
  Role,
  RoleSession,
  FederatedUser,
  UserId,  ///< AIDA...
  RoleId,  ///< AROA...
  Service,
  Federated,
  CanonicalUser,
  Nobody,  ///< loads and matches no caller (P-10)
};

struct PrincipalRecord {
  std::uint64_t dispatch_key = 0;  ///< equal for a caller that the entry may match; 0 for stars
  StringRef text;
  StringRef partition;
  StringRef account;
  StringRef name;  ///< last path component of a role
  PrincipalEntryKind kind = PrincipalEntryKind::Nobody;
  std::array<std::uint8_t, 7> padding = {};
};

struct StatementRecord {
  Range conditions;  ///< of `ConditionRefs`
  Range principals;  ///< of `Principals`
  Range actions;     ///< of `ActionRefs`
  Range resources;   ///< of `ResourceRefs`
  std::uint32_t document = 0;
  Effect effect = Effect::Deny;
  std::uint8_t not_action = 0;
  std::uint8_t not_resource = 0;
  std::uint8_t any_resource = 0;  ///< the resource test always passes
  std::uint8_t not_principal = 0;
  std::uint8_t has_principal = 0;
  std::array<std::uint8_t, 6> padding = {};
};

/// Cold: where a statement's parts are in its text.
struct StatementSource {
  StringRef sid;
  Position begin;
  Position end;
  Position principal;
  Position action;
  Position resource;
};

/// Cold: one test of a statement as its author wrote it.
struct ConditionSource {
  StringRef operator_text;
  StringRef key;
  Position position;
};

struct DocumentRecord {
  StringRef name;
  Range statements;
};

/// An action as it stands in a statement: for NotAction, and for explanations.
struct ActionRecord {
  std::uint64_t hash = 0;         ///< of the folded text; exact actions
  std::uint32_t pattern = kNone;  ///< of the folded text, when it has wildcards
  StringRef text;                 ///< as written
  std::uint32_t padding = 0;
};

/// An exact action of the dispatch table.
struct ActionSlot {
  std::uint64_t hash = 0;
  StringRef text;                      ///< folded
  std::uint32_t action_class = kNone;  ///< kNone: free slot
  std::uint32_t padding = 0;
};

/// What a service's wildcard actions are dispatched by.
struct ServiceSlot {
  std::uint64_t hash = 0;
  StringRef text;                   ///< folded
  std::uint32_t any_class = kNone;  ///< `service:*`
  Range prefixes;                   ///< of `ActionPrefixes`, sorted
  Range patterns;                   ///< of `ActionPatterns`
  std::uint32_t used = 0;
};

/// `service:Prefix*`. All prefixes of a text that the table holds are found from the greatest entry
/// not above it, through `parent`.
struct ActionPrefix {
  StringRef text;  ///< folded, without service
  std::uint32_t action_class = kNone;
  std::uint32_t parent = kNone;  ///< the longest other entry that begins this one
};

struct ActionPattern {
  std::uint32_t pattern = kNone;
  std::uint32_t action_class = kNone;
};

/// A candidate: a statement, and the resource pattern still to be matched (kNone: none).
struct Posting {
  std::uint32_t statement = 0;
  std::uint32_t pattern = kNone;
};

/// Candidates that share a dispatch key. Behind a switch stand more, by principal.
struct PostingList {
  Range postings;
  std::uint32_t has_principal_switch = 0;
  std::uint32_t padding = 0;
};

struct Bucket {
  std::uint64_t key = 0;
  std::uint32_t list = kNone;  ///< of `PostingLists`; kNone: free slot
  std::uint32_t padding = 0;
};

/// Resource patterns of one shape: which ARN fields are literal, and how they are anchored when a
/// star may run over colons. `lengths` are those of the literal beginnings of the last field.
struct GroupRecord {
  std::uint64_t seed = 0;
  Range lengths;
  std::uint8_t left_fields = 0;   ///< bit i: field i + 1 is literal, counted from the left
  std::uint8_t right_fields = 0;  ///< the same, counted back from the last field
  std::uint8_t crossing = 0;      ///< a star in the first five fields may run over colons
  std::uint8_t exact = 0;         ///< the last field has no wildcard: compare it whole
  std::uint32_t padding = 0;
};

/// The statements of one effect that an action selects, by resource.
struct IndexRoot {
  std::uint32_t flat = kNone;  ///< PostingList of those that no resource dispatch separates
  Range groups;
  std::uint64_t flat_key = 0;
};

/// Statements that list the same actions are one class.
struct ActionClass {
  IndexRoot deny;
  IndexRoot allow;
};

enum class Section : std::uint8_t {
  Strings,
  Statements,
  StatementSources,
  Documents,
  Terms,
  Values,
  ConditionRefs,
  ConditionSources,
  Patterns,
  Atoms,
  Variables,
  Principals,
  Actions,
  ActionRefs,
  ResourceRefs,
  ActionSlots,
  ServiceSlots,
  ActionPrefixes,
  ActionPatterns,
  ActionClasses,
  Groups,
  Lengths,
  Buckets,
  PostingLists,
  Postings,
};
inline constexpr std::size_t kSectionCount = 25;

struct SectionEntry {
  std::uint64_t offset = 0;  ///< bytes from the beginning of the buffer
  std::uint64_t count = 0;   ///< records
};

struct ProgramHeader {
  std::uint32_t magic = 0x54495257U;  // "WRIT"
  std::uint32_t version = 1;
  std::array<SectionEntry, kSectionCount> sections;
  std::uint32_t star_class = kNone;  ///< `*` and NotAction
  Range patterns_any_service;        ///< of `ActionPatterns`: wildcards in the service
  PolicyType type = PolicyType::IdentityBased;
  std::uint8_t has_deny = 0;
  std::array<std::uint8_t, 2> padding = {};
};

/// One immutable program with its reference count.
class Program {
 public:
  explicit Program(std::vector<std::uint64_t> words) noexcept : words_(std::move(words)) {}

  [[nodiscard]] const ProgramHeader& header() const noexcept {
    return *reinterpret_cast<const ProgramHeader*>(words_.data());
  }
  template <class Record>
  [[nodiscard]] std::span<const Record> section(Section id) const noexcept {
    const SectionEntry& entry = header().sections[static_cast<std::size_t>(id)];
    return {reinterpret_cast<const Record*>(bytes() + entry.offset),
            static_cast<std::size_t>(entry.count)};
  }
  template <class Record>
  [[nodiscard]] const Record& at(Section id, std::uint32_t index) const noexcept {
    const SectionEntry& entry = header().sections[static_cast<std::size_t>(id)];
    return reinterpret_cast<const Record*>(bytes() + entry.offset)[index];
  }
  template <class Record>
  [[nodiscard]] std::span<const Record> range(Section id, Range range) const noexcept {
    return section<Record>(id).subspan(range.begin, range.count);
  }
  [[nodiscard]] std::string_view string(StringRef ref) const noexcept {
    const SectionEntry& entry = header().sections[static_cast<std::size_t>(Section::Strings)];
    return {bytes() + entry.offset + ref.offset, ref.size};
  }
  [[nodiscard]] std::size_t size_bytes() const noexcept { return words_.size() * 8; }

  [[nodiscard]] std::span<const StatementRecord> statements() const noexcept {
    return section<StatementRecord>(Section::Statements);
  }
  [[nodiscard]] std::span<const DocumentRecord> documents() const noexcept {
    return section<DocumentRecord>(Section::Documents);
  }

  void acquire() const noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  /// True when the last reference is gone.
  [[nodiscard]] bool release() const noexcept {
    return references_.fetch_sub(1, std::memory_order_acq_rel) == 1;
  }

 private:
  [[nodiscard]] const char* bytes() const noexcept {
    return reinterpret_cast<const char*>(words_.data());
  }

  std::vector<std::uint64_t> words_;
  mutable std::atomic<std::uint32_t> references_{1};
};

}  // namespace detail
}  // namespace writ::inline v0
