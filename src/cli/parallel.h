// Work split over the cores.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string_view>
#include <thread>
#include <vector>

#include "cli/console.h"

namespace writ::cli {

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

/// The same, with `3 of 200 mutants ...` as the progress; `things` are what is counted.
template <class Work>
void in_parallel(std::size_t workers, std::size_t count, Console& console, std::string_view things,
                 const Work& work) {
  in_parallel(workers, count, work, [&](std::size_t done) {
    if (console.progress_is_due()) {
      console.progress(fmt::format("{} of {} {} ...", done, count, things));
    }
  });
  console.clear_progress();
}

}  // namespace writ::cli
