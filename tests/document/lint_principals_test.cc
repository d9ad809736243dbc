// Checks of principals and of trust.
#include <gtest/gtest.h>

#include "document/lint_cases.h"

namespace writ::test {

using enum PolicyType;
using enum FindingSeverity;

std::vector<LintCase> lint_principal_cases() {
  // A statement of a bucket policy, and one of a trust policy.
  const auto grant = [](const std::string& principal, const std::string& condition = "") {
    return R"("Effect": "Allow", "Principal": )" + principal +
           R"(, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*")" +
           (condition.empty() ? "" : ", \"Condition\": {" + condition + "}");
  };
  const auto trust = [](const std::string& principal, const std::string& action,
                        const std::string& condition = "") {
    return R"("Effect": "Allow", "Principal": )" + principal + ", \"Action\": " + action +
           (condition.empty() ? "" : ", \"Condition\": {" + condition + "}");
  };
  const std::string assume = R"("sts:AssumeRole")";
  const std::string web = R"("sts:AssumeRoleWithWebIdentity")";
  const std::string account = R"({"AWS": "111122223333"})";
  const std::string google = R"({"Federated": "accounts.google.com"})";
  const std::string audience = R"("StringEquals": {"accounts.google.com:aud": "1"})";
  const std::string github = R"({"Federated":
      "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"})";
  const std::string marked_github = R"({"Federated":
      @"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"})";
  const auto subject = [](const std::string& value) {
    return R"("StringLike": {"token.actions.githubusercontent.com:sub": )" + value + "}";
  };
  return {
      {"A-119", "INVALID_SERVICE_PRINCIPAL_FORMAT", Error, RoleTrust,
       trust(R"({"Service": @"ec2"})", assume),
       trust(R"({"Service": "ec2.amazonaws.com"})", assume), ""},
      // G-51
      {"A-120", "FEDERATED_PRINCIPAL_NOT_SUPPORTED", Error, ResourceBased,
       grant(R"({"Federated": @"accounts.google.com"})"),
       grant(R"({"Federated": "arn:aws:iam::111122223333:saml-provider/p"})"), ""},
      // G-53
      {"A-179", "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", Error, RoleTrust,
       trust(R"(@"*")", assume), trust(account, assume), ""},
      {"A-179", "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", Error, RoleTrust,
       trust(R"({"AWS": ["111122223333", @"*"]})", assume), trust(account, assume), ""},
      {"A-181", "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", Error, RoleTrust,
       trust(R"({"Federated": @"login.example.com"})", web), trust(google, web, audience), ""},
      {"A-182", "MISMATCHED_ACTION_FOR_PRINCIPAL", Error, RoleTrust,
       trust(google, R"(["sts:TagSession", @"sts:AssumeRoleWithSAML"])", audience),
       trust(google, web, audience), ""},
      {"A-182", "MISMATCHED_ACTION_FOR_PRINCIPAL", Error, RoleTrust,
       trust(R"({"Federated": "arn:aws:iam::111122223333:saml-provider/p"})",
             R"(@"sts:AssumeRole")"),
       trust(R"({"Federated": "arn:aws:iam::111122223333:saml-provider/p"})",
             R"("sts:AssumeRole*")"),
       ""},
      {"A-183", "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", Error, RoleTrust,
       trust(R"({"Service": "rolesanywhere.amazonaws.com"})",
             R"(@["sts:AssumeRole", "sts:TagSession"])"),
       trust(R"({"Service": "rolesanywhere.amazonaws.com"})",
             R"(["sts:AssumeRole", "sts:TagSession"]},
          {"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"},
           "Action": "sts:Set*")"),
       ""},
      {"A-195", "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", SecurityWarning, ResourceBased,
       grant(R"({"Service": @"cloudtrail.amazonaws.com"})"),
       grant(R"({"Service": "cloudtrail.amazonaws.com"})",
             R"("StringEquals": {"AWS:SourceAccount": "111122223333"})"),
       ""},
      {"A-241", "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", Suggestion, ResourceBased,
       grant(R"({"Service": @"cloudtrail.amazonaws.com"})",
             R"("StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "a"})"),
       grant(R"({"Service": "cloudtrail.amazonaws.com"})"), ""},
      {"A-196", "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", SecurityWarning, RoleTrust,
       trust(R"({"Federated": @"accounts.google.com"})", web), trust(google, web, audience), ""},
      {"A-197", "MISSING_GITHUB_REPO_CONDITION_KEY", SecurityWarning, RoleTrust,
       trust(marked_github, web,
             R"("StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"})"),
       trust(github, web, subject(R"("repo:octo/app:ref:refs/heads/main")")), ""},
      {"A-219", "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", Warning, RoleTrust,
       trust(github, web, subject(R"(["repo:octo/app:ref:refs/heads/main", @"repo:octo/*"])")),
       trust(github, web, subject(R"("repo:octo/app:ref:refs/heads/main")")), ""},
      // G-49
      {"A-206", "INVALID_ROLE_REFERENCE", Warning, ResourceBased,
       grant(R"({"AWS": @"AROAEXAMPLEID"})"), grant(account), ""},
      {"A-207", "INVALID_USER_REFERENCE", Warning, ResourceBased,
       grant(R"({"AWS": [@"AIDAEXAMPLEID"]})"), grant(account), ""},
      // G-48
      {"A-225", "EMPTY_ARRAY_PRINCIPAL", Suggestion, ResourceBased, grant(R"({"AWS": @[]})"),
       grant(account), ""},
      {"A-228", "EMPTY_OBJECT_PRINCIPAL", Suggestion, ResourceBased, grant("@{}"), grant(account),
       ""},
      // P-22
      {"A-243", "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY", Suggestion, RoleTrust,
       trust(R"({"AWS": [@"arn:aws:sts::111122223333:assumed-role/app/s",
             "arn:aws:iam::111122223333:role/path/app"]})",
             assume),
       trust(R"({"AWS": ["arn:aws:sts::111122223333:assumed-role/app/s",
             "arn:aws:iam::444455556666:role/app"]})",
             assume),
       ""},
  };
}

namespace {

TEST(LintTest, PrincipalsAndTrust) {
  for (const LintCase& entry : lint_principal_cases()) expect_case(entry);
}

}  // namespace
}  // namespace writ::test
