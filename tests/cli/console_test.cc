// What the console lets through to terminals and build servers, and the line that shows progress.
#include "cli/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "cli/json_check.h"
#include "cli/run_tool.h"

namespace writ::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using writ::testing::run_tool;
using writ::testing::TemporaryFile;
using writ::testing::ToolRun;

/// What a console writes, both streams in one.
class Screen {
 public:
  explicit Screen(ConsoleLook look) : stream_(open_memstream(&text_, &size_)), look_(look) {}
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen() {
    std::fclose(stream_);
    std::free(text_);
  }
  [[nodiscard]] Console console() const { return {stdin, stream_, stream_, look_}; }
  [[nodiscard]] std::string text() const {
    std::fflush(stream_);
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* stream_;
  ConsoleLook look_;
};

TEST(ConsoleTest, PrintedTextsStayOneLineAndSteerNothing) {
  const Screen screen({});
  Console console = screen.console();
  console.print("{}: {}\n", std::string("a\nb"), "\x1b[2J");
  console.print_error("{:<4}|{}\n", std::string_view("\r"), 7);
  EXPECT_EQ(screen.text(), "a\\nb: \\u001b[2J\n\\r  |7\n");
}

TEST(ConsoleTest, PaintedTextIsMadeVisibleToo) {
  const Screen screen({.colours = true});
  Console console = screen.console();
  console.print("{}\n", console.paint(Colour::Red, "a\x1b[0m"));
  EXPECT_EQ(screen.text(), "\033[31ma\\u001b[0m\033[0m\n");
}

TEST(ConsoleTest, NoLineIsACommandOfABuildServer) {
  const Screen screen({});
  Console console = screen.console();
  console.print("{}: expected\n", "::error file=a.json::x");
  console.print("{}\n", "\xc2\xa0::error::behind a blank");
  console.print_error("\n {}\n", "::stop-commands::x");
  console.print("id {}\n", "##[error]x ##vso[task.complete]");
  EXPECT_EQ(screen.text(),
            "\\u003a:error file=a.json::x: expected\n\xc2\xa0\\u003a:error::behind a blank\n"
            "\n \\u003a:stop-commands::x\n"
            "id \\u0023#[error]x \\u0023#vso[task.complete]\n");
}

TEST(ConsoleTest, OutputClearsTheProgressLine) {
  const Screen screen({.progress = true});
  Console console = screen.console();
  console.progress("half\x1b[2J");
  console.write("a line\n");
  console.write("another\n");
  EXPECT_EQ(screen.text(), "\r\033[Khalf\\u001b[2J\r\033[Ka line\nanother\n");
}

TEST(ConsoleTest, WhatWasReadIsRememberedUntilItIsForgotten) {
  const Screen screen({});
  Console console = screen.console();
  console.note_read(1, 2);
  EXPECT_TRUE(console.has_read(1, 2));
  EXPECT_FALSE(console.has_read(2, 1));
  console.forget_read();
  EXPECT_FALSE(console.has_read(1, 2));
}

TEST(ConsoleTest, DumbTerminalsTakeNeitherColoursNorProgress) {
  const ConsoleLook plain = ConsoleLook::of(true, true, "xterm", nullptr);
  EXPECT_TRUE(plain.colours);
  EXPECT_TRUE(plain.progress);
  const ConsoleLook dumb = ConsoleLook::of(true, true, "dumb", nullptr);
  EXPECT_FALSE(dumb.colours);
  EXPECT_FALSE(dumb.progress);
  EXPECT_FALSE(ConsoleLook::of(true, true, "xterm", "1").colours);
  EXPECT_TRUE(ConsoleLook::of(true, true, "xterm", "").colours);
  EXPECT_FALSE(ConsoleLook::of(false, true, nullptr, nullptr).colours);
  EXPECT_FALSE(ConsoleLook::of(true, false, nullptr, nullptr).progress);
}

// Through the whole tool: ids of cases, Sids, names of files.
TEST(ConsoleTest, IdsOfCasesCannotForgeLines) {
  const TemporaryFile file(
      R"({"id": "\n::error file=x::forged\u001b[2J", "action": "s3:GetObject", "expect": "allowed"})"
      "\n"
      R"({"id": "::warning ::first", "action": "s3:GetObject", "expect": "allowed"})");
  const ToolRun run = run_tool({"check", file.path()});
  EXPECT_THAT(run.out, HasSubstr("\\n::error file=x::forged\\u001b[2J: expected allowed"));
  EXPECT_THAT(run.out, HasSubstr("\n\\u003a:warning ::first: expected"));
  EXPECT_THAT(run.out, AllOf(Not(HasSubstr("\n::")), Not(HasSubstr("\x1b"))));
  const ToolRun annotated = run_tool({"check", "--annotations", "github", file.path()});
  EXPECT_THAT(annotated.out, HasSubstr(",title=%0A%3A%3Aerror file=x%3A%3Aforged\\u001b[2J::"));
  EXPECT_THAT(annotated.out, Not(HasSubstr("\x1b")));
  // For programs the id stays what it is.
  const ToolRun json = run_tool({"check", "--json", file.path()});
  EXPECT_STREQ(writ::testing::parsed_json(json.out)["failures"][0]["id"].GetString(),
               "\n::error file=x::forged\x1b[2J");
}

TEST(ConsoleTest, ExplanationsAndDecisionsShowNamesAndValuesOnOneLine) {
  const test::TemporaryFolder folder;
  const std::string policy = folder.write(
      "p\nallowed: forged\xc2\x9b"
      "2J",
      R"({"Statement": {
      "Effect": "Deny", "Action": "s3:*", "Resource": "*",
      "Condition": {"StringEquals": {"aws:username": "p\nallowed: forged\u009b2J"}}}})");
  for (const char* command : {"eval", "explain"}) {
    const ToolRun run = run_tool({command, "--action", "s3:GetObject", "--principal",
                                  "arn:aws:iam::111122223333:user/A", "--resource",
                                  "arn:aws:s3:::r\nallowed: forged\xc2\x9b"
                                  "2J",
                                  "--context",
                                  "aws:username=p\nallowed: forged\xc2\x9b"
                                  "2J",
                                  "--identity", policy});
    EXPECT_EQ(run.code, 1) << run.err;
    EXPECT_THAT(run.out, HasSubstr("p\\nallowed: forged\\u009b2J"));
    EXPECT_THAT(run.out, AllOf(Not(HasSubstr("\nallowed")), Not(HasSubstr("\xc2\x9b"))));
  }
  const ToolRun dump = run_tool({"dump", policy});
  EXPECT_THAT(dump.out, HasSubstr("`p\\nallowed: forged\\u009b2J`"));
  EXPECT_THAT(dump.out, AllOf(Not(HasSubstr("\nallowed")), Not(HasSubstr("\xc2\x9b"))));
}

// With --json errors are for programs too, one object a line, whatever has gone wrong.
TEST(ConsoleTest, ErrorsBesideJsonAreJson) {
  const TemporaryFile cases("nonsense\n\"quoted\"\n");
  const TemporaryFile policy(R"({"Statement": []})");
  const std::vector<std::vector<std::string>> calls = {
      {"lint", "--json", "/no \"where\n\\"},
      {"lint", "--json", "--bad"},
      {"check", "--json", cases.path()},
      {"eval", "--json"},
      {"fmt", policy.path(), "--json"},
      {"nonsense", "--json"},
      {"eval", "--json", "--action", "a:b", "--identity", policy.path()}};
  for (const std::vector<std::string>& call : calls) {
    const ToolRun run = run_tool(call);
    EXPECT_EQ(run.code, 2) << call.front();
    std::istringstream lines(run.err);
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
      ASSERT_TRUE(writ::testing::is_json(line)) << line;
      const rapidjson::Document said = writ::testing::parsed_json(line);
      EXPECT_TRUE(said["message"].IsString()) << line;
      EXPECT_THAT(said["level"].GetString(),
                  ::testing::AnyOf(::testing::StrEq("error"), ::testing::StrEq("note")));
    }
    EXPECT_GT(count, 0) << call.front();
  }
  const ToolRun usage = run_tool({"lint", "--json", "--bad"});
  EXPECT_EQ(usage.err,
            "{\"level\":\"error\",\"message\":\"writ lint: unknown option `--bad`\","
            "\"hint\":\"Try `writ help lint`.\"}\n");
}

TEST(ConsoleTest, NamesOfFilesInErrorsCannotForgeLines) {
  const ToolRun run = run_tool({"lint", "no\n::error::such\x1b[2J"});
  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(run.err.substr(0, run.err.find(": No such")),
            "writ lint: cannot read `no\\n::error::such\\u001b[2J`");
}

}  // namespace
}  // namespace writ::cli
