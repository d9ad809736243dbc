// The tables of the guide, reproduced by the engine's decisions on the shipped policies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>

#include "portal/policies/answers.h"

namespace writ::test {
namespace {

// R-MAT-1, R-MAT-2, R-MAT-3: 16 tasks x 7 roles, taken at stage validated on path software. A task
// is a role's when every request that it stands for is allowed.
TEST(PortalPoliciesTest, RoleComparisonIsReproducedCellByCell) {
  const Cells cells = role_matrix_cells();
  expect_cells(cells);

  const PortalDocuments documents(shipped_portal_texts());
  Answers answers(documents);
  std::map<std::pair<std::string, std::string>, bool> marks;
  for (const Cell& cell : cells) {
    const auto [mark, first] = marks.try_emplace({cell.row, cell.role}, true);
    mark->second &= answers.decide(cell, cell.question->request()).is_allowed();
  }
  EXPECT_EQ(marks.size(), 112U);
  std::map<std::string, int> columns;
  for (const auto& [cell, marked] : marks) columns[cell.second] += marked ? 1 : 0;
  const std::map<std::string, int> printed = {
      {"allianceLead", 16},  {"allianceTeam", 15}, {"cloudAdmin", 4}, {"marketingStaff", 5},
      {"technicalStaff", 6}, {"aceManager", 3},    {"aceUser", 2}};
  EXPECT_EQ(columns, printed);
}

// R-MENU-1, R-MENU-2, R-MENU-3: 39 items x 9 roles x 4 stages x 3 paths.
TEST(PortalPoliciesTest, MenuTableIsReproducedCellByCell) {
  const Cells cells = menu_cells();
  EXPECT_EQ(cells.size(), 39U * 9 * 4 * 3);
  std::set<std::string> items;
  for (const Cell& cell : cells) items.insert(cell.row);
  EXPECT_EQ(items.size(), 39U);
  std::size_t expected = 0;
  for (const Cell& cell : cells) expected += cell.expected == Outcome::Allowed ? 1 : 0;
  EXPECT_EQ(expect_cells(cells), expected);
  EXPECT_EQ(expected, 2769U);
}

// R-MENU-3: unknown, absent and several stages and paths. R-MENU-4: items named elsewhere.
TEST(PortalPoliciesTest, MenuHoldsBeyondTheTable) { expect_cells(menu_margin_cells()); }

// Section 3 of the rules: R-ROLE-1 to R-ROLE-9, R-ASG-2 to R-ASG-6, R-ACE-1 to R-ACE-5, R-COMP-1,
// R-COMP-4, R-COMP-5, R-TASK-3 to R-TASK-8, R-CASE-3, R-INV-1, R-USER-1 to R-USER-8, R-MFA-1,
// R-REG-9, R-LINK-2, R-LINK-20 to R-LINK-24, R-MAP-1, R-MAP-9, R-CRM-1, R-CRM-4, R-UNLINK-1,
// R-UNLINK-3, R-UNLINK-5, R-AST-1.
TEST(PortalPoliciesTest, EveryActionIsAllowedToItsRolesOnly) {
  std::set<std::string> actions;
  const Cells cells = action_cells();
  for (const Cell& cell : cells) actions.insert(cell.row.substr(0, cell.row.find(' ')));
  EXPECT_EQ(actions.size(), 69U);  // the 70th is portal:OpenMenuItem
  expect_cells(cells);
}

// R-ARCH-2, R-ROLE-8: a resource of another kind is nobody's, nor is an action that is not listed.
TEST(PortalPoliciesTest, AnActionCountsOnItsOwnKindOfResource) {
  expect_cells(wrong_resource_cells());
}

// R-ROLE-1: rights of several roles add up; a Deny of one beats the Allow of another.
TEST(PortalPoliciesTest, RightsOfSeveralRolesAddUp) {
  const PortalDocuments documents(shipped_portal_texts());
  const auto outcome = [&documents](const std::vector<std::string>& roles,
                                    const PortalQuestion& question) {
    return documents.of(roles).evaluate(question.request()).outcome;
  };
  const PortalQuestion mfa("ManageMfa", "partner");
  const PortalQuestion pipeline("DownloadPipeline", "partner");
  for (const PortalQuestion* question : {&mfa, &pipeline}) {
    EXPECT_EQ(outcome({"cloudAdmin", "aceManager"}, *question), Outcome::Allowed);
    EXPECT_EQ(outcome({"marketingStaff", "technicalStaff", "channelUser"}, *question),
              Outcome::ImplicitDeny);
  }
  PortalQuestion dismissal("DismissTask", "task/T9");
  dismissal.with("portal:AssigneeId", {"${self}"});
  EXPECT_EQ(outcome({"aceUser"}, dismissal), Outcome::Allowed);
  EXPECT_EQ(outcome({"aceUser", "allianceLead"}, dismissal), Outcome::ExplicitDeny);
  // R-ROLE-3: not even the lead has the channel page, unless it is given the role.
  PortalQuestion channel("OpenMenuItem", "menu/channel");
  channel.with("portal:PartnerPath", {"services"});
  EXPECT_EQ(outcome({"allianceLead"}, channel), Outcome::ImplicitDeny);
  EXPECT_EQ(outcome({"allianceLead", "channelUser"}, channel), Outcome::Allowed);
}

}  // namespace
}  // namespace writ::test
