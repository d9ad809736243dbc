// Not API, may change in any release. The nodes of a program's code (code.h) that lead from an
// action to the classes of statements that list it, and the slots in which they are found by hash.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "writ/impl/code.h"

namespace writ::inline v0 {
namespace detail {

/// `service:Prefix*`, by folded prefix without service. All prefixes of a name that a service holds
/// are found from the greatest entry not above it, through `parent`.
struct ActionPrefix {
  Word key_low = 0;  ///< the first eight bytes, the first the most significant; zeros behind
  Word key_high = 0;
  Word size = 0;
  Word text = 0;  ///< words from the service node's beginning
  Ref action_class = kNoNode;
  Word parent = 0;  ///< 1 + the longest other entry that begins this one, or 0

  [[nodiscard]] std::uint64_t key() const noexcept {
    return key_low | (static_cast<std::uint64_t>(key_high) << 32U);
  }
};
static_assert(sizeof(ActionPrefix) == 24);

struct GeneralAction {
  Ref pattern = kNoNode;
  Ref action_class = kNoNode;
};

/// A service of wildcard actions: `service:*`, prefixes, and others.
struct ServiceNode {
  const Word* words;
  static constexpr Word kFixedWords = 6;

  [[nodiscard]] Word name_size() const noexcept { return CountBits::get(words[0]); }
  [[nodiscard]] Word hash() const noexcept { return words[1]; }
  [[nodiscard]] Ref any_class() const noexcept { return words[2]; }
  [[nodiscard]] Word prefix_count() const noexcept { return words[3]; }
  [[nodiscard]] Word general_count() const noexcept { return words[4]; }
  /// Another service whose name has the same hash, or kNoNode.
  [[nodiscard]] Ref next() const noexcept { return words[5]; }
  [[nodiscard]] std::string_view name() const noexcept {
    return text_at(words + kFixedWords, name_size());
  }
  [[nodiscard]] const ActionPrefix* prefixes() const noexcept {
    return reinterpret_cast<const ActionPrefix*>(words + kFixedWords + words_of(name_size()));
  }
  [[nodiscard]] const GeneralAction* generals() const noexcept {
    return reinterpret_cast<const GeneralAction*>(prefixes() + prefix_count());
  }
};

namespace action_head {
using HasNext = Bits<4, 1>;
using Size = Bits<5, 27>;
}  // namespace action_head

/// An exact action.
struct ActionNode {
  const Word* words;

  [[nodiscard]] Ref action_class() const noexcept { return words[1]; }
  /// Folded.
  [[nodiscard]] std::string_view text() const noexcept {
    return text_at(words + 2, action_head::Size::get(words[0]));
  }
  [[nodiscard]] bool has_next() const noexcept { return action_head::HasNext::get(words[0]) != 0; }
  /// Another action whose text has the same hash, or kNoNode.
  [[nodiscard]] Ref next() const noexcept {
    return has_next() ? words[2 + words_of(action_head::Size::get(words[0]))] : kNoNode;
  }
};

/// Of slots that go by the hashes as they are.
inline constexpr std::uint64_t kNoFactor = 1;
/// The slot of a hash in a table of a power of two of them, less one the mask: from here on, the
/// next free one, or the one with its hash. Hashes chosen to fall together are taken apart by a
/// factor; others do without, since every look-up would wait for the product.
[[nodiscard]] WRIT_ALWAYS_INLINE constexpr std::uint32_t slot_of(std::uint64_t hash,
                                                                 std::uint64_t factor,
                                                                 std::uint32_t mask) noexcept {
  if (factor != kNoFactor) [[unlikely]]
    hash = (hash * factor) >> 32U;
  return static_cast<std::uint32_t>(hash) & mask;
}
/// How many slots side by side are in use at most: of random hashes with three slots of four in
/// use, seldom more than half of it are.
inline constexpr std::size_t kSlotRun = 32;
[[nodiscard]] constexpr std::size_t most_slots_in_a_row(std::size_t slots) noexcept {
  return kSlotRun * static_cast<std::size_t>(std::countr_zero(slots));
}
/// The longest run of slots in use; all of them when none is free.
template <class IsFree>
[[nodiscard]] constexpr std::size_t longest_run(std::size_t slots, const IsFree& is_free) noexcept {
  std::size_t first = 0;
  while (first < slots && !is_free(first)) ++first;
  std::size_t longest = first == slots ? slots : 0;
  std::size_t run = 0;
  for (std::size_t i = first; i < slots + first; ++i) {
    run = is_free(i < slots ? i : i - slots) ? 0 : run + 1;
    if (run > longest) longest = run;
  }
  return longest;
}

/// Where an exact action is found (slot_of).
struct ActionSlot {
  Word tag = 0;  ///< the hash's upper half
  Ref action = kNoNode;

  [[nodiscard]] static constexpr Word tag_of(std::uint64_t hash) noexcept {
    return static_cast<Word>(hash >> 32U);
  }
};

}  // namespace detail
}  // namespace writ::inline v0
