// The traps of the guide's policies, held against what is shipped: the document of the cloud
// admin's role, the managed documents of the Ace role, and the guardrails. Both sides, with the
// explanation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "portal/policies/answers.h"

namespace writ::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const std::string kPrinted = "cloud-admin-role-permissions";
const std::string kShipped = "managed/PartnerCentralAccountManagementUserRoleAssociation";
const std::string kService = "partnercentral-account-management.amazonaws.com";
const std::string kAceRole = "arn:aws:iam::111122223333:role/PartnerCentralRoleForAce-1";

using Context = std::vector<std::pair<std::string, std::string>>;

/// A request by a role that carries these documents of policies/partner-central.
[[nodiscard]] Explanation ask(const std::vector<std::string>& documents, std::string_view action,
                              std::string_view resource, const Context& context = {}) {
  PolicyStack stack;
  for (const std::string& name : documents) {
    const std::string text = read_source_file("policies/partner-central/" + name + ".json");
    EXPECT_TRUE(stack.add(PolicyType::IdentityBased, name, text).has_value()) << name;
  }
  const Caller caller =
      Caller::from_arn("arn:aws:sts::111122223333:assumed-role/PartnerCentralRoleForCloudAdmin-1/x")
          .value();
  RequestBuilder builder(caller, action, resource);
  for (const auto& [key, value] : context) builder.set(std::string_view(key), value);
  return stack.explain(builder.build().value());
}

[[nodiscard]] Explanation pass(const std::string& document, std::string_view role,
                               const std::string& service = kService) {
  return ask({document}, "iam:PassRole", role, {{"iam:PassedToService", service}});
}

// T-1, R-MAP-3, R-LINK-14: by the printed document no mapping can ever pass, and the letter case is
// named as the reason; by the shipped one it does.
TEST(PortalTrapsTest, T1TheShippedCloudAdminDocumentMapsThePrintedOneNever) {
  const Explanation printed = pass(kPrinted, kAceRole);
  EXPECT_EQ(printed.decision().outcome, Outcome::ImplicitDeny);
  EXPECT_THAT(printed.to_string(), HasSubstr("they differ in letter case only"));
  ASSERT_THAT(printed.nearest_miss().changes, SizeIs(1));
  EXPECT_THAT(printed.nearest_miss().changes[0].text, HasSubstr("iam:PassedToService"));

  const Explanation shipped = pass(kShipped, kAceRole);
  EXPECT_EQ(shipped.decision().outcome, Outcome::Allowed);
  ASSERT_NE(shipped.deciding_statement(), nullptr);
  EXPECT_EQ(shipped.deciding_statement()->sid, "PassPartnerCentralRole");
  ASSERT_THAT(shipped.deciding_statement()->conditions, SizeIs(1));
  EXPECT_THAT(shipped.deciding_statement()->conditions[0].asked, ElementsAre(kService));
  // The cure is no looser comparison: the misspelt service is refused in its turn.
  EXPECT_EQ(pass(kShipped, kAceRole, "P" + kService.substr(1)).decision().outcome,
            Outcome::ImplicitDeny);
}

// T-2, R-LINK-15: the same capital letter in an action changes nothing; both documents associate.
TEST(PortalTrapsTest, T2BothDocumentsAssociateAndDisassociate) {
  for (const std::string& document : {kPrinted, kShipped}) {
    for (const char* action : {"AssociatePartnerUser", "DisassociatePartnerUser"}) {
      const Explanation explanation =
          ask({document}, std::string("partnercentral-account-management:") + action, "*");
      EXPECT_EQ(explanation.decision().outcome, Outcome::Allowed) << document;
      ASSERT_NE(explanation.deciding_statement(), nullptr);
      EXPECT_EQ(explanation.deciding_statement()->sid, "PartnerUserRoleAssociation");
    }
    EXPECT_EQ(ask({document}, "partnercentral-account-management:AssociatePartnerAccount", "*")
                  .decision()
                  .outcome,
              Outcome::ImplicitDeny)
        << document;
  }
}

// T-3, R-LINK-22: the guide's minimal policy needs PartyType for everything; the managed documents
// of the Ace role list entities without it and search agreements with it only.
TEST(PortalTrapsTest, T3PartyTypeIsAskedForAndSaidToBeMissing) {
  const Context proposer = {{"aws-marketplace:PartyType", "Proposer"}};
  const std::vector<std::string> minimal = {"ace-private-offers-minimal"};
  const std::vector<std::string> managed = {"managed/AWSPartnerCentralOpportunityManagement",
                                            "managed/AWSMarketplaceSellerOfferManagement"};
  for (const char* action : {"aws-marketplace:ListEntities", "aws-marketplace:SearchAgreements"}) {
    EXPECT_EQ(ask(minimal, action, "*", proposer).decision().outcome, Outcome::Allowed) << action;
    EXPECT_EQ(ask(managed, action, "*", proposer).decision().outcome, Outcome::Allowed) << action;
    const Explanation without = ask(minimal, action, "*");
    EXPECT_EQ(without.decision().outcome, Outcome::ImplicitDeny) << action;
    EXPECT_THAT(without.missing_keys(), Contains("aws-marketplace:PartyType"));
  }
  EXPECT_EQ(ask(managed, "aws-marketplace:ListEntities", "*").decision().outcome, Outcome::Allowed);
  EXPECT_EQ(ask(managed, "aws-marketplace:SearchAgreements", "*").decision().outcome,
            Outcome::ImplicitDeny);
}

// T-4: the ARN pattern of a managed policy takes a customer's policy of that name too. Neither
// document of the cloud admin's role attaches policies at all.
TEST(PortalTrapsTest, T4LookalikePoliciesAreMatched) {
  for (const char* account : {"aws", "111122223333", "999999999999"}) {
    const Context policy = {{"iam:PolicyARN", std::string("arn:aws:iam::") + account +
                                                  ":policy/AWSPartnerCentralFullAccess"}};
    const std::string role = "arn:aws:iam::111122223333:role/PartnerCentralRoleForCloudAdmin-1";
    const Explanation linking =
        ask({"account-linking-prerequisites"}, "iam:AttachRolePolicy", role, policy);
    EXPECT_EQ(linking.decision().outcome, Outcome::Allowed) << account;
    ASSERT_NE(linking.deciding_statement(), nullptr);
    EXPECT_EQ(linking.deciding_statement()->sid, "AttachPolicyToPartnerCentralCloudAdminRole");
    for (const std::string& document : {kPrinted, kShipped}) {
      EXPECT_EQ(ask({document}, "iam:AttachRolePolicy", role, policy).decision().outcome,
                Outcome::ImplicitDeny);
    }
  }
}

// T-5, R-MAP-5: the shipped document passes whatever lies behind the prefix, paths included. It is
// the guardrail, which looks at the name, that refuses a role `Admin` at a path of that text.
TEST(PortalTrapsTest, T5APathOfThatTextIsRefusedByTheGuardrail) {
  for (const char* name : {"PartnerCentralRoleForAceXYZ", "PartnerCentralRoleFor/x/Admin"}) {
    const Explanation explanation =
        pass(kShipped, std::string("arn:aws:iam::111122223333:role/") + name);
    EXPECT_EQ(explanation.decision().outcome, Outcome::Allowed) << name;
    ASSERT_NE(explanation.deciding_statement(), nullptr);
    EXPECT_THAT(explanation.deciding_statement()->resources,
                ElementsAre("arn:aws:iam::*:role/PartnerCentralRoleFor*"));
  }
  EXPECT_EQ(pass(kShipped, "arn:aws:iam::111122223333:role/x/PartnerCentralRoleForAce-1")
                .decision()
                .outcome,
            Outcome::ImplicitDeny);

  const PortalDocuments documents(shipped_portal_texts());
  const PolicyStack lead = documents.of({"allianceLead"});
  PortalQuestion question("MapIamRole", "user/other");
  question.with("portal:IamRoleName", {"Admin"});
  const Explanation refused = lead.explain(question.request());
  EXPECT_EQ(refused.decision().outcome, Outcome::ExplicitDeny);
  ASSERT_NE(refused.deciding_statement(), nullptr);
  EXPECT_EQ(refused.deciding_statement()->sid, "RoleNamePrefix");
  EXPECT_THAT(refused.to_string(), HasSubstr("RoleNamePrefix"));
  question.with("portal:IamRoleName", {"PartnerCentralRoleForAceXYZ"});
  EXPECT_EQ(lead.evaluate(question.request()).outcome, Outcome::Allowed);
}

// T-6: role ARNs keep their letter case, in the shipped document and in the guardrail.
TEST(PortalTrapsTest, T6RoleNamesKeepTheirLetterCase) {
  const Explanation explanation =
      pass(kShipped, "arn:aws:iam::111122223333:role/partnercentralroleforace-1");
  EXPECT_EQ(explanation.decision().outcome, Outcome::ImplicitDeny);
  ASSERT_THAT(explanation.nearest_miss().changes, SizeIs(1));
  EXPECT_EQ(explanation.nearest_miss().changes[0].element, Element::Resource);

  const PortalDocuments documents(shipped_portal_texts());
  PortalQuestion question("MapIamRole", "user/other");
  question.with("portal:IamRoleName", {"partnercentralroleforace-1"});
  const Explanation refused = documents.of({"cloudAdmin"}).explain(question.request());
  EXPECT_EQ(refused.decision().outcome, Outcome::ExplicitDeny);
  EXPECT_TRUE(applied(refused, "RoleNamePrefix"));
}

// T-7: names of keys ignore letter case, values do not.
TEST(PortalTrapsTest, T7KeysIgnoreLetterCaseValuesDoNot) {
  for (const char* key : {"iam:PassedToService", "IAM:passedtoservice"}) {
    const Explanation shipped = ask({kShipped}, "iam:PassRole", kAceRole, {{key, kService}});
    EXPECT_EQ(shipped.decision().outcome, Outcome::Allowed) << key;
    const Explanation printed = ask({kPrinted}, "iam:PassRole", kAceRole, {{key, kService}});
    EXPECT_EQ(printed.decision().outcome, Outcome::ImplicitDeny) << key;
    EXPECT_THAT(printed.to_string(), HasSubstr("they differ in letter case only"));
  }
}

}  // namespace
}  // namespace writ::test
