// Characters in texts of any bytes, and such texts as JSON strings.
#include "writ/impl/utf8.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "writ/impl/json_string.h"
#include "writ/impl/json_tree.h"

namespace writ::detail {
namespace {

// How UTF-8 spells a character (RFC 3629, section 3).
std::string spelled(std::uint32_t c) {
  const auto tail = [c](unsigned shift) { return static_cast<char>(0x80U | (c >> shift & 0x3fU)); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xc0U | c >> 6U), tail(0)};
  if (c < 0x10000) return {static_cast<char>(0xe0U | c >> 12U), tail(6), tail(0)};
  return {static_cast<char>(0xf0U | c >> 18U), tail(12), tail(6), tail(0)};
}

bool is_surrogate(std::uint32_t c) { return c >= 0xd800 && c <= 0xdfff; }

TEST(Utf8Test, EachCharacterIsOneAndNoPartOfIt) {
  for (std::uint32_t c = 0; c < 0x110000; ++c) {
    const std::string text = spelled(c) + "\x80";
    const std::string_view whole = std::string_view(text).substr(0, text.size() - 1);
    ASSERT_EQ(utf8_size(whole), is_surrogate(c) ? 0 : whole.size()) << c;
    ASSERT_EQ(utf8_size(text), utf8_size(whole)) << c;
    if (whole.size() > 1) {
      ASSERT_EQ(utf8_size(whole.substr(0, whole.size() - 1)), 0U) << c;
    }
  }
}

// All beginnings of four bytes, as far as they can matter: what is taken for a character is one.
TEST(Utf8Test, NothingElseIsACharacter) {
  constexpr unsigned char kTails[] = {0x00, 0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xff};
  for (unsigned first = 0x80; first < 0x100; ++first) {
    for (unsigned second = 0; second < 0x100; ++second) {
      for (const unsigned char third : kTails) {
        for (const unsigned char fourth : kTails) {
          const std::string text = {static_cast<char>(first), static_cast<char>(second),
                                    static_cast<char>(third), static_cast<char>(fourth)};
          const std::size_t size = utf8_size(text);
          if (size == 0) continue;
          std::uint32_t c = first & (0x7fU >> size);
          for (std::size_t i = 1; i < size; ++i) {
            c = c << 6U | (static_cast<unsigned char>(text[i]) & 0x3fU);
          }
          ASSERT_EQ(spelled(c), text.substr(0, size));
          ASSERT_TRUE(c <= 0x10ffff && !is_surrogate(c));
        }
      }
    }
  }
}

TEST(Utf8Test, ReplacesBytesThatAreNoCharacter) {
  EXPECT_EQ(as_utf8(""), "");
  EXPECT_EQ(as_utf8("a\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80"),
            "a\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80");
  EXPECT_EQ(as_utf8("\xff"), "\xef\xbf\xbd");
  EXPECT_EQ(as_utf8("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(as_utf8("\xed\xa0\x80!"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd!");
  EXPECT_EQ(as_utf8("x\xe4\xb8"), "x\xef\xbf\xbd\xef\xbf\xbd");
  // What is left is read, not what happens to stand behind it.
  EXPECT_EQ(as_utf8(std::string_view("\xe4\xb8\xad", 2)), "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(Utf8Test, CutsBetweenCharacters) {
  EXPECT_EQ(cut_at("abc", 3), 3U);
  EXPECT_EQ(cut_at("abc", 2), 2U);
  EXPECT_EQ(cut_at("a\xe2\x82\xac", 3), 1U);
  EXPECT_EQ(cut_at("\x80\x80\x80", 2), 0U);
}

std::string json_of(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

TEST(JsonStringTest, EscapesWhatJsonDemands) {
  EXPECT_EQ(json_of(""), R"("")");
  EXPECT_EQ(json_of("plain /\x7f\xe2\x82\xac"), "\"plain /\x7f\xe2\x82\xac\"");
  EXPECT_EQ(json_of("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
  EXPECT_EQ(json_of(std::string_view("\0\x01\x1f", 3)), R"("\u0000\u0001\u001f")");
  EXPECT_EQ(json_of("a\x80\nb\xe2\x82"), "\"a\xef\xbf\xbd\\nb\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(JsonStringTest, AnyTwoBytesAreReadBack) {
  for (unsigned first = 0; first < 0x100; ++first) {
    for (unsigned second = 0; second < 0x100; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second)};
      const auto tree = JsonTree::parse(json_of(text));
      ASSERT_TRUE(tree) << first << ' ' << second;
      ASSERT_EQ(tree->root().text, as_utf8(text));
    }
  }
}

}  // namespace
}  // namespace writ::detail
