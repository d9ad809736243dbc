// LogFile: the decision log's file, which can be rotated, and of which it is known whether it takes
// lines.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "writ/decision_log.h"
#include "writ/result.h"

namespace authz {

/// Thread-safety: `log` and `takes_lines` from any number of threads, `reopen` from one at a time.
class LogFile {
 public:
  /// Appends to the file, and makes it, for nobody but its owner and group. Errors are sentences.
  [[nodiscard]] static writ::Result<std::unique_ptr<LogFile>, std::string> open(std::string path);

  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile();

  [[nodiscard]] writ::DecisionLog& log() noexcept { return log_; }
  /// False from a write that failed until one that did not.
  [[nodiscard]] bool takes_lines() const noexcept { return takes_lines_.load(); }
  [[nodiscard]] writ::DecisionLogCounts counts() const noexcept { return log_.counts(); }
  /// Opens the path anew, for whoever has renamed the file; the next lines go there, from the
  /// beginning of a line. False when that fails; the old file then stays.
  bool reopen();

 private:
  LogFile(std::string path, int fd) : path_(std::move(path)), fd_(fd), log_(&write, this) {}
  static bool write(void* file, std::string_view lines) noexcept;

  std::string path_;
  int fd_;                          // of the log's thread
  std::atomic<int> reopened_ = -1;  // what takes its place with the next lines; -1: nothing
  bool mid_line_ = false;           // of the log's thread: the file ends with half a line
  std::atomic<bool> takes_lines_ = true;
  writ::DecisionLog log_;  // last: its thread uses the above
};

}  // namespace authz
