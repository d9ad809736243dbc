// Not API, may change in any release. DocumentArena: the memory of a document's lists.
#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <type_traits>

#include "writ/config.h"

namespace writ::inline v0 {
namespace detail {

// Blocks that never move and are freed together, so that a document costs a few allocations instead
// of one for each list. A block is at least twice as large as the one before.
class DocumentArena {
 public:
  // `expected_bytes` is the size of the first block, where that is enough.
  explicit DocumentArena(std::size_t expected_bytes = 0) noexcept : next_size_(expected_bytes) {}
  DocumentArena(DocumentArena&& other) noexcept { swap(other); }
  DocumentArena& operator=(DocumentArena&& other) noexcept {
    DocumentArena taken(static_cast<DocumentArena&&>(other));
    swap(taken);
    return *this;
  }
  DocumentArena(const DocumentArena&) = delete;
  DocumentArena& operator=(const DocumentArena&) = delete;
  ~DocumentArena() {
    while (block_ != nullptr) {
      Block* const before = block_->before;
      ::operator delete(block_);
      block_ = before;
    }
  }

  // Room for objects that nobody destroys.
  template <class T>
  [[nodiscard]] T* allocate(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= alignof(std::max_align_t));
    constexpr std::size_t kAlignment = alignof(std::max_align_t);
    const std::size_t bytes = (count * sizeof(T) + kAlignment - 1) / kAlignment * kAlignment;
    if (bytes > left_) add_block(bytes);
    void* const room = at_;
    at_ += bytes;
    left_ -= bytes;
    return static_cast<T*>(room);
  }

 private:
  struct alignas(std::max_align_t) Block {
    Block* before;
  };

  void add_block(std::size_t bytes) {
    const std::size_t size = bytes > next_size_ ? bytes : next_size_;
    void* const memory = ::operator new(sizeof(Block) + size);
    block_ = new (memory) Block{block_};
    at_ = static_cast<char*>(memory) + sizeof(Block);
    left_ = size;
    next_size_ = size * 2;
  }

  void swap(DocumentArena& other) noexcept {
    const auto exchange = [](auto& a, auto& b) {
      const auto kept = a;
      a = b;
      b = kept;
    };
    exchange(block_, other.block_);
    exchange(at_, other.at_);
    exchange(left_, other.left_);
    exchange(next_size_, other.next_size_);
  }

  Block* block_ = nullptr;  // the newest
  char* at_ = nullptr;      // free in it
  std::size_t left_ = 0;
  std::size_t next_size_ = 0;
};

// A list of known greatest length that is filled in an arena.
template <class T>
class ArenaList {
 public:
  ArenaList(DocumentArena& arena, std::size_t capacity) : data_(arena.allocate<T>(capacity)) {}

  // INVARIANT: called at most `capacity` times.
  T& add(const T& item) noexcept { return *new (data_ + size_++) T(item); }
  [[nodiscard]] std::span<const T> items() const noexcept { return {data_, size_}; }

 private:
  T* data_;
  std::size_t size_ = 0;
};

}  // namespace detail
}  // namespace writ::inline v0
