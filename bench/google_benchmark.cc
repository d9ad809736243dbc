#include "google_benchmark.h"

#include <vector>

#include "questions.h"

namespace writ::bench {

namespace {

class Capture : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.error_occurred) give_up(run.benchmark_name(), run.error_message);
      timing_.ns = run.GetAdjustedRealTime();
      const auto items = run.counters.find("items_per_second");
      if (items != run.counters.end()) timing_.items_per_second = items->second;
    }
  }
  [[nodiscard]] const Timing& timing() const noexcept { return timing_; }

 private:
  Timing timing_;
};

}  // namespace

Timing run_google_benchmark(const std::string& name, double seconds, int threads,
                            const std::function<void(benchmark::State&)>& function) {
  benchmark::ClearRegisteredBenchmarks();
  benchmark::RegisterBenchmark(name.c_str(), function)
      ->MinTime(seconds)
      ->Threads(threads)
      ->UseRealTime();
  Capture capture;
  benchmark::RunSpecifiedBenchmarks(&capture);
  return capture.timing();
}

}  // namespace writ::bench
