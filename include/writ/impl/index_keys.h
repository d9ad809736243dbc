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

/// How many lengths of beginnings a group distinguishes.
inline constexpr std::size_t kLengthLimit = 8;
/// How many segments of the last field a beginning may be cut behind.
inline constexpr Word kSegmentLimit = 6;
/// How many cuts a group has at most: those, and the ending.
inline constexpr std::size_t kCutLimit = kLengthLimit + kSegmentLimit + 1;

/// How many bytes of a last field one look-up reads at most in groups where a star may run over
/// colons, segments aside: there each colon of a request is tried as the place where the last field
/// begins.
inline constexpr std::size_t kOpenBytes = 64;

/// The hash of a whole last field in such groups: of its size and its last bytes. Tails that differ
/// elsewhere share a list.
[[nodiscard]] constexpr std::uint64_t hash_open_tail(std::string_view tail) noexcept {
  if (tail.size() <= kOpenBytes) return hash_bytes(tail);
  return hash_combine(hash_bytes(tail.substr(tail.size() - kOpenBytes)), tail.size());
}

/// What the seeds of the groups of a side of a class (class_head::side) are made of: the salt of
/// the program, and the class's number.
[[nodiscard]] constexpr std::uint64_t side_seed(std::uint64_t salt, Word number,
                                                bool is_deny) noexcept {
  return hash_combine(hash_combine(salt ^ number, 0x636c617373ULL), is_deny ? 1 : 2);
}
/// The seed of a group of that shape (GroupHead::Shape).
[[nodiscard]] constexpr std::uint64_t group_seed(std::uint64_t side, Word shape) noexcept {
  return hash_combine(side, shape + 1);
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
