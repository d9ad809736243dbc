// The traps that the policies of the Partner Central guide hold, as printed: what is decided, and
// that the explanation says why. Both sides of each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "explanation/scenario.h"

namespace writ::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const std::string kCloudAdmin = "arn:aws:sts::111122223333:assumed-role/CloudAdmin/alice";
const std::string kService = "partnercentral-account-management.amazonaws.com";
const std::string kAceRole = "arn:aws:iam::111122223333:role/PartnerCentralRoleForAce-1";

[[nodiscard]] std::string guide_policy(const std::string& name) {
  std::ifstream file(std::string(WRIT_SOURCE_DIR "/policies/partner-central/") + name + ".json",
                     std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

[[nodiscard]] Scenario with_identity(const std::string& name) {
  Scenario scenario;
  scenario.caller = kCloudAdmin;
  scenario.docs = {{PolicyType::IdentityBased, guide_policy(name), 0, name}};
  return scenario;
}

/// The only statement of the trace whose action matches.
[[nodiscard]] const StatementTrace* concerned(const Explanation& explanation) {
  const StatementTrace* found = nullptr;
  for (const LayerTrace& layer : explanation.layers()) {
    for (const StatementTrace& statement : layer.statements) {
      if (!statement.action_matched) continue;
      EXPECT_EQ(found, nullptr);
      found = &statement;
    }
  }
  return found;
}

// T-1: one capital letter in a condition value. C-11: values are compared as they are.
TEST(TrapsTest, ServicePrincipalInAConditionKeepsItsLetterCase) {
  Scenario scenario = with_identity("cloud-admin-role-permissions");
  scenario.action = "iam:PassRole";
  scenario.resource = kAceRole;
  scenario.context = {{"iam:PassedToService", kService}};
  const Explanation explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().outcome, Outcome::ImplicitDeny);
  EXPECT_EQ(explanation.decision().reason, Reason::NoIdentityAllow);
  const StatementTrace* statement = concerned(explanation);
  ASSERT_NE(statement, nullptr);
  EXPECT_EQ(statement->sid, "PassPartnerCentralRole");
  EXPECT_TRUE(statement->resource_matched);
  EXPECT_EQ(statement->failed_elements(), 1U);
  ASSERT_THAT(statement->conditions, SizeIs(1));
  EXPECT_EQ(statement->conditions[0].result, Truth::False);
  EXPECT_THAT(statement->conditions[0].asked, ElementsAre("P" + kService.substr(1)));
  EXPECT_THAT(statement->conditions[0].given, ElementsAre(kService));
  EXPECT_THAT(explanation.to_string(),
              HasSubstr("Condition fails: StringEquals `iam:PassedToService` (line 13): asked "
                        "`Partnercentral-account-management.amazonaws.com`, given "
                        "`partnercentral-account-management.amazonaws.com`; they differ in letter "
                        "case only"));
  ASSERT_THAT(explanation.nearest_miss().changes, SizeIs(1));
  EXPECT_EQ(explanation.nearest_miss().changes[0].element, Element::Condition);
  EXPECT_THAT(explanation.nearest_miss().changes[0].text, HasSubstr("differ in letter case only"));

  // The other side: the policy in lower case, or the misspelt service.
  scenario.docs[0].text = guide_policy("cloud-admin-role-permissions-fixed");
  Explanation allowed = scenario.explain();
  EXPECT_EQ(allowed.decision().reason, Reason::AllowedByIdentity);
  ASSERT_NE(allowed.deciding_statement(), nullptr);
  EXPECT_EQ(allowed.deciding_statement()->sid, "PassPartnerCentralRole");
  scenario = with_identity("cloud-admin-role-permissions");
  scenario.action = "iam:PassRole";
  scenario.resource = kAceRole;
  scenario.context = {{"iam:PassedToService", "P" + kService.substr(1)}};
  EXPECT_EQ(scenario.decide().reason, Reason::AllowedByIdentity);
}

// T-1, its last sentence. P-25: service names in Principal are compared exactly.
TEST(TrapsTest, ServiceNamesInPrincipalKeepTheirLetterCase) {
  for (const char* name : {"iam-role-mapping-trust-policy", "crm-integration-trust-policy"}) {
    Scenario scenario;
    scenario.caller = "service:" + kService;
    scenario.action = "sts:AssumeRole";
    scenario.resource = kAceRole;
    scenario.docs = {{PolicyType::RoleTrust, guide_policy(name), 0, name}};
    EXPECT_EQ(scenario.decide().reason, Reason::AllowedForService) << name;
    scenario.caller = "service:P" + kService.substr(1);
    const Explanation explanation = scenario.explain();
    EXPECT_EQ(explanation.decision().outcome, Outcome::ImplicitDeny);
    EXPECT_EQ(explanation.decision().reason, Reason::NoAllowForService);
    ASSERT_NE(concerned(explanation), nullptr);
    EXPECT_FALSE(concerned(explanation)->principal_matched);
    ASSERT_THAT(explanation.nearest_miss().changes, SizeIs(1));
    EXPECT_EQ(explanation.nearest_miss().changes[0].element, Element::Principal);
  }
}

// T-2: the same capital letter in an action changes nothing (M-10).
TEST(TrapsTest, ActionPrefixIgnoresLetterCase) {
  Scenario scenario = with_identity("cloud-admin-role-permissions");
  scenario.action = "partnercentral-account-management:AssociatePartnerUser";
  scenario.resource = "*";
  const Explanation explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().outcome, Outcome::Allowed);
  EXPECT_EQ(explanation.decision().reason, Reason::AllowedByIdentity);
  ASSERT_NE(explanation.deciding_statement(), nullptr);
  EXPECT_EQ(explanation.deciding_statement()->sid, "PartnerUserRoleAssociation");
  EXPECT_THAT(explanation.deciding_statement()->actions,
              ::testing::Contains("Partnercentral-account-management:AssociatePartnerUser"));
  // The other side: an action that is not listed at all.
  scenario.action = "partnercentral-account-management:AssociatePartnerAccount";
  EXPECT_EQ(scenario.decide().reason, Reason::NoIdentityAllow);
}

// T-3: a key that is missing fails StringEquals (C-25) and passes ForAllValues (C-40).
TEST(TrapsTest, MissingKeysFailOneTestAndPassTheOther) {
  Scenario scenario = with_identity("ace-private-offers-minimal");
  scenario.action = "aws-marketplace:ListEntities";
  scenario.resource = "*";
  const Explanation explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().outcome, Outcome::ImplicitDeny);
  EXPECT_EQ(explanation.decision().reason, Reason::NoIdentityAllow);
  EXPECT_THAT(explanation.missing_keys(),
              ElementsAre("aws-marketplace:AgreementType", "aws-marketplace:PartyType"));
  const StatementTrace* statement = concerned(explanation);
  ASSERT_NE(statement, nullptr);
  ASSERT_THAT(statement->conditions, SizeIs(2));
  EXPECT_EQ(statement->conditions[0].key, "aws-marketplace:PartyType");
  EXPECT_EQ(statement->conditions[0].result, Truth::False);
  EXPECT_FALSE(statement->conditions[0].key_present);
  EXPECT_EQ(statement->conditions[1].operator_text, "ForAllValues:StringEquals");
  EXPECT_EQ(statement->conditions[1].result, Truth::True);
  ASSERT_THAT(explanation.nearest_miss().changes, SizeIs(1));
  EXPECT_EQ(explanation.nearest_miss().changes[0].condition, 0U);
  EXPECT_THAT(explanation.nearest_miss().changes[0].text,
              HasSubstr("the request does not have it"));

  // The other side: with the key it is allowed, also for agreements of no type.
  scenario.context = {{"aws-marketplace:PartyType", "Proposer"}};
  EXPECT_EQ(scenario.decide().reason, Reason::AllowedByIdentity);

  // And a foreign value among several fails ForAllValues.
  const PolicyStack stack = scenario.stack();
  const std::string_view types[] = {"PurchaseAgreement", "Other"};
  RequestBuilder builder(scenario.who(), std::string_view(scenario.action), "*");
  builder.set("aws-marketplace:PartyType", "Proposer");
  builder.set_list("aws-marketplace:AgreementType", {types, 1});
  EXPECT_EQ(stack.evaluate(*builder.build()).reason, Reason::AllowedByIdentity);
  RequestBuilder foreign(scenario.who(), std::string_view(scenario.action), "*");
  foreign.set("aws-marketplace:PartyType", "Proposer");
  foreign.set_list("aws-marketplace:AgreementType", types);
  const Explanation two = stack.explain(*foreign.build());
  EXPECT_EQ(two.decision().reason, Reason::NoIdentityAllow);
  ASSERT_NE(concerned(two), nullptr);
  EXPECT_EQ(concerned(two)->conditions[1].result, Truth::False);
  EXPECT_THAT(concerned(two)->conditions[1].given, ElementsAre("PurchaseAgreement", "Other"));
}

[[nodiscard]] Scenario attach_to_ace(const std::string& policy_arn) {
  Scenario scenario = with_identity("account-linking-prerequisites");
  scenario.action = "iam:AttachRolePolicy";
  scenario.resource = kAceRole;
  scenario.context = {{"iam:PolicyARN", policy_arn}};
  return scenario;
}

// T-4: `arn:aws:iam::*:policy/NAME` means the managed policy and matches a customer's too (C-69).
TEST(TrapsTest, ArnPatternOfManagedPolicyMatchesACustomersPolicy) {
  const std::string name = "policy/AWSPartnerCentralOpportunityManagement";
  for (const char* account : {"aws", "111122223333", "999999999999"}) {
    const Explanation explanation =
        attach_to_ace(std::string("arn:aws:iam::") + account + ":" + name).explain();
    EXPECT_EQ(explanation.decision().reason, Reason::AllowedByIdentity) << account;
    ASSERT_NE(explanation.deciding_statement(), nullptr);
    EXPECT_EQ(explanation.deciding_statement()->sid, "AttachPolicyToPartnerCentralAceRole");
    EXPECT_EQ(explanation.deciding_statement()->conditions[0].result, Truth::True);
  }
  // The other side: another name, and a path before the name.
  for (const char* other : {"policy/AdministratorAccess", "policy/x/AWSPartnerCentralFullAccess"}) {
    const Explanation explanation =
        attach_to_ace(std::string("arn:aws:iam::aws:") + other).explain();
    EXPECT_EQ(explanation.decision().outcome, Outcome::ImplicitDeny);
    EXPECT_EQ(explanation.decision().reason, Reason::NoIdentityAllow);
    ASSERT_THAT(explanation.nearest_miss().changes, SizeIs(1));
    EXPECT_EQ(explanation.nearest_miss().changes[0].element, Element::Condition);
    EXPECT_EQ(explanation.nearest_miss().changes[0].statement.statement, 2U);
  }
}

// T-5: a final `*` goes on over letters and `/` (M-25).
TEST(TrapsTest, WildcardCrossesNamesAndPaths) {
  const std::string managed = "arn:aws:iam::aws:policy/AWSPartnerCentralOpportunityManagement";
  for (const char* name : {"PartnerCentralRoleForAce", "PartnerCentralRoleForAceXYZ",
                           "PartnerCentralRoleForAce/x/Admin", "PartnerCentralRoleForAce-1"}) {
    Scenario scenario = attach_to_ace(managed);
    scenario.resource = std::string("arn:aws:iam::111122223333:role/") + name;
    const Explanation explanation = scenario.explain();
    EXPECT_EQ(explanation.decision().reason, Reason::AllowedByIdentity) << name;
    ASSERT_NE(explanation.deciding_statement(), nullptr);
    EXPECT_THAT(explanation.deciding_statement()->resources,
                ElementsAre("arn:aws:iam::*:role/PartnerCentralRoleForAce*"));
  }
  // The other side: a path before the name.
  Scenario scenario = attach_to_ace(managed);
  scenario.resource = "arn:aws:iam::111122223333:role/x/PartnerCentralRoleForAce-1";
  EXPECT_EQ(scenario.decide().reason, Reason::NoIdentityAllow);
}

// T-6: resources keep their letter case (M-20).
TEST(TrapsTest, RoleArnsKeepTheirLetterCase) {
  Scenario scenario =
      attach_to_ace("arn:aws:iam::aws:policy/AWSPartnerCentralOpportunityManagement");
  scenario.resource = "arn:aws:iam::111122223333:role/partnercentralroleforace-1";
  const Explanation explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().outcome, Outcome::ImplicitDeny);
  EXPECT_EQ(explanation.decision().reason, Reason::NoIdentityAllow);
  ASSERT_THAT(explanation.nearest_miss().changes, SizeIs(1));
  const Change& change = explanation.nearest_miss().changes[0];
  EXPECT_EQ(change.element, Element::Resource);
  EXPECT_EQ(change.statement.statement, 2U);
  EXPECT_THAT(change.text,
              HasSubstr("Resource to cover "
                        "`arn:aws:iam::111122223333:role/partnercentralroleforace-1`"));
  // The other side.
  scenario.resource = kAceRole;
  EXPECT_EQ(scenario.decide().reason, Reason::AllowedByIdentity);
}

// T-7: names of keys ignore letter case (C-10), their values do not (C-11).
TEST(TrapsTest, ConditionKeysIgnoreLetterCaseAndValuesDoNot) {
  Scenario scenario = attach_to_ace("");
  scenario.context = {
      {"IAM:policyarn", "arn:aws:iam::aws:policy/AWSPartnerCentralOpportunityManagement"}};
  Explanation explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().reason, Reason::AllowedByIdentity);
  ASSERT_NE(explanation.deciding_statement(), nullptr);
  EXPECT_EQ(explanation.deciding_statement()->conditions[0].key, "iam:PolicyARN");
  EXPECT_TRUE(explanation.deciding_statement()->conditions[0].key_present);

  scenario.context = {
      {"iam:PolicyARN", "arn:aws:iam::aws:policy/awspartnercentralopportunitymanagement"}};
  explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().outcome, Outcome::ImplicitDeny);
  EXPECT_EQ(explanation.decision().reason, Reason::NoIdentityAllow);
  ASSERT_THAT(explanation.nearest_miss().changes, SizeIs(1));
  EXPECT_THAT(explanation.nearest_miss().changes[0].text, HasSubstr("`iam:PolicyARN` to hold"));
  EXPECT_THAT(explanation.to_string(), HasSubstr("they differ in letter case only"));
}

}  // namespace
}  // namespace writ::test
