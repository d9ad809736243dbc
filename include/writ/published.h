// Published: a value that is replaced while threads read it. How: docs/reload.md.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <mutex>
#include <utility>
#include <vector>

#include "writ/config.h"

namespace writ::inline v0 {
namespace detail {

/// Lines are fetched in pairs on many machines, so a slot keeps off its neighbour's line too.
inline constexpr std::size_t kSlotAlignment = 128;

/// One reader's hazard pointer: the value it reads, or null. Only its reader writes `pinned`.
struct alignas(kSlotAlignment) ReaderSlot {
  std::atomic<const void*> pinned = nullptr;
  bool taken = false;          // under Publication::registry_
  ReaderSlot* next = nullptr;  // set once, before the slot is reachable
};

/// Published without the type of its value.
class Publication {
 public:
  using Destroy = void (*)(const void*) noexcept;

  Publication(const void* first, Destroy destroy) noexcept : current_(first), destroy_(destroy) {}
  Publication(const Publication&) = delete;
  Publication& operator=(const Publication&) = delete;
  ~Publication();

  [[nodiscard]] ReaderSlot* take_slot();
  void give_back(ReaderSlot* slot) noexcept;

  /// Pins the current value.
  ///
  /// Let S be the store to the slot and L the second load here; X the exchange and G the look at
  /// the slot in `exchange`. All four are seq_cst, so they stand in one order. If S is before G, G
  /// sees the pin (or a later state of the slot, which this reader wrote after it was done with the
  /// value), and the value is kept. Otherwise X, G, S, L stand in this order, L sees what X or a
  /// later exchange stored, and the old value is not used. That the address may have been freed and
  /// used again by a newer value changes nothing: then L sees the newer value, which is pinned.
  /// The load that sees a value is an acquire of the exchange that released it, so its bytes are
  /// visible; unpinning is a release and G an acquire, so freeing comes after the last read.
  [[nodiscard]] const void* pin(ReaderSlot& slot) const noexcept {
    // One snapshot a reader: the slot has room for one.
    if (slot.pinned.load(std::memory_order_relaxed) != nullptr) std::abort();
    const void* value = current_.load(std::memory_order_seq_cst);
    while (true) {
      slot.pinned.store(value, std::memory_order_seq_cst);
      const void* again = current_.load(std::memory_order_seq_cst);
      if (again == value) return value;
      value = again;  // published in between; as often as that happens, and no oftener
    }
  }
  static void unpin(ReaderSlot& slot) noexcept {
    slot.pinned.store(nullptr, std::memory_order_release);
  }

  /// For writers, who hold `writers()`: makes room, so that `exchange` cannot fail.
  void reserve();
  void exchange(const void* next) noexcept;
  [[nodiscard]] const void* current() const noexcept {
    return current_.load(std::memory_order_acquire);
  }
  [[nodiscard]] std::mutex& writers() noexcept { return writers_; }

  std::size_t reclaim() noexcept;

 private:
  void free_unpinned() noexcept;

  /// Read by everybody, written once a publication; what writers touch is on lines of its own.
  alignas(kSlotAlignment) std::atomic<const void*> current_;
  alignas(kSlotAlignment) std::mutex writers_;  // held while a value is made and published
  std::mutex registry_;                         // taken after writers_, for moments only
  ReaderSlot* slots_ = nullptr;                 // never shrinks before the end
  std::vector<const void*> retired_;            // under writers_
  Destroy destroy_;
};

}  // namespace detail

/// Holds an immutable `T` that is replaced as a whole while any number of threads read it.
///
///     Published<PolicyStack> policies(std::move(stack));
///     auto reader = policies.reader();            // once a thread
///     const auto snapshot = reader.pin();         // for each request, or for a batch
///     Decision decision = snapshot->evaluate(request);
///     policies.publish(std::move(next));          // any thread, any time
///
/// Readers never block and never see a half state: pinning and unpinning are two stores to a cache
/// line of the reader's own, without lock, allocation or shared counter. Old values are freed by
/// the first `publish`, `update` or `reclaim` after the last reader has unpinned them; after each
/// of these calls at most one old value is left for each reader that is pinned.
///
/// Thread-safety: all members from any thread. Lifetime: it must outlive its readers, which is
/// checked in every build. Writers wait for each other, and are never waited for by readers.
template <class T>
class Published {
 public:
  class Reader;

  /// A pinned value: stays as it is, and stays, until the end of the snapshot.
  /// Thread-safety: belongs to the thread of its reader.
  class [[nodiscard]] Snapshot {
   public:
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;
    ~Snapshot() { detail::Publication::unpin(slot_); }

    /// The value.
    [[nodiscard]] const T& operator*() const noexcept WRIT_LIFETIME_BOUND { return value_; }
    /// The value.
    [[nodiscard]] const T* operator->() const noexcept WRIT_LIFETIME_BOUND { return &value_; }

   private:
    friend class Reader;
    Snapshot(detail::ReaderSlot& slot, const T& value) noexcept : slot_(slot), value_(value) {}

    detail::ReaderSlot& slot_;
    const T& value_;
  };

  /// One thread's access; made once, used for many requests.
  /// Thread-safety: one thread at a time.
  class Reader {
   public:
    /// Takes the slot over; `other` must not be used again.
    Reader(Reader&& other) noexcept
        : publication_(other.publication_), slot_(std::exchange(other.slot_, nullptr)) {}
    /// Gives its own slot back and takes over the other.
    Reader& operator=(Reader&& other) noexcept {
      Reader taken(std::move(other));
      std::swap(publication_, taken.publication_);
      std::swap(slot_, taken.slot_);
      return *this;
    }
    /// Aborts while a snapshot is alive.
    ~Reader() {
      if (slot_ != nullptr) publication_->give_back(slot_);
    }

    /// The value published last. Aborts when this reader's previous snapshot is still alive: take
    /// a second reader for a second snapshot. Lock-free; repeats only when a publication falls into
    /// it.
    Snapshot pin() noexcept WRIT_LIFETIME_BOUND {
      return Snapshot(*slot_, *static_cast<const T*>(publication_->pin(*slot_)));
    }

   private:
    friend class Published;
    explicit Reader(detail::Publication& publication)
        : publication_(&publication), slot_(publication.take_slot()) {}

    detail::Publication* publication_;
    detail::ReaderSlot* slot_;  // null when moved from
  };

  /// Publishes the first value.
  explicit Published(T first) : publication_(new T(std::move(first)), &destroy) {}

  /// Registers a reader. Locks; costs memory for as many readers as there ever are at a time.
  [[nodiscard]] Reader reader() WRIT_LIFETIME_BOUND { return Reader(publication_); }

  /// Makes `next` what readers pin from now on. Complexity: O(readers × values left), and freeing
  /// what nobody pins any more, on this thread.
  void publish(T next) {
    const std::lock_guard lock(publication_.writers());
    publication_.reserve();
    publication_.exchange(new T(std::move(next)));
  }
  /// Publishes `make(current)`, while other writers wait: for changes that depend on what is there.
  /// `make` must not publish here itself.
  template <class Make>
  void update(Make&& make) {
    const std::lock_guard lock(publication_.writers());
    publication_.reserve();
    const T& current = *static_cast<const T*>(publication_.current());
    publication_.exchange(new T(std::forward<Make>(make)(current)));
  }
  /// Frees the old values that no reader pins, and says how many are left.
  std::size_t reclaim() noexcept { return publication_.reclaim(); }

 private:
  static void destroy(const void* value) noexcept { delete static_cast<const T*>(value); }

  detail::Publication publication_;
};

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/published-inl.h"
#endif
