#include "latency.h"

#include <cmath>

namespace writ::bench {

const Clock& Clock::calibrated() {
  static const Clock clock = [] {
    Clock made;
    if constexpr (kCycleClock) {
      const auto wall_start = std::chrono::steady_clock::now();
      const std::uint64_t start = start_ticks();
      while (std::chrono::steady_clock::now() - wall_start < std::chrono::milliseconds(50)) {
      }
      const std::uint64_t stop = stop_ticks();
      const std::chrono::duration<double, std::nano> wall =
          std::chrono::steady_clock::now() - wall_start;
      made.ns_per_tick = wall.count() / static_cast<double>(stop - start);
    }
    // The mean of what an empty measurement gives, without those that were disturbed.
    std::vector<double> empty(100000);
    for (double& ticks : empty) {
      const std::uint64_t start = start_ticks();
      keep(ticks);
      ticks = static_cast<double>(stop_ticks() - start);
    }
    const double limit = 2 * Series::percentile_of(empty, 0.5);
    double sum = 0;
    double count = 0;
    for (const double ticks : empty) {
      if (ticks > limit) continue;
      sum += ticks;
      ++count;
    }
    made.overhead_ticks = sum / count;
    return made;
  }();
  return clock;
}

LoopPlan LoopPlan::within(double affordable, std::size_t count, const LoopOptions& options) {
  LoopPlan plan;
  plan.runs = options.cold ? std::min(options.runs, 3) : options.runs;
  // What the look before the runs costs: the passes for the mean.
  const int extra = options.cold ? 0 : std::max(1, std::min(5, plan.runs / 3));
  plan.requests = count;
  const double passes = affordable / static_cast<double>(count) - extra;
  if (passes >= plan.runs) {
    plan.passes_per_run = options.cold ? 1 : std::clamp(static_cast<int>(passes) / plan.runs, 1, 8);
    return plan;
  }
  // Fewer requests, and when even a few are too many, fewer runs.
  const double fitting = affordable / (plan.runs + extra);
  plan.requests = std::min(count, std::max<std::size_t>(static_cast<std::size_t>(fitting), 128));
  const double runs = affordable / static_cast<double>(plan.requests) - extra;
  plan.runs = std::clamp(static_cast<int>(runs), 1, plan.runs);
  return plan;
}

void flush_caches() {
  // Twice what the last level holds on common machines.
  static std::vector<std::uint64_t> walk(std::size_t{64} << 17U, 1);
  for (std::size_t i = 0; i < walk.size(); i += 8) ++walk[i];
  keep(walk.data());
}

double Series::percentile_of(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  const std::size_t index = rank == 0 ? 0 : std::min(rank, values.size()) - 1;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(index),
                   values.end());
  return values[index];
}

}  // namespace writ::bench
