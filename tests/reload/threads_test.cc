// Many threads read while others publish. Worth running under ThreadSanitizer, which is what the
// program threads_tests is for.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "writ/policy_stack.h"
#include "writ/policy_store.h"
#include "writ/published.h"
#include "writ/writ.h"

namespace writ {
namespace {

constexpr int kReaders = 4;
constexpr int kWriters = 2;

/// A value that knows whether it is whole, and whether it is still there.
class Whole {
 public:
  Whole(std::uint64_t number, std::atomic<int>& alive) : alive_(&alive) {
    words_.fill(number);
    ++*alive_;
  }
  Whole(const Whole& other) noexcept : words_(other.words_), alive_(other.alive_) { ++*alive_; }
  Whole& operator=(const Whole&) = delete;
  ~Whole() {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] = ~i;
    --*alive_;
  }

  [[nodiscard]] std::uint64_t number() const { return words_.front(); }
  [[nodiscard]] bool is_whole() const {
    for (const std::uint64_t word : words_) {
      if (word != words_.front()) return false;
    }
    return true;
  }

 private:
  std::array<std::uint64_t, 32> words_;
  std::atomic<int>* alive_;
};

TEST(ReloadThreadsTest, ReadersSeeWholeValuesThatNeverGoBack) {
  std::atomic<int> alive = 0;
  std::atomic<int> wrong = 0;
  std::atomic<bool> stop = false;
  {
    Published<Whole> published(Whole(0, alive));
    std::vector<std::thread> readers;
    for (int t = 0; t < kReaders; ++t) {
      readers.emplace_back([&] {
        auto reader = published.reader();
        std::uint64_t last = 0;
        while (!stop) {
          const auto snapshot = reader.pin();
          if (!snapshot->is_whole() || snapshot->number() < last) ++wrong;
          last = snapshot->number();
          if (!snapshot->is_whole()) ++wrong;
        }
      });
    }
    std::vector<std::thread> writers;
    for (int t = 0; t < kWriters; ++t) {
      writers.emplace_back([&] {
        for (int i = 0; i < 3000; ++i) {
          published.update([&](const Whole& now) { return Whole(now.number() + 1, alive); });
          // Each reader holds one at most; one more is current, and one for each writer is being
          // made or moved.
          if (alive > kReaders + 1 + 2 * kWriters) ++wrong;
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    stop = true;
    for (std::thread& reader : readers) reader.join();
    EXPECT_EQ(published.reclaim(), 0U);
    EXPECT_EQ(alive, 1);
    EXPECT_EQ(published.reader().pin()->number(), 3000U * kWriters);
  }
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(wrong, 0);
}

TEST(ReloadThreadsTest, ReadersComeAndGoWhileOthersPublish) {
  std::atomic<int> alive = 0;
  std::atomic<int> wrong = 0;
  Published<Whole> published(Whole(0, alive));
  std::vector<std::thread> threads;
  for (int t = 0; t < kReaders; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        auto reader = published.reader();
        if (!reader.pin()->is_whole()) ++wrong;
      }
    });
  }
  for (std::uint64_t i = 1; i <= 1000; ++i) published.publish(Whole(i, alive));
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(published.reclaim(), 0U);
  EXPECT_EQ(alive, 1);
  EXPECT_EQ(wrong, 0);
}

// What belongs together is one value: the guardrail never goes without the permission.
TEST(ReloadThreadsTest, StacksAreReplacedUnderReaders) {
  const auto stack = [](std::string_view prefix) {
    PolicyStack result;
    const auto document = [&](std::string_view effect, std::string_view action) {
      return R"({"Version": "2012-10-17", "Statement": {"Effect": ")" + std::string(effect) +
             R"(", "Action": ")" + std::string(action) + R"(", "Resource": "arn:aws:s3:::)" +
             std::string(prefix) + R"(/*"}})";
    };
    EXPECT_TRUE(result.add(PolicyType::IdentityBased, "a", document("Allow", "s3:*")).has_value());
    EXPECT_TRUE(
        result.add(PolicyType::IdentityBased, "b", document("Deny", "s3:Delete*")).has_value());
    return result;
  };
  Published<PolicyStack> published(stack("a"));
  const Result<Caller> alice = Caller::from_arn("arn:aws:iam::111122223333:user/Alice");
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int t = 0; t < kReaders; ++t) {
    readers.emplace_back([&] {
      auto reader = published.reader();
      const auto in_a = RequestBuilder(*alice, "s3:GetObject", "arn:aws:s3:::a/x").build();
      const auto in_b = RequestBuilder(*alice, "s3:GetObject", "arn:aws:s3:::b/x").build();
      const auto removal = RequestBuilder(*alice, "s3:DeleteObject", "arn:aws:s3:::b/x").build();
      while (!stop) {
        const auto snapshot = reader.pin();
        const bool a = snapshot->evaluate(*in_a).is_allowed();
        const bool b = snapshot->evaluate(*in_b).is_allowed();
        if (a == b) ++wrong;
        if (snapshot->evaluate(*removal).is_allowed()) ++wrong;
      }
    });
  }
  for (int round = 0; round < 300; ++round) published.publish(stack(round % 2 == 0 ? "b" : "a"));
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

// Two documents change in one step; a reader never sees one without the other.
TEST(ReloadThreadsTest, ChangesOfAStoreAreSeenTogether) {
  PolicyStore store(PolicyType::IdentityBased, {.segments = {.min_segment_statements = 1}});
  const auto document = [](std::string_view effect) {
    return R"({"Version": "2012-10-17", "Statement": {"Effect": ")" + std::string(effect) +
           R"(", "Action": "s3:GetObject", "Resource": "*"}})";
  };
  const auto both = [&](std::string_view first, std::string_view second) {
    std::vector<PolicyChange> changes;
    changes.push_back({"a", document(first)});
    changes.push_back({"z", document(second)});
    return store.apply(std::move(changes)).has_value();
  };
  ASSERT_TRUE(both("Allow", "Deny"));
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(store.put("m" + std::to_string(i), document("Allow")).has_value());
  }
  const Result<Caller> alice = Caller::from_arn("arn:aws:iam::111122223333:user/Alice");
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int t = 0; t < kReaders; ++t) {
    readers.emplace_back([&] {
      PolicyStore::Reader reader = store.reader();
      const auto request = RequestBuilder(*alice, "s3:GetObject", "arn:aws:s3:::a/x").build();
      while (!stop) {
        const auto segments = reader.pin();
        AppliedPolicies policies;
        policies.identity = segments->sets();
        const Decision decision = evaluate(*request, policies);
        const std::string_view name = segments->name_of(decision.statement.document);
        if (decision.outcome != Outcome::ExplicitDeny || (name != "a" && name != "z")) ++wrong;
      }
    });
  }
  std::vector<std::thread> writers;
  for (int t = 0; t < kWriters; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        const bool swap = i % 2 == 0;
        if (t == 0 && !both(swap ? "Deny" : "Allow", swap ? "Allow" : "Deny")) ++wrong;
        const std::string name = "m" + std::to_string(i % 20);
        if (t == 1 && !store.put(name, document("Allow")).has_value()) ++wrong;
        if (t == 1 && i % 3 == 0 && !store.remove(name).has_value()) ++wrong;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace writ
