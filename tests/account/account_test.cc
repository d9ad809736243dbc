// Loading whole accounts: what is read, what it answers, and how mistakes are reported.
#include "writ/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/temporary_folder.h"

namespace writ {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kExport = R"({
  "UserDetailList": [{
    "Path": "/team/", "UserName": "Alice", "UserId": "AIDAALICE", "CreateDate": "2026-01-01T00:00:00Z",
    "Arn": "arn:aws:iam::111122223333:user/team/Alice",
    "UserPolicyList": [{"PolicyName": "Own", "PolicyDocument": {"Statement": {"Sid": "Own",
      "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}}}],
    "GroupList": ["Readers"],
    "AttachedManagedPolicies": [{"PolicyName": "Shared", "PolicyArn": "arn:aws:iam::111122223333:policy/Shared"}],
    "PermissionsBoundary": {"PermissionsBoundaryType": "Policy",
      "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/Edge"},
    "Tags": [{"Key": "team", "Value": "blue"}]
  }],
  "GroupDetailList": [{
    "Path": "/", "GroupName": "Readers", "GroupId": "AGPA", "Arn": "arn:aws:iam::111122223333:group/Readers",
    "GroupPolicyList": [{"PolicyName": "Read", "PolicyDocument":
      "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGetObject%22%2C%22Resource%22%3A%22%2A%22%7D%7D"}],
    "AttachedManagedPolicies": []
  }],
  "RoleDetailList": [{
    "Path": "/ci/", "RoleName": "Deploy", "RoleId": "AROADEPLOY", "Arn": "arn:aws:iam::111122223333:role/ci/Deploy",
    "AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow",
      "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}},
    "InstanceProfileList": [{"InstanceProfileName": "Deploy", "Arn": "arn:aws:iam::111122223333:instance-profile/Deploy"}],
    "RolePolicyList": [],
    "AttachedManagedPolicies": [{"PolicyName": "Shared", "PolicyArn": "arn:aws:iam::111122223333:policy/Shared"}],
    "RoleLastUsed": {}
  }],
  "Policies": [
    {"PolicyName": "Shared", "Arn": "arn:aws:iam::111122223333:policy/Shared", "DefaultVersionId": "v2",
     "PolicyVersionList": [
       {"VersionId": "v2", "IsDefaultVersion": true, "Document": {"Statement": {"Effect": "Allow",
         "Action": "sqs:*", "Resource": "*"}}},
       {"VersionId": "v1", "IsDefaultVersion": false, "Document": {"Statement": {"Effect": "Allow",
         "Action": "*", "Resource": "*"}}}]},
    {"PolicyName": "Edge", "Arn": "arn:aws:iam::111122223333:policy/Edge", "DefaultVersionId": "v1",
     "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": {"Statement": {
       "Effect": "Allow", "Action": ["s3:*", "sts:*"], "Resource": "*"}}}]}
  ]
})";

constexpr std::string_view kOrganization = R"({
  "Id": "o-example", "ManagementAccount": "999988887777",
  "Root": {"Id": "r-1", "ServiceControlPolicies": ["FullAWSAccess"],
    "Accounts": [{"Id": "999988887777", "ServiceControlPolicies": ["FullAWSAccess"]}],
    "OrganizationalUnits": [{"Id": "ou-1", "ServiceControlPolicies": ["FullAWSAccess", "NoPut"],
      "Accounts": [{"Id": "111122223333", "Name": "prod", "ServiceControlPolicies": ["FullAWSAccess"]}]}]},
  "Policies": {"NoPut": {"Statement": {"Sid": "NoPut", "Effect": "Deny", "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::frozen/*"}}}
})";

constexpr std::string_view kResources = R"({
  "arn:aws:s3:::reports": {"Account": "111122223333", "Policy": {"Statement": {"Effect": "Deny",
    "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/secret/*"}}}
})";

AccountFiles files(std::string_view text = kExport) { return {{{"account.json", text}}, {}, {}}; }

Decision ask(const Account& account, std::string_view arn, std::string_view action,
             std::string_view resource, const AccountPolicy** decided_by = nullptr) {
  const AccountPrincipal* principal = account.find_principal(arn);
  const Result<Caller> caller = account.caller(arn);
  RequestBuilder builder(*caller, action, resource);
  const std::vector<AccountKey> keys = account.set_keys(builder, *caller, principal, resource);
  const Result<Request> request = builder.build();
  const AccountPolicies policies = account.policies(principal, *request);
  const Decision decision = evaluate(*request, policies.applied);
  if (decided_by != nullptr) *decided_by = policies.find(decision.statement);
  return decision;
}

constexpr std::string_view kAlice = "arn:aws:iam::111122223333:user/team/Alice";
constexpr std::string_view kDeploy = "arn:aws:iam::111122223333:role/ci/Deploy";

TEST(AccountTest, LoadsWhatAnExportSays) {
  const Result<Account, AccountErrors> account = Account::load(files());
  ASSERT_TRUE(account) << account.error().front().to_string();
  EXPECT_THAT(account->findings(), ::testing::IsEmpty());
  EXPECT_EQ(account->stats().users, 1U);
  EXPECT_EQ(account->stats().roles, 1U);
  EXPECT_EQ(account->stats().managed_policies, 2U);
  EXPECT_EQ(account->stats().inline_policies, 2U);
  EXPECT_EQ(account->stats().unused_versions, 1U);
  EXPECT_THAT(account->account_ids(), ElementsAre("111122223333"));
  const AccountPrincipal* alice = account->find_principal(kAlice);
  ASSERT_NE(alice, nullptr);
  EXPECT_EQ(alice->path, "/team/");
  ASSERT_EQ(alice->policies.size(), 3U);  // inline, attached, the group's
  EXPECT_EQ(account->all_policies()[alice->policies[0]].name, "Own");
  EXPECT_EQ(account->all_policies()[alice->policies[1]].name, "Shared");
  EXPECT_EQ(account->all_policies()[alice->policies[2]].name, "Read");
  const AccountPrincipal* deploy = account->find_principal(kDeploy);
  ASSERT_NE(deploy, nullptr);
  EXPECT_THAT(deploy->instance_profiles, ElementsAre(HasSubstr("instance-profile/Deploy")));
  // Documents are shared: both hold a handle of the same program.
  EXPECT_EQ(alice->identity[1].program(), deploy->identity[0].program());
}

TEST(AccountTest, FindsTheRoleOfASession) {
  const Result<Account, AccountErrors> account = Account::load(files());
  ASSERT_TRUE(account);
  const std::string_view session = "arn:aws:sts::111122223333:assumed-role/Deploy/alice";
  EXPECT_EQ(account->find_principal(session), account->find_principal(kDeploy));
  EXPECT_EQ(account->caller(session)->role_arn(), kDeploy);
  EXPECT_EQ(account->find_principal("arn:aws:sts::111122223333:assumed-role/deploy/alice"),
            nullptr);
  EXPECT_EQ(account->find_principal("arn:aws:iam::111122223333:root"), nullptr);
  EXPECT_TRUE(ask(*account, session, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders")
                  .is_allowed());
}

TEST(AccountTest, DecidesOverAllThatApplies) {
  AccountFiles all = files();
  all.organization = {"organization.json", kOrganization};
  all.resources = {"resources.json", kResources};
  Result<Account, AccountErrors> loaded = Account::load(all);
  ASSERT_TRUE(loaded) << loaded.error().front().to_string();
  const Account account = std::move(loaded).value();  // views survive the move
  const AccountPolicy* by = nullptr;

  EXPECT_TRUE(ask(account, kAlice, "s3:PutObject", "arn:aws:s3:::reports/a", &by).is_allowed());
  ASSERT_NE(by, nullptr);
  EXPECT_EQ(by->id, "arn:aws:iam::111122223333:user/team/Alice#Own");
  EXPECT_EQ(ask(account, kAlice, "s3:PutObject", "arn:aws:s3:::frozen/a", &by).outcome,
            Outcome::ExplicitDeny);
  EXPECT_EQ(by->name, "NoPut");
  EXPECT_EQ(ask(account, kAlice, "s3:GetObject", "arn:aws:s3:::reports/secret/a", &by).outcome,
            Outcome::ExplicitDeny);
  EXPECT_EQ(by->source, PolicySource::Resource);
  EXPECT_EQ(ask(account, kAlice, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q").reason,
            Reason::NoBoundaryAllow);
  EXPECT_EQ(account.owner_of("arn:aws:s3:::reports/a/b"), "111122223333");
  EXPECT_EQ(account.owner_of("arn:aws:s3:::other/a"), "");
  // The trust policy delegates; the boundary allows sts:* but no identity policy does.
  EXPECT_EQ(ask(account, kAlice, "sts:AssumeRole", kDeploy).reason,
            Reason::NoIdentityAllowForDelegation);
}

TEST(AccountTest, KnowsConditionKeys) {
  AccountFiles all = files();
  all.organization = {"organization.json", kOrganization};
  const Result<Account, AccountErrors> account = Account::load(all);
  ASSERT_TRUE(account);
  const Result<Caller> caller = account->caller(kAlice);
  RequestBuilder builder(*caller, "sqs:ListQueues", "arn:aws:sqs:eu-west-1:111122223333:q");
  builder.set("AWS:username", "Bob");
  const std::string_view given[] = {"AWS:username"};
  const std::vector<AccountKey> keys =
      account->set_keys(builder, *caller, account->find_principal(kAlice),
                        "arn:aws:sqs:eu-west-1:111122223333:q", given);
  const Result<Request> request = builder.build();
  ASSERT_TRUE(request);
  const auto value = [&](std::string_view key) {
    const ContextEntry* entry = request->find(key);
    return entry == nullptr ? std::string("-") : std::string(entry->value(0));
  };
  EXPECT_EQ(value("aws:username"), "Bob");
  EXPECT_EQ(value("aws:PrincipalArn"), kAlice);
  EXPECT_EQ(value("aws:userid"), "AIDAALICE");
  EXPECT_EQ(value("aws:PrincipalTag/Team"), "blue");
  EXPECT_EQ(value("aws:PrincipalOrgID"), "o-example");
  EXPECT_EQ(value("aws:PrincipalOrgPaths"), "o-example/r-1/ou-1/");
  EXPECT_EQ(value("aws:ResourceAccount"), "111122223333");
}

TEST(AccountTest, LoadsAFolder) {
  const test::TemporaryFolder folder;
  folder.write("account.json", kExport);
  folder.write("organization.json", kOrganization);
  folder.write("resources.json", kResources);
  folder.write("other.json", "{}");
  const Result<Account, AccountErrors> account = Account::load(folder.path());
  folder.remove("account.json");
  const Result<Account, AccountErrors> empty = Account::load(folder.path());
  ASSERT_TRUE(account) << account.error().front().to_string();
  ASSERT_EQ(account->findings().size(), 1U);
  EXPECT_THAT(account->findings()[0].to_string(), HasSubstr("other.json"));
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error().front().to_string(), HasSubstr("there is no account*.json"));
  EXPECT_FALSE(Account::load("/nonexistent/folder"));
}

// One mistake each: what replaces what in the export, and what the report has to say.
struct Mistake {
  std::string_view from;
  std::string_view to;
  std::string_view report;
};

std::string with(const Mistake& mistake, std::string_view text) {
  std::string wrong(text);
  const std::size_t at = wrong.find(mistake.from);
  EXPECT_NE(at, std::string::npos) << mistake.from;
  return at == std::string::npos ? wrong : wrong.replace(at, mistake.from.size(), mistake.to);
}

// The first error, or "loaded".
std::string report_of(const AccountFiles& files) {
  const Result<Account, AccountErrors> account = Account::load(files);
  return account ? std::string("loaded") : account.error().front().to_string();
}

class AccountMistakeTest : public ::testing::TestWithParam<Mistake> {};

TEST_P(AccountMistakeTest, IsReportedWithItsPlace) {
  const std::string text = with(GetParam(), kExport);
  EXPECT_THAT(report_of(files(text)),
              AllOf(HasSubstr("account.json:"), HasSubstr(GetParam().report)));
}

INSTANTIATE_TEST_SUITE_P(
    Exports, AccountMistakeTest,
    ::testing::Values(
        Mistake{"\"UserDetailList\": [", "\"UserDetailList\": [,", "2:22: JSON_SYNTAX_ERROR"},
        Mistake{"\"Effect\": \"Allow\", \"Action\": \"s3:PutObject\"",
                "\"Effect\": \"Perhaps\", \"Action\": \"s3:PutObject\"", "6:17: INVALID_EFFECT"},
        Mistake{"\"Effect\": \"Allow\", \"Action\": \"s3:PutObject\"",
                "\"Effect\": \"Perhaps\", \"Action\": \"s3:PutObject\"",
                "/UserDetailList/0/UserPolicyList/0/PolicyDocument/Statement/Effect"},
        Mistake{"%22Effect%22%3A%22Allow%22", "%22Effect%22%3A%22Perhaps%22",
                "/GroupDetailList/0/GroupPolicyList/0/PolicyDocument/Statement/Effect"},
        Mistake{"%22Effect%22%3A%22Allow%22", "%22Effect%22%3A%22Perhaps%22",
                "line 1, column 24 of the decoded document"},
        Mistake{"%7B%22Statement", "%7B%2XStatement", "URL encoding is broken at character 4"},
        Mistake{"\"UserName\": \"Alice\"", "\"UserName\": 7", "/UserDetailList/0/UserName"},
        Mistake{"\"UserName\": \"Alice\"", "\"UserName\": \"Bob\"", "the ARN says `Alice`"},
        Mistake{"\"UserName\": \"Alice\", ", "", "the member `UserName` is missing"},
        Mistake{"user/team/Alice\"", "usr/team/Alice\"", "/UserDetailList/0/Arn"},
        Mistake{"\"GroupList\": [\"Readers\"]", "\"GroupList\": [\"Writers\"]",
                "the group `Writers` is in no `GroupDetailList`"},
        Mistake{"\"GroupList\": [\"Readers\"]", "\"GroupList\": [\"Readers\", \"readers\"]",
                "/UserDetailList/0/GroupList/1"},
        Mistake{"\"GroupList\": [\"Readers\"]", "\"GroupList\": {}", "this has to be an array"},
        Mistake{"policy/Edge\"},", "policy/Ledge\"},", "/UserDetailList/0/PermissionsBoundary/"},
        Mistake{"\"PolicyArn\": \"arn:aws:iam::111122223333:policy/Shared\"",
                "\"PolicyArn\": \"arn:aws:iam::aws:policy/ReadOnlyAccess\"",
                "/UserDetailList/0/AttachedManagedPolicies/0/PolicyArn"},
        Mistake{"\"VersionId\": \"v2\", \"IsDefaultVersion\": true", "\"VersionId\": \"v3\"",
                "the default version `v2` is not among the versions"},
        Mistake{"\"VersionId\": \"v2\", \"IsDefaultVersion\": true",
                "\"VersionId\": \"v2\", \"IsDefaultVersion\": false",
                "/Policies/0/PolicyVersionList/0/IsDefaultVersion"},
        Mistake{"\"VersionId\": \"v1\", \"IsDefaultVersion\": false",
                "\"VersionId\": \"v2\", \"IsDefaultVersion\": false",
                "/Policies/0/PolicyVersionList/1/VersionId"},
        Mistake{"\"AssumeRolePolicyDocument\"", "\"Trust\"",
                "`AssumeRolePolicyDocument` is missing"},
        Mistake{"\"Path\": \"/ci/\"", "\"RoleName\": \"Deploy\"", "DUPLICATE_MEMBER"},
        Mistake{"{\"Key\": \"team\", \"Value\": \"blue\"}",
                "{\"Key\": \"team\", \"Value\": \"blue\"}, {\"Key\": \"Team\", \"Value\": \"\"}",
                "/UserDetailList/0/Tags/1/Key"},
        Mistake{"\"UserDetailList\"", "\"IsTruncated\": true, \"UserDetailList\"",
                "/IsTruncated"}));

TEST(AccountTest, ReportsAllMistakesTogether) {
  std::string text(kExport);
  for (std::size_t at = text.find("\"Allow\""); at != std::string::npos;
       at = text.find("\"Allow\"")) {
    text.replace(at, 7, "\"Maybe\"");
  }
  const Result<Account, AccountErrors> account = Account::load(files(text));
  ASSERT_FALSE(account);
  EXPECT_EQ(account.error().size(), 4U);  // of one document the first mistake; v1 is not in force
  const Result<Account, AccountErrors> two = Account::load(files(text), {.max_errors = 2});
  EXPECT_THAT(two.error().back().to_string(), HasSubstr("and 2 more errors"));
}

TEST(AccountTest, FindingsNameUnknownMembers) {
  std::string text(kExport);
  text.replace(text.find("\"CreateDate\""), 12, "\"Birthday\"");
  const Result<Account, AccountErrors> account = Account::load(files(text));
  ASSERT_TRUE(account);
  ASSERT_EQ(account->findings().size(), 1U);
  EXPECT_THAT(account->findings()[0].to_string(), HasSubstr("/UserDetailList/0/Birthday"));
}

TEST(AccountTest, PagesAndAccountsComeTogether) {
  const std::string_view first = R"({"IsTruncated": true, "Marker": "x", "UserDetailList": [{
    "UserName": "A", "Arn": "arn:aws:iam::111122223333:user/A", "AttachedManagedPolicies": [
    {"PolicyArn": "arn:aws:iam::aws:policy/Full"}]}]})";
  const std::string_view second = R"({"IsTruncated": false, "RoleDetailList": [], "Policies": [{
    "PolicyName": "Full", "Arn": "arn:aws:iam::aws:policy/Full", "DefaultVersionId": "v1",
    "PolicyVersionList": [{"VersionId": "v1", "Document": {"Statement": {
    "Effect": "Allow", "Action": "*", "Resource": "*"}}}]}]})";
  AccountFiles pages{{{"account-1.json", first}, {"account-2.json", second}}, {}, {}};
  const Result<Account, AccountErrors> account = Account::load(pages);
  ASSERT_TRUE(account) << account.error().front().to_string();
  EXPECT_EQ(account->find_principal("arn:aws:iam::111122223333:user/A")->policies.size(), 1U);
  pages.exports.push_back({"account-3.json", second});  // the same managed policy: no mistake
  EXPECT_TRUE(Account::load(pages));
  pages.exports.push_back({"account-4.json", first});
  const Result<Account, AccountErrors> twice = Account::load(pages);
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().front().to_string(), HasSubstr("the user `A` is listed twice"));
}

class OrganizationMistakeTest : public ::testing::TestWithParam<Mistake> {};

TEST_P(OrganizationMistakeTest, IsReportedWithItsPlace) {
  const std::string text = with(GetParam(), kOrganization);
  AccountFiles all = files();
  all.organization = {"organization.json", text};
  EXPECT_THAT(report_of(all), AllOf(HasSubstr("organization.json:"), HasSubstr(GetParam().report)));
}

INSTANTIATE_TEST_SUITE_P(
    Organizations, OrganizationMistakeTest,
    ::testing::Values(
        Mistake{"111122223333", "1111", "/Root/OrganizationalUnits/0/Accounts/0/Id"},
        Mistake{"111122223333", "444455556666", "account 111122223333, of which there is"},
        Mistake{"111122223333", "999988887777", "this account has a place already"},
        Mistake{"\"NoPut\"]", "\"NoGet\"]", "/Root/OrganizationalUnits/0/ServiceControlPolicies/1"},
        Mistake{"\"Deny\"", "\"Dent\"", "/Policies/NoPut/Statement/Effect"},
        Mistake{", \"ServiceControlPolicies\": [\"FullAWSAccess\"]}]}]}", "}]}]}",
                "`ServiceControlPolicies` is missing here"},
        Mistake{"\"ManagementAccount\": \"999988887777\"",
                "\"ManagementAccount\": \"999988887770\"", "no place below `Root`"},
        Mistake{"\"Root\"", "\"Roof\"", "did you mean `Root`?"}));

TEST(AccountTest, RefusesResourcesThatAreNone) {
  const auto report = [](std::string_view text) {
    AccountFiles all = files();
    all.resources = {"resources.json", text};
    return report_of(all);
  };
  EXPECT_EQ(report("{}"), "loaded");
  EXPECT_THAT(report(R"({"bucket": {}})"), HasSubstr("resources.json:1:12:"));
  EXPECT_THAT(report(R"({"arn:aws:s3:::b*": {}})"), HasSubstr("without wildcards"));
  EXPECT_THAT(report(R"({"arn:aws:sqs:eu-west-1:111122223333:q": {"Account": "444455556666"}})"),
              HasSubstr("account 111122223333 owns it"));
  EXPECT_THAT(report(R"({"arn:aws:iam::111122223333:role/R": {}})"), HasSubstr("trust policy"));
  EXPECT_THAT(report(R"({"arn:aws:s3:::b": {"Policy": {"Statement": {"Effect": "Allow"}}}})"),
              HasSubstr("/arn:aws:s3:::b/Policy"));
}

}  // namespace
}  // namespace writ
