#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cli/graphviz.h"
#include "cli/json_check.h"
#include "cli/run_tool.h"

namespace writ {
namespace {

using ::testing::HasSubstr;
using testing::parsed_json;
using testing::run_tool;
using ::testing::StartsWith;
using testing::TemporaryFile;
using testing::ToolRun;

bool has_graphviz() { return cli::draw_svg("digraph {}").has_value(); }

TEST(GraphCommandTest, PrintsTheGraphItself) {
  const TemporaryFile policy(R"({"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}})");
  const ToolRun run = run_tool({"graph", policy.path(), "--dot"});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.err, "");
  EXPECT_THAT(run.out, StartsWith("digraph writ {\n"));
  const ToolRun json = run_tool({"graph", policy.path(), "--dot", "--json"});
  const auto object = parsed_json(json.out);
  EXPECT_EQ(std::string(object["picture"].GetString()), run.out);
  EXPECT_EQ(object["drawn"].GetInt(), 1);
}

TEST(GraphCommandTest, DrawsThroughGraphviz) {
  if (!has_graphviz()) GTEST_SKIP() << "Graphviz is not installed";
  const TemporaryFile policy(
      R"({"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::<svg>&lt;"}]})");
  const TemporaryFile svg("");
  const ToolRun run = run_tool({"graph", policy.path(), "-o", svg.path()});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(svg.text(), HasSubstr("<svg "));
  EXPECT_THAT(svg.text(), HasSubstr("arn:aws:s3:::&lt;svg&gt;&amp;lt;"));
}

TEST(GraphCommandTest, TellsOfStatementsLeftOut) {
  const TemporaryFile policy(R"({"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},)"
                             R"({"Effect":"Deny","Action":"s3:*","Resource":"*"}]})");
  const ToolRun run = run_tool({"graph", policy.path(), "--dot", "--statements", "1"});
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.err, HasSubstr("drew 1 of 2 statements"));
  for (const char* word : {"0", "-1", "x", "1x", "99999999999"}) {
    const ToolRun bad =
        run_tool({"graph", policy.path(), "--dot", std::string("--statements=") + word});
    EXPECT_EQ(bad.code, 2) << word;
    EXPECT_THAT(bad.err, HasSubstr("write a number from 1 to 4294967295"));
  }
}

TEST(GraphCommandTest, RefusesWhatIsNoPolicy) {
  const TemporaryFile policy("{}");
  EXPECT_EQ(run_tool({"graph", policy.path(), "--dot"}).code, 2);
  EXPECT_EQ(run_tool({"graph", "/nowhere.json", "--dot"}).code, 2);
  EXPECT_EQ(run_tool({"graph", "--dot"}).code, 2);
}

TEST(GraphvizTest, SaysWhatIsWrongWithTheProgram) {
  const Result<std::string, cli::Problem> missing = cli::draw_svg("digraph {}", 5, "no-such-dot");
  ASSERT_FALSE(missing.has_value());
  EXPECT_THAT(missing.error().text, HasSubstr("`no-such-dot` is not installed: install Graphviz"));
  const Result<std::string, cli::Problem> failing = cli::draw_svg("digraph {}", 5, "false");
  ASSERT_FALSE(failing.has_value());
  EXPECT_THAT(failing.error().text, HasSubstr("`false` failed"));
}

TEST(GraphvizTest, EndsAProgramThatTakesTooLong) {
  const TemporaryFile script("#!/bin/sh\nexec sleep 60\n");
  chmod(script.path().c_str(), 0700);
  const Result<std::string, cli::Problem> slow =
      cli::draw_svg("digraph {}", 0, script.path().c_str());
  ASSERT_FALSE(slow.has_value());
  EXPECT_THAT(slow.error().text, HasSubstr("takes longer than 0 s"));
}

}  // namespace
}  // namespace writ
