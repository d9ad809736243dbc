// Checks of condition operators, keys and values.
#include <gtest/gtest.h>

#include "document/lint_cases.h"

namespace writ::test {

using enum PolicyType;
using enum FindingSeverity;

std::vector<LintCase> lint_condition_cases() {
  // An Allow of a user's policy with a condition.
  const auto when = [](const std::string& condition) {
    return R"("Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": )" +
           ("{" + condition + "}");
  };
  const std::string prefix = when(R"("StringLike": {"s3:prefix": "home/*"})");
  const auto service = [](const std::string& condition) {
    return R"("Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "s3:GetObject", "Condition": {)" +
           condition + "}";
  };
  return {
      {"A-139", "INVALID_REGION", Error, IdentityBased,
       when(R"("StringEquals": {"aws:RequestedRegion": ["eu-west-1", @"eu-west-11"]})"),
       when(R"("StringLike": {"aws:RequestedRegion": ["eu-west-1", "eu-*", "il-central-1"]})"), ""},
      // G-60
      {"A-142", "INVALID_CONDITION_DATA_TYPE", Error, IdentityBased,
       when(R"("StringEquals": {"s3:prefix": ["1", @2, 3]})"),
       when(R"("StringEquals": {"s3:prefix": [1, 2, 3]})"), ""},
      {"A-143", "INVALID_CONDITION_MULTIPLE_BOOLEAN", Error, IdentityBased,
       when(R"("Bool": {"aws:SecureTransport": ["true", @"false"]})"),
       when(R"("Bool": {"aws:SecureTransport": ["true"]})"), ""},
      // K-1
      {"A-144", "INVALID_GLOBAL_CONDITION_KEY", Error, IdentityBased,
       when(R"("StringEquals": {@"aws:PrincipalName": "a"})"),
       when(R"("StringEquals": {"AWS:principaltag/Name": "a"})"), ""},
      // K-6
      {"A-145", "UNSUPPORTED_GLOBAL_CONDITION_KEY", Error, IdentityBased,
       when(R"("StringEquals": {@"aws:ARN": "a"})"),
       when(R"("StringEquals": {"aws:PrincipalArn": "a"})"), ""},
      {"A-204", "DEPRECATED_GLOBAL_CONDITION_KEY", Warning, IdentityBased,
       when(R"("StringEquals": {@"aws:Arn": "a"})"),
       when(R"("StringEquals": {"aws:SourceArn": "a"})"), ""},
      {"A-147", "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", Error, ResourceBased,
       service(R"("StringEquals": {@"aws:PrincipalOrgID": "o-1234567890"})"),
       service(R"("StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1234567890"})"), ""},
      // C-30
      {"A-148", "MISSING_QUALIFIER", Error, IdentityBased,
       when(R"("StringEquals": {@"aws:TagKeys": "team"})"),
       when(R"("ForAnyValue:StringEquals": {"aws:TagKeys": "team"})"), ""},
      // K-3
      {"A-150", "MISSING_TAG_KEY_IN_CONDITION", Error, IdentityBased,
       when(R"("StringEquals": {@"aws:PrincipalTag": "a"})"),
       when(R"("StringEquals": {"aws:PrincipalTag/t": "a"})"), ""},
      {"A-151", "INVALID_VPC_FORMAT", Error, IdentityBased,
       when(R"("StringEquals": {"aws:SourceVpc": @"vpc-123"})"),
       when(R"("StringEquals": {"aws:SourceVpc": ["vpc-1a2b3c4d", "vpc-0123456789abcdef0"]})"), ""},
      {"A-152", "INVALID_VPCE_FORMAT", Error, IdentityBased,
       when(R"("StringNotEquals": {"aws:SourceVpce": @"vpc-1a2b3c4d"})"),
       when(R"("StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"})"), ""},
      {"A-155", "PRIVATE_IP_ADDRESS", Error, IdentityBased,
       when(R"("IpAddress": {"aws:SourceIp": [@"10.0.0.0/8", "192.168.1.1"]})"),
       when(R"("IpAddress": {"aws:SourceIp": ["10.0.0.0/7", "8.8.8.8"]})"), ""},
      {"A-156", "PRIVATE_NOT_IP_ADDRESS", Error, IdentityBased,
       when(R"("NotIpAddress": {"aws:SourceIp": @"172.16.0.0/16"})"),
       when(R"("NotIpAddress": {"aws:VpcSourceIp": "172.16.0.0/16"})"), ""},
      // K-4
      {"A-164", "VARIABLE_USAGE_TOO_PERMISSIVE", Error, IdentityBased,
       when(R"("StringEquals": {"aws:ResourceAccount": @"${aws:PrincipalTag/account}"})"),
       when(R"("StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"})"), ""},
      {"A-165", "WILDCARD_USAGE_TOO_PERMISSIVE", Error, IdentityBased,
       when(R"("StringLike": {"aws:PrincipalOrgID": @"o-12345*"})"),
       when(R"("StringLike": {"aws:PrincipalOrgID": "o-1234567890", "s3:prefix": "*"})"), ""},
      {"A-165", "WILDCARD_USAGE_TOO_PERMISSIVE", Error, IdentityBased,
       when(R"("StringLike": {"aws:userid": @"AROAEXAMPLE*"})"),
       when(R"("StringLike": {"aws:userid": "AROAEXAMPLE:*"})"), ""},
      {"A-165", "WILDCARD_USAGE_TOO_PERMISSIVE", Error, IdentityBased,
       when(R"("ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": @"o-*"})"),
       when(R"("ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1234567890/r-ab/*"})"), ""},
      {"A-185", "FORALLVALUES_WITH_SINGLE_VALUED_KEY", SecurityWarning, IdentityBased,
       when(R"("ForAllValues:StringEquals": {@"aws:username": "a"})"),
       when(R"("ForAllValues:StringEquals": {"aws:TagKeys": "a", "x:y": "a"})"), ""},
      {"A-192", "MISSING_PAIRED_CONDITION_KEYS", SecurityWarning, IdentityBased,
       when(R"("IpAddress": {@"aws:VpcSourceIp": "10.0.0.0/8"})"),
       when(R"("IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"},
               "StringEquals": {"aws:sourceVpc": "vpc-1a2b3c4d"})"),
       ""},
      // C-65
      {"A-205", "INVALID_DATE_VALUE", Warning, IdentityBased,
       when(R"("DateLessThan": {"aws:CurrentTime": @"1900000000"})"),
       when(R"("DateLessThan": {"aws:CurrentTime": ["2030", "2030-01-01T00:00:00Z"]})"), ""},
      // C-61
      {"A-210", "WILDCARD_WITHOUT_LIKE_OPERATOR", Warning, IdentityBased,
       when(R"("StringEquals": {"s3:prefix": ["home/${*}", @"home/*"]})"), prefix, ""},
      // C-66
      {"A-214", "TYPE_MISMATCH", Warning, IdentityBased,
       when(R"("StringEquals": {@"aws:SourceIp": "203.0.113.1"})"),
       when(
           R"("StringLike": {"aws:PrincipalArn": "arn:*"}, "NumericLessThan": {"aws:EpochTime": "1"},
               "Null": {"aws:SourceIp": "true"})"),
       ""},
      // C-45
      {"A-221", "EMPTY_ARRAY_CONDITION", Suggestion, IdentityBased,
       when(R"("StringEquals": {"s3:prefix": @[]})"), prefix, ""},
      // C-46
      {"A-222", "EMPTY_ARRAY_CONDITION_FORALLVALUES", Suggestion, IdentityBased,
       when(R"("ForAllValues:StringEquals": {"aws:TagKeys": @[]})"), prefix, ""},
      {"A-223", "EMPTY_ARRAY_CONDITION_FORANYVALUE", Suggestion, IdentityBased,
       when(R"("ForAnyValue:StringEquals": {"aws:TagKeys": @[]})"), prefix, ""},
      // C-47
      {"A-224", "EMPTY_ARRAY_CONDITION_IFEXISTS", Suggestion, IdentityBased,
       when(R"("StringEqualsIfExists": {"s3:prefix": @[]})"), prefix, ""},
      // G-56
      {"A-227", "EMPTY_OBJECT_CONDITION", Suggestion, IdentityBased,
       R"("Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": @{})", prefix,
       ""},
      // C-68
      {"A-230", "IMPROVE_IP_RANGE", Suggestion, IdentityBased,
       when(R"("IpAddress": {"aws:SourceIp": ["203.0.113.0/24", @"203.0.113.9/24"]})"),
       when(R"("IpAddress": {"aws:SourceIp": ["203.0.113.8/29", "2001:db8::/32", "8.8.8.8"]})"),
       ""},
      // C-49
      {"A-231", "NULL_WITH_QUALIFIER", Suggestion, IdentityBased,
       when(R"(@"ForAllValues:Null": {"aws:TagKeys": "true", "s3:prefix": "true"})"),
       when(R"("Null": {"aws:TagKeys": "true"})"), ""},
      {"A-232", "PRIVATE_IP_ADDRESS_SUBSET", Suggestion, IdentityBased,
       when(R"("IpAddress": {"aws:SourceIp": ["8.8.8.8", @"fd00::/8"]})"),
       when(R"("IpAddress": {"aws:SourceIp": ["8.8.8.8", "2001:db8::/32"]})"), ""},
      {"A-233", "PRIVATE_NOT_IP_ADDRESS_SUBSET", Suggestion, IdentityBased,
       when(R"("NotIpAddress": {"aws:SourceIp": [@"10.1.2.3", "8.8.8.8"]})"),
       when(R"("NotIpAddress": {"aws:SourceIp": ["8.8.4.4", "8.8.8.8"]})"), ""},
      {"A-235", "REDUNDANT_CONDITION_VALUE_NUM", Suggestion, IdentityBased,
       when(R"("NumericLessThan": {"s3:max-keys": ["20", @"10"]})"),
       when(R"("NumericEquals": {"s3:max-keys": ["20", "10"]})"), ""},
      {"A-244", "CONFIRM_AUDIENCE_CLAIM_TYPE", Suggestion, IdentityBased,
       when(R"("ForAllValues:StringEquals": {@"accounts.google.com:aud": "1"})"),
       when(R"("StringEquals": {"accounts.google.com:aud": "1"})"), ""},
      {"A-245", "EQUIVALENT_TO_NULL_TRUE", Suggestion, IdentityBased,
       when(R"("StringNotLike": {"s3:prefix": @"*"})"),
       when(R"("ForAnyValue:StringNotLike": {"s3:prefix": "*"})"), ""},
      {"A-246", "EQUIVALENT_TO_NULL_FALSE", Suggestion, IdentityBased,
       when(R"("StringLike": {"s3:prefix": ["home/*", @"*"]})"),
       when(R"("StringLikeIfExists": {"s3:prefix": ["home/*", "*"]})"), ""},
  };
}

namespace {

TEST(LintTest, Conditions) {
  for (const LintCase& entry : lint_condition_cases()) expect_case(entry);
}

}  // namespace
}  // namespace writ::test
