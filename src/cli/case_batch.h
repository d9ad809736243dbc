// CaseBatch: lines of case files, run together over the cores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/case_reader.h"
#include "writ/error.h"

namespace writ::cli {

/// Where a line stands.
struct LinePlace {
  std::string_view path;
  std::uint32_t file = 0;  ///< counts the files, of which two may have one path
  std::uint64_t number = 0;
};

/// A line and how it came out.
struct RunLine {
  LinePlace place;
  std::size_t begin = 0;  ///< of its text in that of the batch
  std::size_t size = 0;
  std::optional<PolicyError> error;  ///< it is no case
  std::string id;
  Expectation expect = Expectation::Error;
  CaseOutcome outcome;
  bool passed = false;
};

/// Lines in the order in which they were read. Holds a few MiB and the last line. One thread at a
/// time: `run` uses others and ends them.
class CaseBatch {
 public:
  /// The path has to outlive the batch.
  void add(const LinePlace& place, std::string_view line);
  /// Whether it is time to run what has been added.
  [[nodiscard]] bool is_full() const noexcept {
    return text_.size() >= kMaxBytes || lines_.size() >= kMaxLines;
  }
  /// Runs all lines on `workers` threads.
  void run(std::size_t workers);
  [[nodiscard]] const std::vector<RunLine>& lines() const noexcept { return lines_; }
  void clear() noexcept;

 private:
  static constexpr std::size_t kMaxBytes = std::size_t{4} << 20U;
  static constexpr std::size_t kMaxLines = 4096;

  std::string text_;
  std::vector<RunLine> lines_;
};

}  // namespace writ::cli
