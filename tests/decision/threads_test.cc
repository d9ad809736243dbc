// Many threads decide from the same sets while handles are copied, swapped and dropped. Worth
// running under ThreadSanitizer, which is what the program threads_tests is for.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "writ/testing/matchers.h"
#include "writ/writ.h"

namespace writ {
namespace {

constexpr const char* kReaders = R"({"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/${aws:username}/*",
   "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
                 "ForAllValues:StringLike": {"aws:TagKeys": ["team*", "cost"]}}},
  {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::reports/*/secret"}]})";
constexpr const char* kCeiling =
    R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})";
constexpr const char* kNothing =
    R"({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})";

constexpr int kThreads = 8;
constexpr int kRounds = 2000;

PolicySet compiled(const char* text, PolicyType type) {
  Result<PolicySet> set = compile_policy(text, type);
  EXPECT_TRUE(set.has_value());
  return set ? *std::move(set) : PolicySet();
}

class Question {
 public:
  explicit Question(std::string_view resource) : caller_(Caller::from_arn(kAlice)) {
    RequestBuilder builder(*caller_, "s3:GetObject", resource);
    builder.set("aws:username", "Alice").set("aws:SourceIp", "203.0.113.77");
    builder.set_list("aws:TagKeys", kTags);
    request_.emplace_back(*builder.build());
  }
  const Request& request() const { return request_.front(); }

 private:
  static constexpr std::string_view kAlice = "arn:aws:iam::111122223333:user/Alice";
  static constexpr std::array<std::string_view, 2> kTags = {"team-a", "cost"};

  Result<Caller> caller_;
  std::vector<Request> request_;
};

// E-96: nothing is kept between evaluations, so all threads see the same answers.
TEST(ThreadsTest, ConcurrentEvaluationsAgree) {
  const PolicySet identity = compiled(kReaders, PolicyType::IdentityBased);
  const PolicySet boundary = compiled(kCeiling, PolicyType::PermissionsBoundary);
  const Question may("arn:aws:s3:::reports/Alice/may.csv");
  const Question secret("arn:aws:s3:::reports/Alice/secret");
  const Question other("arn:aws:s3:::reports/Bob/may.csv");
  std::atomic<int> wrong = 0;

  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        // Copied by every thread in every round, and dropped while others still read.
        const PolicySet mine = identity;
        const PolicySet cap = boundary;
        AppliedPolicies policies;
        policies.identity = std::span(&mine, 1);
        policies.boundary = PolicyLayer(std::span(&cap, 1));
        if (!evaluate(may.request(), policies).is_allowed()) ++wrong;
        if (evaluate(secret.request(), policies).outcome != Outcome::ExplicitDeny) ++wrong;
        if (evaluate(other.request(), policies).reason != Reason::NoIdentityAllow) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// A new set is published by swapping a pointer: readers finish with the old one, whose last handle
// is dropped on whatever thread comes last.
TEST(ThreadsTest, SetsAreReplacedUnderReaders) {
  const PolicySet open = compiled(kReaders, PolicyType::IdentityBased);
  auto current = std::make_shared<const PolicySet>(open);
  const Question may("arn:aws:s3:::reports/Alice/may.csv");
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;

  std::vector<std::thread> readers;
  for (int t = 0; t < kThreads; ++t) {
    readers.emplace_back([&] {
      while (!stop) {
        const std::shared_ptr<const PolicySet> pinned = std::atomic_load(&current);
        AppliedPolicies policies;
        policies.identity = std::span(pinned.get(), 1);
        const Decision decision = evaluate(may.request(), policies);
        if (decision.outcome == Outcome::ImplicitDeny) ++wrong;
      }
    });
  }
  for (int round = 0; round < 200; ++round) {
    const char* text = round % 2 == 0 ? kNothing : kReaders;
    std::atomic_store(&current,
                      std::make_shared<const PolicySet>(compiled(text, PolicyType::IdentityBased)));
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

// Explanations are made from the same sets; they allocate, and share nothing.
TEST(ThreadsTest, ConcurrentExplanationsAgree) {
  PolicyStack stack;
  ASSERT_TRUE(stack.add(PolicyType::IdentityBased, "Readers", kReaders).has_value());
  const Question secret("arn:aws:s3:::reports/Alice/secret");
  const std::string expected = stack.explain(secret.request()).to_string();
  std::atomic<int> wrong = 0;

  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds / 20; ++round) {
        if (stack.explain(secret.request()).to_string() != expected) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace writ
