// Not API, may change in any release. The bytes of a program: owned memory, or a part of a mapping.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

#include "writ/config.h"

namespace writ::inline v0 {
namespace detail {

/// Read-only bytes at an address divisible by 64, and how to give them back. Movable.
class ProgramMemory {
 public:
  using Release = void (*)(void* owner) noexcept;

  /// Bytes that `owner` keeps alive until `release(owner)`.
  ProgramMemory(const char* bytes, std::size_t size, void* owner, Release release) noexcept
      : bytes_(bytes), size_(size), owner_(owner), release_(release) {}

  /// Bytes to be filled through `writable`.
  [[nodiscard]] static ProgramMemory allocate(std::size_t size) {
    // Large programs are read at random places: with huge pages a look-up costs one miss, not two.
    constexpr std::size_t kHugePage = std::size_t{2} << 20U;
    const std::size_t alignment = size >= kHugePage ? kHugePage : 64;
    const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
    void* memory = ::operator new(rounded, std::align_val_t(alignment));
#if defined(MADV_HUGEPAGE)
    if (alignment == kHugePage) static_cast<void>(madvise(memory, rounded, MADV_HUGEPAGE));
#endif
    std::memset(static_cast<char*>(memory) + size, 0, rounded - size);
    return {static_cast<const char*>(memory), size, memory,
            alignment == kHugePage ? free_aligned<kHugePage> : free_aligned<64>};
  }

  ProgramMemory(ProgramMemory&& other) noexcept
      : bytes_(other.bytes_), size_(other.size_), owner_(other.owner_), release_(other.release_) {
    other.release_ = nullptr;
  }
  ProgramMemory& operator=(ProgramMemory&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    std::swap(owner_, other.owner_);
    std::swap(release_, other.release_);
    return *this;
  }
  ProgramMemory(const ProgramMemory&) = delete;
  ProgramMemory& operator=(const ProgramMemory&) = delete;
  ~ProgramMemory() {
    if (release_ != nullptr) release_(owner_);
  }

  [[nodiscard]] const char* bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// For whoever has allocated it.
  [[nodiscard]] char* writable() const noexcept { return static_cast<char*>(owner_); }

 private:
  template <std::size_t Alignment>
  static void free_aligned(void* owner) noexcept {
    ::operator delete(owner, std::align_val_t(Alignment));
  }

  const char* bytes_;
  std::size_t size_;
  void* owner_;
  Release release_;
};

}  // namespace detail
}  // namespace writ::inline v0
