// What applies to a caller of an account beyond its own user or role: unique ids, issuers of
// federated users, resources above the one asked for, partitions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "writ/account.h"

namespace writ {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kExport = R"({
  "UserDetailList": [{
    "UserName": "Alice", "UserId": "AIDAALICE", "Arn": "arn:aws:iam::111122223333:user/Alice",
    "UserPolicyList": [{"PolicyName": "Own", "PolicyDocument": {"Statement": [
      {"Effect": "Allow", "Action": "*", "Resource": "*"},
      {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}}]}],
  "RoleDetailList": [{
    "RoleName": "Deploy", "RoleId": "AROADEPLOY", "Arn": "arn:aws:iam::111122223333:role/ci/Deploy",
    "AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow",
      "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}},
    "RolePolicyList": [{"PolicyName": "All", "PolicyDocument": {"Statement":
      {"Effect": "Allow", "Action": "*", "Resource": "*"}}}]}]})";

constexpr std::string_view kSession = "arn:aws:sts::111122223333:assumed-role/Deploy/alice";
constexpr std::string_view kBob = "arn:aws:sts::111122223333:federated-user/bob";
constexpr std::string_view kAlice = "arn:aws:iam::111122223333:user/Alice";

Result<Account, AccountErrors> load(std::string_view resources) {
  AccountFiles files{{{"account.json", kExport}}, {}, {}};
  if (!resources.empty()) files.resources = {"resources.json", resources};
  return Account::load(files);
}

Decision ask(const Account& account, const Caller& caller, std::string_view resource,
             const PolicySet* session = nullptr, const AccountPolicy** decided_by = nullptr) {
  const AccountPrincipal* principal = account.find_principal(caller.id());
  RequestBuilder builder(caller, "s3:GetObject", resource);
  const std::vector<AccountKey> keys = account.set_keys(builder, caller, principal, resource);
  const Result<Request> request = builder.build();
  AccountPolicies policies = account.policies(principal, *request);
  if (session != nullptr) policies.applied.session = PolicyLayer(std::span(session, 1));
  const Decision decision = evaluate(*request, policies.applied);
  if (decided_by != nullptr) *decided_by = policies.find(decision.statement);
  return decision;
}

std::string bucket_policy(std::string_view statement) {
  return R"({"arn:aws:s3:::b": {"Account": "111122223333", "Policy": {"Statement": )" +
         std::string(statement) + "}}}";
}

std::string user_id(const Account& account, const Caller& caller) {
  const AccountPrincipal* principal = account.find_principal(caller.id());
  for (const AccountKey& key : account.known_keys(caller, principal, "*")) {
    if (key.key.name() == "aws:userid") return std::string(key.value);
  }
  return "-";
}

TEST(AccountAppliesTest, UniqueIdOfARoleDenies) {
  for (const std::string_view statement :
       {R"({"Effect": "Deny", "Principal": {"AWS": "AROADEPLOY"}, "Action": "*",
            "Resource": "arn:aws:s3:::b/*"})",
        R"({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "arn:aws:s3:::b/*",
            "Condition": {"StringLike": {"aws:userid": "AROADEPLOY:*"}}})"}) {
    const Result<Account, AccountErrors> account = load(bucket_policy(statement));
    ASSERT_TRUE(account) << account.error().front().to_string();
    for (const std::string_view arn :
         {kSession, std::string_view("arn:aws:iam::111122223333:role/ci/Deploy")}) {
      EXPECT_EQ(ask(*account, *account->caller(arn), "arn:aws:s3:::b/k").outcome,
                Outcome::ExplicitDeny)
          << arn << ' ' << statement;
    }
  }
}

TEST(AccountAppliesTest, KnowsUserIds) {
  const Result<Account, AccountErrors> account = load("");
  ASSERT_TRUE(account);
  EXPECT_EQ(user_id(*account, *account->caller(kSession)), "AROADEPLOY:alice");
  EXPECT_EQ(user_id(*account, *account->caller("arn:aws:iam::111122223333:role/ci/Deploy")),
            "AROADEPLOY:");
  EXPECT_EQ(user_id(*account, *account->caller(kBob)), "111122223333:bob");
  EXPECT_EQ(user_id(*account, *account->caller(kAlice)), "AIDAALICE");
  EXPECT_EQ(user_id(*account, *account->caller("arn:aws:iam::111122223333:root")), "111122223333");
  EXPECT_EQ(user_id(*account, *account->caller("arn:aws:sts::111122223333:assumed-role/No/s")),
            "-");
}

// E-44
TEST(AccountAppliesTest, FederatedUserHasThePoliciesOfItsIssuer) {
  const Result<Account, AccountErrors> account = load(bucket_policy(
      R"({"Effect": "Allow", "Principal": {"AWS": "arn:aws:sts::111122223333:federated-user/bob"},
          "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"})"));
  ASSERT_TRUE(account) << account.error().front().to_string();
  const Result<PolicySet> session = compile_policy(
      R"({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})", PolicyType::Session);
  ASSERT_TRUE(session);
  const Caller bob = *account->caller(kBob);
  const AccountPolicy* by = nullptr;
  const Decision decision =
      ask(*account, *bob.with_issuer(kAlice), "arn:aws:s3:::b/k", &*session, &by);
  EXPECT_EQ(decision.outcome, Outcome::ExplicitDeny);
  ASSERT_NE(by, nullptr);
  EXPECT_EQ(by->id, "arn:aws:iam::111122223333:user/Alice#Own");
  // Root has no identity policies, and the bucket names the session.
  EXPECT_TRUE(ask(*account, *bob.with_issuer("arn:aws:iam::111122223333:root"), "arn:aws:s3:::b/k",
                  &*session)
                  .is_allowed());
}

TEST(AccountAppliesTest, EntriesBelowKeepThePolicyAbove) {
  for (const std::string_view below : {R"({"Account": "111122223333"})", R"({"Policy":
           {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject",
                          "Resource": "arn:aws:s3:::b/k/l/*"}}})"}) {
    const Result<Account, AccountErrors> account =
        load(R"({"arn:aws:s3:::b": {"Account": "111122223333", "Policy": {"Statement":
          {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "arn:aws:s3:::b/*"}}},
          "arn:aws:s3:::b/k/l": )" +
             std::string(below) + "}");
    ASSERT_TRUE(account) << account.error().front().to_string();
    const Caller caller = *account->caller(kSession);
    EXPECT_EQ(ask(*account, caller, "arn:aws:s3:::b/k").outcome, Outcome::ExplicitDeny);
    EXPECT_EQ(account->owner_of("arn:aws:s3:::b/k/l/m"), "111122223333");
  }
  const Result<Account, AccountErrors> account =
      load(R"({"arn:aws:s3:::b": {"Policy": {"Statement": {"Effect": "Deny", "Principal": "*",
        "Action": "*", "Resource": "arn:aws:s3:::b/*"}}},
        "arn:aws:s3:::b/k": {"Account": "111122223333"}})");
  ASSERT_TRUE(account) << account.error().front().to_string();
  EXPECT_EQ(ask(*account, *account->caller(kSession), "arn:aws:s3:::b/k").outcome,
            Outcome::ExplicitDeny);
}

TEST(AccountAppliesTest, EntriesBelowKeepTheOwnerAbove) {
  const Result<Account, AccountErrors> account =
      load(R"({"arn:aws:s3:::b": {"Account": "999988887777"}, "arn:aws:s3:::b/k": {"Policy":
        {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
                       "Resource": "arn:aws:s3:::b/k"}}}})");
  ASSERT_TRUE(account) << account.error().front().to_string();
  EXPECT_EQ(account->owner_of("arn:aws:s3:::b/k"), "999988887777");
  EXPECT_FALSE(ask(*account, *account->caller(kSession), "arn:aws:s3:::b/k").is_allowed());
  const Result<Account, AccountErrors> empty =
      load(R"({"arn:aws:s3:::b": {"Account": "999988887777"}, "arn:aws:s3:::b/k": {}})");
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error().front().to_string(), HasSubstr("this entry says nothing"));
}

TEST(AccountAppliesTest, SessionOfAnotherPartitionIsAStranger) {
  const Result<Account, AccountErrors> account = load("");
  ASSERT_TRUE(account);
  constexpr std::string_view kChinese = "arn:aws-cn:sts::111122223333:assumed-role/Deploy/alice";
  EXPECT_EQ(account->find_principal(kChinese), nullptr);
  const Result<Caller> caller = account->caller(kChinese);
  ASSERT_TRUE(caller) << caller.error().to_string();
  EXPECT_TRUE(caller->role_arn().empty());
  EXPECT_EQ(account->find_principal(std::string(1U << 20U, 'x')), nullptr);
}

}  // namespace
}  // namespace writ
