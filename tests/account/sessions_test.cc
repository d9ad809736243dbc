// writ who-can, what-can and can-assume: a role stands for all its sessions, whatever their names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "cli/run_tool.h"
#include "support/temporary_folder.h"

namespace writ {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kApp = "arn:aws:iam::111122223333:role/App";
constexpr std::string_view kAdm = "arn:aws:iam::111122223333:role/Adm";

std::string role(std::string_view name, std::string_view trusted, std::string_view identity = "") {
  const std::string policy =
      R"({"PolicyName":"Own","PolicyDocument":{"Version":"2012-10-17","Statement":)" +
      std::string(identity) + "}}";
  return R"({"RoleName":")" + std::string(name) + R"(","RoleId":"AROA)" + std::string(name) +
         R"(","Arn":"arn:aws:iam::111122223333:role/)" + std::string(name) +
         R"(","RolePolicyList":[)" + (identity.empty() ? "" : policy) +
         R"(],"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":{"Effect":"Allow",)"
         R"("Principal":{"AWS":")" +
         std::string(trusted) + R"("},"Action":"sts:AssumeRole"}}})";
}

// P-2, P-23: Far trusts one session of App. The bucket b allows that session, the bucket c denies
// all but Adm's session boss.
class SessionsTest : public ::testing::Test {
 protected:
  SessionsTest() {
    folder_.write(
        "account.json",
        R"({"UserDetailList":[],"GroupDetailList":[],"Policies":[],"RoleDetailList":[)" +
            role("App", "111122223333",
                 R"({"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*",)"
                 R"("Condition":{"StringLike":{"aws:userid":"*:s1"}}})") +
            "," + role("Adm", "111122223333", R"({"Effect":"Allow","Action":"*","Resource":"*"})") +
            "," + role("Far", "arn:aws:sts::111122223333:assumed-role/App/s1") + "]}");
    folder_.write(
        "resources.json",
        R"({"arn:aws:s3:::b":{"Policy":{"Version":"2012-10-17","Statement":{"Effect":"Allow",)"
        R"("Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/App/s1"},)"
        R"("Action":"s3:*","Resource":"*"}}},)"
        R"("arn:aws:s3:::c":{"Policy":{"Version":"2012-10-17","Statement":{"Effect":"Deny",)"
        R"("NotPrincipal":{"AWS":["111122223333","arn:aws:iam::111122223333:role/Adm",)"
        R"("arn:aws:sts::111122223333:assumed-role/Adm/boss"]},"Action":"s3:*","Resource":"*"}}}})");
  }

  [[nodiscard]] std::string run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin() + 1, {"--account", folder_.path()});
    const testing::ToolRun run = testing::run_tool(arguments);
    return run.out + run.err;
  }

  test::TemporaryFolder folder_;
};

TEST_F(SessionsTest, AllowedForOneSessionIsNotDeniedForCertain) {
  const std::string text = run({"who-can", "s3:GetObject", "arn:aws:s3:::b/k"});
  EXPECT_THAT(text, HasSubstr("1 allowed, 1 depends, 1 denied"));
  EXPECT_THAT(text, HasSubstr("    on (session name)\n    " + std::string(kApp) + "\n"));
}

TEST_F(SessionsTest, DeniedForAllButOneSessionIsNotDeniedForCertain) {
  const std::string text = run({"who-can", "s3:GetObject", "arn:aws:s3:::c/k"});
  EXPECT_THAT(text, HasSubstr("0 allowed, 1 depends, 2 denied"));
  EXPECT_THAT(text, HasSubstr("    on (session name)\n    " + std::string(kAdm) + "\n"));
}

TEST_F(SessionsTest, ASessionThatIsAskedForHasItsName) {
  const std::string s1 = "arn:aws:sts::111122223333:assumed-role/App/s1";
  const std::string s2 = "arn:aws:sts::111122223333:assumed-role/App/s2";
  const auto may = [this](const std::string& principal, const std::string& action,
                          const std::string& resource) {
    return run({"what-can", principal, "--action", action, "--resource", resource});
  };
  EXPECT_THAT(may(s1, "s3:GetObject", "arn:aws:s3:::b/k"), HasSubstr("1 allowed, 0 depends"));
  EXPECT_THAT(may(s2, "s3:GetObject", "arn:aws:s3:::b/k"), HasSubstr("0 allowed, 0 depends"));
  const std::string queue = "arn:aws:sqs:eu-west-1:111122223333:q";
  EXPECT_THAT(may(s1, "sqs:SendMessage", queue), HasSubstr("1 allowed, 0 depends"));
  EXPECT_THAT(may(s2, "sqs:SendMessage", queue), HasSubstr("0 allowed, 0 depends"));
}

// `--complete` says that keys are absent which are not given, and no session lacks this one.
TEST_F(SessionsTest, TheIdOfASessionIsNeverKnownOfARole) {
  const std::string queue = "arn:aws:sqs:eu-west-1:111122223333:q";
  for (const bool complete : {false, true}) {
    std::vector<std::string> arguments = {"who-can", "sqs:SendMessage", queue};
    if (complete) arguments.emplace_back("--complete");
    EXPECT_THAT(run(arguments),
                HasSubstr("    on (session name), aws:userid\n    " + std::string(kApp) + "\n"));
  }
  EXPECT_THAT(run({"who-can", "sqs:SendMessage", queue, "--context", "aws:userid=AROAApp:s1"}),
              HasSubstr("2 allowed, 0 depends, 1 denied"));
}

TEST_F(SessionsTest, ARoleThatTrustsOneSessionMayBeReached) {
  const std::string text = run({"can-assume", "--from", std::string(kApp)});
  EXPECT_THAT(text, HasSubstr("depends arn:aws:iam::111122223333:role/Far on (session name)\n"));
}

// M-22.
TEST_F(SessionsTest, TheResourceStarIsToldToBeNoPattern) {
  EXPECT_THAT(run({"who-can", "s3:GetObject", "*"}),
              HasSubstr("`*` stands for calls that have no resource, not for any resource"));
  EXPECT_THAT(run({"who-can", "s3:GetObject", "arn:aws:s3:::b/k"}), Not(HasSubstr("`*`")));
}

}  // namespace
}  // namespace writ
