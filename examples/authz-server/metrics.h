// Metrics: what happened, counted, as Prometheus reads it (text format 0.0.4).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "question.h"
#include "writ/decision.h"
#include "writ/decision_log.h"
#include "writ/document_error.h"

namespace authz {

/// Thread-safety: all members from any thread. Counting takes no lock.
class Metrics {
 public:
  /// Made when the first policies have been read.
  Metrics();

  void count(writ::Outcome outcome) noexcept {
    decisions_[static_cast<std::size_t>(outcome)].fetch_add(1, std::memory_order_relaxed);
  }
  void count(Refusal refusal) noexcept {
    refusals_[static_cast<std::size_t>(refusal)].fetch_add(1, std::memory_order_relaxed);
  }
  /// What answering one question took, from its headers to its answer.
  void observe(std::uint64_t nanoseconds) noexcept;
  /// A look at the folder that changed something; `errors` are the files refused at present.
  void reloaded(bool published, const std::vector<writ::DocumentError>& errors);

  /// 1 at the start, one more with each reload. A decision in the very moment of a reload may be
  /// one ahead of it.
  [[nodiscard]] std::uint64_t policy_version() const noexcept {
    return version_.load(std::memory_order_relaxed);
  }
  /// `log` may be null.
  [[nodiscard]] std::string to_string(const writ::DecisionLogCounts* log) const;

 private:
  using Counter = std::atomic<std::uint64_t>;

  /// Upper bounds of the buckets, in nanoseconds and as Prometheus spells them in seconds.
  struct Bound {
    std::uint64_t nanoseconds;
    const char* seconds;
  };
  static constexpr Bound kBounds[] = {
      {1'000, "1e-06"},     {2'000, "2e-06"},     {5'000, "5e-06"},     {10'000, "1e-05"},
      {20'000, "2e-05"},    {50'000, "5e-05"},    {100'000, "0.0001"},  {200'000, "0.0002"},
      {500'000, "0.0005"},  {1'000'000, "0.001"}, {10'000'000, "0.01"}, {100'000'000, "0.1"},
      {1'000'000'000, "1"},
  };
  static constexpr std::size_t kBounded = sizeof kBounds / sizeof kBounds[0];

  std::array<Counter, 3> decisions_ = {};
  std::array<Counter, kRefusalCount> refusals_ = {};
  std::array<Counter, kBounded + 1> buckets_ = {};
  Counter nanoseconds_ = 0;
  Counter version_ = 1;

  mutable std::mutex reloads_mutex_;  // of what follows
  std::uint64_t refused_reloads_ = 0;
  std::int64_t last_reload_;  // or the start; seconds since 1970
  std::vector<writ::DocumentError> errors_;
};

}  // namespace authz
