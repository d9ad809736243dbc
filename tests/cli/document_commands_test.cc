// writ lint, writ fmt and writ dump.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/json_check.h"
#include "cli/run_tool.h"

namespace writ {
namespace {

using ::testing::HasSubstr;
using testing::is_json;
using testing::parsed_json;
using testing::run_tool;
using ::testing::StartsWith;
using testing::TemporaryFile;
using testing::ToolRun;

constexpr std::string_view kClean =
    R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}})";
constexpr std::string_view kNoVersion =
    R"({"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}})";
constexpr std::string_view kRefused =
    "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\"Effect\": \"allow\", \"Action\": "
    "\"s3:*\", "
    "\"Resource\": \"*\"}\n}";

TEST(LintCommandTest, IsSilentAboutACleanPolicy) {
  const ToolRun run = run_tool({"lint", "--strict", "-"}, kClean);
  EXPECT_EQ(run.code, 0) << run.out;
  EXPECT_EQ(run.out, "");
}

TEST(LintCommandTest, PrintsPlaceSeverityCodeAndMessage) {
  const TemporaryFile file(kRefused);
  const ToolRun run = run_tool({"lint", file.path()});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, StartsWith(file.path() + ":3:27: refusal INVALID_EFFECT: "));
}

// Only refusals count, unless --strict is given.
TEST(LintCommandTest, FindingsCountWithStrictOnly) {
  const ToolRun plain = run_tool({"lint", "-"}, kNoVersion);
  EXPECT_EQ(plain.code, 0);
  EXPECT_THAT(plain.out, HasSubstr(" MISSING_VERSION: "));
  EXPECT_EQ(run_tool({"lint", "--strict", "-"}, kNoVersion).code, 1);
}

// D-5: the kind decides what is legal.
TEST(LintCommandTest, ChecksAsTheKindThatIsGiven) {
  EXPECT_EQ(run_tool({"lint", "--kind", "resource", "-"}, kClean).code, 1);
  EXPECT_EQ(run_tool({"lint", "--kind=scp", "-"}, kClean).code, 0);
}

// A-3: checks that need a catalogue are named.
TEST(LintCommandTest, NamesTheChecksThatAreSkipped) {
  const ToolRun run = run_tool({"lint", "-"}, kClean);
  EXPECT_THAT(run.err, HasSubstr("checks need a service catalogue and were skipped"));
  const ToolRun json = run_tool({"lint", "--json", "-"}, kRefused);
  EXPECT_EQ(json.code, 1);
  EXPECT_EQ(json.err, "");
  ASSERT_TRUE(is_json(json.out)) << json.out;
  const rapidjson::Document answer = parsed_json(json.out);
  EXPECT_GT(answer["skippedChecks"].Size(), 0U);
  const auto& finding = answer["files"][0]["findings"][0];
  EXPECT_STREQ(finding["code"].GetString(), "INVALID_EFFECT");
  EXPECT_STREQ(finding["severity"].GetString(), "refusal");
  EXPECT_STREQ(finding["pointer"].GetString(), "/Statement/Effect");
  EXPECT_EQ(finding["line"].GetInt(), 3);
  EXPECT_EQ(finding["column"].GetInt(), 27);
}

TEST(LintCommandTest, FailsOnAFileThatCannotBeReadAndGoesOn) {
  const TemporaryFile file(kRefused);
  const ToolRun run = run_tool({"lint", "/nowhere.json", file.path()});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("cannot read `/nowhere.json`"));
  EXPECT_THAT(run.out, HasSubstr("INVALID_EFFECT"));
}

TEST(FmtCommandTest, IsIdempotentAndKeepsTheMeaning) {
  const ToolRun once = run_tool({"fmt", "-"}, kClean);
  EXPECT_EQ(once.code, 0);
  EXPECT_TRUE(is_json(once.out));
  EXPECT_EQ(once.out.back(), '\n');
  const ToolRun twice = run_tool({"fmt", "-"}, once.out);
  EXPECT_EQ(twice.out, once.out);
  EXPECT_EQ(run_tool({"fmt", "--check", "-"}, once.out).code, 0);
  EXPECT_EQ(run_tool({"dump", "-"}, once.out).code, 0);
}

TEST(FmtCommandTest, ChecksAndRewritesFiles) {
  const TemporaryFile file(kClean);
  const ToolRun check = run_tool({"fmt", "--check", file.path()});
  EXPECT_EQ(check.code, 1);
  EXPECT_EQ(check.out, file.path() + "\n");
  EXPECT_EQ(file.text(), kClean);
  const std::string formatted = run_tool({"fmt", file.path()}).out;
  const ToolRun write = run_tool({"fmt", "--write", file.path()});
  EXPECT_EQ(write.code, 0);
  EXPECT_EQ(write.out, "");
  EXPECT_EQ(file.text(), formatted);
  EXPECT_EQ(run_tool({"fmt", "--check", file.path()}).code, 0);
}

TEST(FmtCommandTest, RefusesWithAPlace) {
  const TemporaryFile file(kRefused);
  const ToolRun run = run_tool({"fmt", "--write", file.path()});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, StartsWith(file.path() + ":3:27: INVALID_EFFECT: "));
  EXPECT_EQ(file.text(), kRefused);
}

TEST(FmtCommandTest, SpeaksJson) {
  const ToolRun run = run_tool({"fmt", "--json", "-"}, kClean);
  ASSERT_TRUE(is_json(run.out));
  const rapidjson::Document answer = parsed_json(run.out);
  EXPECT_TRUE(answer["files"][0]["changed"].GetBool());
  EXPECT_EQ(answer["files"][0]["text"].GetString(), run_tool({"fmt", "-"}, kClean).out);
}

TEST(DumpCommandTest, PrintsTheProgram) {
  const ToolRun run = run_tool({"dump", "-"}, kClean);
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.out, HasSubstr("arn:aws:s3:::b/"));
  const ToolRun json = run_tool({"dump", "--json", "--kind", "boundary", "-"}, kClean);
  ASSERT_TRUE(is_json(json.out));
  EXPECT_STREQ(parsed_json(json.out)["kind"].GetString(), "boundary");
  EXPECT_EQ(parsed_json(json.out)["statements"].GetInt(), 1);
  const ToolRun refused = run_tool({"dump", "-"}, kRefused);
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, StartsWith("<stdin>:3:27: INVALID_EFFECT: "));
  EXPECT_EQ(run_tool({"dump", "/nowhere"}).code, 2);
}

TEST(CompileCommandTest, WritesAnImageThatImageReads) {
  const TemporaryFile policy(kClean);
  const TemporaryFile image("");
  const ToolRun run = run_tool({"compile", "--scp", policy.path(), "--scp", "", "--boundary",
                                policy.path(), "-o", image.path(), "--", policy.path()});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, StartsWith(image.path() + ": 4 sets, "));
  const ToolRun listed = run_tool({"image", image.path()});
  EXPECT_EQ(listed.code, 0) << listed.err;
  EXPECT_THAT(listed.out, HasSubstr("\n  scp 0: scp, 1 documents, 1 statements, "));
  EXPECT_THAT(listed.out, HasSubstr("\n  scp 1: scp, present without policies\n"));
  EXPECT_THAT(listed.out, HasSubstr("\n  identity: identity, 1 documents"));
  EXPECT_EQ(run_tool({"image", "--dump", "identity", image.path()}).out,
            run_tool({"dump", policy.path()}).out);
  const ToolRun json = run_tool({"image", "--json", image.path()});
  ASSERT_TRUE(is_json(json.out));
  EXPECT_EQ(parsed_json(json.out)["sets"].Size(), 4U);
}

TEST(CompileCommandTest, RefusesWithAPlace) {
  const TemporaryFile refused(kRefused);
  const TemporaryFile image("");
  const ToolRun run = run_tool({"compile", refused.path(), "-o", image.path()});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, StartsWith(refused.path() + ":3:27: INVALID_EFFECT: "));
  EXPECT_EQ(run_tool({"compile", "-o", image.path()}).code, 2);
  EXPECT_EQ(run_tool({"compile", refused.path()}).code, 2);
}

TEST(CompileCommandTest, AKindWithoutFilesOfItIsRefused) {
  const TemporaryFile policy(kClean);
  const TemporaryFile image("");
  const ToolRun run =
      run_tool({"compile", "--kind", "scp", "--identity", policy.path(), "-o", image.path()});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("`--kind` is of files without an option, and there are none"));
}

TEST(ImageCommandTest, TellsDamagedFromForeign) {
  const TemporaryFile policy(kClean);
  const TemporaryFile image("");
  ASSERT_EQ(run_tool({"compile", policy.path(), "-o", image.path()}).code, 0);
  std::string bytes = image.text();
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  const TemporaryFile damaged(bytes);
  const ToolRun run = run_tool({"image", damaged.path()});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.err, HasSubstr("IMAGE_CORRUPT"));
  EXPECT_EQ(run_tool({"image", policy.path()}).code, 2);
  EXPECT_EQ(run_tool({"image", "/nowhere"}).code, 2);
}

}  // namespace
}  // namespace writ
