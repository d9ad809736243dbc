#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/json_check.h"
#include "cli/run_tool.h"
#include "writ/hash.h"

namespace writ {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::is_json;
using testing::run_tool;
using testing::TemporaryFile;
using testing::ToolRun;

std::string good_case(std::string_view id, std::string_view expect) {
  return R"({"id":")" + std::string(id) +
         R"(","principal":"arn:aws:iam::111122223333:user/Alice","action":"sns:Publish","identity":[)"
         R"({"Statement":{"Effect":"Allow","Action":"sns:*","Resource":"*"}}],"expect":")" +
         std::string(expect) + "\"}\n";
}

TEST(CheckTest, PassesWhenAllCasesHold) {
  const TemporaryFile file(good_case("a", "allowed") + "\n  \r\n" + good_case("b", "allowed"));
  const ToolRun run = run_tool({"check", file.path()});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.out, "2 passed, 0 failed\n");
  EXPECT_EQ(run.err, "");
}

TEST(CheckTest, TellsWhichCaseFailsAndWhy) {
  const TemporaryFile file(
      good_case("a", "allowed") + good_case("b", "implicitDeny") +
      R"({"id":"c","principal":"arn:aws:iam::111122223333:user/Alice","action":"sns:Publish","expect":"allowed"})"
      "\n"
      R"({"id":"d","action":"sns:Publish","identity":[{"Statement":[]}],"expect":"allowed"})");
  const ToolRun run = run_tool({"check", file.path()});
  EXPECT_EQ(run.code, 1);
  const std::string& path = file.path();
  EXPECT_EQ(run.out,
            "b: expected implicitDeny, got allowed (identity[0] at " + path + ":2:110) [" + path +
                ":2:1]\n"
                "c: expected allowed, got implicitDeny (no identity-based policy has an Allow that "
                "applies (E-66)) [" +
                path +
                ":3:1]\n"
                "d: expected allowed, got error (identity[0] at " +
                path + ":4:59: MISSING_STATEMENT: " +
                run.out.substr(run.out.find("MISSING_STATEMENT: ") + 19,
                               run.out.rfind('[') - run.out.find("MISSING_STATEMENT: ") - 19) +
                "[" + path + ":4:1]\n1 passed, 3 failed\n");
  EXPECT_EQ(run.err, "");
}

TEST(CheckTest, AnExpectedErrorPasses) {
  const TemporaryFile file(
      R"({"id":"a","action":"sns:Publish","identity":[{"Statement":[]}],"expect":"error"})"
      "\n"
      R"({"id":"b","action":"sns:*","expect":"error"})"
      "\n" +
      good_case("c", "error"));
  const ToolRun run = run_tool({"check", file.path()});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, HasSubstr("c: expected error, got allowed (identity[0] at " + file.path() +
                                 ":3:110)"));
  EXPECT_THAT(run.out, EndsWith("2 passed, 1 failed\n"));
}

TEST(CheckTest, PrintsJson) {
  const TemporaryFile file(good_case("a", "explicitDeny") + good_case("b", "allowed") +
                           good_case("c\\u00e9", "error"));
  const ToolRun run = run_tool({"check", "--json", file.path()});
  EXPECT_EQ(run.code, 1);
  ASSERT_TRUE(is_json(run.out)) << run.out;
  const rapidjson::Document answer = testing::parsed_json(run.out);
  EXPECT_EQ(answer["passed"].GetInt(), 1);
  EXPECT_EQ(answer["failed"].GetInt(), 2);
  EXPECT_EQ(answer["errors"].GetInt(), 0);
  const auto& failure = answer["failures"][0];
  EXPECT_STREQ(failure["id"].GetString(), "a");
  EXPECT_EQ(failure["line"].GetInt(), 1);
  EXPECT_STREQ(failure["expected"].GetString(), "explicitDeny");
  EXPECT_STREQ(failure["got"].GetString(), "allowed");
  EXPECT_STREQ(failure["reason"].GetString(), "AllowedByIdentity");
  EXPECT_STREQ(failure["rule"].GetString(), "E-63");
  EXPECT_STREQ(failure["message"].GetString(), "the caller's own permissions allow it");
  EXPECT_STREQ(failure["statement"]["policy"].GetString(), "identity[0]");
  EXPECT_STREQ(answer["failures"][1]["id"].GetString(), "c\xc3\xa9");
  const ToolRun none = run_tool({"check", "--json", "-"});
  EXPECT_EQ(none.out, "{\"failures\":[],\"passed\":0,\"failed\":0,\"errors\":0}\n");
}

/// Two ids of one hash, whether it begins with 0 or with 1. A first word makes two states of these;
/// by exclusive or with their difference the second word swaps what becomes of them, and the third
/// takes out one or the other, so that what is left is the same.
std::pair<std::string, std::string> ids_of_one_hash() {
  const auto is_ascii = [](std::uint64_t word) { return (word & detail::kOnes * 0x80) == 0; };
  const auto letters = [](std::uint64_t number) {
    std::uint64_t word = 0;
    for (unsigned i = 0; i < 8; ++i) word |= (0x40U + (number >> 5 * i & 0x1fU)) << 8 * i;
    return word;
  };
  const auto spelled = [](std::initializer_list<std::uint64_t> words) {
    std::string text;
    for (const std::uint64_t word : words) {
      for (unsigned i = 0; i < 64; i += 8) text += static_cast<char>(word >> i & 0xffU);
    }
    return text;
  };
  const std::uint64_t size = 24 * detail::kHashB;
  std::uint64_t number = 0;
  std::uint64_t state = 0;
  std::uint64_t difference = ~0ULL;
  for (; !is_ascii(difference); ++number) {
    state = detail::mix(size ^ letters(number), detail::kHashA);
    difference = state ^ detail::mix(size ^ 1U ^ letters(number), detail::kHashA);
  }
  const std::uint64_t first = letters(number - 1);
  for (number = 0;; ++number) {
    const std::uint64_t second = letters(number);
    const std::uint64_t third = detail::mix(state ^ second, detail::kHashA);
    const std::uint64_t other = detail::mix(state ^ second ^ difference, detail::kHashA);
    if (is_ascii(third) && is_ascii(other)) {
      return {spelled({first, second, third}), spelled({first, second ^ difference, other})};
    }
  }
}

TEST(CheckTest, IdsAreComparedAsTexts) {
  const auto [one, other] = ids_of_one_hash();
  ASSERT_NE(one, other);
  ASSERT_EQ(hash_bytes(one), hash_bytes(other));
  ASSERT_EQ(hash_bytes(one, 1), hash_bytes(other, 1));
  const auto line = [](std::string_view id) {
    std::string escaped;
    for (const char c : id) escaped += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    return good_case(escaped, "allowed");
  };
  const TemporaryFile file(line(one) + line(other));
  EXPECT_EQ(run_tool({"check", file.path()}).out, "2 passed, 0 failed\n");
}

TEST(CheckTest, FailsOnLinesThatAreNoCases) {
  const TemporaryFile file(good_case("a", "allowed") +
                           R"({"id":"b","action":"a:b","boundry":[]})"
                           "\n{\"id\":\"c\",\n" +
                           R"({"id":"d","check":"equivalent"})" + "\n" +
                           R"({"id":"e","action":"a:b"})"
                           "\n" +
                           good_case("a", "allowed") + good_case("f", "explicitDeny"));
  const ToolRun run = run_tool({"check", file.path()});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err,
              HasSubstr(file.path() + ":2:26: INVALID_CASE: unknown field `boundry`; did you mean "
                                      "`boundary`?\n"));
  EXPECT_THAT(run.err, HasSubstr(file.path() + ":3:11: JSON_SYNTAX_ERROR: "));
  EXPECT_THAT(run.err, HasSubstr(file.path() + ":4:11: INVALID_CASE: this is an analysis case"));
  EXPECT_THAT(run.err, HasSubstr(file.path() + ":5:1: INVALID_CASE: field `expect` is missing"));
  EXPECT_THAT(run.err, HasSubstr(file.path() + ":6:1: INVALID_CASE: id `a` is given twice"));
  // The other lines are still run.
  EXPECT_THAT(run.out, HasSubstr("f: expected explicitDeny, got allowed"));
  EXPECT_THAT(run.out, EndsWith("1 passed, 1 failed, 5 errors\n"));
}

TEST(CheckTest, FailsOnATruncatedFile) {
  const std::string line = good_case("a", "allowed");
  for (std::size_t size = 1; size + 2 < line.size(); ++size) {
    const ToolRun run = run_tool({"check", "-"}, line.substr(0, size));
    ASSERT_EQ(run.code, 2) << size;
    ASSERT_EQ(run.out, "0 passed, 0 failed, 1 error\n");
  }
}

TEST(CheckTest, FailsOnAnEndlessLineAndGoesOn) {
  const TemporaryFile file(std::string((std::size_t{64} << 20U) + 1, ' ') + "\n" +
                           good_case("a", "allowed"));
  const ToolRun run = run_tool({"check", file.path()});
  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(run.err,
            file.path() + ":1:1: LIMIT_EXCEEDED: the line is longer than 67108864 bytes\n");
  EXPECT_EQ(run.out, "1 passed, 0 failed, 1 error\n");
}

TEST(CheckTest, FailsOnAFileThatCannotBeReadAndGoesOn) {
  const TemporaryFile file(good_case("a", "allowed"));
  const ToolRun run = run_tool({"check", "/nowhere.jsonl", file.path(), file.path()});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("cannot read `/nowhere.jsonl`"));
  EXPECT_EQ(run.out, "2 passed, 0 failed, 1 error\n");  // ids are unique within a file only
}

TEST(CheckTest, ARunWithoutATestIsNoSuccess) {
  const TemporaryFile empty("\n  \n");
  const ToolRun run = run_tool({"check", empty.path()});
  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(run.out, "0 passed, 0 failed\n");
  EXPECT_THAT(run.err, HasSubstr("note: " + empty.path() + ": there is no test in it\n"));
  EXPECT_THAT(run.err, HasSubstr("writ check: there is no test to run"));
  const ToolRun json = run_tool({"check", "--json", empty.path()});
  EXPECT_EQ(json.code, 2);
  EXPECT_TRUE(is_json(json.out));
  // Beside tests of other files it is a note.
  const TemporaryFile good(good_case("a", "allowed"));
  const ToolRun both = run_tool({"check", empty.path(), good.path()});
  EXPECT_EQ(both.code, 0);
  EXPECT_EQ(both.err, "note: " + empty.path() + ": there is no test in it\n");
  const test::TemporaryFolder folder;
  const std::string suite = folder.write("a.suite.json", R"({"policies": {}, "tests": []})");
  for (const char* command : {"check", "mutate"}) {
    const ToolRun none = run_tool({command, suite});
    EXPECT_EQ(none.code, 2) << command;
    EXPECT_THAT(none.err, HasSubstr("there is no test")) << command;
  }
}

// One error for what is no case file, not one for each of its lines.
TEST(CheckTest, AFileThatIsSomethingElseIsToldApart) {
  const test::TemporaryFolder folder;
  const auto told = [&](std::string_view name, std::string_view text, const std::string& what) {
    const std::string path = folder.write(name, text);
    const ToolRun run = run_tool({"check", path});
    EXPECT_EQ(run.code, 2);
    EXPECT_EQ(run.err, path + ":1:1: INVALID_CASE: " + what + "\n");
    EXPECT_EQ(run.out, "0 passed, 0 failed, 1 error\n");
  };
  told("reader.json", "{\n\"policies\": {},\n\"tests\": []\n}\n",
       "this looks like a suite; the names of suites end so: `reader.suite.json`");
  told("one_line.json", R"({"suite": "x", "tests": []})",
       "this looks like a suite; the names of suites end so: `one_line.suite.json`");
  told("reader.yaml", "suite: x\ntests: []\n",
       "this looks like a suite; the names of suites end so: `reader.suite.yaml`");
  told("policy.json", "{\n\"Statement\": []\n}",
       "this looks like a policy; `writ lint` checks one, a suite tests it");
  told("cases.json", "[\n" + good_case("a", "allowed") + "]",
       "this is an array; a case file has one case a line, without brackets and commas");
  told("case.json", "{\"id\": \"a\",\n\"action\": \"a:b\", \"expect\": \"allowed\"}\n",
       "this is a case over several lines; a case file has one case a line");
  // A mistake in the first line of a case file is that line's.
  const TemporaryFile cases(R"({"id": "a", "actoin": "a:b"})"
                            "\n" +
                            good_case("b", "allowed"));
  EXPECT_THAT(run_tool({"check", cases.path()}).err, HasSubstr("did you mean `action`?"));
}

// Several batches of lines: cases that hold and that do not, lines that are no cases, an id given
// twice, a line too long, a file that is not there, a file given twice.
TEST(CheckTest, TellsTheSameWithAnyNumberOfThreads) {
  std::string many;
  for (int i = 0; i < 9000; ++i) {
    const std::string id = "c" + std::to_string(i % 8990);
    many += i % 700 == 3   ? "{\"id\":\n"
            : i % 500 == 7 ? R"({"id":")" + id + R"(","action":"a:b"})" + "\n"
                           : good_case(id, i % 90 == 5 ? "explicitDeny" : "allowed");
  }
  const TemporaryFile first(many);
  const TemporaryFile second(good_case("c1", "implicitDeny"));
  const TemporaryFile third(good_case("c1", "implicitDeny") +
                            std::string((std::size_t{64} << 20U) + 1, ' ') + "\n" +
                            good_case("c2", "allowed") + good_case("c3", "implicitDeny"));
  const test::TemporaryFolder folder;
  const auto run = [&](std::string_view jobs, const std::vector<std::string>& options) {
    std::vector<std::string> arguments = {"check",      first.path(),     "/nowhere.jsonl",
                                          first.path(), second.path(),    second.path(),
                                          "--jobs",     std::string(jobs)};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return run_tool(arguments);
  };
  // As annotations mistakes and failures are in one stream.
  const std::vector<std::vector<std::string>> forms = {
      {},
      {"--json"},
      {"--annotations", "github", "--junit", folder.path() + "/report.xml", "--sarif",
       folder.path() + "/report.sarif", third.path()}};
  for (const std::vector<std::string>& form : forms) {
    const ToolRun alone = run("1", form);
    const std::string junit = form.size() > 2 ? folder.text("report.xml") : "";
    const std::string sarif = form.size() > 2 ? folder.text("report.sarif") : "";
    const ToolRun four = run("4", form);
    EXPECT_EQ(alone.code, 2);
    EXPECT_EQ(four.code, 2);
    EXPECT_TRUE(alone.out == four.out);
    EXPECT_TRUE(alone.err == four.err);
    if (form.size() > 2) {
      EXPECT_TRUE(junit == folder.text("report.xml"));
      EXPECT_TRUE(sarif == folder.text("report.sarif"));
    }
  }
  const ToolRun plain = run("4", {});
  EXPECT_THAT(plain.out, EndsWith("\n17722 passed, 202 failed, 79 errors\n"));
  EXPECT_THAT(plain.err, HasSubstr("8991:1: INVALID_CASE: id `c0` is given twice in this file"));
}

}  // namespace
}  // namespace writ
