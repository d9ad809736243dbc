// Patterns against RE2: the rules give each kind of pattern as a regular expression, RE2 reads it,
// and both must agree on seeded random patterns and texts that favour near misses.
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "support/policies.h"

namespace writ::test {
namespace {

using Random = std::mt19937;  // its sequence is the same everywhere

[[nodiscard]] std::string pick(Random& random, const std::vector<std::string>& from) {
  return from[random() % from.size()];
}

[[nodiscard]] std::string pieces(Random& random, const std::vector<std::string>& from,
                                 std::size_t most) {
  std::string text;
  for (std::size_t i = random() % (most + 1); i > 0; --i) text += pick(random, from);
  return text;
}

[[nodiscard]] bool oracle(const std::string& expression, const std::string& text, bool fold) {
  RE2::Options options;
  options.set_dot_nl(true);
  options.set_case_sensitive(!fold);
  options.set_log_errors(false);
  const RE2 pattern(expression, options);
  EXPECT_TRUE(pattern.ok()) << expression;
  return RE2::FullMatch(text, pattern);
}

/// A glob: `*` and `?` cover what `star` and `one` say.
[[nodiscard]] std::string translated(const std::string& glob, const std::string& star,
                                     const std::string& one) {
  std::string expression;
  for (const char c : glob) {
    expression += c == '*' ? star : c == '?' ? one : RE2::QuoteMeta(std::string(1, c));
  }
  return expression;
}

[[nodiscard]] std::vector<std::string> fields(const std::string& arn) {
  std::vector<std::string> result;
  std::size_t at = 0;
  for (int i = 0; i < 5; ++i) {
    const std::size_t colon = arn.find(':', at);
    result.push_back(arn.substr(at, colon - at));
    at = colon + 1;
  }
  result.push_back(arn.substr(at));
  return result;
}

/// M-25, word by word.
[[nodiscard]] std::string resource_expression(const std::string& pattern) {
  if (pattern == "*") return ".*";
  std::string expression;
  const std::vector<std::string> parts = fields(pattern);
  for (std::size_t i = 0; i < 5; ++i) {
    std::string field = parts[i];
    const bool crosses = !field.empty() && field.back() == '*';
    if (crosses) field.pop_back();
    expression += translated(field, "[^:]*", "[^:]") + (crosses ? ".*:" : ":");
  }
  return expression + translated(parts[5], ".*", ".");
}

/// C-69, word by word.
[[nodiscard]] std::string arn_expression(const std::string& pattern) {
  if (pattern == "*") return ".*";
  std::string expression;
  const std::vector<std::string> parts = fields(pattern);
  for (std::size_t i = 0; i < 5; ++i) expression += translated(parts[i], "[^:]*", "[^:]") + ":";
  return expression + translated(parts[5], ".*", ".");
}

const std::vector<std::string> kPatternParts = {"*", "*", "?", "a", "b", "ab", "\u00e9", "/"};

/// The last field of an ARN, in which colons are text.
[[nodiscard]] std::string last_field(Random& random, std::vector<std::string> parts) {
  parts.push_back(":");
  return pieces(random, parts, 6);
}

/// A text that the pattern may well match: wildcards are filled in, now and then with a colon, and
/// then one character may be changed, added or left out.
[[nodiscard]] std::string near_hit(Random& random, const std::string& pattern) {
  const std::vector<std::string> fillers = {"a", "b", "\u00e9", "/", "a", "b", ":"};
  std::vector<std::string> text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '*') {
      for (std::size_t n = random() % 4; n > 0; --n) text.push_back(pick(random, fillers));
    } else if (pattern[i] == '?') {
      text.push_back(pick(random, fillers));
    } else {
      const bool continues = (static_cast<unsigned char>(pattern[i]) & 0xc0U) == 0x80U;
      if (!continues) text.emplace_back();
      text.back() += pattern[i];
    }
  }
  if (random() % 2 == 0) {
    const std::size_t at = random() % text.size();
    if (random() % 3 == 0) {
      text[at].clear();
    } else {
      if (random() % 2 == 0) text[at].clear();
      text[at].insert(0, pick(random, fillers));
    }
  }
  std::string result;
  for (const std::string& one : text) result += one;
  return result;
}

/// M-32, C-69b: whether the text is an ARN at all.
[[nodiscard]] bool has_six_fields(const std::string& text) {
  return text.substr(0, 4) == "arn:" && std::count(text.begin(), text.end(), ':') >= 5;
}

// M-25, M-34, M-40
TEST(PatternOracleTest, Resources) {
  Random random(20261123);
  int matched = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string pattern = "arn:";
    pattern += pick(random, {"aws", "aws", "*", "aws*", "a?s", "a*s"}) + ":s3:";
    pattern += pieces(random, kPatternParts, 3) + ":";
    pattern += pieces(random, kPatternParts, 3) + ":";
    pattern += last_field(random, kPatternParts);
    const std::string text = near_hit(random, pattern);
    if (!has_six_fields(text)) continue;
    const bool expected = oracle(resource_expression(pattern), text, false);
    matched += expected ? 1 : 0;
    const Question question = Question().caller("*").resource(text);
    EXPECT_EQ(answer(Question(question).on_resource({allow_to("*", "*", pattern)})),
              expected ? kForAnonymous : kNoneForAnonymous)
        << pattern << " for " << text;
    EXPECT_EQ(answer(Question(question).on_resource({allow_to("*", "*", "!" + pattern)})),
              expected ? kNoneForAnonymous : kForAnonymous)
        << pattern << " for " << text;
    if (::testing::Test::HasFailure()) break;
  }
  EXPECT_GT(matched, 1000);  // both answers come up
  EXPECT_LT(matched, 4500);
}

// C-69
TEST(PatternOracleTest, ArnConditions) {
  Random random(69);
  int matched = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string pattern = "arn:";
    for (int field = 0; field < 4; ++field) {
      pattern += pieces(random, kPatternParts, 2) + ":";
    }
    pattern += last_field(random, kPatternParts);
    const std::string text = near_hit(random, pattern);
    if (!has_six_fields(text)) continue;
    if (random() % 4 == 0) pattern.replace(0, 3, pick(random, {"a*", "*", "a?n", "b"}));
    const bool expected = oracle(arn_expression(pattern), text, false);
    matched += expected ? 1 : 0;
    EXPECT_EQ(truth(R"({"ArnLike": {"k:v": )" + json_string(pattern) + "}}",
                    Question().with("k:v", text)),
              expected ? 'T' : 'F')
        << pattern << " for " << text;
    if (::testing::Test::HasFailure()) break;
  }
  EXPECT_GT(matched, 500);
}

// C-63
TEST(PatternOracleTest, StringLike) {
  Random random(63);
  int matched = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string pattern = pieces(random, kPatternParts, 8) + "?";
    std::string text = near_hit(random, pattern);
    text += pick(random, {"", "", "\U0001f600", ":\n"});
    const bool expected = oracle(translated(pattern, ".*", "."), text, false);
    matched += expected ? 1 : 0;
    EXPECT_EQ(truth(R"({"StringLike": {"k:v": )" + json_string(pattern) + "}}",
                    Question().with("k:v", text)),
              expected ? 'T' : 'F')
        << pattern << " for " << text;
    if (::testing::Test::HasFailure()) break;
  }
  EXPECT_GT(matched, 150);
}

// M-10
TEST(PatternOracleTest, Actions) {
  Random random(10);
  const std::vector<std::string> pattern_parts = {"*", "*", "?", "a", "B", "aB", "A"};
  const std::vector<std::string> text_parts = {"a", "b", "Ab", "A", "B"};
  int matched = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string pattern = pick(random, {"s3", "S3", "s*", "*", "?3", "x"}) + ":";
    pattern += pick(random, pattern_parts);
    pattern += pieces(random, pattern_parts, 6);
    std::string text = pick(random, {"s3", "S3", "x"}) + ":";
    text += pick(random, text_parts);
    text += pieces(random, text_parts, 6);
    const bool expected = oracle(translated(pattern, ".*", "."), text, true);
    matched += expected ? 1 : 0;
    EXPECT_EQ(answer(Question().action(text).identity({allow(pattern)})),
              expected ? kByIdentity : kNoIdentity)
        << pattern << " for " << text;
    if (::testing::Test::HasFailure()) break;
  }
  EXPECT_GT(matched, 150);
}

}  // namespace
}  // namespace writ::test
