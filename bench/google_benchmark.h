// Where a whole operation is timed again and again (parsing, compiling, threads), Google Benchmark
// does it: it finds the number of iterations and starts the threads.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <string>

namespace writ::bench {

struct Timing {
  double ns = 0;                ///< wall time of one iteration of one thread
  double items_per_second = 0;  ///< of all threads together, when the function counts items
};

/// Runs one function for about so long on so many threads.
[[nodiscard]] Timing run_google_benchmark(const std::string& name, double seconds, int threads,
                                          const std::function<void(benchmark::State&)>& function);

}  // namespace writ::bench
