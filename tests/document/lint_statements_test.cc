// Checks of documents, actions and resources.
#include <gtest/gtest.h>

#include "document/lint_cases.h"
#include "writ/impl/lint_tables.h"

namespace writ::test {

using enum PolicyType;
using enum FindingSeverity;

std::vector<LintCase> lint_statement_cases() {
  const std::string allow = R"("Effect": "Allow", "Action": "s3:*", "Resource": "*")";
  const std::string deny =
      R"("Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*")";
  const auto sized = [](const std::string& before, std::size_t size) {
    return "@{\"Statement\": [{\"Effect\": \"Deny\", " + before +
           "\"Action\": \"s3:" + std::string(size, 'a') + "\"}]}";
  };
  const std::string star = R"("Resource": "*", )";
  const std::string principal = R"("Principal": {"AWS": "111122223333"}, )";
  // A statement that allows, by its action and resource elements.
  const auto power = [](const std::string& action, const std::string& resource) {
    return R"("Effect": "Allow", )" + action + ", " + resource;
  };
  const std::string roles = R"("Resource": "arn:aws:iam::111122223333:role/app-*")";
  const std::string service_roles =
      R"("Resource": "arn:aws:iam::*:role/aws-service-role/ecs.amazonaws.com/*")";
  const std::string pass = R"("Action": "iam:PassRole")";
  const std::string create = R"("Action": "iam:CreateServiceLinkedRole")";
  const std::string everywhere = R"("Resource": @"*")";
  const std::string elsewhere = R"("NotResource": @"arn:aws:iam::111122223333:role/admin")";
  return {
      // G-13
      {"A-208", "MISSING_VERSION", Warning, IdentityBased, "@{\"Statement\": [{" + allow + "}]}",
       allow, ""},
      // G-16
      {"G-16", "UNSUPPORTED_ID", Warning, IdentityBased,
       "{\"Version\": \"2012-10-17\", \"Id\": @\"x\", \"Statement\": [{" + allow + "}]}", allow,
       ""},
      // G-19
      {"A-209", "UNIQUE_SIDS_RECOMMENDED", Warning, ServiceControl,
       R"("Sid": "a b", )" + allow + R"(}, {"Sid": @"a b", )" + allow,
       R"("Sid": "a b", )" + allow + R"(}, {"Sid": "a c", )" + allow, ""},
      // G-18
      {"A-229", "EMPTY_SID_VALUE", Suggestion, IdentityBased, R"("Sid": @"", )" + allow,
       R"("Sid": "A", )" + allow, ""},
      // Q-1, Q-3, Q-6, Q-7, Q-12
      {"A-211", "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", Warning, IdentityBased,
       sized(star, 6200), allow, ""},
      {"A-212", "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", Warning, ResourceBased,
       sized(principal, 21000), sized(principal, 6200).substr(1), ""},
      {"A-213", "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", Warning, RoleTrust,
       sized(principal, 2100), sized(principal, 1900).substr(1), ""},
      {"A-166", "POLICY_SIZE_EXCEEDS_SCP_QUOTA", Error, ServiceControl, sized(star, 10300),
       sized(star, 6200).substr(1), ""},
      {"A-167", "POLICY_SIZE_EXCEEDS_RCP_QUOTA", Error, ResourceControl,
       sized(R"("Principal": "*", )" + star, 5200), deny, ""},
      // G-35
      {"A-127", "MISSING_ARN_FIELD", Error, IdentityBased,
       R"("Effect": "Allow", "Action": "sqs:*", "Resource": ["*", @"arn:aws:sqs:eu-west-1"])",
       R"("Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:eu-west-1:*:*")", ""},
      {"A-128", "INVALID_ARN_SERVICE_CASE", Error, IdentityBased,
       R"("Effect": "Allow", "Action": "s3:*", "Resource": @"arn:aws:S3:::bucket")",
       R"("Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::Bucket")", ""},
      // G-40
      {"A-129", "INVALID_ARN_ACCOUNT", Error, IdentityBased,
       R"("Effect": "Allow", "Action": "iam:*", "Resource": @"arn:aws:iam::11112222333:user/a")",
       R"("Effect": "Allow", "Action": "iam:*", "Resource": ["arn:aws:iam::111122223333:user/a",
          "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::*:user/b"])",
       ""},
      // G-37
      {"A-162", "VARIABLE_UNSUPPORTED_IN_ELEMENT", Error, IdentityBased,
       R"("Effect": "Allow", "Action": "kms:*",
          "Resource": @"arn:aws:kms:*:${aws:PrincipalAccount}:key/*")",
       R"("Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}")", ""},
      // G-14
      {"A-163", "VARIABLE_UNSUPPORTED_IN_VERSION", Error, IdentityBased,
       R"({"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*",
          "Resource": @"arn:aws:s3:::b/${aws:username}"}})",
       R"("Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}")", ""},
      // V-7
      {"V-7", "INVALID_VARIABLE_NAME", Warning, IdentityBased,
       R"("Effect": "Allow", "Action": "s3:*", "Resource": @"arn:aws:s3:::b/${Account}")",
       R"("Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${*}${aws:userid}")",
       ""},
      // E-33
      {"A-177", "RCP_SYNTAX_ERROR_ACTION", Error, ResourceControl,
       R"("Effect": "Deny", "Principal": "*", "Action": ["s3:*", @"ec2:*"], "Resource": "*")",
       R"("Effect": "Deny", "Principal": "*", "Action": ["s3:*", "SQS:*"], "Resource": "*")", ""},
      {"A-186", "PASS_ROLE_WITH_STAR_IN_RESOURCE", SecurityWarning, IdentityBased,
       power(pass, everywhere), power(pass, roles), ""},
      {"A-186", "PASS_ROLE_WITH_STAR_IN_RESOURCE", SecurityWarning, IdentityBased,
       power(pass, R"("Resource": ["arn:aws:s3:::b", @"arn:aws:iam::111122223333:role/*"])"),
       power(pass, star + R"("Condition":
           {"StringEquals": {"iam:passedToService": "ec2.amazonaws.com"}})"),
       ""},
      {"A-187", "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", SecurityWarning, IdentityBased,
       power(R"("Action": ["s3:*", "iam:Pass*"])", everywhere),
       power(R"("Action": "iam:Get*")", star + R"("Sid": "A")"), ""},
      {"A-188", "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", SecurityWarning, IdentityBased,
       power(R"("NotAction": "s3:*")", everywhere),
       power(R"("NotAction": "IAM:*")", star + R"("Sid": "A")"), ""},
      {"A-189", "PASS_ROLE_WITH_NOT_RESOURCE", SecurityWarning, IdentityBased,
       power(pass, elsewhere), power(pass, roles), ""},
      {"A-190", "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", SecurityWarning, IdentityBased,
       power(R"("Action": "*")", elsewhere), power(R"("Action": "*")", roles), ""},
      {"A-191", "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", SecurityWarning, IdentityBased,
       power(R"("NotAction": "s3:*")", elsewhere), power(R"("NotAction": "s3:*")", roles), ""},
      {"A-198", "CREATE_SLR_WITH_NOT_RESOURCE", Warning, IdentityBased, power(create, elsewhere),
       power(create, service_roles), ""},
      {"A-199", "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", Warning, IdentityBased,
       power(R"("Action": "iam:Create*")", elsewhere),
       power(R"("Action": "iam:CreateRole")", R"("NotResource": "arn:aws:iam::*:role/admin")"), ""},
      {"A-200", "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", Warning, IdentityBased,
       power(R"("NotAction": "s3:*")", elsewhere),
       power(R"("NotAction": "iam:*")", R"("NotResource": "arn:aws:iam::*:role/admin")"), ""},
      {"A-201", "CREATE_SLR_WITH_STAR_IN_RESOURCE", Warning, IdentityBased,
       power(create, R"("Resource": @"arn:aws:iam::*:role/aws-service-role/*")"),
       power(create, service_roles), ""},
      {"A-202", "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", Warning, IdentityBased,
       power(R"("Action": "iam:*")", everywhere),
       power(R"("Action": "iam:*")", star + R"("Condition":
           {"StringEquals": {"iam:AWSServiceName": "ecs.amazonaws.com"}})"),
       ""},
      {"A-203", "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", Warning, IdentityBased,
       power(R"("NotAction": "s3:*")", everywhere), power(R"("NotAction": "s3:*")", roles), ""},
      // G-26, G-39
      {"A-220", "EMPTY_ARRAY_ACTION", Suggestion, IdentityBased,
       R"("Effect": "Allow", "Action": @[], "Resource": "*")", allow, ""},
      {"A-226", "EMPTY_ARRAY_RESOURCE", Suggestion, IdentityBased,
       R"("Effect": "Allow", "Action": "s3:*", "Resource": @[])", allow, ""},
      {"A-234", "REDUNDANT_ACTION", Suggestion, IdentityBased,
       R"("Effect": "Allow", "Action": ["s3:Get*", @"S3:GetObject*Acl"], "Resource": "*")",
       R"("Effect": "Allow", "Action": ["s3:Get*", "s3:G?", "s3:*Acl"], "Resource": "*")", ""},
      {"A-236", "REDUNDANT_RESOURCE", Suggestion, IdentityBased,
       R"("Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::b/*",
          @"arn:aws:s3:::b/home/${aws:username}/*"])",
       R"("Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::B/a",
          "arn:aws:s3:::b", "arn:aws:s3:*::b/x"])",
       ""},
      {"A-237", "REDUNDANT_STATEMENT", Suggestion, IdentityBased,
       R"("Sid": "A", "Effect": "Allow", "Action": ["s3:A", "s3:B"], "Resource": "*"},
          @{"Resource": ["*"], "Effect": "Allow", "Action": ["s3:b", "s3:a"])",
       R"("Effect": "Allow", "Action": ["s3:A", "s3:B"], "Resource": "*"},
          {"Effect": "Deny", "Action": ["s3:A", "s3:B"], "Resource": "*")",
       ""},
      // G-24
      {"A-238", "WILDCARD_IN_SERVICE_NAME", Suggestion, IdentityBased,
       R"("Effect": "Allow", "Action": @"s?:Get*", "Resource": "*")",
       R"("Effect": "Deny", "Action": "*", "Resource": "*")", ""},
  };
}

namespace {

TEST(LintTest, DocumentsActionsAndResources) {
  for (const LintCase& entry : lint_statement_cases()) expect_case(entry);
}

bool has(std::string_view code, const std::string& text, PolicyType type) {
  for (const Finding& finding : lint_policy(text, type)) {
    if (finding.code == code) return true;
  }
  return false;
}

// Q-30: white space outside strings is free where IAM says so; characters count, not bytes.
TEST(LintTest, SizesCountCharacters) {
  const auto policy = [](std::size_t letters, std::size_t spaces, const std::string& letter) {
    std::string sid;
    for (std::size_t i = 0; i < letters; ++i) sid += letter;
    return std::string(spaces, ' ') + "{\"Statement\":[{\"Sid\":\"" + sid +
           "\",\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}";
  };
  const std::size_t frame = policy(0, 0, "a").size();
  const auto too_big = [&](PolicyType type, std::size_t size, std::size_t spaces,
                           const std::string& letter) {
    const std::string_view code = type == IdentityBased
                                      ? "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"
                                      : "POLICY_SIZE_EXCEEDS_SCP_QUOTA";
    return has(code, policy(size - frame, spaces, letter), type);
  };
  EXPECT_FALSE(too_big(IdentityBased, 6144, 0, "a"));
  EXPECT_FALSE(too_big(IdentityBased, 6144, 5000, "a"));
  EXPECT_TRUE(too_big(IdentityBased, 6145, 0, "a"));
  EXPECT_FALSE(too_big(ServiceControl, 10240, 0, "\xc3\xa9"));
  EXPECT_FALSE(too_big(ServiceControl, 10239, 1, "a"));
  EXPECT_TRUE(too_big(ServiceControl, 10240, 1, "a"));
}

// Q-4
TEST(LintTest, SessionPoliciesHaveTheirOwnSize) {
  const std::string text =
      "{\"Statement\":{\"Effect\":\"Deny\",\"Resource\":\"*\",\"Action\":\"s3:" +
      std::string(2048, 'a') + "\"}}";
  EXPECT_TRUE(has("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", text, Session));
  EXPECT_FALSE(has("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", text, IdentityBased));
}

// A-187: what caps, or denies, hands out nothing.
TEST(LintTest, OnlyGrantsOfIdentitiesHandOutRoles) {
  const std::string code = "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE";
  const auto text = [](const std::string& effect) {
    return R"({"Version": "2012-10-17", "Statement": {"Effect": ")" + effect +
           R"(", "Action": "*", "Resource": "*"}})";
  };
  EXPECT_TRUE(has(code, text("Allow"), IdentityBased));
  EXPECT_FALSE(has(code, text("Deny"), IdentityBased));
  EXPECT_FALSE(has(code, text("Allow"), ServiceControl));
}

// A-234, A-236: never quadratic, whatever the list holds.
TEST(LintTest, LongListsAreCheckedInBoundedTime) {
  std::string actions;
  std::string resources;
  for (int i = 0; i < 10000; ++i) {
    const std::string number = std::to_string(i);
    actions += (i == 0 ? "\"" : ",\"") + std::string("s3:*a*b*") + number + "*\"";
    resources += (i == 0 ? "\"" : ",\"") + std::string("arn:aws:s3:::*a*a*a*a*a*") + number + "\"";
  }
  const std::string text = R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
      "Action": [)" + actions +
                           "], \"Resource\": [" + resources + "]}}";
  const std::vector<Finding> findings = lint_policy(text, IdentityBased);
  EXPECT_FALSE(findings.empty());
}

// A-236, M-25: a star inside a field crosses no colon, one at its end does.
TEST(LintTest, ResourcesAreComparedFieldByField) {
  const auto redundant = [](const std::string& general, const std::string& specific) {
    return has("REDUNDANT_RESOURCE",
               R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*",
                   "Resource": [")" +
                   general + "\", \"" + specific + "\"]}}",
               IdentityBased);
  };
  EXPECT_TRUE(redundant("*", "arn:aws:s3:::b"));
  EXPECT_TRUE(redundant("arn:aws:s3:::b", "arn:aws:s3:::b"));
  EXPECT_TRUE(redundant("arn:*:logs:*:*:*", "arn:aws:logs:eu-*:*:log-group:a"));
  EXPECT_TRUE(redundant("arn:aws:s3:::a?c", "arn:aws:s3:::abc"));
  EXPECT_FALSE(redundant("arn:aws:s3:::a?", "arn:aws:s3:::a*b"));
  EXPECT_FALSE(redundant("arn:aws:s3:::a?c",
                         "arn:aws:s3:::a\xc3\xa9"
                         "c"));
  EXPECT_FALSE(redundant("arn:aws:s3:::a${*}c", "arn:aws:s3:::abc"));
  EXPECT_FALSE(redundant("arn:aws:s3:::b*", "arn:aws:s3::1:b"));
}

// A-236, V-22: a NotResource whose variable has no value keeps the Allow off, whatever else is
// listed.
TEST(LintTest, NoExceptionWithAVariableIsTooMany) {
  const auto redundant = [](const std::string& specific) {
    return has("REDUNDANT_RESOURCE",
               R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*",
                   "NotResource": ["arn:aws:s3:::b/*", ")" +
                   specific + "\"]}}",
               IdentityBased);
  };
  EXPECT_TRUE(redundant("arn:aws:s3:::b/k"));
  EXPECT_FALSE(redundant("arn:aws:s3:::b/${aws:username}"));
}

}  // namespace
}  // namespace writ::test
