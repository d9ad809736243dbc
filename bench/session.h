// What a family of benchmarks works with: options, progress, results. A family is one file,
// `<family>_bench.cc`, that defines a function and a `const Registration`; nothing else lists it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "latency.h"
#include "workload.h"

namespace writ::bench {

struct Options {
  std::vector<std::string> families;  ///< empty for all
  std::vector<std::size_t> sizes;     ///< `--n`; empty for the family's own
  std::string variant;                ///< `--variant`; empty for all
  bool quick = false;                 ///< fewer sizes and passes
  bool smoke = false;                 ///< a moment: whether it works, not how fast it is
  std::string json_file;
  std::string dump_file;    ///< write the workload there instead of measuring
  std::string corpus_file;  ///< JSON Lines with a `document` in each; may be missing
  std::string policies;     ///< the folder `policies/`
};

/// One line of the results. Figures that a row does not have are negative.
struct Row {
  std::string family;
  std::string variant;
  std::string subject;  ///< `writ`, `_HandWrittenCpp`, `_LinearScan`, `_HashLookup`, `RapidJSON`
  std::size_t n = 0;    ///< statements
  bool cold = false;
  std::size_t requests = 0;
  int runs = 0;  ///< that each request's least was taken of
  double p50_ns = -1;
  double p99_ns = -1;
  double mean_ns = -1;
  double p50_allowed_ns = -1;
  double p50_not_allowed_ns = -1;
  double allocations = -1;
  std::vector<std::pair<std::string, double>> more;  ///< further figures by name
};

class Questions;

class Session {
 public:
  explicit Session(Options options) : options_(std::move(options)) {}

  [[nodiscard]] const Options& options() const noexcept { return options_; }
  [[nodiscard]] const std::vector<Row>& rows() const noexcept { return rows_; }
  void add(Row row);
  /// The family's own sizes, cut down for quick runs, or those of `--n`.
  [[nodiscard]] std::vector<std::size_t> sizes(std::vector<std::size_t> full,
                                               std::vector<std::size_t> quick) const;
  [[nodiscard]] bool wants_variant(std::string_view variant) const {
    return options_.variant.empty() || options_.variant == variant;
  }
  [[nodiscard]] LoopOptions loop() const;
  /// How long Google Benchmark times one function.
  [[nodiscard]] double seconds() const noexcept;

  /// Which baselines a workload is measured against.
  struct Against {
    bool linear_scan = true;
    bool hand_written_homes = false;    ///< of one_user
    bool hand_written_partner = false;  ///< of partner_central
    bool cold = false;
  };
  /// Compiles the workload, checks that the baselines agree with writ on every request, measures
  /// all, adds the rows. Aborts when an answer differs or fewer than half of the requests are not
  /// allowed.
  void run(const Workload& work, const Against& against);

 private:
  void dump(const Workload& work, const Questions& questions) const;

  Options options_;
  std::vector<Row> rows_;
};

/// A family by its name. Kept in a list that main walks through.
struct Registration {
  Registration(const char* name, int order, void (*run)(Session&));
};
struct Family {
  const char* name;
  int order;
  void (*run)(Session&);
};
[[nodiscard]] std::vector<Family> families();

}  // namespace writ::bench
