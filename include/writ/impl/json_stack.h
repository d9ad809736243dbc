// Not API, may change in any release. The stack that RapidJSON's reader and writers keep open
// containers and unfinished text on.
//
// RapidJSON 1.1.0's own does arithmetic on null pointers before its first use, which is undefined
// behaviour and stops every run under UBSan, and writes through null when memory runs out. This one
// stands in for it where a reader, writer or buffer is given `JsonStackAllocator`.
#pragma once

#include <rapidjson/allocators.h>
#include <rapidjson/internal/stack.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace writ::inline v0::detail {

// Names the stack below; allocates nothing itself.
class JsonStackAllocator : public rapidjson::CrtAllocator {};

}  // namespace writ::inline v0::detail

RAPIDJSON_NAMESPACE_BEGIN
namespace internal {

template <>
class Stack<writ::detail::JsonStackAllocator> {
 public:
  Stack(writ::detail::JsonStackAllocator*, std::size_t capacity)
      : bytes_(std::max<std::size_t>(capacity, 64)), end_(bytes_.data() + bytes_.size()) {}
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  void Clear() { top_ = bytes_.data(); }

  template <class T>
  void Reserve(std::size_t count = 1) {
    if (static_cast<std::size_t>(end_ - top_) < sizeof(T) * count) grow(sizeof(T) * count);
  }

  template <class T>
  T* Push(std::size_t count = 1) {
    Reserve<T>(count);
    T* pushed = reinterpret_cast<T*>(top_);
    top_ += sizeof(T) * count;
    return pushed;
  }

  template <class T>
  T* PushUnsafe(std::size_t count = 1) {
    return Push<T>(count);
  }

  template <class T>
  T* Pop(std::size_t count) {
    top_ -= sizeof(T) * count;
    return reinterpret_cast<T*>(top_);
  }

  template <class T>
  T* Top() {
    return reinterpret_cast<T*>(top_ - sizeof(T));
  }

  template <class T>
  T* Bottom() {
    return reinterpret_cast<T*>(bytes_.data());
  }

  [[nodiscard]] bool Empty() const { return top_ == bytes_.data(); }
  [[nodiscard]] std::size_t GetSize() const {
    return static_cast<std::size_t>(top_ - bytes_.data());
  }

 private:
  void grow(std::size_t count) {
    const std::size_t size = static_cast<std::size_t>(top_ - bytes_.data());
    bytes_.resize(std::max(bytes_.size() * 2, size + count));
    top_ = bytes_.data() + size;
    end_ = bytes_.data() + bytes_.size();
  }

  std::vector<char> bytes_;
  char* top_ = bytes_.data();
  char* end_;
};

}  // namespace internal
RAPIDJSON_NAMESPACE_END
