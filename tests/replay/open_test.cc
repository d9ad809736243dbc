// writ replay: what the log leaves open of the question itself, which action, which resource, which
// of several requests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "replay/replay_case.h"

namespace writ {
namespace {

using test::call;
using test::event;
using test::kAll;
using test::policy;
using test::ReplayTest;
using test::run_tool;
using test::statement;
using test::ToolRun;
using ::testing::HasSubstr;
using ::testing::Not;

// Which of the objects are versions the event does not tell, nor which objects they are.
TEST_F(ReplayTest, DeletingManyObjectsHangsOnWhatTheLogDoesNotTell) {
  const std::string asked = call("s3", "DeleteObjects", R"({"bucketName":"b","delete":""})");
  const std::string both = policy({statement("Allow", "s3:DeleteObject*", "*")});
  const std::string neither = policy({statement("Allow", "s3:GetObject", "*")});
  EXPECT_THAT(replay(both, both, asked).out, HasSubstr("1 still allowed"));
  EXPECT_THAT(replay(both, neither, asked).out, HasSubstr("would be denied: 1"));
  EXPECT_THAT(replay(both, policy({statement("Allow", "s3:DeleteObject", "*")}), asked).out,
              HasSubstr("depends on: ACTION\n"));
  EXPECT_THAT(
      replay(both, policy({statement("Allow", "s3:DeleteObject*", "arn:aws:s3:::b/x*")}), asked)
          .out,
      HasSubstr("depends on: RESOURCE\n"));
}

// An alias is not what policies match: the key is, and where the log does not tell it, it is open.
TEST_F(ReplayTest, AKeyThatIsNamedByItsAliasIsItself) {
  const std::string key = "arn:aws:kms:eu-west-1:123456789012:key/1";
  const std::string alias = R"({"keyId":"arn:aws:kms:eu-west-1:123456789012:alias/a"})";
  const std::string after =
      policy({statement("Allow", "kms:*", "*"), statement("Deny", "kms:Encrypt", key, "", "D")});
  EXPECT_THAT(
      replay(kAll, after, call("kms", "Encrypt", alias, R"(,"resources":[{"ARN":")" + key + "\"}]"))
          .out,
      HasSubstr("would be denied: 1"));
  EXPECT_THAT(replay(kAll, after, call("kms", "Encrypt", alias)).out,
              HasSubstr("depends on: RESOURCE\n"));
}

// Of several requests of one call one may have been refused, the others not (D-6).
TEST_F(ReplayTest, ARefusedCallOfSeveralRequestsDoesNotTellWhich) {
  const std::string key = R"("arn:aws:kms:eu-west-1:123456789012:key/1")";
  const std::string asked =
      call("kms", "ReEncrypt", R"({"sourceKeyId":)" + key + R"(,"destinationKeyId":)" + key + "}",
           R"(,"errorCode":"AccessDenied")");
  const std::string before = policy({statement("Allow", "kms:ReEncryptFrom", "*")});
  const ToolRun run = replay(before, policy({statement("Deny", "kms:*", "*")}), asked);
  EXPECT_THAT(run.out, HasSubstr("would be denied: 1"));
  EXPECT_THAT(run.out, Not(HasSubstr("came out otherwise")));
}

TEST_F(ReplayTest, AnAddressBehindAnEndpointIsTheVpcs) {
  const std::string after =
      policy({statement("Allow", "s3:*", "*", R"({"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}})")});
  EXPECT_THAT(replay(kAll, after, event("GetObject", R"(,"vpcEndpointId":"vpce-1")")).out,
              HasSubstr("would be denied: 1"));
}

TEST_F(ReplayTest, AnActionThatIsInNoCatalogueIsNotAskedAbout) {
  const std::string catalogue =
      folder_.write("catalogue", R"({"service":"s3","actions":["getobject"]})");
  const ToolRun run =
      replay(kAll, policy({statement("Deny", "*", "*")}),
             event("GetObject") + call("ec2", "Frobnicate", "{}"), {"--catalogue", catalogue});
  EXPECT_THAT(run.out, HasSubstr("would be denied: 1"));
  EXPECT_THAT(run.out, HasSubstr("not asked: 1 (eventSource and eventName give no action)"));
}

std::string account_of_alice(std::string_view trust, std::string_view tags = "[]") {
  return R"({"UserDetailList":[{"UserName":"Alice","UserId":"AIDAX",)"
         R"("Arn":"arn:aws:iam::123456789012:user/Alice","GroupList":[],"UserPolicyList":[)"
         R"({"PolicyName":"Own","PolicyDocument":)" +
         std::string(kAll) +
         R"(}]}],"GroupDetailList":[],"RoleDetailList":[{"RoleName":"R","RoleId":"AROAR",)"
         R"("Arn":"arn:aws:iam::123456789012:role/R","Tags":)" +
         std::string(tags) + R"(,"RolePolicyList":[{"PolicyName":"Own","PolicyDocument":)" +
         policy({statement("Allow", "s3:*", "*",
                           R"({"StringEquals":{"aws:PrincipalTag/team":"a"}})")}) +
         R"(}],"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":{"Effect":"Allow",)"
         R"("Principal":{"AWS":"arn:aws:iam::123456789012:user/Alice"},"Action":)" +
         std::string(trust) + R"(}}}],"Policies":[]})";
}

class AccountReplayTest : public ReplayTest {
 protected:
  ToolRun replay_account(const std::string& before, const std::string& after,
                         const std::string& events) {
    folder_.write("a/account.json", before);
    folder_.write("b/account.json", after);
    return run_tool({"replay", "--old", folder_.path("a"), "--new", folder_.path("b"),
                     folder_.write("events", events)});
  }
};

// Tags and a source identity of a session need permissions of their own.
TEST_F(AccountReplayTest, WhatASessionIsGivenHasToBeAllowed) {
  const std::string before =
      account_of_alice(R"(["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"])");
  const std::string after = account_of_alice(R"("sts:AssumeRole")");
  const auto assume = [](std::string_view more) {
    return call("sts", "AssumeRole",
                R"({"roleArn":"arn:aws:iam::123456789012:role/R","roleSessionName":"s")" +
                    std::string(more) + "}");
  };
  EXPECT_THAT(replay_account(before, after, assume("")).out, HasSubstr("1 still allowed"));
  EXPECT_THAT(replay_account(before, after, assume(R"(,"tags":[{"key":"team","value":"a"}])")).out,
              HasSubstr("sts:TagSession"));
  EXPECT_THAT(replay_account(before, after, assume(R"(,"sourceIdentity":"alice")")).out,
              HasSubstr("sts:SetSourceIdentity"));
}

// A session's tags take the place of its role's, and no event tells them.
TEST_F(AccountReplayTest, TagsOfSessionsAreUnknown) {
  const std::string before =
      account_of_alice(R"("sts:AssumeRole")", R"([{"Key":"team","Value":"a"}])");
  std::string after = before;
  after.replace(after.find("aws:PrincipalTag/team\":\"a"), 25, "aws:PrincipalTag/team\":\"b");
  std::string asked = event("GetObject");
  asked.replace(asked.find("IAMUser"), 7, "AssumedRole");
  asked.replace(asked.find("iam::123456789012:user/Alice"), 28,
                "sts::123456789012:assumed-role/R/s");
  EXPECT_THAT(replay_account(before, after, asked).out,
              HasSubstr("depends on: aws:PrincipalTag/team\n"));
}

// A key that the log does not name may be one whose policy the change alters.
TEST_F(AccountReplayTest, AResourceThatIsNotNamedMayHaveAPolicyOfItsOwn) {
  const auto resources = [](std::string_view effect) {
    return R"({"arn:aws:kms:eu-west-1:123456789012:key/1":{"Policy":{"Version":"2012-10-17",)"
           R"("Statement":{"Effect":")" +
           std::string(effect) + R"(","Principal":"*","Action":"kms:*","Resource":"*"}}}})";
  };
  folder_.write("a/resources.json", resources("Allow"));
  folder_.write("b/resources.json", resources("Deny"));
  const std::string account = account_of_alice(R"("sts:AssumeRole")");
  EXPECT_THAT(
      replay_account(account, account, call("kms", "Encrypt", R"({"keyId":"alias/a"})")).out,
      HasSubstr("depends on: RESOURCE\n"));
}

}  // namespace
}  // namespace writ
