#include "cli/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace writ::cli {
namespace {

using ::testing::ElementsAre;

constexpr Option kOptions[] = {
    {"--one", "X", Arity::One, ""},
    {"--each", "X", Arity::Each, ""},
    {"--many", "X...", Arity::Many, ""},
    {"--flag", "", Arity::Flag, ""},
};

Command command(std::size_t min_operands = 0, std::size_t max_operands = 0) {
  Command command;
  command.name = "test";
  command.operands = "FILE...";
  command.options = kOptions;
  command.min_operands = min_operands;
  command.max_operands = max_operands;
  return command;
}

Result<Arguments, Problem> parse(std::vector<std::string_view> arguments,
                                 const Command& of = command()) {
  return Arguments::parse(of, arguments);
}

std::string problem_of(std::vector<std::string_view> arguments, const Command& of = command()) {
  const Result<Arguments, Problem> parsed = parse(std::move(arguments), of);
  return parsed ? "no problem" : parsed.error().text;
}

TEST(ArgumentsTest, ReadsValuesOfEveryArity) {
  const auto parsed = parse({"--one", "1", "--each=2", "--each", "3", "--many", "a", "b", "--flag",
                             "--many", "-", "--json"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->value("--one"), "1");
  EXPECT_THAT(parsed->values("--each"), ElementsAre("2", "3"));
  EXPECT_THAT(parsed->values("--many"), ElementsAre("a", "b", "-"));
  EXPECT_TRUE(parsed->has("--flag"));
  EXPECT_TRUE(parsed->json());
  EXPECT_FALSE(parsed->has("--help"));
  EXPECT_EQ(parsed->value("--nothing"), std::nullopt);
}

TEST(ArgumentsTest, TakesValuesWithDashesAfterAnEqualsSign) {
  const auto parsed = parse({"--one=--two=3"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->value("--one"), "--two=3");
}

TEST(ArgumentsTest, TakesOperandsWithDashesAfterTwoDashes) {
  const auto parsed = parse({"--flag", "--", "--one", "-"}, command(1, 2));
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->operands(), ElementsAre("--one", "-"));
}

TEST(ArgumentsTest, NamesTheNearestOptionForAnUnknownOne) {
  EXPECT_EQ(problem_of({"--fleg"}), "unknown option `--fleg`; did you mean `--flag`?");
  EXPECT_EQ(problem_of({"--jason"}), "unknown option `--jason`; did you mean `--json`?");
  EXPECT_EQ(problem_of({"--something-else=1"}), "unknown option `--something-else`");
  EXPECT_EQ(problem_of({"-x"}), "unknown option `-x`");
}

TEST(ArgumentsTest, RefusesMissingAndSuperfluousValues) {
  EXPECT_EQ(problem_of({"--one"}), "option `--one` needs a value: --one X");
  EXPECT_EQ(problem_of({"--many", "--flag"}), "option `--many` needs a value: --many X...");
  EXPECT_EQ(problem_of({"--flag=yes"}), "option `--flag` takes no value");
  EXPECT_EQ(problem_of({"--one", "1", "--one", "2"}), "option `--one` is given twice");
}

TEST(ArgumentsTest, CountsOperands) {
  EXPECT_EQ(problem_of({}, command(1, 2)), "FILE... is missing");
  EXPECT_EQ(problem_of({"a", "b", "c"}, command(1, 2)), "unexpected argument `c`");
  EXPECT_EQ(problem_of({"a"}), "unexpected argument `a`");
  EXPECT_TRUE(parse({"--help"}, command(1, 2)));
}

TEST(ArgumentsTest, FindsTheNearestWord) {
  constexpr std::string_view kWords[] = {"boundary", "session", "identity"};
  EXPECT_EQ(nearest_word("boundry", kWords), "boundary");
  EXPECT_EQ(nearest_word("sesion", kWords), "session");
  EXPECT_EQ(nearest_word("IDENTITY", kWords), "identity");
  EXPECT_EQ(nearest_word("zzz", kWords), std::nullopt);
  EXPECT_EQ(nearest_word(std::string(100'000, 'a'), kWords), std::nullopt);
}

}  // namespace
}  // namespace writ::cli
