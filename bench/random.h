// The one source of chance of the benchmarks: seeded, the same on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace writ::bench {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// 0 to count - 1. (The distributions of the standard library differ between libraries.)
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  std::size_t between(std::size_t low, std::size_t high) { return low + below(high - low + 1); }
  /// True so many times in a thousand.
  bool per_mille(std::size_t share) { return below(1000) < share; }

  template <class T>
  const T& pick(const std::vector<T>& list) {
    return list[below(list.size())];
  }
  template <class T>
  const T& pick(std::span<const T> list) {
    return list[below(list.size())];
  }
  template <class T, std::size_t N>
  const T& pick(const T (&list)[N]) {
    return list[below(N)];
  }
  template <class T>
  void shuffle(std::vector<T>& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[below(i)]);
  }
  /// Lower-case letters.
  std::string word(std::size_t least, std::size_t most) {
    std::string text(between(least, most), 'a');
    for (char& c : text) c = static_cast<char>('a' + below(26));
    return text;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace writ::bench
