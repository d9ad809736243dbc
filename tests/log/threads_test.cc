// Many threads record while one writes: every decision is a whole line or a counted drop. Worth
// running under ThreadSanitizer, which is what the program threads_tests is for.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "writ/decision_log.h"
#include "writ/impl/json_tree.h"
#include "writ/policy_stack.h"

namespace writ {
namespace {

struct Collected {
  std::string text;
  static bool take(void* self, std::string_view lines) noexcept {
    static_cast<Collected*>(self)->text += lines;
    return true;
  }
};

// Threads record; one flushes beside them; one closes before they are done, or after.
void run_threads(std::uint32_t records, bool close_early) {
  constexpr int kThreads = 4;
  constexpr int kEach = 3000;
  PolicyStack policies;
  ASSERT_TRUE(policies.add(PolicyType::IdentityBased, "P", R"({"Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"}]})"));
  Collected collected;
  std::atomic<std::uint64_t> taken = 0;
  std::atomic<int> running = kThreads;
  DecisionLog log(Collected::take, &collected, {.records = records});
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const std::string name = std::to_string(t);
      const std::string resource =
          "arn:aws:s3:::b/" + std::string(static_cast<std::size_t>(t), 'k');
      RequestBuilder builder(*Caller::from_arn("arn:aws:iam::111122223333:user/Alice"),
                             "s3:GetObject", resource);
      const Request request = builder.set("k:thread", name).build().value();
      for (int i = 0; i < kEach; ++i) {
        const Decision decision = policies.evaluate(request);
        if (log.record(request, policies.applied(), decision, name)) ++taken;
      }
      --running;
    });
  }
  std::thread flusher([&] {
    while (running > 0) log.flush();
  });
  if (close_early) log.close();
  for (std::thread& thread : threads) thread.join();
  flusher.join();
  log.close();

  const DecisionLogCounts counts = log.counts();
  EXPECT_EQ(counts.recorded, taken);
  EXPECT_EQ(counts.lines_written, taken);
  EXPECT_EQ(taken + counts.dropped_full + counts.dropped_closed, std::uint64_t{kThreads} * kEach);
  std::uint64_t lines = 0;
  std::uint64_t told = 0;
  for (std::size_t at = 0; at < collected.text.size();) {
    const std::size_t end = collected.text.find('\n', at);
    ASSERT_NE(end, std::string::npos);
    const std::string_view line = std::string_view(collected.text).substr(at, end - at);
    const auto tree = detail::JsonTree::parse(line);
    ASSERT_TRUE(tree) << line;
    if (tree->member(tree->root(), "log")->text == "gap") {
      told += std::stoull(std::string(tree->member(tree->root(), "full")->text));
    } else {
      ++lines;
      const auto* context = tree->member(tree->root(), "context");
      ASSERT_EQ(tree->first_child(*context)->text, tree->member(tree->root(), "program")->text);
    }
    at = end + 1;
  }
  EXPECT_EQ(lines, taken);
  EXPECT_EQ(told, counts.dropped_full);
}

TEST(DecisionLogThreadsTest, EveryDecisionIsALineOrACountedDrop) { run_threads(1024, false); }
TEST(DecisionLogThreadsTest, AFullRingLosesNothingUncounted) { run_threads(4, false); }
TEST(DecisionLogThreadsTest, ClosingInTheMiddleLosesNothingUncounted) { run_threads(64, true); }

}  // namespace
}  // namespace writ
