// The `_HandWrittenCpp` baseline of partner_central: the printed identity policies as plain `if`s,
// as somebody would write them who has to guard these actions and no others.
#pragma once

#include <string_view>

#include "questions.h"

namespace writ::bench {

class HandWrittenPartnerCentral {
 public:
  [[nodiscard]] static Outcome evaluate(const PlainRequest& request) noexcept {
    return allows(request) ? Outcome::Allowed : Outcome::ImplicitDeny;
  }

 private:
  static constexpr std::string_view kPartner = "partnercentral-account-management";

  // The part of an IAM ARN behind its account, or nothing: `arn:aws:iam::ACCOUNT:REST`.
  static std::string_view iam_rest(std::string_view arn) noexcept {
    constexpr std::string_view kBegin = "arn:aws:iam::";
    if (!arn.starts_with(kBegin)) return {};
    const std::size_t colon = arn.find(':', kBegin.size());
    return colon == std::string_view::npos ? std::string_view() : arn.substr(colon + 1);
  }
  static const PlainEntry* find(const PlainRequest& request, std::string_view key) noexcept {
    for (const PlainEntry& entry : request.context) {
      if (entry.key == key) return &entry;
    }
    return nullptr;
  }

  static bool allows(const PlainRequest& request) noexcept {
    const std::string_view action = request.action;
    const std::size_t colon = action.find(':');
    const std::string_view service = action.substr(0, colon);
    const std::string_view name = action.substr(colon + 1);
    if (service == "iam") {
      if (name == "ListRoles") return true;
      return allows_on_role(request, name);
    }
    if (service == kPartner) {
      return name == "AssociatePartnerAccount" || name == "AssociatePartnerUser" ||
             name == "DisassociatePartnerUser";
    }
    if (service != "aws-marketplace") return false;
    if (name == "ListChangeSets" || name == "DescribeChangeSet" || name == "ListEntities" ||
        name == "DescribeEntity") {
      return true;
    }
    if (name != "SearchAgreements" && name != "DescribeAgreement" && name != "GetAgreementTerms" &&
        name != "StartChangeSet") {
      return false;
    }
    const PlainEntry* party = find(request, "aws-marketplace:partytype");
    if (party == nullptr || party->values.front() != "Proposer") return false;
    const PlainEntry* agreement = find(request, "aws-marketplace:agreementtype");
    if (agreement == nullptr) return true;
    for (const std::string_view value : agreement->values) {
      if (value != "PurchaseAgreement") return false;
    }
    return true;
  }

  static bool allows_on_role(const PlainRequest& request, std::string_view name) noexcept {
    constexpr std::string_view kRole = "role/PartnerCentralRoleFor";
    const std::string_view rest = iam_rest(request.resource);
    if (!rest.starts_with(kRole)) return false;
    const std::string_view role = rest.substr(kRole.size());
    const bool admin = role.starts_with("CloudAdmin");
    const bool ace = role.starts_with("Ace");
    const bool alliance = role.starts_with("Alliance");
    if (name == "CreateRole") return admin || ace || alliance;
    if (name == "PassRole") {
      const PlainEntry* passed = find(request, "iam:passedtoservice");
      return passed != nullptr &&
             passed->values.front() == "partnercentral-account-management.amazonaws.com";
    }
    if (name != "AttachRolePolicy") return false;
    const PlainEntry* entry = find(request, "iam:policyarn");
    if (entry == nullptr) return false;
    const std::string_view policy = iam_rest(entry->values.front());
    const bool full = policy == "policy/AWSPartnerCentralFullAccess";
    const bool seller = policy == "policy/AWSMarketplaceSellerFullAccess";
    if (admin) {
      return full || seller ||
             policy == "policy/PartnerCentralAccountManagementUserRoleAssociation";
    }
    if (alliance) return full || seller;
    return ace && (policy == "policy/AWSPartnerCentralOpportunityManagement" ||
                   policy == "policy/AWSMarketplaceSellerOfferManagement");
  }
};

}  // namespace writ::bench
