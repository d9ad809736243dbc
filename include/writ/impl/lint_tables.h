// Not API, may change in any release. What checks know about AWS besides the language: short lists
// as of late 2026, and the sizes that documents may have. The place to change when AWS does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "writ/config.h"
#include "writ/model/vocabulary.h"

namespace writ::inline v0 {
namespace detail {
namespace lint {

// the most characters a document of a kind may have.
struct PolicyQuota {
  PolicyType type;
  std::size_t characters;
  bool counts_white_space;  // outside strings
  std::string_view rule;
};
inline constexpr PolicyQuota kPolicyQuotas[] = {
    {PolicyType::IdentityBased, 6144, false, "Q-1"},
    {PolicyType::PermissionsBoundary, 6144, false, "Q-1"},
    {PolicyType::RoleTrust, 2048, false, "Q-3"},
    {PolicyType::Session, 2048, true, "Q-4"},
    {PolicyType::ServiceControl, 10240, true, "Q-6"},
    {PolicyType::ResourceControl, 5120, true, "Q-7"},
    {PolicyType::ResourceBased, 20480, true, "Q-12"},
    {PolicyType::VpcEndpoint, 20480, true, "Q-12"},
};

//
inline constexpr std::string_view kRegions[] = {
    "af-south-1",     "ap-east-1",      "ap-east-2",      "ap-northeast-1",  "ap-northeast-2",
    "ap-northeast-3", "ap-south-1",     "ap-south-2",     "ap-southeast-1",  "ap-southeast-2",
    "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6",  "ap-southeast-7",
    "ca-central-1",   "ca-west-1",      "cn-north-1",     "cn-northwest-1",  "eu-central-1",
    "eu-central-2",   "eu-isoe-west-1", "eu-north-1",     "eu-south-1",      "eu-south-2",
    "eu-west-1",      "eu-west-2",      "eu-west-3",      "eusc-de-east-1",  "il-central-1",
    "me-central-1",   "me-south-1",     "mx-central-1",   "sa-east-1",       "us-east-1",
    "us-east-2",      "us-gov-east-1",  "us-gov-west-1",  "us-iso-east-1",   "us-iso-west-1",
    "us-isob-east-1", "us-isob-west-1", "us-isof-east-1", "us-isof-south-1", "us-west-1",
    "us-west-2",
};

// E-33: action prefixes of the services that resource control policies reach.
inline constexpr std::string_view kRcpServices[] = {
    "appconfig",
    "appstream",
    "aoss",
    "autoscaling",
    "autoscaling-plans",
    "budgets",
    "clouddirectory",
    "cloudfront",
    "cloudsearch",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "compute-optimizer",
    "cost-optimization-hub",
    "dax",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "events",
    "firehose",
    "fis",
    "fms",
    "gamelift",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "notifications",
    "opensearch",
    "pca-connector-ad",
    "personalize",
    "polly",
    "pricing",
    "resource-groups",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "signin",
    "sqs",
    "sts",
    "support",
    "swf",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
    "workspaces",
    "xray",
};

// what the names of service principals end with.
inline constexpr std::string_view kServicePrincipalSuffixes[] = {
    ".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu",   ".amazon.com",     ".aws.internal",
    ".c2s.ic.gov",    ".sc2s.sgov.gov",    ".cloud.adc-e.uk", ".csp.hci.ic.gov",
};

// G-51: the domain names that are identity providers without an ARN.
inline constexpr std::string_view kWebIdentityDomains[] = {
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
};

// words that stand in account fields of ARNs.
inline constexpr std::string_view kAccountWords[] = {"aws", "aws-managed", "aws-marketplace",
                                                     "amazon", "cloudfront"};

// services that act on resources for their customers' other resources, by the part of
// the principal before the domain.
inline constexpr std::string_view kSourceServices[] = {
    "access-analyzer",
    "apigateway",
    "backup",
    "bcm-data-exports",
    "billingreports",
    "budgets",
    "cloudfront",
    "cloudtrail",
    "cloudwatch",
    "codecommit",
    "codestar-notifications",
    "config",
    "costalerts",
    "delivery.logs",
    "events",
    "firehose",
    "guardduty",
    "inspector2",
    "iot",
    "lambda",
    "logging.s3",
    "logs",
    "macie",
    "redshift",
    "s3",
    "scheduler",
    "serverlessrepo",
    "ses",
    "sns",
    "ssm",
    "vpce",
};
inline constexpr std::string_view kSourceKeys[] = {"aws:SourceAccount", "aws:SourceArn",
                                                   "aws:SourceOrgID", "aws:SourceOrgPaths"};
// Keys that are used in their stead. One that ends in `:` or `/` stands for all that begin so.
inline constexpr std::string_view kSourceStandIns[] = {"aws:SourceOwner", "kms:CallerAccount",
                                                       "kms:EncryptionContext:", "kms:ViaService"};

// keys that calls by a service principal never have. One that ends in `/` is a family.
inline constexpr std::string_view kNotForServices[] = {
    "aws:FederatedProvider", "aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent",
    "aws:PrincipalOrgID",    "aws:PrincipalOrgPaths",  "aws:PrincipalTag/",
    "aws:SourceIdentity",    "aws:TokenIssueTime",     "aws:username",
};

// `key` says little without one of the others.
struct PairedKeys {
  std::string_view key;
  std::string_view partners[3];
};
inline constexpr PairedKeys kPairedKeys[] = {
    {"aws:VpcSourceIp", {"aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn"}},
    {"aws:Ec2InstanceSourcePrivateIPv4", {"aws:Ec2InstanceSourceVpc", "aws:SourceVpc", ""}},
};

// keys whose values should be known up to their sixth character.
inline constexpr std::string_view kPrefixedKeys[] = {"aws:PrincipalOrgPaths",
                                                     "aws:ResourceOrgPaths", "aws:SourceOrgPaths",
                                                     "aws:VpceOrgPaths", "aws:userid"};

// addresses that `aws:SourceIp` never has.
inline constexpr std::string_view kPrivateRanges[] = {
    "10.0.0.0/8",  "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
    "127.0.0.0/8", "fc00::/7",      "fe80::/10",      "::1/128",
};

}  // namespace lint
}  // namespace detail
}  // namespace writ::inline v0
