// Not API, may change in any release. SlotTable: which slots the exact actions and the services of
// a set have (slot_of), before their nodes are written.
//
// Names can be made whose hashes are equal, any number of them: they stand in one slot, as a chain,
// which only requests for such names walk. Distinct hashes that share slots can be made as well;
// another factor takes them apart, and factors follow from all texts of the set.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "writ/impl/action_nodes.h"

namespace writ::inline v0 {
namespace detail {

class SlotTable {
 public:
  static constexpr std::uint32_t kFree = 0xffffffffU;

  /// Of at least as many slots; of none where there are no hashes.
  SlotTable(std::vector<std::uint64_t> hashes, std::size_t least_slots)
      : hashes_(std::move(hashes)), before_(hashes_.size(), kFree) {
    if (!hashes_.empty()) slots_.resize(std::bit_ceil(least_slots < 2 ? 2 : least_slots));
  }

  void grow() { slots_.resize(slots_.size() * 2); }

  /// Whether no more slots stand side by side in use than readers are promised (kSlotRun). Cost: as
  /// many steps a hash at most, O(1) on the average.
  [[nodiscard]] bool place(std::uint64_t factor) {
    const std::size_t size = slots_.size();
    if (size == 0) return true;
    const std::size_t most = most_slots_in_a_row(size);
    slots_.assign(size, kFree);
    for (std::uint32_t i = 0; i < hashes_.size(); ++i) {
      std::size_t at = slot_of(hashes_[i], factor, static_cast<std::uint32_t>(size - 1));
      for (std::size_t steps = 0; slots_[at] != kFree && hashes_[slots_[at]] != hashes_[i];) {
        at = (at + 1) & (size - 1);
        if (++steps > most) return false;
      }
      before_[i] = std::exchange(slots_[at], i);
    }
    return longest_run(size, [this](std::size_t at) { return slots_[at] == kFree; }) <= most;
  }

  /// Indices of hashes, the last of equal ones, or kFree.
  [[nodiscard]] const std::vector<std::uint32_t>& slots() const noexcept { return slots_; }
  /// The hash before this one that equals it, or kFree.
  [[nodiscard]] std::uint32_t before(std::size_t index) const noexcept { return before_[index]; }
  [[nodiscard]] std::uint64_t hash(std::size_t index) const noexcept { return hashes_[index]; }
  [[nodiscard]] std::size_t count() const noexcept { return hashes_.size(); }

 private:
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint32_t> before_;
  std::vector<std::uint32_t> slots_;
};

/// Finds a factor that places the hashes of both tables, of those that follow from the seed: false
/// when there is none, though tables be made larger.
[[nodiscard]] inline bool place_both(SlotTable& a, SlotTable& b, std::uint64_t seed,
                                     std::uint64_t& factor) {
  constexpr std::uint64_t kTries = 16;
  for (int grown = 0; grown < 4; ++grown) {
    for (std::uint64_t tried = 0; tried < kTries; ++tried) {
      factor = grown == 0 && tried == 0 ? kNoFactor : hash_combine(seed, tried) | 1U;
      if (a.place(factor) && b.place(factor)) return true;
    }
    a.grow();
    b.grow();
  }
  return false;
}

}  // namespace detail
}  // namespace writ::inline v0
