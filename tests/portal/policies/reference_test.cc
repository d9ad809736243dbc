// The second evaluator, which shares no matching code with the library, answers the portal's tables
// too.
#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "portal/policies/portal_documents.h"
#include "portal/policies/portal_question.h"
#include "reference/evaluator.h"

namespace writ::test {
namespace {

class ReferenceAnswers {
 public:
  [[nodiscard]] Outcome operator()(const Cell& cell) {
    const auto key = std::make_pair(cell.role, cell.guarded);
    auto found = policies_.find(key);
    if (found == policies_.end()) {
      reference::PolicyTexts texts;
      texts.identity = {texts_.at("base"), texts_.at("standardUser")};
      if (cell.role != "standardUser") texts.identity.push_back(texts_.at(cell.role));
      if (cell.guarded) texts.identity.push_back(texts_.at("guardrails"));
      found = policies_.emplace(key, reference::load(texts, PolicyType::ResourceBased)).first;
    }
    const std::optional<Decision> decision =
        reference::decide(found->second, cell.question->for_reference());
    EXPECT_TRUE(decision.has_value()) << cell.question->to_string();
    return decision->outcome;
  }

 private:
  const PortalTexts texts_ = shipped_portal_texts();
  std::map<std::pair<std::string, bool>, reference::Policies> policies_;
};

// All of the tables that the guide prints and of the actions; every seventh of the rest.
TEST(PortalPoliciesTest, TheSecondEvaluatorAgrees) {
  ReferenceAnswers answers;
  const auto agree = [&answers](const Cells& cells, std::size_t step) {
    for (std::size_t i = 0; i < cells.size(); i += step) {
      EXPECT_EQ(to_string(answers(cells[i])), to_string(cells[i].expected))
          << cells[i].row << ", " << cells[i].role << ": " << cells[i].question->to_string();
    }
  };
  agree(role_matrix_cells(), 1);
  agree(menu_cells(), 1);
  agree(action_cells(), 1);
  agree(menu_margin_cells(), 7);
  agree(wrong_resource_cells(), 7);
}

}  // namespace
}  // namespace writ::test
