// Whether the tables would notice a mistake in the policies: each document is broken in one small
// step at a time, and some answer must change.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "portal/policies/answers.h"
#include "portal/policies/mutants.h"

namespace writ::test {
namespace {

/// All that the tables know, with the requests made once.
class Tables {
 public:
  Tables() {
    for (Cells cells : {role_matrix_cells(), menu_cells(), menu_margin_cells(), action_cells(),
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
    const bool everybody =
        changed == "base" || changed == "standardUser" || changed == "guardrails";
    Answers answers(documents);
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (!everybody && cells_[i].role != changed) continue;
      if (answers.decide(cells_[i], requests_[i]).outcome != cells_[i].expected) return true;
    }
    return false;
  }

  /// Whether a guardrail denies otherwise: each statement is asked alone, by its Sid.
  [[nodiscard]] bool notice_guardrails(const std::string& text) const {
    std::map<std::string, PolicySet> statements;
    rapidjson::Document json;
    json.Parse(text.c_str());
    for (const rapidjson::Value& statement : json["Statement"].GetArray()) {
      rapidjson::Document alone(rapidjson::kObjectType);
      rapidjson::Value copy(statement, alone.GetAllocator());
      alone.AddMember("Version", "2012-10-17", alone.GetAllocator());
      alone.AddMember("Statement", copy, alone.GetAllocator());
      const Result<PolicySet> set = compile_policy(to_text(alone), PolicyType::IdentityBased);
      if (!set) return true;
      statements.emplace(statement["Sid"].GetString(), *set);
    }
    std::size_t next = 0;
    for (const Situation& situation : situations_) {
      std::set<std::string> listed;
      for (const auto& [sid, actions] : situation.denies) listed.insert(sid);
      for (const std::string& sid : listed) {
        if (statements.count(sid) == 0) return true;
      }
      const std::size_t first = next;
      next += situation.actions.size();
      for (const auto& [sid, set] : statements) {
        PolicyStack stack;
        if (!stack.add(set)) return true;
        const auto denied = situation.denies.find(sid);
        for (std::size_t i = 0; i < situation.actions.size(); ++i) {
          const bool expected = denied != situation.denies.end() &&
                                std::binary_search(denied->second.begin(), denied->second.end(),
                                                   situation.actions[i]);
          const Outcome outcome = stack.evaluate(asked_[first + i]).outcome;
          if (outcome != (expected ? Outcome::ExplicitDeny : Outcome::ImplicitDeny)) return true;
        }
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
  ASSERT_FALSE(tables.notice_guardrails(shipped.at("guardrails")));

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
      if (tables.notice(documents, name)) continue;
      if (name == "guardrails" && tables.notice_guardrails(mutant.text)) continue;
      survivors.push_back(name + ", " + mutant.what);
    }
  }
  std::string list;
  for (const std::string& survivor : survivors) {
    list += "\n  " + survivor;
    // Every statement decides something.
    EXPECT_EQ(survivor.find("drop the statement"), std::string::npos) << survivor;
  }
  const std::size_t killed = all - survivors.size();
  RecordProperty("mutants", static_cast<int>(all));
  RecordProperty("survivors", static_cast<int>(survivors.size()));
  std::printf("%zu mutants, %zu noticed; survivors:%s\n", all, killed, list.c_str());
  EXPECT_GE(killed * 100, all * 95) << list;
}

}  // namespace
}  // namespace writ::test
