// Work split over the cores.
#pragma once

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

namespace writ::cli {

/// Threads to use: as many as there are cores, or what `--jobs` says.
[[nodiscard]] inline std::size_t core_count() noexcept {
  return std::max(1U, std::thread::hardware_concurrency());
}

/// The value of `--jobs`: 1 to 1024.
[[nodiscard]] inline std::optional<std::size_t> read_jobs(std::string_view text) noexcept {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (count == 0 || count > 1024) return std::nullopt;
  return count;
}

/// A percentage from 0 to 100.
[[nodiscard]] inline std::optional<double> read_percent(std::string_view text) noexcept {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(value >= 0 && value <= 100)) return std::nullopt;
  return value;
}

/// Calls `work(worker, i)` once for each i below `count`, on `workers` threads, the caller's among
/// them; `tell(done)` now and then on the caller's. `worker` counts from 0.
template <class Work, class Tell>
void in_parallel(std::size_t workers, std::size_t count, const Work& work, const Tell& tell) {
  std::atomic<std::size_t> next = 0;
  const auto run = [&](std::size_t worker) {
    for (std::size_t i = next++; i < count; i = next++) {
      work(worker, i);
      if (worker == 0) tell(std::min(count, next.load()));
    }
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < std::min(workers, count); ++i) others.emplace_back(run, i);
  run(0);
  for (std::thread& other : others) other.join();
}

}  // namespace writ::cli
