// Comparing and hashing names, letter case aside: at compile time and at run time, whatever the
// length and wherever the text begins.
#include "writ/hash.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace writ::test {
namespace {

static_assert(equals_folded("", ""));
static_assert(equals_folded("S3:GetObject", "s3:getobject"));
static_assert(!equals_folded("s3:GetObject", "s3:GetObjects"));
static_assert(!equals_folded("s3:GetObject", "s3:GetObjecu"));
static_assert(!equals_folded("k", "\xc4\xb0"));

// The obvious way, to hold the fast one to.
bool equal_bytewise(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (fold_ascii(a[i]) != fold_ascii(b[i])) return false;
  }
  return true;
}

constexpr std::size_t kLongest = 40;

// M-10, C-10: a difference anywhere is seen, and one of letter case is none; texts begin anywhere
// in a word, and the bytes around them do not count.
TEST(HashTest, EveryLengthAndBeginningIsCompared) {
  std::array<char, kLongest + 16> left;
  std::array<char, kLongest + 16> right;
  for (std::size_t size = 0; size <= kLongest; ++size) {
    for (std::size_t begin = 0; begin < 8; ++begin) {
      left.fill('<');
      right.fill('>');
      const std::size_t other = (begin * 5 + 3) % 8;
      for (std::size_t i = 0; i < size; ++i) {
        left[begin + i] = static_cast<char>('A' + i % 26);
        right[other + i] = static_cast<char>('a' + i % 26);
      }
      const std::string_view a(left.data() + begin, size);
      const std::string_view b(right.data() + other, size);
      ASSERT_TRUE(equals_folded(a, b)) << size << " from " << begin;
      ASSERT_EQ(hash_folded(a), hash_folded(b)) << size << " from " << begin;
      for (std::size_t i = 0; i < size; ++i) {
        const char was = right[other + i];
        for (const char wrong : {'{', '@', '`', '[', '\0', '\xe1', '-'}) {
          right[other + i] = wrong;
          ASSERT_FALSE(equals_folded(a, b)) << size << " from " << begin << " at " << i;
          ASSERT_FALSE(equals_folded(b, a)) << size << " from " << begin << " at " << i;
        }
        right[other + i] = was;
      }
    }
  }
}

// The same of texts that have no capital letters on one side, and of bytes as they are.
TEST(HashTest, FoldedTextsAndBytesAreComparedEverywhere) {
  std::array<char, kLongest + 8> folded;
  std::array<char, kLongest + 8> text;
  for (std::size_t size = 0; size <= kLongest; ++size) {
    for (std::size_t begin = 0; begin < 8; ++begin) {
      folded.fill('<');
      text.fill('>');
      char* const bytes = text.data() + 7 - begin;
      for (std::size_t i = 0; i < size; ++i) {
        folded[begin + i] = static_cast<char>('a' + i % 26);
        bytes[i] = static_cast<char>('a' + i % 26);
      }
      const std::string_view a(folded.data() + begin, size);
      const std::string_view b(bytes, size);
      ASSERT_TRUE(detail::equals_prefolded(a, b)) << size;
      ASSERT_TRUE(detail::equal_bytes(a.data(), b.data(), size)) << size;
      for (std::size_t i = 0; i < size; ++i) {
        const char was = bytes[i];
        bytes[i] = static_cast<char>(was - 'a' + 'A');
        ASSERT_TRUE(detail::equals_prefolded(a, b)) << size << " at " << i;
        ASSERT_FALSE(detail::equal_bytes(a.data(), b.data(), size)) << size << " at " << i;
        bytes[i] = '-';
        ASSERT_FALSE(detail::equals_prefolded(a, b)) << size << " at " << i;
        ASSERT_FALSE(detail::equal_bytes(a.data(), b.data(), size)) << size << " at " << i;
        bytes[i] = was;
      }
    }
  }
  EXPECT_FALSE(detail::equals_prefolded("abc", "abcd"));
}

// Only the 26 letters of ASCII fold, wherever in a word they stand: not `@` with `` ` ``, not `[`
// with `{`, no byte above 0x7f.
TEST(HashTest, OnlyAsciiLettersFold) {
  for (std::size_t size : {1U, 3U, 7U, 8U, 11U, 16U}) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string a(size, 'x');
      std::string b(size, 'X');
      for (int i = 0; i < 256; ++i) {
        a[at] = static_cast<char>(i);
        for (int j = 0; j < 256; ++j) {
          b[at] = static_cast<char>(j);
          ASSERT_EQ(equals_folded(a, b), equal_bytewise(a, b)) << size << " " << i << " " << j;
        }
      }
    }
  }
}

TEST(HashTest, SizesDiffer) {
  const std::string text(kLongest, 'a');
  for (std::size_t i = 0; i <= kLongest; ++i) {
    for (std::size_t j = 0; j <= kLongest; ++j) {
      ASSERT_EQ(
          equals_folded(std::string_view(text).substr(0, i), std::string_view(text).substr(0, j)),
          i == j);
    }
  }
  EXPECT_TRUE(equals_folded(std::string_view(), std::string_view()));
  EXPECT_TRUE(equals_folded(std::string_view(), ""));
}

}  // namespace
}  // namespace writ::test
