// What would silently change answers, or take time and memory without measure, is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <string>

#include "support/temporary_folder.h"
#include "writ/account.h"

namespace writ {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::string_view kNobody = R"({"UserDetailList": []})";
constexpr std::string_view kDeny =
    R"({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})";

// "loaded", or the first error.
std::string report(const AccountFiles& files, const AccountOptions& options = {}) {
  const Result<Account, AccountErrors> account = Account::load(files, options);
  return account ? std::string("loaded") : account.error().front().to_string();
}

std::string report_export(std::string_view text, const AccountOptions& options = {}) {
  return report({{{"account.json", text}}, {}, {}}, options);
}

std::string user(std::string_view name, std::string_view members) {
  return R"({"UserName": ")" + std::string(name) + R"(", "Arn": "arn:aws:iam::111122223333:user/)" +
         std::string(name) + "\"" + std::string(members) + "}";
}

std::string users(std::string_view list) {
  return R"({"UserDetailList": [)" + std::string(list) + "]}";
}

std::string report_organization(std::string_view text, const AccountOptions& options = {}) {
  AccountFiles files{{{"account.json", kNobody}}, {}, {}};
  files.organization = {"organization.json", text};
  return report(files, options);
}

TEST(AccountRefusalTest, MisspeltMembersOfOwnFormats) {
  EXPECT_THAT(
      report_organization(R"({"Root": {"ServiceControlPolicy": ["No"]}, "Policies": {"No": {}}})"),
      AllOf(HasSubstr("organization.json:1:35"), HasSubstr("is not known")));
  EXPECT_THAT(report_organization(R"({"Root": {}, "policies": {}})"),
              HasSubstr("did you mean `Policies`?"));
  EXPECT_THAT(report_organization(R"({"Root": {"Comment": ""}})"), HasSubstr("is not known"));
  AccountFiles files{{{"account.json", kNobody}}, {}, {}};
  files.resources = {"resources.json", R"({"arn:aws:s3:::b": {"policy": {"Statement": []}}})"};
  EXPECT_THAT(report(files), HasSubstr("did you mean `Policy`?"));
}

TEST(AccountRefusalTest, MisspeltMembersOfExports) {
  const std::string deny =
      R"([{"PolicyName": "No", "PolicyDocument": )" + std::string(kDeny) + "}]";
  EXPECT_THAT(report_export(users(user("A", ", \"userPolicyList\": " + deny))),
              HasSubstr("did you mean `UserPolicyList`?"));
  EXPECT_THAT(report_export(users(user("A", R"(, "PermissionBoundary": {})"))),
              HasSubstr("did you mean `PermissionsBoundary`?"));
  EXPECT_THAT(report_export(users(user("A", R"(, "SessionPolicies": [])"))),
              HasSubstr("permissions may hang on it"));
  EXPECT_EQ(report_export(users(user("A", R"(, "Birthday": "", "Nickname": "")"))), "loaded");
}

// An account whose principals cannot be callers is none: who-can would never ask about them.
TEST(AccountRefusalTest, ArnsOfNoPrincipal) {
  const auto report_arn = [](std::string_view arn, std::string_view name) {
    return report_export(users(R"({"UserName": ")" + std::string(name) + R"(", "Arn": ")" +
                               std::string(arn) + "\"}"));
  };
  EXPECT_EQ(report_arn("arn:aws-cn:iam::111122223333:user/p:!~/A", "A"), "loaded");
  for (const std::string_view arn :
       {"arn:aws`:iam::111122223333:user/A", "arn:aws-:iam::111122223333:user/A",
        "arn:awscn:iam::111122223333:user/A", "arn:aws:iam::111122223333:user/p q/A",
        "arn:aws:iam::111122223333:userA", "arn:aws:iam::111122223333:user/"}) {
    EXPECT_THAT(report_arn(arn, "A"), AllOf(HasSubstr("account.json:1:"),
                                            HasSubstr("this is not the ARN of a user of IAM")))
        << arn;
  }
  EXPECT_THAT(report_arn("arn:aws:iam::111122223333:user/A B", "A B"),
              HasSubstr("this is not the ARN of a user of IAM"));
}

TEST(AccountRefusalTest, MisspeltFiles) {
  for (const std::string name : {"organisation.json", "Resources.json", "Account-2.json"}) {
    const test::TemporaryFolder folder;
    folder.write("account.json", kNobody);
    folder.write(name, "{}");
    const Result<Account, AccountErrors> account = Account::load(folder.path());
    ASSERT_FALSE(account) << name;
    EXPECT_THAT(account.error().front().to_string(), AllOf(HasSubstr(name), HasSubstr("mean")));
  }
}

std::string page(std::string_view account, bool more) {
  const std::string arn = "arn:aws:iam::" + std::string(account) + ":user/A";
  return R"({"IsTruncated": )" + std::string(more ? "true" : "false") +
         (account.empty() ? R"(, "Policies": []})"
                          : R"(, "UserDetailList": [{"UserName": "A", "Arn": ")" + arn + "\"}]}");
}

std::string report_pages(const std::vector<std::string>& pages) {
  AccountFiles files;
  for (const std::string& text : pages) files.exports.push_back({"account.json", text});
  return report(files);
}

TEST(AccountRefusalTest, AccountsWithoutLastPage) {
  const std::string a = page("111122223333", true);
  const std::string b = page("444455556666", true);
  const std::string last = page("", false);
  const std::string more = page("", true);
  EXPECT_THAT(report_pages({a, last, b}), HasSubstr("2 accounts lack theirs"));
  EXPECT_EQ(report_pages({a, last, b, last}), "loaded");
  EXPECT_EQ(report_pages({a, last}), "loaded");
  EXPECT_EQ(report_pages({a, more, last}), "loaded");
  EXPECT_THAT(report_pages({a}), HasSubstr("more pages follow"));
  EXPECT_THAT(report_pages({a, more}), HasSubstr("more pages follow"));
  EXPECT_THAT(report_pages({more}), HasSubstr("more pages follow"));
  EXPECT_EQ(report_pages({more, page("111122223333", false)}), "loaded");
  EXPECT_THAT(report_pages({more, page("111122223333", false), page("444455556666", false)}),
              HasSubstr("more pages follow"));
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Twice as much may take little more than twice as long; four times would be its square.
template <class Make>
double ratio_of_doubling(std::size_t size, const Make& make) {
  const auto measure = [&](std::size_t n) {
    const std::string text = make(n);
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
      const double begin = cpu_seconds();
      EXPECT_EQ(report_export(text), "loaded");
      best = std::min(best, cpu_seconds() - begin);
    }
    return best;
  };
  return measure(size * 4) / measure(size);
}

TEST(AccountRefusalTest, TagsTakeLinearTime) {
  EXPECT_LT(ratio_of_doubling(5000,
                              [](std::size_t n) {
                                std::string tags;
                                for (std::size_t i = 0; i < n; ++i) {
                                  tags += (i == 0 ? "" : ",") + std::string(R"({"Key": "k)") +
                                          std::to_string(i) + R"(", "Value": ""})";
                                }
                                return users(user("A", ", \"Tags\": [" + tags + "]"));
                              }),
            10.0);
}

// n users in one group of n policies, all alike.
std::string crowd(std::size_t n) {
  std::string all;
  std::string policies;
  for (std::size_t i = 0; i < n; ++i) {
    const std::string comma = i == 0 ? "" : ",";
    const std::string number = std::to_string(i);
    all += comma + user("U" + number, R"(, "GroupList": ["G"])");
    policies += comma + R"({"PolicyName": "P)" + number + R"(", "PolicyDocument": )" +
                std::string(kDeny) + "}";
  }
  return R"({"UserDetailList": [)" + all + R"(], "GroupDetailList": [{"GroupName": "G",
    "Arn": "arn:aws:iam::111122223333:group/G", "GroupPolicyList": [)" +
         policies + "]}]}";
}

TEST(AccountRefusalTest, GroupsAreLimited) {
  EXPECT_EQ(report_export(crowd(20), {.max_links = 400}), "loaded");
  EXPECT_THAT(report_export(crowd(20), {.max_links = 399}),
              AllOf(HasSubstr("LIMIT_EXCEEDED"), HasSubstr("/UserDetailList/19/GroupList/0"),
                    HasSubstr("more than 399 times")));
}

TEST(AccountRefusalTest, LevelsAreLimited) {
  // Two levels of one policy each: 2 * (1 + 8) for each account.
  constexpr std::string_view kText = R"({"Root": {"ServiceControlPolicies": ["FullAWSAccess"],
    "Accounts": [{"Id": "111122223333", "ServiceControlPolicies": ["FullAWSAccess"]},
                 {"Id": "444455556666", "ServiceControlPolicies": ["FullAWSAccess"]}]}})";
  EXPECT_EQ(report_organization(kText, {.max_links = 36}), "loaded");
  EXPECT_THAT(report_organization(kText, {.max_links = 35}),
              AllOf(HasSubstr("LIMIT_EXCEEDED"), HasSubstr("/Root/Accounts/1")));
}

TEST(AccountRefusalTest, BytesAndValuesAreLimited) {
  EXPECT_EQ(report_export(kNobody, {.max_values = 3}), "loaded");
  EXPECT_THAT(report_export(kNobody, {.max_values = 2}),
              AllOf(HasSubstr("LIMIT_EXCEEDED"), HasSubstr("more than 2 JSON values")));
  // What stands in strings is no value.
  EXPECT_EQ(report_export(users(user("A", R"(, "CreateDate": "[,{,\"[,,\\")")), {.max_values = 7}),
            "loaded");
  const AccountFiles two{{{"account-1.json", kNobody}, {"account-2.json", kNobody}}, {}, {}};
  EXPECT_EQ(report(two, {.max_total_bytes = 2 * kNobody.size()}), "loaded");
  EXPECT_THAT(report(two, {.max_total_bytes = 2 * kNobody.size() - 1}),
              AllOf(HasSubstr("LIMIT_EXCEEDED"), HasSubstr("account-2.json")));
}

TEST(AccountRefusalTest, ManagedPolicyInTwoLayoutsIsOne) {
  const auto policies = [](std::string_view document) {
    return R"({"Policies": [{"PolicyName": "P", "Arn": "arn:aws:iam::aws:policy/P",
      "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1", "Document": )" +
           std::string(document) + "}]}]}";
  };
  const auto both = [&](std::string_view first, std::string_view second) {
    const std::string texts[] = {policies(first), policies(second)};
    return report({{{"account-1.json", texts[0]}, {"account-2.json", texts[1]}}, {}, {}});
  };
  constexpr std::string_view kFirst =
      R"({"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}})";
  EXPECT_EQ(both(kFirst, R"({"Statement": {"Effect": "Allow", "Action": ["s3:*"],
                            "Resource": "*"}})"),
            "loaded");
  EXPECT_THAT(both(kFirst, R"({"Statement": {"Effect": "Allow", "Action": ["s3:Get*"],
                              "Resource": "*"}})"),
              HasSubstr("was listed before with another document"));
  EXPECT_THAT(both(kFirst, R"({"Statement": {"Effect": "Maybe"}})"), HasSubstr("INVALID_EFFECT"));
}

}  // namespace
}  // namespace writ
