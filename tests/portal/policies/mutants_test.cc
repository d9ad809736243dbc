// Whether the tables would notice a mistake in the policies: each document is broken in one small
// step at a time, and some answer must change.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "portal/policies/answers.h"
#include "portal/policies/mutants.h"

namespace writ::test {
namespace {

using ::testing::ElementsAre;

/// All that the tables know, with the requests made once.
class Tables {
 public:
  Tables() {
    for (Cells cells : {action_cells(), menu_margin_cells(), menu_cells(), role_matrix_cells(),
                        wrong_resource_cells()}) {
      std::move(cells.begin(), cells.end(), std::back_inserter(cells_));
    }
    for (const Cell& cell : cells_) requests_.push_back(cell.question->request());
    situations_ = guardrail_situations();
    for (const Situation& situation : situations_) {
      for (const auto& question : situation.questions) asked_.push_back(question->request());
    }
  }

  /// Whether a cell that the document takes part in comes out otherwise.
  [[nodiscard]] bool notice(const PortalDocuments& documents, const std::string& changed) const {
    const bool everybody = changed == "base" || changed == "standardUser";
    Answers answers(documents);
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (!everybody && cells_[i].role != changed) continue;
      if (answers.decide(cells_[i], requests_[i]).outcome != cells_[i].expected) return true;
    }
    return false;
  }

  /// Whether the guardrail of that Sid, asked alone, denies otherwise than it should.
  [[nodiscard]] bool notice_guardrail(const std::string& text, const std::string& sid) const {
    rapidjson::Document json;
    json.Parse(text.c_str());
    rapidjson::Document alone(rapidjson::kObjectType);
    alone.AddMember("Version", "2012-10-17", alone.GetAllocator());
    for (rapidjson::Value& statement : json["Statement"].GetArray()) {
      if (sid == statement["Sid"].GetString()) {
        alone.AddMember("Statement", statement, alone.GetAllocator());
      }
    }
    PolicyStack stack;
    if (alone.HasMember("Statement") &&
        !stack.add(PolicyType::IdentityBased, sid, to_text(alone))) {
      return true;
    }
    std::size_t next = 0;
    for (const Situation& situation : situations_) {
      const auto denies = situation.denies.find(sid);
      for (const std::string& action : situation.actions) {
        const bool expected =
            denies != situation.denies.end() &&
            std::binary_search(denies->second.begin(), denies->second.end(), action);
        const Outcome outcome = stack.evaluate(asked_[next++]).outcome;
        if (outcome != (expected ? Outcome::ExplicitDeny : Outcome::ImplicitDeny)) return true;
      }
    }
    return false;
  }

 private:
  Cells cells_;
  std::vector<Request> requests_;
  std::vector<Situation> situations_;
  std::vector<Request> asked_;
};

TEST(PortalPoliciesTest, TablesNoticeMutantsOfThePolicies) {
  const PortalTexts shipped = shipped_portal_texts();
  const Tables tables;
  const PortalDocuments sound(shipped);
  ASSERT_FALSE(tables.notice(sound, "base"));
  for (const char* sid : {"InactiveUser", "LeadStays", "MissingKey4"}) {
    ASSERT_FALSE(tables.notice_guardrail(shipped.at("guardrails"), sid)) << sid;
  }

  std::size_t all = 0;
  std::vector<std::string> survivors;
  for (const auto& [name, text] : shipped) {
    PortalDocuments documents(shipped);
    for (const Mutant& mutant : mutants_of(text)) {
      if (!documents.replace(name, mutant.text)) {
        ADD_FAILURE() << name << ", " << mutant.what << ": refused\n" << mutant.text;
        continue;
      }
      ++all;
      if (name == "guardrails" ? tables.notice_guardrail(mutant.text, mutant.sid)
                               : tables.notice(documents, name)) {
        continue;
      }
      survivors.push_back(name + ", " + mutant.what);
    }
  }
  std::printf("%zu mutants, %zu noticed\n", all, all - survivors.size());
  EXPECT_GT(all, 2000U);
  // They decide as the policies do: a negated operator holds for an absent key with IfExists or
  // without, so none of them can be told apart by any request.
  EXPECT_THAT(
      survivors,
      ElementsAre("guardrails, statement 1 `InactiveUser`: add IfExists to StringNotEquals "
                  "portal:UserStatus",
                  "guardrails, statement 4 `NoSelfAssignment`: add IfExists to StringNotEquals "
                  "portal:TargetRole",
                  "guardrails, statement 10 `NoUnlinkPending`: add IfExists to StringNotEquals "
                  "portal:LinkState",
                  "guardrails, statement 11 `RoleNamePrefix`: add IfExists to StringNotLike "
                  "portal:IamRoleName"));
}

}  // namespace
}  // namespace writ::test
