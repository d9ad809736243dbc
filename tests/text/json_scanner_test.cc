// The fast reader of JSON against RapidJSON: the same trees from texts that are nearly right, and
// it gives up on no more than it says.
#include "writ/impl/json_scanner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

namespace writ::test {
namespace {

using detail::JsonNode;
using detail::JsonOptions;
using detail::JsonScanner;
using detail::JsonTree;

std::string described(Position position) {
  return std::to_string(position.offset) + "@" + std::to_string(position.line) + ":" +
         std::to_string(position.column);
}

// A node with everything in it.
std::string described(const JsonNode& node) {
  std::string text = std::to_string(static_cast<int>(node.kind));
  text += " [" + std::string(node.text) + "] [" + std::string(node.name) + "] ";
  text += described(node.begin) + " " + described(node.end) + " " + described(node.name_position);
  for (const std::uint32_t number :
       {node.parent, node.first_child, node.next, node.child_count, node.index}) {
    text += " " + std::to_string(number);
  }
  return text;
}

std::string described(const JsonTree& tree) {
  std::string text;
  for (std::uint32_t i = 0; i < tree.size(); ++i) text += described(tree.node(i)) + "\n";
  for (const detail::JsonDuplicate& duplicate : tree.duplicates()) {
    text += "twice " + std::to_string(duplicate.node) + "\n";
  }
  return text;
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20; });
}

// Counts what was read, so that a test notices when it tests nothing.
struct Verdicts {
  int read = 0;
  int given_up = 0;
};

void compare(std::string_view text, Verdicts& verdicts, std::uint32_t max_depth = 16) {
  JsonTree scanned;
  const bool read = JsonScanner(scanned, max_depth).read(text);
  const JsonOptions options{.max_depth = max_depth};
  const Result<JsonTree> expected = JsonTree::parse_with_rapidjson(text, options);
  const Result<JsonTree> parsed = JsonTree::parse(text, options);
  ++(read ? verdicts.read : verdicts.given_up);
  ASSERT_EQ(parsed.has_value(), expected.has_value()) << text;
  if (!expected) {
    EXPECT_FALSE(read) << text;
    EXPECT_EQ(parsed.error().to_string(), expected.error().to_string()) << text;
    return;
  }
  EXPECT_EQ(described(*parsed), described(*expected)) << text;
  if (!read) {
    // Surrogates are the only legal texts that it leaves to RapidJSON.
    EXPECT_TRUE(text.find("\\ud") != std::string_view::npos ||
                text.find("\\uD") != std::string_view::npos)
        << text;
    return;
  }
  if (!parsed->is_plain()) return;
  for (std::uint32_t i = 0; i < parsed->size(); ++i) {
    EXPECT_TRUE(is_plain(parsed->node(i).text) && is_plain(parsed->node(i).name)) << text;
  }
}

class RandomTexts {
 public:
  std::size_t below(std::size_t bound) { return random_() % bound; }

  // A legal JSON value.
  std::string value(int depth) {
    switch (below(depth > 0 ? 9 : 6)) {
      case 0:
        return pick({"true", "false", "null"});
      case 1:
        return pick({"0", "-0", "17", "1.50", "-2.5E+3", "1e-7", "1e999", "18446744073709551616"});
      case 6:
      case 7: {
        std::string text = "{" + space();
        const std::size_t count = below(20) == 0 ? 10 + below(20) : below(4);
        for (std::size_t i = 0; i < count; ++i) {
          if (i > 0) text += "," + space();
          text += string() + space() + ":" + space() + value(depth - 1) + space();
        }
        return text + "}";
      }
      case 8: {
        std::string text = "[" + space();
        const std::size_t count = below(5);
        for (std::size_t i = 0; i < count; ++i) {
          if (i > 0) text += "," + space();
          text += value(depth - 1) + space();
        }
        return text + "]";
      }
      default:
        return string();
    }
  }

  std::string string() {
    std::string text = "\"";
    for (std::size_t pieces = below(4); pieces > 0; --pieces) {
      switch (below(8)) {
        case 0:
          text += pick({"\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t"});
          break;
        case 1:
          text += pick({"\\u0041", "\\u00e9", "\\u4E2d", "\\u0000", "\\uD7FF", "\\ue000",
                        "\\ud83d\\ude00", "\\udc00"});
          break;
        case 2:
          text += pick({"\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xef\xbf\xbf",
                        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\x7f", "\xf1\x80\x80\x80"});
          break;
        default:
          for (std::size_t size = below(21); size > 0; --size) {
            text += static_cast<char>('a' + static_cast<char>(below(26)));
          }
      }
    }
    return text + "\"";
  }

  std::string space() { return below(3) == 0 ? pick({" ", "\n", "\r\n", "\t", "\n\n   "}) : ""; }

  // Changes a byte or a few, favouring what means something.
  void edit(std::string& text) {
    constexpr std::string_view kAlphabet =
        "{}[]\":,\\ \n\t\r0123456789+-.eEtrufalsn/ud\x01\x1f\x7f\x80\xbf\xc0\xc2\xe0\xed\xf0\xf4";
    const char c = below(40) == 0 ? '\0' : kAlphabet[below(kAlphabet.size())];
    const std::size_t at = below(text.size() + 1);
    switch (below(4)) {
      case 0:
        text.insert(at, 1, c);
        break;
      case 1:
        if (at < text.size()) text[at] = c;
        break;
      case 2:
        text.erase(at, 1 + below(3));
        break;
      default:
        text.insert(at, text.substr(below(text.size() + 1), 1 + below(12)));
    }
  }

 private:
  std::string pick(std::initializer_list<const char*> texts) {
    return texts.begin()[below(texts.size())];
  }

  std::mt19937_64 random_{20240917};
};

TEST(JsonScannerTest, ReadsLegalTextsAsRapidJsonDoes) {
  RandomTexts random;
  Verdicts verdicts;
  for (int i = 0; i < 20'000 && !testing::Test::HasFailure(); ++i) {
    compare(random.space() + random.value(4) + random.space(), verdicts);
  }
  EXPECT_GT(verdicts.read, 15'000);
}

TEST(JsonScannerTest, LeavesMistakesToRapidJson) {
  RandomTexts random;
  Verdicts verdicts;
  for (int i = 0; i < 100'000 && !testing::Test::HasFailure(); ++i) {
    std::string text = random.value(3);
    for (std::size_t edits = 1 + random.below(2); edits > 0; --edits) random.edit(text);
    compare(text, verdicts);
  }
  EXPECT_GT(verdicts.read, 10'000);
  EXPECT_GT(verdicts.given_up, 10'000);
}

TEST(JsonScannerTest, KnowsEverySequenceOfTwoBytesAndMore) {
  // G-1: all pairs of bytes, whole and behind each other byte that begins a longer sequence.
  Verdicts verdicts;
  for (int first = 0; first < 256 && !testing::Test::HasFailure(); ++first) {
    for (int second = 0; second < 256; ++second) {
      const char pair[] = {static_cast<char>(first), static_cast<char>(second)};
      const std::string_view bytes(pair, 2);
      for (const std::string_view tail : {"", "\x80", "\xbf", "\x80\x80", "\xbf\xbf", "\x80\xc0"}) {
        compare("\"" + std::string(bytes) + std::string(tail) + "\"", verdicts);
      }
    }
  }
  EXPECT_GT(verdicts.read, 10'000);
}

TEST(JsonScannerTest, StringsEndAtEveryDistanceFromTheEndOfTheText) {
  Verdicts verdicts;
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string characters(size, 'x');
    for (const char* end : {"\"", "", "\\n\"", "\\", "\\u00e9\"", "\\u00e", "\xc3\xa9\"", "\xc3",
                            "\xf0\x9f\x98", "\"]", "\"\n", "\x1f\"", "\n\""}) {
      compare("\"" + characters + end, verdicts);
      compare("[\"" + characters + end, verdicts);
      compare("{\"" + characters + end + ":1}", verdicts);
    }
  }
  EXPECT_GT(verdicts.read, 100);
}

TEST(JsonScannerTest, CountsLevelsAsRapidJsonDoes) {
  // G-11
  Verdicts verdicts;
  for (std::size_t depth = 0; depth < 20; ++depth) {
    compare(std::string(depth, '[') + std::string(depth, ']'), verdicts);
    compare(std::string(depth, '[') + "{}" + std::string(depth, ']'), verdicts);
    compare(std::string(depth, '[') + "1" + std::string(depth, ']'), verdicts, 4);
  }
  EXPECT_EQ(verdicts.read, 16 + 16 + 5);
}

}  // namespace
}  // namespace writ::test
