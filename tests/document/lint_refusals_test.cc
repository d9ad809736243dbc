// Checks whose findings are refusals of the reader (A-5): IAM's code, the rule of the grammar.
#include <gtest/gtest.h>

#include "document/lint_cases.h"

namespace writ::test {

using enum PolicyType;
constexpr FindingSeverity kRefusal = FindingSeverity::Refusal;

std::vector<LintCase> lint_refusal_cases() {
  // A condition of an Allow that is else complete.
  const auto condition = [](const std::string& text) {
    return R"("Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {)" + text + "}";
  };
  const std::string allow = R"("Effect": "Allow", "Action": "s3:*", "Resource": "*")";
  const std::string granted =
      R"("Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*")";
  const std::string trust =
      R"("Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole")";
  const std::string deny =
      R"("Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*")";
  return {
      {"A-101", "JSON_SYNTAX_ERROR", kRefusal, IdentityBased,
       "{\"Version\": \"2012-10-17\",\n \"Statement\": [@x]}", allow, "G-1"},
      {"A-102", "DATA_TYPE_MISMATCH", kRefusal, IdentityBased,
       R"("Effect": "Allow", "Action": @7, "Resource": "*")", allow, "G-22"},
      {"A-103", "DUPLICATE_KEYS_WITH_DIFFERENT_CASE", kRefusal, IdentityBased,
       condition(R"("Bool": {"aws:ViaAWSService": "true", @"AWS:viaawsservice": "true"})"),
       condition(R"("Bool": {"aws:ViaAWSService": "true"})"), "G-4"},
      {"A-104", "INVALID_POLICY_ELEMENT", kRefusal, IdentityBased, allow + R"(, @"Conditon": {})",
       allow, "G-6"},
      {"A-105", "INVALID_VERSION", kRefusal, IdentityBased,
       "{\"Version\": @\"2012-10-18\", \"Statement\": [{" + allow + "}]}", allow, "G-12"},
      {"A-106", "MISSING_STATEMENT", kRefusal, IdentityBased, "@{\"Version\": \"2012-10-17\"}",
       allow, "G-17"},
      {"A-107", "MISSING_EFFECT", kRefusal, IdentityBased,
       "{\"Version\": \"2012-10-17\",\n \"Statement\":\n   @{\"Action\": \"s3:*\", \"Resource\": "
       "\"*\"}}",
       allow, "G-20"},
      {"A-108", "INVALID_EFFECT", kRefusal, IdentityBased,
       R"("Effect": @"allow", "Action": "s3:*", "Resource": "*")", allow, "G-20"},
      {"A-109", "MISSING_ACTION", kRefusal, IdentityBased,
       "{\"Statement\": [@{\"Effect\": \"Allow\", \"Resource\": \"*\"}]}", allow, "G-21"},
      {"A-110", "MISSING_RESOURCE", kRefusal, IdentityBased,
       "{\"Statement\": [@{\"Effect\": \"Allow\", \"Action\": \"s3:*\"}]}", allow, "G-31"},
      {"A-111", "MISSING_PRINCIPAL", kRefusal, ResourceBased, "{\"Statement\": [@{" + allow + "}]}",
       granted, "G-43"},
      {"A-112", "UNSUPPORTED_PRINCIPAL", kRefusal, IdentityBased, allow + R"(, @"Principal": "*")",
       allow, "G-44"},
      {"A-113", "UNSUPPORTED_ELEMENT_COMBINATION", kRefusal, IdentityBased,
       allow + R"(, @"NotAction": "s3:*")", allow, "G-21"},
      {"A-114", "UNIQUE_SIDS_REQUIRED", kRefusal, IdentityBased,
       R"("Sid": "A", )" + allow + R"(}, {"Sid": @"A", )" + allow,
       R"("Sid": "A", )" + allow + R"(}, {"Sid": "a", )" + allow, "G-19"},
      {"A-115", "UNSUPPORTED_SID", kRefusal, IdentityBased, R"("Sid": @"my sid", )" + allow,
       R"("Sid": "MySid1", )" + allow, "G-18"},
      {"A-116", "INVALID_PRINCIPAL_FORMAT", kRefusal, RoleTrust,
       R"("Effect": "Allow", "Principal": @"111122223333", "Action": "sts:AssumeRole")", trust,
       "G-46"},
      {"A-117", "INVALID_PRINCIPAL_KEY", kRefusal, RoleTrust,
       R"("Effect": "Allow", "Principal": {@"User": "111122223333"}, "Action": "sts:AssumeRole")",
       trust, "G-46"},
      {"A-118", "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", kRefusal, RoleTrust,
       R"("Effect": "Allow", "Principal": {"AWS": @"arn:aws:iam::111122223333:role/*"},
          "Action": "sts:AssumeRole")",
       trust, "G-49"},
      {"A-126", "INVALID_ARN_PREFIX", kRefusal, IdentityBased,
       R"("Effect": "Allow", "Action": "s3:*", "Resource": @"bucket/*")", allow, "G-33"},
      {"A-127", "MISSING_ARN_FIELD", kRefusal, Session,
       R"("Effect": "Allow", "Action": "s3:*", "Resource": @"arn:aws:s3")", allow, "G-35"},
      {"A-140", "INVALID_CONDITION_OPERATOR", kRefusal, IdentityBased,
       condition(R"(@"StringMatches": {"s3:prefix": "a"})"),
       condition(R"("StringLike": {"s3:prefix": "a"})"), "G-57"},
      {"A-141", "INVALID_CONDITION_KEY_FORMAT", kRefusal, IdentityBased,
       condition(R"("StringLike": {@"prefix": "a"})"),
       condition(R"("StringLike": {"s3:prefix": "a"})"), "G-59"},
      {"A-149", "NULL_WITH_IF_EXISTS", kRefusal, IdentityBased,
       condition(R"(@"NullIfExists": {"s3:prefix": "true"})"),
       condition(R"("Null": {"s3:prefix": "true"})"), "G-58"},
      {"A-154", "TYPE_MISMATCH_IP_RANGE", kRefusal, IdentityBased,
       condition(R"("IpAddress": {"aws:SourceIp": ["203.0.113.0/24", @"203.0.113.0/33"]})"),
       condition(R"("IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]})"), "G-62"},
      {"A-157", "INVALID_VARIABLE_FOR_OPERATOR", kRefusal, IdentityBased,
       condition(R"("NumericEquals": {"s3:max-keys": @"${aws:PrincipalTag/n}"})"),
       condition(R"("StringEquals": {"s3:max-keys": "${aws:PrincipalTag/n}"})"), "G-62"},
      {"A-158", "MISSING_BRACE_IN_VARIABLE", kRefusal, IdentityBased,
       condition(R"("StringLike": {"s3:prefix": @"${aws:username/*"})"),
       condition(R"("StringLike": {"s3:prefix": "${aws:username}/*"})"), "V-7"},
      {"A-159", "MISSING_QUOTE_IN_VARIABLE", kRefusal, IdentityBased,
       condition(R"("StringLike": {"s3:prefix": @"${aws:username, 'me}/*"})"),
       condition(R"("StringLike": {"s3:prefix": "${aws:username, 'me'}/*"})"), "V-7"},
      {"A-160", "UNSUPPORTED_SPACE_IN_VARIABLE", kRefusal, IdentityBased,
       condition(R"("StringLike": {"s3:prefix": @"${ aws:username}/*"})"),
       condition(R"("StringLike": {"s3:prefix": "${aws:username}/*"})"), "V-7"},
      {"A-161", "EMPTY_VARIABLE", kRefusal, IdentityBased,
       condition(R"("StringLike": {"s3:prefix": @"${}/*"})"),
       condition(R"("StringLike": {"s3:prefix": "$/*"})"), "V-7"},
      {"A-162", "VARIABLE_UNSUPPORTED_IN_ELEMENT", kRefusal, IdentityBased,
       R"("Effect": "Allow", "Action": @"s3:${aws:username}", "Resource": "*")", allow, "G-22"},
      {"A-168", "SCP_SYNTAX_ERROR_PRINCIPAL", kRefusal, ServiceControl,
       allow + R"(, @"Principal": "*")", allow, "G-44"},
      {"A-174", "RCP_SYNTAX_ERROR_PRINCIPAL", kRefusal, ResourceControl,
       R"("Effect": "Deny", "Principal": @{"AWS": "*"}, "Action": "s3:*", "Resource": "*")", deny,
       "G-45"},
      {"A-175", "RCP_SYNTAX_ERROR_ALLOW", kRefusal, ResourceControl,
       R"("Effect": @"Allow", "Principal": "*", "Action": "s3:*", "Resource": "*")",
       R"("Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*")", "E-31"},
      {"A-176", "RCP_SYNTAX_ERROR_NOTACTION", kRefusal, ResourceControl,
       R"("Effect": "Deny", "Principal": "*", @"NotAction": "s3:*", "Resource": "*")", deny,
       "G-29"},
      {"A-177", "RCP_SYNTAX_ERROR_ACTION", kRefusal, ResourceControl,
       R"("Effect": "Deny", "Principal": "*", "Action": @"s*:*", "Resource": "*")", deny, "G-29"},
      {"A-178", "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", kRefusal, RoleTrust,
       R"("Effect": "Deny", @"NotPrincipal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole")",
       trust, "G-53"},
      {"A-180", "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", kRefusal, RoleTrust,
       trust + R"(, @"Resource": "*")", trust, "G-32"},
      {"A-181", "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", kRefusal, RoleTrust,
       R"("Effect": "Allow", "Principal": {"Federated": @"google"}, "Action": "sts:AssumeRole")",
       trust, "G-51"},
      {"A-184", "ALLOW_WITH_NOT_PRINCIPAL", kRefusal, ResourceBased,
       R"("Effect": "Allow", @"NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:*")",
       R"("Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:*")", "G-54"},
      {"A-208", "MISSING_VERSION", kRefusal, ServiceControl,
       R"({"Statement": [{"Effect": "Deny", "Action": "s3:*",
          "Resource": @"arn:aws:s3:::b/${aws:username}"}]})",
       allow, "G-15"},
      {"A-215", "TYPE_MISMATCH_BOOLEAN", kRefusal, IdentityBased,
       condition(R"("Bool": {"aws:SecureTransport": @"yes"})"),
       condition(R"("Bool": {"aws:SecureTransport": true})"), "G-62"},
      {"A-215", "TYPE_MISMATCH_BOOLEAN", kRefusal, IdentityBased,
       condition(R"("Null": {"aws:SecureTransport": [@"no"]})"),
       condition(R"("Null": {"aws:SecureTransport": "False"})"), "G-62"},
      {"A-216", "TYPE_MISMATCH_DATE", kRefusal, IdentityBased,
       condition(R"("DateLessThan": {"aws:CurrentTime": @"tomorrow"})"),
       condition(R"("DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"})"), "G-62"},
      {"A-217", "TYPE_MISMATCH_NUMBER", kRefusal, IdentityBased,
       condition(R"("NumericEquals": {"s3:max-keys": @"1e3"})"),
       condition(R"("NumericEquals": {"s3:max-keys": "1000"})"), "G-62"},
      {"A-218", "TYPE_MISMATCH_STRING", kRefusal, IdentityBased,
       condition(R"("BinaryEquals": {"x:key": @"Zm9"})"),
       condition(R"("BinaryEquals": {"x:key": "Zm9v"})"), "G-62"},
  };
}

namespace {

TEST(LintTest, RefusalsAreFindingsWithTheCodeOfIam) {
  for (const LintCase& entry : lint_refusal_cases()) expect_case(entry);
}

// G-1: nothing is known about a text that is not JSON.
TEST(LintTest, BrokenTextHasOneFinding) {
  for (const char* text : {"", "{", "{\"Statement\": [}", "\xff", "{} x"}) {
    const std::vector<Finding> findings = lint_policy(text, IdentityBased);
    ASSERT_EQ(findings.size(), 1U) << text;
    EXPECT_EQ(findings[0].code, "JSON_SYNTAX_ERROR");
    EXPECT_EQ(findings[0].rule, "G-1");
  }
  EXPECT_EQ(lint_policy("[]", IdentityBased).size(), 1U);
}

TEST(LintTest, AllRefusalsAreFoundAndOrderedByPosition) {
  const std::vector<Finding> findings = lint_policy(
      R"({"Version": "2013", "Statement": [
          {"Effect": "allow", "Action": "s3", "Resource": "bucket"},
          {"Sid": "", "Effect": "Allow", "Action": ["s3:*", "s3:Get*"], "Resource": []}]})",
      IdentityBased);
  std::vector<std::string_view> codes;
  for (const Finding& finding : findings) codes.push_back(finding.code);
  EXPECT_EQ(codes, (std::vector<std::string_view>{
                       "INVALID_VERSION", "INVALID_EFFECT", "INVALID_ACTION", "INVALID_ARN_PREFIX",
                       "EMPTY_SID_VALUE", "REDUNDANT_ACTION", "EMPTY_ARRAY_RESOURCE"}));
  EXPECT_EQ(findings[2].json_pointer, "/Statement/0/Action");
  EXPECT_EQ(findings[5].json_pointer, "/Statement/1/Action/1");
}

}  // namespace
}  // namespace writ::test
