// The measuring loop: the cost of each single request, and the mean over all of them.
//
// A request's cost is its least over 15 runs or more, with the timer's own cost subtracted: the
// least, because everything that disturbs a measurement makes it longer. A run is the mean of a few
// passes over all requests, each in another random order: some processors' cycle counters advance
// in steps of ten nanoseconds, and only a mean sees between the steps. Before the timer starts the
// request's own bytes are read once, since whoever asks has just put the request together; the
// policies are left where the other requests left them. The mean is that of whole passes, timed in
// blocks of a few requests, so that one decision may overlap the next as it does in a busy service;
// nothing is taken the least of.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "allocations.h"
#include "random.h"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace writ::bench {

/// Ticks of a clock that is read in a few nanoseconds. Fenced: what stands before `start` is done
/// when the time is taken, and what stands before `stop` is inside.
#if defined(__x86_64__)
inline constexpr bool kCycleClock = true;
[[nodiscard]] inline std::uint64_t start_ticks() noexcept {
  _mm_mfence();
  _mm_lfence();
  const std::uint64_t now = __rdtsc();
  _mm_lfence();
  return now;
}
[[nodiscard]] inline std::uint64_t stop_ticks() noexcept {
  unsigned processor = 0;
  const std::uint64_t now = __rdtscp(&processor);
  _mm_lfence();
  return now;
}
#else
inline constexpr bool kCycleClock = false;
[[nodiscard]] inline std::uint64_t start_ticks() noexcept {
  std::atomic_signal_fence(std::memory_order_seq_cst);
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::steady_clock::now().time_since_epoch())
                                        .count());
}
[[nodiscard]] inline std::uint64_t stop_ticks() noexcept {
  const std::uint64_t now = start_ticks();
  std::atomic_signal_fence(std::memory_order_seq_cst);
  return now;
}
#endif

/// Keeps a result from being optimized away.
template <class T>
inline void keep(const T& value) noexcept {
  asm volatile("" : : "r,m"(value) : "memory");
}

/// The clock's rate and what reading it twice costs.
struct Clock {
  double ns_per_tick = 1;
  double overhead_ticks = 0;

  [[nodiscard]] static const Clock& calibrated();
};

/// Reads one byte of each cache line.
inline void touch(const void* begin, std::size_t size) noexcept {
  const char* bytes = static_cast<const char*>(begin);
  char sum = 0;
  for (std::size_t i = 0; i < size; i += 64) sum = static_cast<char>(sum + bytes[i]);
  if (size != 0) sum = static_cast<char>(sum + bytes[size - 1]);
  keep(sum);
}

/// So many requests are timed together for the mean.
inline constexpr std::size_t kBlock = 8;

/// Puts everything else out of the caches, by walking through more than they hold.
void flush_caches();

struct LoopOptions {
  int runs = 15;
  double budget_seconds = 1.5;  ///< fewer requests, then fewer passes, when it would take longer
  bool cold = false;            ///< flush the caches before each request
};

/// What fits into the budget.
struct LoopPlan {
  std::size_t requests = 0;
  int runs = 1;
  int passes_per_run = 1;

  /// `affordable` calls fit.
  [[nodiscard]] static LoopPlan within(double affordable, std::size_t count,
                                       const LoopOptions& options);
};

struct Series {
  std::vector<double> ns;            ///< by request, in the order of `requests`
  std::vector<std::size_t> request;  ///< which requests were measured
  double mean_ns = 0;                ///< over whole passes, timed in blocks; 0 when cold
  double allocations = 0;            ///< for each request
  int runs = 0;                      ///< runs that the least was taken of

  [[nodiscard]] double percentile(double share) const { return percentile_of(ns, share); }
  [[nodiscard]] static double percentile_of(std::vector<double> values, double share);
};

/// `touch_request(i)` reads request i, `call(i)` decides it and returns something to keep.
template <class Touch, class Call>
[[nodiscard]] Series measure(std::size_t count, const LoopOptions& options, Touch&& touch_request,
                             Call&& call) {
  const Clock& clock = Clock::calibrated();
  const auto prepare = [&](std::size_t i) {
    if (options.cold) {
      flush_caches();
    } else {
      touch_request(i);
    }
  };
  const auto timed = [&](std::size_t i) {
    const std::uint64_t start = start_ticks();
    keep(call(i));
    return stop_ticks() - start;
  };

  // A first look decides how much fits into the budget; it warms as well.
  const std::size_t sample = std::min<std::size_t>(count, options.cold ? 8 : 256);
  const std::uint64_t began = start_ticks();
  for (std::size_t i = 0; i < sample; ++i) {
    prepare(i * (count / sample));
    keep(timed(i * (count / sample)));
  }
  const double each = static_cast<double>(stop_ticks() - began) * clock.ns_per_tick * 1e-9 /
                      static_cast<double>(sample);
  const double affordable = options.budget_seconds / each;
  const LoopPlan plan = LoopPlan::within(affordable, count, options);

  Series series;
  series.runs = plan.runs;
  series.request.resize(plan.requests);
  // The list is in random order: its beginning is as good as any choice.
  std::iota(series.request.begin(), series.request.end(), std::size_t{0});
  std::vector<std::size_t> order = series.request;
  Random random(plan.requests);
  if (!options.cold) {
    std::vector<double> means;
    const int rounds = std::max(1, std::min(5, plan.runs / 3));
    for (int round = 0; round < rounds; ++round) {
      random.shuffle(order);
      double ticks = 0;
      const std::size_t before = allocations();
      for (std::size_t first = 0; first < order.size(); first += kBlock) {
        const std::size_t end = std::min(order.size(), first + kBlock);
        for (std::size_t i = first; i < end; ++i) touch_request(order[i]);
        const std::uint64_t start = start_ticks();
        for (std::size_t i = first; i < end; ++i) keep(call(order[i]));
        ticks += static_cast<double>(stop_ticks() - start) - clock.overhead_ticks;
      }
      const auto done = static_cast<double>(order.size());
      series.allocations = static_cast<double>(allocations() - before) / done;
      means.push_back(ticks * clock.ns_per_tick / done);
    }
    series.mean_ns = Series::percentile_of(means, 0.5);
  }

  std::vector<std::uint64_t> least(plan.requests, std::numeric_limits<std::uint64_t>::max());
  std::vector<std::uint64_t> sum(plan.requests);
  for (int run = 0; run < plan.runs; ++run) {
    std::fill(sum.begin(), sum.end(), 0);
    for (int pass = 0; pass < plan.passes_per_run; ++pass) {
      random.shuffle(order);
      for (const std::size_t i : order) {
        prepare(i);
        sum[i] += timed(i);
      }
    }
    for (std::size_t i = 0; i < sum.size(); ++i) least[i] = std::min(least[i], sum[i]);
  }
  series.ns.resize(plan.requests);
  for (std::size_t i = 0; i < plan.requests; ++i) {
    const double ticks = static_cast<double>(least[i]) / plan.passes_per_run;
    series.ns[i] = std::max(0.0, ticks - clock.overhead_ticks) * clock.ns_per_tick;
  }
  return series;
}

}  // namespace writ::bench
