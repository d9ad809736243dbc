// Not API, may change in any release. The IAM roles that linking creates (R-LINK-11).
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace writ::inline v0 {
namespace portal::detail {

/// R-LINK-11: the roles that linking creates. The suffix is `-<partnerAccountId>`.
struct DefaultRole {
  std::string_view name;
  std::array<std::string_view, 3> policies;
};
inline constexpr DefaultRole kDefaultRoles[] = {
    {"PartnerCentralRoleForCloudAdmin",
     {"PartnerCentralAccountManagementUserRoleAssociation", "AWSPartnerCentralFullAccess",
      "AWSMarketplaceSellerFullAccess"}},
    {"PartnerCentralRoleForAlliance",
     {"AWSPartnerCentralFullAccess", "AWSMarketplaceSellerFullAccess", ""}},
    {"PartnerCentralRoleForAce",
     {"AWSPartnerCentralOpportunityManagement", "AWSMarketplaceSellerOfferManagement", ""}},
};
inline constexpr std::size_t kCloudAdminRole = 0;
inline constexpr std::size_t kAllianceRole = 1;
inline constexpr std::size_t kAceRole = 2;

[[nodiscard]] inline std::string default_role_name(const DefaultRole& role,
                                                   std::string_view partner) {
  return std::string(role.name) + "-" + std::string(partner);
}
[[nodiscard]] inline std::string role_arn(std::string_view account, std::string_view path,
                                          std::string_view name) {
  return "arn:aws:iam::" + std::string(account) + ":role" + std::string(path) + std::string(name);
}

}  // namespace portal::detail
}  // namespace writ::inline v0
