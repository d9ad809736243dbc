// The guardrails: which statement denies what, and that nothing allowed gets past them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "portal/policies/answers.h"

namespace writ::test {
namespace {

/// A host's document that allows everything (R-ARCH-4).
const char* const kWide =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"portal:*","Resource":"*"}})";

// R-ARCH-3, R-ARCH-8, R-ARCH-9, R-USER-4, R-USER-5, R-USER-7, R-REG-12, R-ASG-3, R-ASG-5,
// R-UNLINK-4, R-UNLINK-5, R-MAP-2, R-MAP-5, R-MAP-6, R-LINK-4: every action in every situation, for
// the lead with a host's document on top. All statements that deny are named.
TEST(PortalGuardrailsTest, ExactlyTheListedStatementsDeny) {
  PortalTexts texts = shipped_portal_texts();
  texts["channelUser"] = kWide;
  const PortalDocuments documents(texts);
  const PolicyStack lead = documents.of({"allianceLead", "channelUser"});
  std::size_t asked = 0;
  for (const Situation& situation : guardrail_situations()) {
    std::map<std::string, std::map<std::string, int>> denies;
    for (std::size_t i = 0; i < situation.actions.size(); ++i) {
      const Explanation explanation = lead.explain(situation.questions[i]->request());
      bool denied = false;
      for (const StatementTrace& statement : explanation.layers().front().statements) {
        if (!statement.applied || statement.effect != Effect::Deny) continue;
        denied = true;
        if (statement.sid == "NoTaskDismissal") continue;  // the lead's own document
        ++denies[statement.sid][situation.actions[i]];
      }
      EXPECT_EQ(explanation.decision().outcome, denied ? Outcome::ExplicitDeny : Outcome::Allowed)
          << situation.name << ": " << situation.actions[i];
      ++asked;
    }
    // Whatever the resource: each action was asked twice.
    std::map<std::string, std::map<std::string, int>> expected;
    for (const auto& [sid, actions] : situation.denies) {
      for (const std::string& action : actions) expected[sid][action] = 2;
    }
    EXPECT_EQ(denies, expected) << situation.name;
  }
  EXPECT_GT(asked, 41U * 70 * 2);
}

// R-ARCH-3: allowing is left to the others.
TEST(PortalGuardrailsTest, GuardrailsDenyOnly) {
  const PolicyDocument document =
      parse_policy(read_source_file("policies/portal/guardrails.json"), PolicyType::IdentityBased)
          .value();
  for (const Statement& statement : document.statements()) {
    EXPECT_EQ(statement.effect, Effect::Deny) << statement.sid.value;
  }
  EXPECT_EQ(document.statements().size(), 19U);
}

// R-ARCH-9: a Deny that tests a key positively does not apply without it; its twin does. Both
// readings of a NotResource over an absent variable are covered.
TEST(PortalGuardrailsTest, EveryPositivelyTestedKeyHasATwin) {
  const PortalDocuments documents(shipped_portal_texts());
  PortalQuestion question("AssignRole", "user/other");
  question.with("portal:TargetRole", {"aceUser"}).without("portal:TargetIsSelf");
  const Explanation explanation = documents.of({"allianceLead"}).explain(question.request());
  EXPECT_EQ(explanation.decision().outcome, Outcome::ExplicitDeny);
  EXPECT_TRUE(applied(explanation, "MissingKey2"));
  EXPECT_FALSE(applied(explanation, "NoSelfAssignment"));
}

}  // namespace
}  // namespace writ::test
