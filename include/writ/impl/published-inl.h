// Not API, may change in any release. The writers' side of publication.
#pragma once

#include <algorithm>

#include "writ/published.h"

namespace writ::inline v0 {
namespace detail {

WRIT_FUNC Publication::~Publication() {
  while (slots_ != nullptr) {
    if (slots_->taken) std::abort();  // a reader that would look here once more
    delete std::exchange(slots_, slots_->next);
  }
  for (const void* value : retired_) destroy_(value);
  destroy_(current());
}

WRIT_FUNC ReaderSlot* Publication::take_slot() {
  const std::lock_guard lock(registry_);
  for (ReaderSlot* slot = slots_; slot != nullptr; slot = slot->next) {
    if (!slot->taken) {
      slot->taken = true;
      return slot;
    }
  }
  auto* slot = new ReaderSlot;
  slot->taken = true;
  slot->next = slots_;
  slots_ = slot;
  return slot;
}

WRIT_FUNC void Publication::give_back(ReaderSlot* slot) noexcept {
  if (slot->pinned.load(std::memory_order_relaxed) != nullptr) std::abort();
  const std::lock_guard lock(registry_);
  slot->taken = false;
}

WRIT_FUNC void Publication::reserve() { retired_.reserve(retired_.size() + 1); }

WRIT_FUNC void Publication::exchange(const void* next) noexcept {
  retired_.push_back(current_.exchange(next, std::memory_order_seq_cst));  // X, see pin()
  free_unpinned();
}

WRIT_FUNC std::size_t Publication::reclaim() noexcept {
  const std::lock_guard lock(writers_);
  free_unpinned();
  return retired_.size();
}

WRIT_FUNC void Publication::free_unpinned() noexcept {
  const auto is_pinned = [this](const void* value) {
    for (const ReaderSlot* slot = slots_; slot != nullptr; slot = slot->next) {
      if (slot->pinned.load(std::memory_order_seq_cst) == value) return true;  // G, see pin()
    }
    return false;
  };
  std::size_t garbage = 0;
  {
    // A slot taken after this is of a reader whose first look at `current_` comes after the
    // exchange, so what was retired before cannot be pinned any more once it was seen unpinned.
    const std::lock_guard lock(registry_);
    const auto middle = std::partition(retired_.begin(), retired_.end(), is_pinned);
    garbage = static_cast<std::size_t>(retired_.end() - middle);
  }
  // Destructors of large values take their time: outside the lock that new readers need.
  for (; garbage != 0; --garbage) {
    destroy_(retired_.back());
    retired_.pop_back();
  }
}

}  // namespace detail
}  // namespace writ::inline v0
