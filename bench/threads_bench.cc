// Whether two threads decide twice as much: against looking up the same strings in a hash table,
// which shares nothing but memory either.
#include <thread>

#include "google_benchmark.h"
#include "hash_lookup.h"
#include "questions.h"
#include "session.h"

namespace writ::bench {
namespace {

void threads_family(Session& session) {
  const int most = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  for (const std::size_t n : session.sizes({1000}, {1000})) {
    const Workload work = one_user("mixed", n);
    const CompiledPolicies policies(work);
    const Questions questions(work, policies);
    const HashLookup table(questions);
    const auto add = [&](const char* subject, auto&& decide) {
      const auto loop = [&](benchmark::State& state) {
        // Each thread begins elsewhere in the list.
        std::size_t i = static_cast<std::size_t>(state.thread_index()) * 1237;
        std::int64_t decisions = 0;
        for (auto _ : state) {
          for (std::size_t j = 0; j < 1024; ++j) {
            i = i + 1 < questions.size() ? i + 1 : 0;
            keep(decide(i));
          }
          decisions += 1024;
        }
        state.SetItemsProcessed(decisions);
      };
      // One and several in turn, a few times: what a machine gives to a thread changes while one
      // waits. The medians of the pairs' ratios count.
      std::vector<double> single;
      std::vector<double> scaling;
      const int rounds = session.options().smoke ? 1 : 5;
      for (int round = 0; round < rounds; ++round) {
        single.push_back(
            run_google_benchmark("BM_Threads", session.seconds(), 1, loop).items_per_second);
        const Timing all = run_google_benchmark("BM_Threads", session.seconds(), most, loop);
        scaling.push_back(all.items_per_second / single.back());
      }
      Row row;
      row.family = "threads";
      row.variant = "one_user";
      row.subject = subject;
      row.n = n;
      row.mean_ns = 1e9 / Series::percentile_of(single, 0.5);
      row.more = {{"threads", static_cast<double>(most)},
                  {"decisions_per_second", Series::percentile_of(single, 0.5)},
                  {"scaling", Series::percentile_of(scaling, 0.5)}};
      session.add(std::move(row));
    };
    add("writ", [&](std::size_t i) { return questions.evaluate(i).outcome; });
    add("_HashLookup", [&](std::size_t i) { return table.allows(questions.plain(i)); });
  }
}

const Registration registration("threads", 120, threads_family);

}  // namespace
}  // namespace writ::bench
