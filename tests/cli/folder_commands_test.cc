// Policy folders from the command line, and what lint writes for machines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "cli/json_check.h"
#include "cli/run_tool.h"
#include "support/temporary_folder.h"

namespace writ::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kAll =
    R"({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})";
constexpr std::string_view kDeny =
    R"({"Statement": {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}})";

class FolderTest : public ::testing::Test {
 protected:
  ToolRun ask(const char* command, const std::string& action, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {
        command,      "--principal", "arn:aws:iam::111122223333:user/A", "--action", action,
        "--policies", folder_.path()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_tool(arguments);
  }
  test::TemporaryFolder folder_;
};

TEST_F(FolderTest, AQuestionTakesThePoliciesOfAFolder) {
  folder_.write("identity/all.json", kAll);
  folder_.write("scp/0/all.json", kAll);
  const std::string guard = folder_.write("scp/1/deny.json", kDeny);
  folder_.write("scp/1/all.json", kAll);
  EXPECT_EQ(ask("eval", "s3:GetObject").code, 0);
  const ToolRun denied = ask("eval", "s3:DeleteObject");
  EXPECT_EQ(denied.code, 1);
  EXPECT_THAT(denied.out, HasSubstr("explicitDeny: "));
  EXPECT_THAT(denied.out, HasSubstr(" at " + guard + ":1:15"));
  EXPECT_THAT(ask("explain", "s3:DeleteObject").out, HasSubstr("scp level 1"));
  // E-1: a layer that is there without policies allows nothing.
  std::filesystem::create_directories(folder_.path("boundary"));
  EXPECT_THAT(ask("eval", "s3:GetObject").out, HasSubstr("(E-45)"));
}

TEST_F(FolderTest, ATrustPolicyIsAskedOfARoleOnly) {
  folder_.write("identity/all.json", kAll);
  folder_.write("trust/role.json", R"({"Statement": {"Effect": "Deny", "Action": "*",
      "Principal": "*"}})");
  EXPECT_EQ(ask("eval", "s3:GetObject").code, 0);
  EXPECT_THAT(ask("eval", "sts:AssumeRole", {"--resource", "arn:aws:iam::111122223333:role/R"}).out,
              HasSubstr("explicitDeny"));
}

TEST_F(FolderTest, MistakesOfAQuestionsFolderAreTold) {
  folder_.write("identity/all.json", kAll);
  const ToolRun both = ask("eval", "s3:GetObject", {"--scp", folder_.path("identity/all.json")});
  EXPECT_EQ(both.code, 2);
  EXPECT_THAT(both.err, HasSubstr("`--policies` holds all policies; leave `--scp` out"));
  folder_.write("boundry/b.json", kAll);
  const ToolRun stray = ask("eval", "s3:GetObject");
  EXPECT_EQ(stray.code, 2);
  EXPECT_THAT(stray.err, HasSubstr("did you mean `boundary`?"));
}

TEST_F(FolderTest, LintTakesTheKindsOfAFolderFromItsPlaces) {
  folder_.write("identity/all.json", kAll);
  folder_.write("resource/r.json", R"({"Statement": {"Effect": "Allow", "Principal": "*",
      "Action": "s3:GetObject", "Resource": "*"}})");
  EXPECT_EQ(run_tool({"lint", folder_.path()}).code, 0);
  const std::string bad = folder_.write("identity/bad.json", R"({"Statement": {"Effect": "Allow",
      "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}})");
  const ToolRun run = run_tool({"lint", folder_.path()});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, HasSubstr(bad + ":"));
  const ToolRun kind = run_tool({"lint", "--kind", "scp", folder_.path()});
  EXPECT_EQ(kind.code, 2);
  EXPECT_THAT(kind.err, HasSubstr("`--kind` is of files"));
}

TEST_F(FolderTest, LintWritesSarifAndAnnotations) {
  const std::string policy = folder_.write("a,b.json", R"({"Statement": [{"Effect": "Allow",
      "Action": "*", "Resource": "*"}, {"Effect": "allow"}]})");
  const std::string report = folder_.path("report.sarif");
  const ToolRun run = run_tool({"lint", policy, "--sarif", report});
  EXPECT_EQ(run.code, 1);
  const rapidjson::Document sarif = parsed_json(folder_.text("report.sarif"));
  ASSERT_FALSE(sarif.HasParseError());
  const auto& results = sarif["runs"][0]["results"];
  const auto found = std::find_if(
      results.Begin(), results.End(),
      [](const rapidjson::Value& result) { return result["ruleId"] == "INVALID_EFFECT"; });
  ASSERT_NE(found, results.End()) << folder_.text("report.sarif");
  EXPECT_STREQ((*found)["level"].GetString(), "error");
  EXPECT_EQ((*found)["locations"][0]["physicalLocation"]["region"]["startLine"].GetInt(), 2);
  const ToolRun annotated = run_tool({"lint", policy, "--annotations", "github"});
  EXPECT_THAT(annotated.out, HasSubstr("::error file="));
  EXPECT_THAT(annotated.out, HasSubstr("a%2Cb.json,line=2,col="));
  EXPECT_THAT(annotated.out, HasSubstr(",title=INVALID_EFFECT::"));
  const std::string open = folder_.write("open.json", R"({"Statement": {"Effect": "Allow",
      "Action": "*", "Resource": "*"}})");
  EXPECT_THAT(run_tool({"lint", open, "--annotations", "github"}).out, Not(HasSubstr("::error")));
  // One thing on standard output.
  const ToolRun alone = run_tool({"lint", policy, "--sarif", "-", "--annotations", "github"});
  EXPECT_TRUE(is_json(alone.out)) << alone.out;
  EXPECT_THAT(alone.err, HasSubstr("::error file="));
  EXPECT_EQ(run_tool({"lint", policy, "--annotations", "gitlab"}).code, 2);
}

}  // namespace
}  // namespace writ::testing
