// Not API, may change in any release. InternTable: finds the record that says the same.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "writ/hash.h"

namespace writ::inline v0 {
namespace detail {

/// A hash table of record numbers; the records and their comparison are the caller's. Hashes begin
/// with `seed()`, which nobody who writes policies can know, so that no text is chosen to collide.
/// Numbers are given in the order of first use: the seed never shows in a program.
class InternTable {
 public:
  static constexpr std::uint32_t kAbsent = 0xffffffffU;

  explicit InternTable(std::uint64_t seed) noexcept : seed_(seed) {}

  /// For the tables of one builder.
  [[nodiscard]] static std::uint64_t fresh_seed(const void* place) noexcept {
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    return hash_combine(static_cast<std::uint64_t>(now), reinterpret_cast<std::uintptr_t>(place));
  }

  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }

  /// Makes room for so many records; for very many it makes less, because mentions repeat.
  void reserve(std::size_t count) {
    std::size_t size = 16;
    while (size < count * 2 && size < 8192) size *= 2;
    if (size > slots_.size()) resize(size);
  }

  /// The number of an equal record: `equal(number)` compares. Else stores `fresh`, and says so by
  /// returning kAbsent.
  template <class Equal>
  [[nodiscard]] std::uint32_t find_or_add(std::uint64_t hash, std::uint32_t fresh,
                                          const Equal& equal) {
    if ((used_ + 1) * 2 > slots_.size()) grow();
    // Half of the hash is kept; a table has fewer than 2^32 slots.
    const auto kept = static_cast<std::uint32_t>(hash);
    std::size_t at = kept & (slots_.size() - 1);
    for (; slots_[at].number != kAbsent; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].hash == kept && equal(slots_[at].number)) return slots_[at].number;
    }
    slots_[at] = {kept, fresh};
    ++used_;
    return kAbsent;
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number = kAbsent;
  };

  void grow() { resize(slots_.empty() ? 16 : slots_.size() * 2); }
  void resize(std::size_t size) {
    std::vector<Slot> old(size);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number == kAbsent) continue;
      std::size_t at = slot.hash & (slots_.size() - 1);
      while (slots_[at].number != kAbsent) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
  std::uint64_t seed_;
};

}  // namespace detail
}  // namespace writ::inline v0
