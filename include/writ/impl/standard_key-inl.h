// Not API, may change in any release. The table of global condition keys (K-1).
#pragma once

#include "writ/hash.h"
#include "writ/model/standard_key.h"

namespace writ::inline v0 {
namespace detail {

inline constexpr StandardKey kStandardKeys[] = {
    {"aws:PrincipalArn", ValueType::Arn},
    {"aws:PrincipalAccount", ValueType::String, false, true},
    {"aws:PrincipalOrgID", ValueType::String, false, true},
    {"aws:PrincipalOrgPaths", ValueType::String, true},
    {"aws:PrincipalTag/", ValueType::String},
    {"aws:PrincipalIsAWSService", ValueType::Bool},
    {"aws:PrincipalServiceName", ValueType::String},
    {"aws:PrincipalServiceNamesList", ValueType::String, true},
    {"aws:PrincipalType", ValueType::String},
    {"aws:userid", ValueType::String},
    {"aws:username", ValueType::String},
    {"aws:AssumedRoot", ValueType::Bool},
    {"aws:FederatedProvider", ValueType::String},
    {"aws:TokenIssueTime", ValueType::Date},
    {"aws:SignInSessionArn", ValueType::Arn},
    {"aws:MultiFactorAuthAge", ValueType::Numeric},
    {"aws:MultiFactorAuthPresent", ValueType::Bool},
    {"aws:ChatbotSourceArn", ValueType::Arn},
    {"aws:Ec2InstanceSourceVpc", ValueType::String},
    {"aws:Ec2InstanceSourcePrivateIPv4", ValueType::Ip},
    {"aws:SourceIdentity", ValueType::String},
    {"aws:SourceIp", ValueType::Ip},
    {"aws:SourceVpc", ValueType::String, false, true},
    {"aws:SourceVpcArn", ValueType::Arn},
    {"aws:SourceVpce", ValueType::String, false, true},
    {"aws:VpceAccount", ValueType::String, false, true},
    {"aws:VpceOrgID", ValueType::String, false, true},
    {"aws:VpceOrgPaths", ValueType::String, true},
    {"aws:VpcSourceIp", ValueType::Ip},
    {"aws:ResourceAccount", ValueType::String, false, true},
    {"aws:ResourceOrgID", ValueType::String, false, true},
    {"aws:ResourceOrgPaths", ValueType::String, true},
    {"aws:ResourceTag/", ValueType::String},
    {"aws:CalledVia", ValueType::String, true},
    {"aws:CalledViaFirst", ValueType::String},
    {"aws:CalledViaLast", ValueType::String},
    {"aws:CalledViaAWSMCP", ValueType::String},
    {"aws:ViaAWSService", ValueType::Bool},
    {"aws:ViaAWSMCPService", ValueType::Bool},
    {"aws:IsMcpServiceAction", ValueType::Bool},
    {"aws:CurrentTime", ValueType::Date},
    {"aws:EpochTime", ValueType::Date},
    {"aws:referer", ValueType::String},
    {"aws:RequestedRegion", ValueType::String},
    {"aws:RequestTag/", ValueType::String},
    {"aws:TagKeys", ValueType::String, true},
    {"aws:SecureTransport", ValueType::Bool},
    {"aws:SourceAccount", ValueType::String, false, true},
    {"aws:SourceArn", ValueType::Arn},
    {"aws:SourceOrgID", ValueType::String, false, true},
    {"aws:SourceOrgPaths", ValueType::String, true},
    {"aws:UserAgent", ValueType::String},
    {"ec2:RoleDelivery", ValueType::Numeric},
    {"ec2:SourceInstanceArn", ValueType::Arn},
    {"glue:RoleAssumedBy", ValueType::String},
    {"glue:CredentialIssuingService", ValueType::String},
    {"codebuild:BuildArn", ValueType::Arn},
    {"codebuild:ProjectArn", ValueType::Arn},
    {"lambda:SourceFunctionArn", ValueType::Arn},
    {"ssm:SourceInstanceArn", ValueType::Arn},
    {"identitystore:UserId", ValueType::String},
};

}  // namespace detail

WRIT_FUNC std::span<const StandardKey> standard_keys() noexcept { return detail::kStandardKeys; }

WRIT_FUNC const StandardKey* find_standard_key(std::string_view name) noexcept {
  for (const StandardKey& key : detail::kStandardKeys) {
    const bool family = key.name.back() == '/';
    const std::string_view part = family ? name.substr(0, key.name.size()) : name;
    if (equals_folded(part, key.name) && (!family || name.size() > key.name.size())) return &key;
  }
  return nullptr;
}

}  // namespace writ::inline v0
