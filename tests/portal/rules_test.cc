// Rules that no scenario can show: what the host does, and what must not be seen.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "portal/portal_world.h"
#include "writ/portal/growth.h"

namespace writ::portal::testing {
namespace {

// R-ROLE-5: a flag of the role; holders of other roles get nothing.
TEST(RulesTest, AceManagersAreNotified) {
  AcmePortal acme;
  constexpr std::string_view kRole[] = {"aceManager"};
  const RoleChange change = {"ben@acme.io", kRole};
  EXPECT_EQ(acme.portal.notify_role_holders("2345678", "A lead", "was shared"), 0U);
  ASSERT_EQ(acme.portal.assign_roles(acme.as("ada"), std::span(&change, 1)).succeeded(), 1U);
  acme.host.messages.clear();
  EXPECT_EQ(acme.portal.notify_role_holders("2345678", "A lead", "was shared"), 1U);
  ASSERT_EQ(acme.host.messages.size(), 1U);
  EXPECT_EQ(acme.host.messages.front().to, "ben@acme.io");
  EXPECT_EQ(acme.portal.notify_role_holders("9999999", "A lead", "was shared"), 0U);
}

// R-EVT-8: neither passwords nor codes nor the typed word are in any event, done or refused.
TEST(RulesTest, EventsHoldNoSecrets) {
  AcmePortal acme;
  const Session ada = acme.as("ada");
  ASSERT_TRUE(acme.portal.manage_mfa(ada, "enabled").ok());
  static_cast<void>(acme.portal.request_code("new@acme.io"));
  static_cast<void>(acme.portal.register_user({"new@acme.io", "New", "000000", "Secret_Word1"}));
  static_cast<void>(acme.portal.register_user(
      {"new@acme.io", "New", acme.host.last_code("new@acme.io"), "Secret_Word1"}));
  static_cast<void>(acme.portal.sign_in("new@acme.io", "Secret_Wrong2"));
  const auto [asked, session] = acme.portal.sign_in("new@acme.io", "Secret_Word1");
  EXPECT_EQ(asked.code, Code::CodeRequired);
  const std::string code = acme.host.last_code("new@acme.io");
  static_cast<void>(acme.portal.enter_code(session, "111111"));
  ASSERT_TRUE(acme.portal.enter_code(session, code).ok());
  ASSERT_TRUE(acme.portal.change_own_password(session, "Secret_Word1", "Secret_Word3").ok());
  static_cast<void>(acme.portal.request_password_reset("new@acme.io"));
  ASSERT_TRUE(
      acme.portal.reset_password("new@acme.io", acme.host.last_code("new@acme.io"), "Secret_Word4")
          .ok());
  static_cast<void>(acme.portal.remove_user(ada, "new@acme.io", "secret-typed-word"));
  ASSERT_TRUE(acme.portal.remove_user(ada, "new@acme.io", "confirm").ok());
  const std::string log = acme.host.log.to_json();
  EXPECT_EQ(acme.host.log.events().size(), 13U);
  for (const char* secret : {"Secret_", "secret-typed-word", "111111"}) {
    EXPECT_EQ(log.find(secret), std::string::npos) << secret;
  }
  EXPECT_EQ(log.find("\"" + code + "\""), std::string::npos);
  EXPECT_EQ(log.find("\"confirm\""), std::string::npos);
}

/// Decides each request that it is told of anew.
class CountingObserver : public DecisionObserver {
 public:
  void decided(const Request& request, const AppliedPolicies& policies,
               const Decision& decision) noexcept override {
    ++count;
    allowed += decision.is_allowed() ? 1 : 0;
    differing += evaluate(request, policies).is_allowed() == decision.is_allowed() ? 0 : 1;
  }
  std::size_t count = 0;
  std::size_t allowed = 0;
  std::size_t differing = 0;
};

// R-ARCH-6: the observer sees each decision once, a menu's one by one, in a batch or not.
TEST(RulesTest, TheObserverSeesEachDecision) {
  MemoryHost host;
  CountingObserver seen;
  host.decisions = &seen;
  Portal portal(policies(), host.host());
  ASSERT_TRUE(portal.add_company(make_company(), {make_user("001", "ada@acme.io", "allianceLead")})
                  .has_value());
  const Session ada = *portal.open_session("001");
  EXPECT_EQ(seen.count, 0U);
  EXPECT_TRUE(portal.check(ada, "portal:ListUsers", {}).ok());
  EXPECT_EQ(portal.decide(ada, "portal:NoSuchThing", {}, {}, {}).code, Code::ImplicitDeny);
  EXPECT_EQ(seen.count, 2U);
  EXPECT_EQ(seen.allowed, 1U);
  std::vector<std::string_view> ids;
  for (const MenuItem& item : menu_items()) ids.push_back(item.id);
  const auto open = std::make_unique<bool[]>(ids.size());
  const std::span<bool> answers(open.get(), ids.size());
  seen = {};
  ASSERT_TRUE(portal.check_menu(ada, ids, answers).ok());
  EXPECT_EQ(seen.count, ids.size());
  EXPECT_EQ(seen.allowed,
            static_cast<std::size_t>(std::count(answers.begin(), answers.end(), true)));
  const std::size_t allowed = seen.allowed;
  seen = {};
  ASSERT_TRUE(portal.check_menu(ada, *AccountMenu::make("2345678", ids), answers).ok());
  EXPECT_EQ(seen.count, ids.size());
  EXPECT_EQ(seen.allowed, allowed);
  EXPECT_EQ(seen.differing, 0U);
}

// R-AUD-7: the steps that are left, and no others.
TEST(RulesTest, RetiringAGenericLeadIsFollowedStepByStep) {
  MemoryHost host;
  Portal portal(policies(), host.host());
  PortalUser eve = make_user("002", "eve@acme.io", "");
  eve.last_sign_in = 0;
  ASSERT_TRUE(
      portal
          .add_company(make_company(), {make_user("001", "alliance@acme.io", "allianceLead"), eve})
          .has_value());
  const Session generic = *portal.open_session("001");
  AuditInput input;
  input.now = host.time;
  const auto open_steps = [&](Session session) {
    for (const Item& item : portal.run_audit(session, input).items) {
      if (item.get("finding") == "retire-generic-login") return std::string(item.get("detail"));
    }
    return std::string("none");
  };
  EXPECT_EQ(open_steps(generic),
            "open: hand over the lead, give others the least roles, each signs in once, the lead "
            "deactivates the generic account");
  ASSERT_TRUE(portal.sign_in("eve@acme.io", "Start_123").answer.ok());
  ASSERT_TRUE(portal.reassign_alliance_lead(generic, "eve@acme.io", "confirm").ok());
  const Session lead = *portal.open_session("002");
  EXPECT_EQ(open_steps(lead), "open: the lead deactivates the generic account");
  ASSERT_TRUE(portal.deactivate_user(lead, "alliance@acme.io").ok());
  EXPECT_EQ(open_steps(lead), "none");
}

// R-TASK-9, R-TASK-10, R-TASK-11, R-COMP-2: growth is data, filtered by path and stage.
TEST(RulesTest, GrowthIsFiltered) {
  constexpr Recommendation kList[] = {{"badges", "software", "market"},
                                      {"case studies", "services", "market"},
                                      {"private offers", "", "sell"},
                                      {"credits", "", ""}};
  const std::string paths[] = {"software"};
  const auto fitting = recommended(kList, paths, "market");
  ASSERT_EQ(fitting.size(), 2U);
  EXPECT_EQ(fitting[0].task, "badges");
  EXPECT_EQ(fitting[1].task, "credits");
  EXPECT_FALSE(moves_to_grow("software", "sell", 9));
  EXPECT_TRUE(moves_to_grow("software", "sell", 10));
  EXPECT_FALSE(moves_to_grow("software", "market", 10));
  EXPECT_FALSE(moves_to_grow("service", "sell", 10));
  EXPECT_TRUE(profile_is_public("validated"));
  EXPECT_FALSE(profile_is_public("confirmed"));
  EXPECT_FALSE(profile_is_public("differentiated"));
  EXPECT_TRUE(reaches_stage("confirmed", "enrolled"));
}

// R-ARCH-3, R-ARCH-4: a portal is not made without guardrails, nor with guardrails that allow.
TEST(RulesTest, PoliciesAreWhole) {
  const auto rule_of_error = [](PolicyTexts texts) {
    const Result<PortalPolicies> loaded =
        PortalPolicies::load(RoleCatalog::standard(), std::move(texts));
    return loaded ? std::string("loaded") : std::string(loaded.error().rule);
  };
  PolicyTexts texts = policy_texts();
  EXPECT_EQ(rule_of_error(texts), "loaded");
  texts.guardrails.clear();
  EXPECT_EQ(rule_of_error(texts), "R-ARCH-4");
  texts.guardrails = texts.base;
  EXPECT_EQ(rule_of_error(texts), "R-ARCH-3");
  texts = policy_texts();
  texts.roles.pop_back();
  EXPECT_EQ(rule_of_error(texts), "R-ARCH-3");
  texts = policy_texts();
  texts.roles.push_back({"emperor", texts.base});
  EXPECT_EQ(rule_of_error(texts), "R-ARCH-3");
  texts = policy_texts();
  texts.added.push_back({"mine", texts.base, {"emperor"}});
  EXPECT_EQ(rule_of_error(texts), "R-ARCH-4");
}

// R-ARCH-7: invariants hold whatever the policies say: here everybody may do everything.
TEST(RulesTest, InvariantsHoldUnderAnyPolicy) {
  PolicyTexts texts = policy_texts();
  const std::string all(kAdministrator);
  texts.guardrails = R"({"Version": "2012-10-17", "Statement": {"Effect": "Deny",
    "Action": "portal:Nothing", "Resource": "*"}})";
  texts.base = all;
  Result<PortalPolicies> loaded = PortalPolicies::load(RoleCatalog::standard(), std::move(texts));
  ASSERT_TRUE(loaded.has_value());
  MemoryHost host;
  Portal portal(*std::move(loaded), host.host());
  ASSERT_TRUE(portal
                  .add_company(make_company(), {make_user("001", "ada@acme.io", "allianceLead"),
                                                make_user("002", "ben@acme.io", "")})
                  .has_value());
  PartnerCompany other = make_company();
  other.id = "7654321";
  other.domains = {"other.io"};
  ASSERT_TRUE(
      portal.add_company(other, {make_user("003", "eve@other.io", "allianceLead")}).has_value());
  const Session ben = *portal.open_session("ben@acme.io");
  constexpr std::string_view kLead[] = {"allianceLead"};
  for (const char* user : {"001", "002", "003"}) {
    const RoleChange change = {user, kLead};
    EXPECT_EQ(portal.assign_roles(ben, std::span(&change, 1)).succeeded(), 0U) << user;
    EXPECT_EQ(portal.unassign_roles(ben, std::span(&change, 1)).succeeded(), 0U) << user;
  }
  const InvitationRow invitation = {"new@acme.io", kLead};
  EXPECT_EQ(portal.invite_users(ben, std::span(&invitation, 1)).succeeded(), 0U);
  EXPECT_FALSE(portal.remove_user(ben, "001", "confirm").ok());
  EXPECT_FALSE(portal.remove_user(ben, "002", "confirm").ok());
  EXPECT_FALSE(portal.remove_user(ben, "003", "confirm").ok());
  EXPECT_FALSE(portal.reassign_alliance_lead(ben, "003", "confirm").ok());
  EXPECT_FALSE(portal.request_unlink(ben, "reason", "confirm").ok());
  EXPECT_FALSE(portal.cancel_unlink(ben).ok());
  constexpr std::string_view kUsers[] = {"ben@acme.io"};
  EXPECT_EQ(portal.map_iam_role(ben, kUsers, "PartnerCentralRoleForX").succeeded(), 0U);
  EXPECT_TRUE(portal.broken_invariants().empty());
  EXPECT_EQ(portal.find_user("003")->status, UserStatus::Active);
}

}  // namespace
}  // namespace writ::portal::testing
