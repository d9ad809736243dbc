// The tool as a whole: help, version, unknown words, exit codes that all commands share.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "cli/json_check.h"
#include "cli/run_tool.h"
#include "writ/config.h"

namespace writ {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using testing::is_json;
using testing::run_tool;
using ::testing::StartsWith;
using testing::ToolRun;

const std::vector<std::string> kCommands = {
    "eval",         "explain",    "check", "mutate",  "simulate", "simulate-principal",
    "portal",       "lint",       "fmt",   "dump",    "graph",    "compile",
    "image",        "completion", "man",   "who-can", "what-can", "can-assume",
    "context-keys", "replay",     "report"};

TEST(ToolTest, HelpNamesEveryCommand) {
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"help"}, {"--help"}, {"-h"}}) {
    const ToolRun run = run_tool(arguments);
    EXPECT_EQ(run.code, 0);
    EXPECT_EQ(run.err, "");
    for (const std::string& command : kCommands) EXPECT_THAT(run.out, HasSubstr("\n  " + command));
    EXPECT_THAT(run.out, HasSubstr("Exit codes"));
  }
}

TEST(ToolTest, EveryCommandHasHelp) {
  for (const std::string& command : kCommands) {
    const ToolRun run = run_tool({"help", command});
    EXPECT_EQ(run.code, 0);
    EXPECT_THAT(run.out, StartsWith("writ " + command + ": "));
    EXPECT_THAT(run.out, HasSubstr("Usage: writ " + command));
    EXPECT_THAT(run.out, HasSubstr("--json"));
    EXPECT_THAT(run.out, HasSubstr("Exit codes: 0 "));
    EXPECT_EQ(run_tool({command, "--help"}).out, run.out);
    EXPECT_EQ(run_tool({command, "-h"}).out, run.out);
    std::istringstream lines(run.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  }
}

TEST(ToolTest, TheDocumentationListsEveryCommand) {
  std::ifstream file(std::string(WRIT_SOURCE_DIR) + "/docs/command-line.md");
  std::ostringstream page;
  page << file.rdbuf();
  for (const std::string& command : kCommands) {
    EXPECT_THAT(page.str(), ContainsRegex("\n\\| `writ " + command + "[` ]"));
  }
}

TEST(ToolTest, HelpAndVersionSpeakJson) {
  const std::string version = std::to_string(WRIT_VERSION_MAJOR) + "." +
                              std::to_string(WRIT_VERSION_MINOR) + "." +
                              std::to_string(WRIT_VERSION_PATCH);
  EXPECT_EQ(run_tool({"--version"}).out, "writ " + version + "\n");
  EXPECT_EQ(run_tool({"--version", "--json"}).out, "{\"version\":\"" + version + "\"}\n");
  const ToolRun help = run_tool({"help", "--json"});
  ASSERT_TRUE(is_json(help.out));
  EXPECT_EQ(testing::parsed_json(help.out)["commands"].Size(), kCommands.size());
  EXPECT_TRUE(is_json(run_tool({"help", "check", "--json"}).out));
  EXPECT_EQ(run_tool({"--json", "check", "-"}).out, run_tool({"check", "--json", "-"}).out);
}

TEST(ToolTest, BadUsageExitsWithTwoAndAHint) {
  const auto expect_problem = [](const std::vector<std::string>& arguments,
                                 std::string_view problem) {
    const ToolRun run = run_tool(arguments);
    EXPECT_EQ(run.code, 2);
    EXPECT_EQ(run.out, "");
    EXPECT_THAT(run.err, HasSubstr(problem));
    EXPECT_THAT(run.err, HasSubstr("Try `writ help"));
  };
  expect_problem({}, "a command is missing");
  expect_problem({"chekc"}, "unknown command `chekc`; did you mean `check`?");
  expect_problem({"help", "evil"}, "unknown command `evil`; did you mean `eval`?");
  expect_problem({"help", "eval", "check"}, "unexpected argument `check`");
  expect_problem({"--verbose"}, "unknown option `--verbose`");
  expect_problem({"--version", "now"}, "unexpected argument `now`");
  for (const std::string& command : kCommands) {
    expect_problem({command, "--nonsense"}, "writ " + command + ": unknown option `--nonsense`");
    expect_problem({command, "--jsn"}, "did you mean `--json`?");
    // Without an operand `man` prints the overview.
    if (command != "man") expect_problem({command}, "missing");
  }
  expect_problem({"lint", "--kind", "user", "-"}, "unknown kind `user`");
  expect_problem({"dump", "--kind", "user", "-"}, "unknown kind `user`");
  expect_problem({"fmt", "--kind", "user", "-"}, "unknown kind `user`");
  expect_problem({"fmt", "--check", "--write", "-"}, "choose one of");
}

TEST(ToolTest, ColoursOnlyOnATerminal) {
  const ToolRun run = run_tool({"check", "-"});
  EXPECT_EQ(run.out.find('\033'), std::string::npos);
  EXPECT_EQ(run.err.find('\033'), std::string::npos);
}

TEST(ManCommandTest, PrintsPages) {
  const ToolRun overview = run_tool({"man"});
  EXPECT_EQ(overview.code, 0);
  EXPECT_THAT(overview.out, StartsWith(".TH WRIT 1 "));
  EXPECT_THAT(run_tool({"man", "eval"}).out, StartsWith(".TH WRIT\\-EVAL 1 "));
  EXPECT_TRUE(is_json(run_tool({"man", "eval", "--json"}).out));
  EXPECT_EQ(run_tool({"man", "evil"}).code, 2);
  EXPECT_EQ(run_tool({"man", "eval", "-o", "/tmp"}).code, 2);
  EXPECT_THAT(run_tool({"man", "-o", "/nowhere"}).err, HasSubstr("cannot write `/nowhere/writ.1`"));
}

TEST(CompletionCommandTest, PrintsScripts) {
  EXPECT_THAT(run_tool({"completion", "bash"}).out, HasSubstr("complete -o bashdefault"));
  EXPECT_THAT(run_tool({"completion", "zsh"}).out, StartsWith("#compdef writ\n"));
  EXPECT_THAT(run_tool({"completion", "fish"}).out, HasSubstr("complete -c writ "));
  EXPECT_TRUE(is_json(run_tool({"completion", "fish", "--json"}).out));
  EXPECT_THAT(run_tool({"completion", "csh"}).err, HasSubstr("shells are bash, zsh, fish"));
  EXPECT_EQ(run_tool({"completion", "bash", "-o", "/nowhere/writ"}).code, 2);
}

}  // namespace
}  // namespace writ
