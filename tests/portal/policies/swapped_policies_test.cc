// Policies decide, nothing else: other files, other rights (R-ARCH-1).
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "portal/policies/answers.h"

namespace writ::test {
namespace {

TEST(PortalPoliciesTest, SwappedFilesSwapTheRights) {
  PortalTexts texts = shipped_portal_texts();
  const PortalQuestion badge("UseBadgeManager", "partner");
  const PortalQuestion pipeline("DownloadPipeline", "partner");
  const auto rights = [&texts, &badge, &pipeline](const std::string& role) {
    const PolicyStack stack = PortalDocuments(texts).of({role});
    return std::make_pair(stack.evaluate(badge.request()).is_allowed(),
                          stack.evaluate(pipeline.request()).is_allowed());
  };
  const auto marketing = std::make_pair(true, false);
  const auto ace = std::make_pair(false, true);
  EXPECT_EQ(rights("marketingStaff"), marketing);
  EXPECT_EQ(rights("aceManager"), ace);
  std::swap(texts["marketingStaff"], texts["aceManager"]);
  EXPECT_EQ(rights("marketingStaff"), ace);
  EXPECT_EQ(rights("aceManager"), marketing);
}

// Every table moves with the files: roles shuffled in a ring, cells asked of the role whose file
// it now is.
TEST(PortalPoliciesTest, ShuffledFilesShuffleTheTables) {
  const PortalTexts shipped = shipped_portal_texts();
  PortalTexts texts = shipped;
  std::map<std::string, std::string> holder;  // whose file -> who has it now
  std::vector<std::string> ring;
  for (const std::string& role : kPortalRoles) {
    if (role != "standardUser") ring.push_back(role);
  }
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const std::string& next = ring[(i + 3) % ring.size()];
    texts[next] = shipped.at(ring[i]);
    holder[ring[i]] = next;
  }
  holder["standardUser"] = "standardUser";
  const PortalDocuments documents(texts);
  Answers answers(documents);
  std::size_t moved = 0;
  for (Cells cells : {role_matrix_cells(), menu_cells(), action_cells()}) {
    for (Cell& cell : cells) {
      const Request request = cell.question->request();
      const bool here = answers.decide(cell, request).outcome == cell.expected;
      moved += here ? 0 : 1;
      cell.role = holder.at(cell.role);
      EXPECT_EQ(answers.decide(cell, request).outcome, cell.expected) << cell.row;
    }
  }
  EXPECT_GT(moved, 500U);
}

// Without a role's file there are the rights of everybody; a file that allows nothing else, the
// same.
TEST(PortalPoliciesTest, ARightGoesWithItsStatement) {
  PortalTexts texts = shipped_portal_texts();
  const PortalQuestion mfa("ManageMfa", "partner");
  EXPECT_TRUE(PortalDocuments(texts).of({"cloudAdmin"}).evaluate(mfa.request()).is_allowed());
  EXPECT_FALSE(PortalDocuments(texts).of({}).evaluate(mfa.request()).is_allowed());
  texts["cloudAdmin"] = texts["channelUser"];
  EXPECT_FALSE(PortalDocuments(texts).of({"cloudAdmin"}).evaluate(mfa.request()).is_allowed());
}

// R-ARCH-4: a host's document adds rights, and not past the guardrails.
TEST(PortalPoliciesTest, HostsAddRightsButNotPastGuardrails) {
  PortalTexts texts = shipped_portal_texts();
  texts["aceUser"] =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"portal:*","Resource":"*"}})";
  const PolicyStack wide = PortalDocuments(texts).of({"aceUser"});
  EXPECT_TRUE(wide.evaluate(PortalQuestion("ManageMfa", "partner").request()).is_allowed());
  PortalQuestion lead("AssignRole", "user/other");
  lead.with("portal:TargetRole", {"allianceLead"});
  const Explanation explanation = wide.explain(lead.request());
  EXPECT_EQ(explanation.decision().outcome, Outcome::ExplicitDeny);
  EXPECT_TRUE(applied(explanation, "NeverByAssignment"));
}

}  // namespace
}  // namespace writ::test
