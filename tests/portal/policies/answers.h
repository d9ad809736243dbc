// Puts cells to documents, one policy set per role.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "portal/policies/portal_documents.h"
#include "portal/policies/portal_question.h"

namespace writ::test {

class Answers {
 public:
  explicit Answers(const PortalDocuments& documents) : documents_(&documents) {}

  [[nodiscard]] Decision decide(const Cell& cell, const Request& request) {
    return stack(cell.role, cell.guarded).evaluate(request);
  }
  [[nodiscard]] Explanation explain(const Cell& cell) {
    return stack(cell.role, cell.guarded).explain(cell.question->request());
  }

 private:
  [[nodiscard]] const PolicyStack& stack(const std::string& role, bool guarded) {
    std::map<std::string, PolicyStack>& stacks = guarded ? guarded_ : unguarded_;
    const auto found = stacks.find(role);
    if (found != stacks.end()) return found->second;
    return stacks
        .emplace(role, documents_->of({role}, guarded ? PortalDocuments::Guardrails::With
                                                      : PortalDocuments::Guardrails::Without))
        .first->second;
  }

  const PortalDocuments* documents_;
  std::map<std::string, PolicyStack> guarded_;
  std::map<std::string, PolicyStack> unguarded_;
};

/// Whether a statement of this Sid applied.
[[nodiscard]] inline bool applied(const Explanation& explanation, std::string_view sid) {
  for (const LayerTrace& layer : explanation.layers()) {
    for (const StatementTrace& statement : layer.statements) {
      if (statement.applied && statement.sid == sid) return true;
    }
  }
  return false;
}

/// Holds every cell against the shipped documents; returns how many are allowed.
inline std::size_t expect_cells(const Cells& cells) {
  const PortalDocuments documents(shipped_portal_texts());
  Answers answers(documents);
  std::size_t allowed = 0;
  for (const Cell& cell : cells) {
    const Decision decision = answers.decide(cell, cell.question->request());
    allowed += decision.is_allowed() ? 1 : 0;
    EXPECT_EQ(to_string(decision.outcome), to_string(cell.expected))
        << cell.row << ", " << cell.role << ": " << cell.question->to_string() << "\n"
        << answers.explain(cell).to_string();
    if (!cell.sid.empty()) {
      EXPECT_TRUE(applied(answers.explain(cell), cell.sid)) << cell.row << ", " << cell.role;
    }
  }
  return allowed;
}

}  // namespace writ::test
