// writ can-assume and writ context-keys.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "cli/run_tool.h"
#include "support/temporary_folder.h"

namespace writ {
namespace {

using ::testing::HasSubstr;

// Alice may assume A, A may assume B with an external id; EC2 and another account are trusted, too.
constexpr std::string_view kExport = R"({
"UserDetailList": [{"UserName": "Alice", "UserId": "AIDA1", "Arn": "arn:aws:iam::111122223333:user/Alice",
  "UserPolicyList": [{"PolicyName": "Own", "PolicyDocument": {"Statement": {"Effect": "Allow",
    "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::111122223333:role/A"}}}]}],
"RoleDetailList": [
  {"RoleName": "A", "Arn": "arn:aws:iam::111122223333:role/A", "AssumeRolePolicyDocument": {"Statement": {
    "Effect": "Allow", "Principal": {"AWS": "111122223333", "Service": "ec2.amazonaws.com"},
    "Action": "sts:AssumeRole"}}},
  {"RoleName": "B", "Arn": "arn:aws:iam::111122223333:role/B", "AssumeRolePolicyDocument": {"Statement": {
    "Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111122223333:role/A", "444455556666"]},
    "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "42"}}}}}]
})";

class CanAssumeTest : public ::testing::Test {
 protected:
  CanAssumeTest() { folder_.write("account.json", kExport); }

  [[nodiscard]] testing::ToolRun run(std::vector<std::string> options) const {
    options.insert(options.begin(), {"can-assume", "--account", folder_.path()});
    return testing::run_tool(options);
  }

  test::TemporaryFolder folder_;
};

TEST_F(CanAssumeTest, FollowsRolesFromOneToTheNext) {
  const testing::ToolRun open = run({"--from", "arn:aws:iam::111122223333:user/Alice"});
  EXPECT_EQ(open.code, 0) << open.err;
  EXPECT_THAT(open.out, HasSubstr("allowed arn:aws:iam::111122223333:role/A\n"));
  EXPECT_THAT(open.out, HasSubstr("depends arn:aws:iam::111122223333:role/B via "
                                  "arn:aws:iam::111122223333:role/A on sts:ExternalId\n"));
  const testing::ToolRun given =
      run({"--context", "sts:ExternalId=42", "--to", "arn:aws:iam::111122223333:role/B"});
  EXPECT_THAT(given.out, HasSubstr("allowed arn:aws:iam::111122223333:role/B via"));
  const testing::ToolRun complete = run({"--complete", "--to", "arn:aws:iam::111122223333:role/B"});
  EXPECT_EQ(complete.code, 1) << complete.out;
  EXPECT_EQ(run({"--to", "arn:aws:iam::111122223333:role/C"}).code, 2);
}

// P-31, E-81: a trust policy may name a user by its unique id or by its account.
TEST_F(CanAssumeTest, FindsPrincipalsWhomTrustPoliciesDoNotNameByArn) {
  folder_.write("account.json", R"({
"UserDetailList": [{"UserName": "Alice", "UserId": "AIDA1", "Arn": "arn:aws:iam::111122223333:user/Alice",
  "UserPolicyList": [{"PolicyName": "Own", "PolicyDocument": {"Statement": {"Effect": "Allow",
    "Action": "sts:AssumeRole", "Resource": "*"}}}]}],
"RoleDetailList": [
  {"RoleName": "ById", "Arn": "arn:aws:iam::111122223333:role/ById", "AssumeRolePolicyDocument": {"Statement": {
    "Effect": "Allow", "Principal": {"AWS": "AIDA1"}, "Action": "sts:AssumeRole"}}},
  {"RoleName": "ByRoot", "Arn": "arn:aws:iam::111122223333:role/ByRoot", "AssumeRolePolicyDocument": {"Statement": {
    "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}}},
  {"RoleName": "ByArn", "Arn": "arn:aws:iam::111122223333:role/ByArn", "AssumeRolePolicyDocument": {"Statement": {
    "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/Alice"}, "Action": "sts:AssumeRole"}}},
  {"RoleName": "ByAll", "Arn": "arn:aws:iam::111122223333:role/ByAll", "AssumeRolePolicyDocument": {"Statement": {
    "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}},
  {"RoleName": "Other", "Arn": "arn:aws:iam::111122223333:role/Other", "AssumeRolePolicyDocument": {"Statement": {
    "Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"}}}]
})");
  const testing::ToolRun run = this->run({"--from", "arn:aws:iam::111122223333:user/Alice"});
  EXPECT_EQ(run.out,
            "arn:aws:iam::111122223333:user/Alice\n"
            "  allowed arn:aws:iam::111122223333:role/ById\n"
            "  allowed arn:aws:iam::111122223333:role/ByRoot\n"
            "  allowed arn:aws:iam::111122223333:role/ByArn\n"
            "  allowed arn:aws:iam::111122223333:role/ByAll\n");
}

TEST_F(CanAssumeTest, KnowsWhomTrustPoliciesName) {
  const testing::ToolRun all = run({});
  EXPECT_THAT(all.out, HasSubstr("ec2.amazonaws.com\n  allowed arn:aws:iam::111122223333:role/A"));
  EXPECT_THAT(all.out, HasSubstr("444455556666\n  depends arn:aws:iam::111122223333:role/B on "
                                 "(policies of the other account), sts:ExternalId"));
}

TEST_F(CanAssumeTest, DotDrawsTheGraph) {
  const testing::ToolRun dot = run({"--dot"});
  EXPECT_EQ(dot.code, 0);
  EXPECT_THAT(dot.out, HasSubstr("style=dashed, label=\"sts:ExternalId\""));
  if (std::system("command -v dot >/dev/null 2>&1") != 0) GTEST_SKIP() << "needs graphviz";
  folder_.write("graph.dot", dot.out);
  const std::string command = "dot -Tsvg -o /dev/null '" + folder_.path("graph.dot") + "' 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0) << dot.out;
}

TEST(ContextKeysTest, ListsKeysOfConditionsAndVariables) {
  const testing::ToolRun run = testing::run_tool(
      {"context-keys", "-"},
      R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*",
      "Resource": "arn:aws:s3:::b/${aws:username}/${s3:prefix, 'x'}",
      "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}})");
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out,
            "{\n  \"ContextKeyNames\": [\n    \"aws:SourceIp\",\n    \"aws:username\"\n  ]\n}\n");
  const testing::ToolRun bad = testing::run_tool({"context-keys", "-"}, "{}");
  EXPECT_EQ(bad.code, 2);
  EXPECT_THAT(bad.err, HasSubstr("MISSING_STATEMENT"));
}

}  // namespace
}  // namespace writ
