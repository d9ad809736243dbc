#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "cli/account_report_page.h"
#include "cli/json_check.h"
#include "cli/run_tool.h"
#include "support/html_check.h"
#include "support/temporary_folder.h"

namespace writ {
namespace {

using ::testing::HasSubstr;
using testing::HtmlPage;
using ::testing::Not;
using testing::read_html;
using testing::run_tool;
using testing::ToolRun;

constexpr std::string_view kExport = R"({
  "UserDetailList": [{
    "Path": "/", "UserName": "Alice", "UserId": "AIDAALICE",
    "Arn": "arn:aws:iam::111122223333:user/Alice",
    "UserPolicyList": [{"PolicyName": "Own", "PolicyDocument": {"Statement": [
      {"Sid": "Put", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*",
       "Condition": {"StringEquals": {"aws:PrincipalTag/</script><img src=x>": "</td><script>"}}}]}}],
    "GroupList": ["Readers"], "AttachedManagedPolicies": [],
    "PermissionsBoundary": {"PermissionsBoundaryType": "Policy",
      "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/Edge"}
  }],
  "GroupDetailList": [{
    "Path": "/", "GroupName": "Readers", "GroupId": "AGPA",
    "Arn": "arn:aws:iam::111122223333:group/Readers",
    "GroupPolicyList": [{"PolicyName": "Read", "PolicyDocument": {"Statement": [
      {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"},
      {"Effect": "Deny", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::reports/*"}]}}],
    "AttachedManagedPolicies": []
  }],
  "RoleDetailList": [{
    "Path": "/", "RoleName": "Deploy", "RoleId": "AROADEPLOY",
    "Arn": "arn:aws:iam::111122223333:role/Deploy",
    "AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow",
      "Principal": {"AWS": "111122223333", "Service": "sns.amazonaws.com"}, "Action": "sts:AssumeRole"}},
    "InstanceProfileList": [], "RolePolicyList": [], "AttachedManagedPolicies": []
  }],
  "Policies": [
    {"PolicyName": "Edge", "Arn": "arn:aws:iam::111122223333:policy/Edge", "DefaultVersionId": "v1",
     "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": {"Statement": {
       "Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}]}
  ]
})";
constexpr std::string_view kOrganization = R"({
  "Id": "o-example", "ManagementAccount": "999988887777",
  "Root": {"Id": "r-1", "ServiceControlPolicies": ["FullAWSAccess"],
    "Accounts": [{"Id": "999988887777", "ServiceControlPolicies": ["FullAWSAccess"]},
                 {"Id": "111122223333", "ServiceControlPolicies": ["FullAWSAccess", "NoPut"]}]},
  "Policies": {"NoPut": {"Statement": {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}}}
})";
constexpr std::string_view kResources = R"({
  "arn:aws:s3:::reports": {"Account": "111122223333", "Policy": {"Statement": {"Effect": "Allow",
    "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::reports"}}}
})";

class AccountFolder : public test::TemporaryFolder {
 public:
  AccountFolder() {
    write("account.json", kExport);
    write("organization.json", kOrganization);
    write("resources.json", kResources);
  }
};

HtmlPage read(const ToolRun& run) {
  EXPECT_EQ(run.code, 0) << run.err;
  HtmlPage page = read_html(run.out);
  EXPECT_EQ(page.problem, "");
  return page;
}

std::size_t rows(const HtmlPage& page) {
  std::size_t found = 0;
  for (const testing::HtmlTag& tag : page.tags) {
    found += tag.attributes.contains("class") && tag.attributes.at("class") == "row" ? 1 : 0;
  }
  return found;
}

TEST(ReportCommandTest, ShowsEachStatementThatReachesSomebody) {
  const AccountFolder folder;
  const HtmlPage page = read(run_tool({"report", folder.path(), "--html", "-"}));
  // Alice's own and her group's two, the trust policy, the bucket's; two rows of limits.
  EXPECT_EQ(rows(page), 7U);
  EXPECT_THAT(page.text, HasSubstr("Own statement 1 Put"));
  EXPECT_THAT(page.text, HasSubstr("Read statement 1 by group Readers"));
  EXPECT_THAT(page.text, HasSubstr("all but"
                                   "s3:*"));
  EXPECT_THAT(page.text, HasSubstr("AWS"
                                   "111122223333"
                                   "Service"
                                   "sns.amazonaws.com"));
  EXPECT_THAT(page.text, HasSubstr("Alice"
                                   "Edge"
                                   "level 0: FullAWSAccess"
                                   "level 1: FullAWSAccess NoPut"));
  EXPECT_THAT(page.text, Not(HasSubstr("Decided")));
}

TEST(ReportCommandTest, DecidesWhatIsAsked) {
  const AccountFolder folder;
  const HtmlPage page =
      read(run_tool({"report", folder.path(), "--html", "-", "--action", "s3:GetObject",
                     "s3:PutObject", "--resource", "arn:aws:s3:::reports/a"}));
  EXPECT_EQ(rows(page), 7U + 4U);
  EXPECT_THAT(page.text, HasSubstr("user/Alice"
                                   "s3:GetObject"
                                   "arn:aws:s3:::reports/a"
                                   "\xe2\x9c\x93 allowed"));
  EXPECT_THAT(page.text, HasSubstr("user/Alice"
                                   "s3:PutObject"
                                   "arn:aws:s3:::reports/a"
                                   "\xe2\x9c\x97 "
                                   "explicitDeny"
                                   "a Deny statement applies (E-2): NoPut statement 1"));
  EXPECT_THAT(page.text, HasSubstr("role/Deploy"
                                   "s3:GetObject"
                                   "arn:aws:s3:::reports/a"
                                   "\xe2\x9c\x97 implicitDeny"));
}

TEST(ReportCommandTest, KeepsHostileTextsTexts) {
  const AccountFolder folder;
  const ToolRun run = run_tool({"report", folder.path(), "--html", "-"});
  const HtmlPage page = read(run);
  EXPECT_EQ(page.count("script"), 1U);
  EXPECT_EQ(page.count("img"), 0U);
  EXPECT_THAT(page.scripts, Not(HasSubstr("img")));
  EXPECT_THAT(page.text, HasSubstr("aws:PrincipalTag/</script><img src=x>"));
  EXPECT_THAT(run.out, HasSubstr("script-src 'sha256-"));
}

TEST(ReportCommandTest, TellsRowsLeftOut) {
  const AccountFolder folder;
  const Result<Account, AccountErrors> account = Account::load(folder.path());
  ASSERT_TRUE(account.has_value());
  cli::ReportOptions options;
  options.max_rows = 1;
  options.actions = {"s3:GetObject", "s3:PutObject"};
  const Result<cli::Report> report = cli::make_report(*account, options);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->statements, 1U);
  EXPECT_EQ(report->decisions, 1U);
  EXPECT_EQ(report->left_out, 3U + 4U + 1U);
  EXPECT_THAT(read_html(report->html).text, HasSubstr("3 more rows are left out."));
}

TEST(ReportCommandTest, RefusesWhatItCannotShow) {
  const AccountFolder folder;
  const auto expect_problem = [](const std::vector<std::string>& arguments,
                                 std::string_view problem) {
    const ToolRun run = run_tool(arguments);
    EXPECT_EQ(run.code, 2);
    EXPECT_EQ(run.out, "");
    EXPECT_THAT(run.err, HasSubstr(problem));
  };
  expect_problem({"report", folder.path()}, "`--html` is missing");
  expect_problem({"report", folder.path(), "--html", "-", "--json"}, "choose one of");
  expect_problem({"report", folder.path(), "--html", "-", "--resource", "*"},
                 "needs an `--action`");
  expect_problem({"report", folder.path(), "--html", "-", "--action", "s3:*"}, "INVALID_REQUEST");
  expect_problem({"report", folder.path(), "--html", "/nowhere/page.html"}, "cannot write");
  expect_problem({"report", "/nowhere", "--html", "-"}, "/nowhere");
  folder.write("account.json", "{");
  expect_problem({"report", folder.path(), "--html", "-"}, "account.json:1:");
  expect_problem({"report", folder.path(), "--html", "-"}, "the account is refused: 1 mistake\n");
}

TEST(ReportCommandTest, WritesAFileAndCountsForPrograms) {
  const AccountFolder folder;
  const ToolRun run =
      run_tool({"report", folder.path(), "--html", folder.path() + "/page.html", "--json"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(testing::parsed_json(run.out)["statements"].GetInt(), 5);
  EXPECT_TRUE(std::filesystem::exists(folder.path() + "/page.html"));
}

}  // namespace
}  // namespace writ
