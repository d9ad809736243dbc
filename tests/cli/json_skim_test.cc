#include "cli/json_skim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace writ::cli {
namespace {

using ::testing::ElementsAre;

TEST(JsonSkimTest, SlicesMembersAndElementsAsWritten) {
  const std::string_view text = "\t{ \"a\" : [1, {\"x\":[]} ,\"]\\\"\" ], \"b\":-1.5e+3 } \n";
  const auto members = skim_object(text);
  ASSERT_TRUE(members);
  ASSERT_EQ(members->size(), 2U);
  EXPECT_EQ((*members)[0].name.text, "\"a\"");
  EXPECT_EQ((*members)[1].value.text, "-1.5e+3");
  std::vector<std::string_view> elements;
  for (const JsonSlice& element : skim_array((*members)[0].value)) {
    elements.push_back(element.text);
    EXPECT_EQ(text.substr(element.offset, element.text.size()), element.text);
  }
  EXPECT_THAT(elements, ElementsAre("1", "{\"x\":[]}", "\"]\\\"\""));
}

// G-1: what RFC 8259 does not allow is found where it is.
TEST(JsonSkimTest, ChecksTheGrammar) {
  constexpr std::string_view kBad[] = {"",
                                       "{",
                                       "{\"a\"}",
                                       "{\"a\":}",
                                       "{\"a\":1,}",
                                       "{\"a\":01}",
                                       "{\"a\":1.}",
                                       "{\"a\":+1}",
                                       "{\"a\":.5}",
                                       "{\"a\":1e}",
                                       "{\"a\":tru}",
                                       "{\"a\":[1,]}",
                                       "{\"a\":[}]",
                                       "{a:1}",
                                       "{\"a\":\"\\x\"}",
                                       "{\"a\":\"\\u12g4\"}",
                                       "{\"a\":\"\n\"}",
                                       "{\"a\":1}x",
                                       "{\"a\":NaN}",
                                       "{\"a\" 1}",
                                       "{\"a\":[1 2]}",
                                       "{\"a\":\"",
                                       "{\"a\":\"\\",
                                       "{\"a\":{\"b\":1,}}",
                                       "// {}",
                                       "{} {}",
                                       "{\"a\":\"\\u1"};
  for (const std::string_view text : kBad) {
    const auto members = skim_object(text);
    ASSERT_FALSE(members) << text;
    EXPECT_EQ(members.error().code, ErrorCode::JsonSyntaxError) << text;
    EXPECT_LE(members.error().position.offset, text.size());
  }
  for (const std::string_view text : {"{}", " {\"\":[]} ", "{\"a\":\"\\u00e9\\/\\\\\"}"}) {
    EXPECT_TRUE(skim_object(text)) << text;
  }
}

TEST(JsonSkimTest, WantsAnObject) {
  for (const std::string_view text : {"[]", "1", "\"x\"", "null"}) {
    const auto members = skim_object(text);
    ASSERT_FALSE(members);
    EXPECT_EQ(members.error().code, ErrorCode::InvalidCase);
  }
}

// G-11: depth costs memory, not stack.
TEST(JsonSkimTest, DepthDoesNotRecurse) {
  const std::string deep =
      "{\"a\":" + std::string(5'000'000, '[') + std::string(5'000'000, ']') + "}";
  const auto members = skim_object(deep);
  ASSERT_TRUE(members);
  EXPECT_EQ(members->front().value.text.size(), 10'000'000U);
}

TEST(JsonSkimTest, CountsLinesAndColumnsFromOne) {
  EXPECT_EQ(position_at("ab\nc", 0), (Position{0, 1, 1}));
  EXPECT_EQ(position_at("ab\nc", 2), (Position{2, 1, 3}));
  EXPECT_EQ(position_at("ab\nc", 3), (Position{3, 2, 1}));
}

}  // namespace
}  // namespace writ::cli
