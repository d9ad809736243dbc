// The library and the reference evaluator on the same random policies and requests: they have to
// agree on what loads, on the decision, on its reason and on the statement that decided.
//
//   WRIT_DIFFERENTIAL_CASES=1000000  how many requests, all in all
//   WRIT_DIFFERENTIAL_SEED=7         where chance begins
//   WRIT_DIFFERENTIAL_REPLAY=FILE    instead: the cases of a case file, as a failure prints them
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "differential/compare.h"
#include "differential/engine.h"
#include "differential/generator.h"
#include "differential/random.h"
#include "differential/world.h"
#include "reference/case_reader.h"
#include "reference/evaluator.h"
#include "reference/json.h"

namespace writ::differential {
namespace {

using reference::Case;
using reference::PolicyTexts;
using reference::Texts;

constexpr int kMostFailures = 5;  // shrinking takes its time
constexpr std::size_t kReasons = static_cast<std::size_t>(Reason::AllowedForFederated) + 1;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Tally {
  std::uint64_t cases = 0;
  std::uint64_t documents = 0;
  std::uint64_t refused_documents = 0;
  std::uint64_t invalid_requests = 0;
  std::array<std::uint64_t, kReasons> reasons = {};
  std::uint64_t batches = 0;
  int failures = 0;
};

void fail(const Case& asked, Tally& tally) {
  ++tally.failures;
  ADD_FAILURE() << asked.id << "\n" << report(asked);
}

// Leaves the documents that both sides load; a document that only one of them loads is a failure.
class Filter {
 public:
  Filter(const World& world, std::string id, Tally& tally)
      : world_(world), id_(std::move(id)), tally_(tally) {}

  void filter(Texts& texts, PolicyType type) {
    std::erase_if(texts, [&](const std::string& text) { return !loads(text, type); });
  }
  bool loads(const std::string& text, PolicyType type) {
    ++tally_.documents;
    const bool ours = !engine_refusal(text, type);
    const bool theirs = !reference::refusal(text, type);
    if (!theirs) ++tally_.refused_documents;
    if (ours != theirs) {
      ++tally_.failures;
      Case asked;
      asked.id = id_;
      asked.question.principal = {reference::Principal::Kind::Arn,
                                  "arn:aws:iam::111122223333:user/Alice"};
      asked.question.action = world_.trust ? "sts:AssumeRole" : "s3:GetObject";
      if (world_.trust) asked.question.resource = "arn:aws:iam::111122223333:role/App";
      place(asked.policies, text, type);
      ADD_FAILURE() << id_ << "\n" << report(asked) << "\nfirst seen in " << text;
    }
    return ours && theirs;
  }

 private:
  static void place(PolicyTexts& texts, const std::string& text, PolicyType type) {
    switch (type) {
      case PolicyType::IdentityBased:
        texts.identity = {text};
        break;
      case PolicyType::ResourceBased:
      case PolicyType::RoleTrust:
        texts.resource_policy = text;
        break;
      case PolicyType::PermissionsBoundary:
        texts.boundary = Texts{text};
        break;
      case PolicyType::Session:
        texts.session = Texts{text};
        break;
      case PolicyType::ServiceControl:
        texts.scp = {{text}};
        break;
      case PolicyType::ResourceControl:
        texts.rcp = {{text}};
        break;
      case PolicyType::VpcEndpoint:
        texts.endpoint = Texts{text};
        break;
    }
  }

  const World& world_;
  std::string id_;
  Tally& tally_;
};

// One world, one stack of policies, many requests.
void run_batch(std::uint64_t seed, std::uint64_t batch, bool large, std::uint64_t requests,
               Tally& tally) {
  Random random(seed * 1'000'003 + batch);
  const std::string id = "seed " + std::to_string(seed) + " batch " + std::to_string(batch);
  const World world = make_world(random, large ? 24 : random.between(2, 5));
  const PolicyType resource_type = world.trust ? PolicyType::RoleTrust : PolicyType::ResourceBased;
  // Large sets are what the index is for: it has to find what a scan of all statements finds.
  PolicyTexts texts = make_policies(random, world, large ? random.between(50, 500) : 0);

  Filter filter(world, id, tally);
  filter.filter(texts.identity, PolicyType::IdentityBased);
  if (texts.resource_policy && !filter.loads(*texts.resource_policy, resource_type)) {
    texts.resource_policy.reset();
  }
  if (texts.boundary) filter.filter(*texts.boundary, PolicyType::PermissionsBoundary);
  if (texts.session) filter.filter(*texts.session, PolicyType::Session);
  if (texts.endpoint) filter.filter(*texts.endpoint, PolicyType::VpcEndpoint);
  for (Texts& level : texts.scp) filter.filter(level, PolicyType::ServiceControl);
  for (Texts& level : texts.rcp) filter.filter(level, PolicyType::ResourceControl);

  const Grouping grouping = batch % 2 == 0 ? Grouping::OneSet : Grouping::SetPerDocument;
  const auto engine = Engine::load(texts, resource_type, grouping);
  ASSERT_TRUE(engine) << id << ": the library loads the documents, but not together";
  const reference::Policies policies = reference::load(texts, resource_type);

  std::vector<reference::Question> questions;
  for (std::uint64_t i = 0; i < requests && tally.failures < kMostFailures; ++i) {
    questions.push_back(make_question(random, world));
    const reference::Question& question = questions.back();
    const auto expected = reference::decide(policies, question);
    const bool explain = !large || i % 8 == 0;
    const Answer answer = engine->ask(question, explain);
    ++tally.cases;
    if (expected) {
      ++tally.reasons[static_cast<std::size_t>(expected->reason)];
    } else {
      ++tally.invalid_requests;
    }
    if (answer.evaluated == expected && (!explain || answer.explained == expected)) continue;
    fail({id + " request " + std::to_string(i), question, texts, ""}, tally);
  }
  // The same together: what a batch remembers from one decision to the next changes none.
  ++tally.batches;
  const auto found = engine->batch_difference(questions, large ? 16 : 4);
  if (!found) return;
  ++tally.failures;
  ADD_FAILURE() << id << "\n"
                << *found << "\n"
                << reference::write_case({id, questions.front(), texts, ""});
}

TEST(DifferentialTest, LibraryAndReferenceAgree) {
  if (std::getenv("WRIT_DIFFERENTIAL_REPLAY") != nullptr) GTEST_SKIP() << "skipped: replaying";
  const std::uint64_t cases = number_from("WRIT_DIFFERENTIAL_CASES", 100'000);
  const std::uint64_t seed = number_from("WRIT_DIFFERENTIAL_SEED", 1);
  std::cout << "seed " << seed << ", " << cases << " cases\n";
  Tally tally;
  for (std::uint64_t batch = 0; tally.cases < cases && tally.failures < kMostFailures; ++batch) {
    const bool large = batch % 64 == 63;
    run_batch(seed, batch, large, large ? 100 : 20, tally);
    if (testing::Test::HasFatalFailure()) return;
  }
  std::cout << tally.cases << " cases, " << tally.invalid_requests << " of them invalid requests, "
            << tally.documents << " documents, " << tally.refused_documents << " of them refused, "
            << tally.batches << " batches\n";
  for (std::size_t i = 0; i < kReasons; ++i) {
    Decision decision;
    decision.reason = static_cast<Reason>(i);
    std::cout << "  " << describe(decision) << ": " << tally.reasons[i] << "\n";
    // A generator that never gets somewhere proves nothing about the place.
    if (decision.reason != Reason::NotARequest && cases >= 50'000 && tally.failures == 0) {
      EXPECT_GT(tally.reasons[i], 0U);
    }
  }
}

TEST(DifferentialTest, ReplayedCasesAgree) {
  const char* path = std::getenv("WRIT_DIFFERENTIAL_REPLAY");
  if (path == nullptr) GTEST_SKIP() << "skipped: WRIT_DIFFERENTIAL_REPLAY names no case file";
  std::ifstream file(path);
  ASSERT_TRUE(file) << path;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    const Case asked = reference::read_case(line);
    const auto found = difference(asked);
    std::cout << asked.id << ": reference: " << describe(reference::evaluate(asked)) << "\n";
    EXPECT_FALSE(found) << asked.id << "\n  " << found.value_or("");
  }
}

}  // namespace
}  // namespace writ::differential
