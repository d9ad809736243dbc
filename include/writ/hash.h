// Hashes of request strings, equal at compile time and at run time, so that action names and
// condition keys known to the compiler cost nothing when a request is made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "writ/config.h"

namespace writ::inline v0 {

/// The lower-case letter of an upper-case one, else itself. ASCII only: IAM folds nothing else
/// (M-10, C-10, C-62).
[[nodiscard]] constexpr char fold_ascii(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

namespace detail {

// Up to eight bytes as one little-endian word, zero padded.
[[nodiscard]] WRIT_ALWAYS_INLINE constexpr std::uint64_t load_word(const char* bytes,
                                                                   std::size_t count) noexcept {
  if (!std::is_constant_evaluated()) {
    std::uint64_t word = 0;
    if (count == 8) {
      std::memcpy(&word, bytes, 8);
    } else if (count >= 4) {
      std::uint32_t low = 0;
      std::uint32_t high = 0;
      std::memcpy(&low, bytes, 4);
      std::memcpy(&high, bytes + count - 4, 4);
      word = low | (static_cast<std::uint64_t>(high) << (8 * (count - 4)));
    } else if (count > 0) {
      const auto at = [bytes](std::size_t i) {
        return static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i]));
      };
      word = at(0) | (at(count / 2) << (8 * (count / 2))) | (at(count - 1) << (8 * (count - 1)));
    }
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#error "writ's programs are little-endian"
#endif
    return word;
  }
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < count; ++i) {
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return word;
}

inline constexpr std::uint64_t kOnes = 0x0101010101010101ULL;

// The top bit of each byte of `word` that is `c`.
[[nodiscard]] constexpr std::uint64_t bytes_equal_to(std::uint64_t word, char c) noexcept {
  const std::uint64_t other = word ^ (kOnes * static_cast<unsigned char>(c));
  return ~(((other & (kOnes * 0x7f)) + kOnes * 0x7f) | other | (kOnes * 0x7f));
}

// The eight bytes of `text` from `at` on, zero padded at its end.
[[nodiscard]] constexpr std::uint64_t word_at(std::string_view text, std::size_t at) noexcept {
  const std::size_t rest = text.size() - at;
  if (rest >= 8) return load_word(text.data() + at, 8);
  if (text.size() < 8 || rest == 0) return load_word(text.data() + at, rest);
  return load_word(text.data() + text.size() - 8, 8) >> (8 * (8 - rest));
}

// Where `c`, which is not zero, comes first, or the size; for short texts, where a call of memchr
// costs more.
[[nodiscard]] constexpr std::size_t find_byte(std::string_view text, char c) noexcept {
  for (std::size_t at = 0; at < text.size(); at += 8) {
    const std::uint64_t hits = bytes_equal_to(word_at(text, at), c);
    if (hits != 0) return at + static_cast<std::size_t>(__builtin_ctzll(hits)) / 8;
  }
  return text.size();
}

// Lower-cases the ASCII letters of eight bytes at once.
[[nodiscard]] constexpr std::uint64_t fold_word(std::uint64_t word) noexcept {
  const std::uint64_t low7 = word & (kOnes * 0x7f);
  const std::uint64_t at_least_a = low7 + kOnes * (0x80 - 'A');
  const std::uint64_t above_z = low7 + kOnes * (0x80 - 'Z' - 1);
  const std::uint64_t is_upper = at_least_a & ~above_z & ~word & (kOnes * 0x80);
  return word | (is_upper >> 2);
}

// Whether `count` bytes are equal; for short texts, where a call of memcmp costs more.
[[nodiscard]] WRIT_ALWAYS_INLINE constexpr bool equal_bytes(const char* a, const char* b,
                                                            std::size_t count) noexcept {
  if (count >= 8) {
    for (std::size_t i = 0; i + 8 < count; i += 8) {
      if (load_word(a + i, 8) != load_word(b + i, 8)) return false;
    }
    return load_word(a + count - 8, 8) == load_word(b + count - 8, 8);
  }
  if (count >= 4) {
    return load_word(a, 4) == load_word(b, 4) &&
           load_word(a + count - 4, 4) == load_word(b + count - 4, 4);
  }
  return count == 0 ||
         (a[0] == b[0] && a[count / 2] == b[count / 2] && a[count - 1] == b[count - 1]);
}

// Equality of short texts, without a call of memcmp.
[[nodiscard]] constexpr bool are_equal(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && equal_bytes(a.data(), b.data(), a.size());
}

// Whether `count` bytes are equal, ASCII letter case aside.
[[nodiscard]] constexpr bool equal_words_folded(const char* a, const char* b,
                                                std::size_t count) noexcept {
  return fold_word(load_word(a, count)) == fold_word(load_word(b, count));
}

[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * static_cast<Wide>(b);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline constexpr std::uint64_t kHashA = 0x9e3779b97f4a7c15ULL;
inline constexpr std::uint64_t kHashB = 0xd6e8feb86659fd93ULL;

// Lower-cases a text into `to`, in whole words: the last one is padded with zeros.
constexpr void fold_bytes(std::string_view text, char* to) noexcept {
  for (std::size_t at = 0; at < text.size(); at += 8) {
    std::uint64_t word = fold_word(word_at(text, at));
    if (!std::is_constant_evaluated()) {
      std::memcpy(to + at, &word, 8);
      continue;
    }
    for (std::size_t i = 0; i < 8; ++i, word >>= 8U) to[at + i] = static_cast<char>(word & 0xffU);
  }
}

// `readable` bytes, at least the text's, may be read from its beginning: what is behind the text
// saves telling the lengths of its last word apart, which a processor cannot guess.
template <bool Fold>
[[nodiscard]] constexpr std::uint64_t hash_words(std::string_view text, std::uint64_t seed,
                                                 std::size_t readable) noexcept {
  std::uint64_t state = seed ^ (text.size() * kHashB);
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    const std::uint64_t word = load_word(text.data() + i, 8);
    state = mix(state ^ (Fold ? fold_word(word) : word), kHashA);
  }
  const std::size_t left = text.size() - i;
  const std::uint64_t rest = readable - i >= 8
                                 ? load_word(text.data() + i, 8) & ((1ULL << (8 * left)) - 1)
                                 : load_word(text.data() + i, left);
  return mix(state ^ (Fold ? fold_word(rest) : rest) ^ kHashB, kHashA ^ seed);
}

}  // namespace detail

/// Equality, ASCII letter case aside. Reads eight bytes at a time, the last eight once more when
/// the length is no multiple of eight.
[[nodiscard]] constexpr bool equals_folded(std::string_view a, std::string_view b) noexcept {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  if (size < 8) return detail::equal_words_folded(a.data(), b.data(), size);
  for (std::size_t i = 0; i + 8 < size; i += 8) {
    if (!detail::equal_words_folded(a.data() + i, b.data() + i, 8)) return false;
  }
  return detail::equal_words_folded(a.data() + size - 8, b.data() + size - 8, 8);
}

namespace detail {

// The same where `folded` has no upper-case letters.
[[nodiscard]] constexpr bool equals_prefolded(std::string_view folded,
                                              std::string_view text) noexcept {
  const std::size_t size = folded.size();
  if (size != text.size()) return false;
  if (size < 8) {
    return load_word(folded.data(), size) == fold_word(load_word(text.data(), size));
  }
  for (std::size_t i = 0; i + 8 < size; i += 8) {
    if (load_word(folded.data() + i, 8) != fold_word(load_word(text.data() + i, 8))) return false;
  }
  return load_word(folded.data() + size - 8, 8) == fold_word(load_word(text.data() + size - 8, 8));
}

}  // namespace detail

/// 64-bit hash of the bytes. Not keyed: whoever finds a match compares the text as well.
[[nodiscard]] constexpr std::uint64_t hash_bytes(std::string_view text,
                                                 std::uint64_t seed = 0) noexcept {
  return detail::hash_words<false>(text, seed, text.size());
}

/// The same after ASCII lower-casing.
[[nodiscard]] constexpr std::uint64_t hash_folded(std::string_view text,
                                                  std::uint64_t seed = 0) noexcept {
  return detail::hash_words<true>(text, seed, text.size());
}

/// A hash of two hashes. Both count whatever the other is: a factor that happens to be zero would
/// hide the other, were the sum not added.
[[nodiscard]] constexpr std::uint64_t hash_combine(std::uint64_t a, std::uint64_t b) noexcept {
  return detail::mix(a ^ detail::kHashA, b ^ detail::kHashB) + a + ((b << 32U) | (b >> 32U));
}

}  // namespace writ::inline v0
