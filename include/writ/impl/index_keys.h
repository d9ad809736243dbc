// Not API, may change in any release. The keys that the index is written and read by.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "writ/hash.h"
#include "writ/impl/code.h"

namespace writ::inline v0 {
namespace detail {

/// Marks the whole last field among the cuts.
inline constexpr Word kWholeTail = 0xffffffffU;

/// The hashes of four literal fields in one.
[[nodiscard]] constexpr std::uint64_t hash_fields(
    const std::array<std::uint64_t, 4>& fields) noexcept {
  return hash_combine(hash_combine(fields[0], fields[1]), hash_combine(fields[2], fields[3]));
}

/// What a bucket is found by: the group, its literal fields, the cut and what it cuts off.
[[nodiscard]] constexpr std::uint64_t bucket_key(std::uint64_t group_and_fields, Word cut,
                                                 std::uint64_t beginning_hash) noexcept {
  return hash_combine(group_and_fields + cut, beginning_hash);
}

/// The size of the first `segments` segments of an ARN's last field, or npos when it has fewer.
[[nodiscard]] constexpr std::size_t segments_size(std::string_view tail, Word segments) noexcept {
  std::size_t at = 0;
  for (; at < tail.size(); ++at) {
    if ((tail[at] == '/' || tail[at] == ':') && --segments == 0) return at + 1;
  }
  return std::string_view::npos;
}

/// Where the last segment of an ARN's last field begins, or npos when it has but one.
[[nodiscard]] constexpr std::size_t ending_of(std::string_view tail) noexcept {
  // The last delimiter of each eight bytes, from the last ones.
  for (std::size_t end = tail.size(); end > 0;) {
    const std::size_t begin = end >= 8 ? end - 8 : 0;
    const std::uint64_t word = load_word(tail.data() + begin, end - begin);
    const std::uint64_t hits = bytes_equal_to(word, '/') | bytes_equal_to(word, ':');
    if (hits != 0) return begin + (63U - static_cast<unsigned>(__builtin_clzll(hits))) / 8 + 1;
    end = begin;
  }
  return std::string_view::npos;
}

/// The first eight bytes of a folded name, the first the most significant, zeros behind.
[[nodiscard]] inline std::uint64_t name_key(std::string_view folded_or_not) noexcept {
  const std::size_t size = folded_or_not.size() < 8 ? folded_or_not.size() : 8;
  return __builtin_bswap64(fold_word(load_word(folded_or_not.data(), size)));
}

}  // namespace detail
}  // namespace writ::inline v0
