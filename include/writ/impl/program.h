// Not API, may change in any release. Program: a compiled policy set in one buffer.
//
// Everything refers to everything else by index, never by pointer, so the buffer means the same at
// any address, in any process. Hot sections hold what a decision reads (code.h); cold ones what
// explanations say of it: names, texts, positions, elements in their order. docs/architecture.md
// draws the whole.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "writ/config.h"
#include "writ/error.h"
#include "writ/hash.h"
#include "writ/impl/action_nodes.h"
#include "writ/impl/code.h"
#include "writ/impl/program_memory.h"
#include "writ/model/policy_document.h"
#include "writ/model/vocabulary.h"

namespace writ::inline v0 {
namespace detail {

/// A text in the section `Strings`.
struct StringRef {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
};

/// A range of records in some section.
struct Range {
  std::uint32_t begin = 0;
  std::uint32_t count = 0;
};

/// A statement as explanations and the linear walk see it.
struct StatementRecord {
  Range conditions;  ///< of `ConditionRefs`
  Range actions;     ///< of `ActionRefs`
  Range resources;   ///< of `ResourceRefs`
  Ref principals = kNoNode;
  std::uint32_t document = 0;
  Effect effect = Effect::Deny;
  std::uint8_t not_action = 0;
  std::uint8_t not_resource = 0;
  std::uint8_t any_resource = 0;  ///< the resource test always passes
  std::uint8_t not_principal = 0;
  std::uint8_t has_principal = 0;
  std::array<std::uint8_t, 2> padding = {};
};

/// Where a statement's parts are in its text.
struct StatementSource {
  StringRef sid;
  Position begin;
  Position end;
  Position principal;
  Position action;
  Position resource;
};

/// One test of a statement as its author wrote it.
struct ConditionSource {
  StringRef operator_text;
  StringRef key;
  Position position;
};

struct DocumentRecord {
  StringRef name;
  Range statements;
};

/// Instead of a pattern node: this bit and the kind of a pattern that needs none, because its text
/// as written, without a final star, is the literal.
inline constexpr Ref kWrittenPattern = 0x80000000U;

/// A distinct condition term: its node, and its values as written (of `ValueTexts`).
struct TermRecord {
  Ref node = kNoNode;
  Range values;
};

/// A distinct resource pattern.
struct PatternRecord {
  Ref node = kNoNode;  ///< or kWrittenPattern
  StringRef text;      ///< as written
};

/// A distinct action as it stands in statements.
struct ActionRecord {
  Ref pattern = kNoNode;  ///< of the folded text, when it has wildcards; or kWrittenPattern
  StringRef text;         ///< as written
};

enum class Section : std::uint8_t {
  // Hot.
  Code,         ///< Word
  ActionSlots,  ///< ActionSlot: hash table of exact actions
  Services,     ///< Ref: hash table of services with wildcard actions
  // Cold.
  Statements,
  StatementSources,
  Documents,
  Terms,
  ValueTexts,
  ConditionRefs,
  ConditionSources,
  Patterns,
  Actions,
  ActionRefs,
  ResourceRefs,
  Strings,
};
inline constexpr std::size_t kSectionCount = 15;
inline constexpr std::size_t kHotSectionCount = 3;

struct SectionEntry {
  std::uint64_t offset = 0;  ///< bytes from the beginning of the buffer, a multiple of 8
  std::uint64_t count = 0;   ///< records
};

/// As long as a few lines of memory, so that the code begins with one.
struct ProgramHeader {
  static constexpr std::uint32_t kMagic = 0x54495257U;  // "WRIT"
  static constexpr std::uint32_t kVersion = 6;

  std::uint32_t magic = kMagic;
  std::uint32_t version = kVersion;
  Ref star_class = kNoNode;           ///< `*` and NotAction
  Ref any_service_actions = kNoNode;  ///< Generals: wildcards in the service
  std::uint64_t table_factor = 1;     ///< odd: spreads keys over the table
  std::uint64_t salt = 0;             ///< what the seeds of groups follow from (side_seed)
  Ref table = kNoNode;                ///< by resource; none when no resource is dispatched
  std::uint32_t document_count = 0;
  PolicyType type = PolicyType::IdentityBased;
  std::uint8_t has_deny = 0;
  std::array<std::uint8_t, 6> padding = {};
  std::array<SectionEntry, kSectionCount> sections;
  std::uint64_t slot_factor = kNoFactor;  ///< of the slots of actions and services (slot_of)
  std::array<std::uint64_t, 3> to_end_of_line = {};
};
// Every byte is a member's: programs of the same documents are the same bytes.
static_assert(std::has_unique_object_representations_v<ProgramHeader>);
static_assert(sizeof(ProgramHeader) % 64 == 0);

/// One immutable program with its reference count. What a walk needs first is kept at hand.
class Program {
 public:
  /// Takes a buffer that holds a valid program.
  explicit Program(ProgramMemory memory) noexcept : memory_(std::move(memory)) {
    code_ = section<Word>(Section::Code).data();
    const auto actions = section<ActionSlot>(Section::ActionSlots);
    if (!actions.empty()) {
      actions_ = actions.data();
      action_mask_ = static_cast<std::uint32_t>(actions.size() - 1);
    }
    const auto services = section<Ref>(Section::Services);
    services_ = services.data();
    has_services_ = !services.empty();
    service_mask_ = services.empty() ? 0 : static_cast<std::uint32_t>(services.size() - 1);
    slot_factor_ = header().slot_factor;
    has_wildcard_actions_ =
        has_services_ || header().star_class != kNoNode || header().any_service_actions != kNoNode;
    if (header().table == kNoNode) return;
    const TableNode table{node(header().table)};
    buckets_ = table.buckets();
    pilots_ = table.pilots();
    bucket_words_ = table.bucket_words();
    bucket_count_ = table.bucket_count();
    group_count_ = table.group_count();
    key_bits_ = table.key_bits();
    table_factor_ = header().table_factor;
  }

  [[nodiscard]] const ProgramHeader& header() const noexcept {
    return *reinterpret_cast<const ProgramHeader*>(memory_.bytes());
  }
  template <class Record>
  [[nodiscard]] std::span<const Record> section(Section id) const noexcept {
    const SectionEntry& entry = header().sections[static_cast<std::size_t>(id)];
    return {reinterpret_cast<const Record*>(memory_.bytes() + entry.offset),
            static_cast<std::size_t>(entry.count)};
  }
  template <class Record>
  [[nodiscard]] const Record& at(Section id, std::uint32_t index) const noexcept {
    const SectionEntry& entry = header().sections[static_cast<std::size_t>(id)];
    return reinterpret_cast<const Record*>(memory_.bytes() + entry.offset)[index];
  }
  template <class Record>
  [[nodiscard]] std::span<const Record> range(Section id, Range range) const noexcept {
    return section<Record>(id).subspan(range.begin, range.count);
  }
  [[nodiscard]] std::string_view string(StringRef ref) const noexcept {
    const SectionEntry& entry = header().sections[static_cast<std::size_t>(Section::Strings)];
    return {memory_.bytes() + entry.offset + ref.offset, ref.size};
  }

  /// The node at an index of the code.
  [[nodiscard]] const Word* node(Ref ref) const noexcept { return code_ + ref; }
  [[nodiscard]] Ref ref_of(const Word* node) const noexcept {
    return static_cast<Ref>(node - code_);
  }
  [[nodiscard]] PatternNode pattern(Ref ref) const noexcept { return {code_ + ref}; }
  /// Of a node, or of a pattern that has none (kWrittenPattern).
  [[nodiscard]] PatternKind pattern_kind(Ref ref) const noexcept {
    return (ref & kWrittenPattern) != 0 ? static_cast<PatternKind>(ref & ~kWrittenPattern)
                                        : pattern(ref).kind();
  }
  [[nodiscard]] TermNode term(Ref ref) const noexcept { return {code_ + ref}; }
  [[nodiscard]] LeafNode leaf(Ref ref) const noexcept { return {code_ + ref}; }

  /// Never null: an empty table is one free slot.
  [[nodiscard]] const ActionSlot* actions() const noexcept { return actions_; }
  [[nodiscard]] std::uint32_t action_mask() const noexcept { return action_mask_; }
  [[nodiscard]] std::uint32_t action_slot(std::uint64_t hash) const noexcept {
    return slot_of(hash, slot_factor_, action_mask_);
  }
  /// `*`, NotAction, or any wildcard.
  [[nodiscard]] bool has_wildcard_actions() const noexcept { return has_wildcard_actions_; }
  [[nodiscard]] bool has_services() const noexcept { return has_services_; }
  [[nodiscard]] const Ref* services() const noexcept { return services_; }
  [[nodiscard]] std::uint32_t service_mask() const noexcept { return service_mask_; }
  /// Where there are services.
  [[nodiscard]] std::uint32_t service_slot(std::uint64_t hash) const noexcept {
    return slot_of(hash, slot_factor_, service_mask_);
  }
  /// Where a key is, if it is anywhere. Without a table there is one free bucket.
  [[nodiscard]] WRIT_ALWAYS_INLINE Bucket bucket(std::uint64_t key) const noexcept {
    const std::uint64_t hash = key * table_factor_;
    const TableNode::Pilot pilot = pilots_[TableNode::one_of(group_count_, hash)];
    return {buckets_ + TableNode::place_of(hash, pilot, bucket_count_) * bucket_words_};
  }

  /// What the bucket of a key of that side of a class begins with.
  [[nodiscard]] Word tag_of(std::uint64_t key, Word class_side) const noexcept {
    return TableNode::tag_of(key, class_side, key_bits_);
  }

  [[nodiscard]] std::size_t size_bytes() const noexcept { return memory_.size(); }
  /// Bytes that decisions read: header and hot sections.
  [[nodiscard]] std::size_t hot_bytes() const noexcept {
    return static_cast<std::size_t>(header().sections[kHotSectionCount].offset);
  }
  [[nodiscard]] const ProgramMemory& memory() const noexcept { return memory_; }

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
  ProgramMemory memory_;
  const Word* code_ = nullptr;
  static constexpr ActionSlot kNoAction = {};
  static constexpr std::array<Word, TableNode::kLeastBucket> kFreeBucket = {};
  static constexpr TableNode::Pilot kNoPilot = 0;
  // The first line of memory ends behind what finds an exact action.
  const ActionSlot* actions_ = &kNoAction;
  std::uint64_t slot_factor_ = kNoFactor;
  std::uint32_t action_mask_ = 0;
  bool has_wildcard_actions_ = false;
  bool has_services_ = false;
  const Word* buckets_ = kFreeBucket.data();
  const TableNode::Pilot* pilots_ = &kNoPilot;
  std::uint64_t bucket_count_ = 0;
  std::uint64_t group_count_ = 0;
  std::uint64_t table_factor_ = 1;
  std::uint32_t bucket_words_ = 0;
  Word key_bits_ = TableNode::kMostKeyBits;
  const Ref* services_ = nullptr;
  std::uint32_t service_mask_ = 0;
  /// On a line of its own: handles are copied while others decide.
  alignas(64) mutable std::atomic<std::uint32_t> references_{1};
};

}  // namespace detail
}  // namespace writ::inline v0
