// DecisionLog: each decision of a service as one JSON line. The lines: docs/decision-log.md.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "writ/config.h"
#include "writ/decision.h"
#include "writ/evaluate.h"
#include "writ/request.h"

namespace writ::inline v0 {

/// What a line keeps of the condition keys.
enum class LoggedContext : unsigned char { None, Names, Values };

/// What is logged of which decisions.
struct DecisionLogOptions {
  /// Records that may wait to be written; rounded up to a power of two, 2 to 2^24.
  std::uint32_t records = 4096;
  /// Bytes of a record: rounded up to a multiple of 64, 512 to 65,472.
  std::uint32_t record_bytes = 1024;
  /// Keep one of so many decisions; 1 keeps all, 0 none.
  std::uint32_t allowed_one_in = 1;
  std::uint32_t denied_one_in = 1;                ///< likewise, of denied requests
  LoggedContext context = LoggedContext::Values;  ///< what is said of condition keys
  /// How long the writer rests when it has found nothing.
  std::uint32_t rest_milliseconds = 20;
  /// Microseconds since 1970-01-01T00:00:00Z; null for the system's clock. Called on deciding
  /// threads.
  std::int64_t (*clock)() noexcept = nullptr;
};

/// Where the lines go: one or many whole lines, each with its line break. Called on the log's
/// thread only. False when they were not taken: they are then lost and counted.
using DecisionLogSink = bool (*)(void* context, std::string_view lines) noexcept;

/// All since the log was made.
struct DecisionLogCounts {
  std::uint64_t recorded = 0;          ///< taken into the ring
  std::uint64_t lines_written = 0;     ///< decisions that the sink took
  std::uint64_t lines_lost = 0;        ///< decisions that the sink refused
  std::uint64_t dropped_full = 0;      ///< the ring was full
  std::uint64_t dropped_overlong = 0;  ///< longer than a record even without keys
  std::uint64_t dropped_closed = 0;    ///< after `close`
};

/// A bounded log with a thread of its own.
/// `close` and the destructor wait for the sink, so that one that never returns holds them up: a
/// blocking descriptor whose reader has stalled, say.
///
/// Thread-safety: `record`, `flush` and `counts` from any number of threads.
class DecisionLog {
 public:
  /// Writes to a descriptor, which stays the caller's and must outlive the log.
  explicit DecisionLog(int fd, const DecisionLogOptions& options = {});
  /// Hands lines to a function; `context` is passed on to it and must outlive the log.
  DecisionLog(DecisionLogSink sink, void* context, const DecisionLogOptions& options = {});
  DecisionLog(const DecisionLog&) = delete;
  DecisionLog& operator=(const DecisionLog&) = delete;
  /// Closes.
  ~DecisionLog();

  /// Copies a decision into the ring: `decision` is that of `request` under `policies`, `version`
  /// names the policies for the reader. False when it was dropped, which is counted; true also when
  /// the sample passes over it. No lock, no allocation, no system call; O(bytes of the request).
  /// Lifetime: arguments are read only during the call.
  bool record(const Request& request, const AppliedPolicies& policies, const Decision& decision,
              std::string_view version = {}) noexcept;

  /// Waits until what was recorded before the call has been handed to the sink. Not to be called by
  /// the sink.
  void flush();
  /// Flushes and ends the thread; later records are dropped and counted. May be called again; from
  /// one thread at a time.
  void close();

  /// What has been logged and left out so far. Thread-safe.
  [[nodiscard]] DecisionLogCounts counts() const noexcept;

 private:
  struct FreeRing {
    void operator()(std::byte* ring) const noexcept;
  };
  struct Losses {
    std::uint64_t full = 0;
    std::uint64_t overlong = 0;
    std::uint64_t refused = 0;
    bool operator==(const Losses&) const = default;
  };
  struct alignas(64) SampleCounter {
    std::atomic<std::uint32_t> allowed = 0;
    std::atomic<std::uint32_t> denied = 0;
  };
  static constexpr std::uint64_t kClosed = std::uint64_t{1} << 63U;
  static constexpr std::size_t kSampleCounters = 16;

  static bool waits_for_room(int fd) noexcept;
  static bool write_to_fd(void* log, std::string_view lines) noexcept;
  void start();
  [[nodiscard]] bool is_sampled(bool allowed) noexcept;
  [[nodiscard]] std::byte* slot(std::uint64_t position) const noexcept;
  [[nodiscard]] std::byte* claim(std::uint64_t& position) noexcept;
  void run();
  void take_records(std::string& lines, std::uint64_t& count);
  [[nodiscard]] Losses tell_gap(std::string& lines) const;
  void hand_over(std::string& lines, std::uint64_t count, const Losses& told);

  DecisionLogOptions options_;
  DecisionLogSink sink_;
  void* sink_context_;
  int fd_ = -1;
  bool fd_is_mid_line_ = false;  // of the writer
  std::unique_ptr<std::byte, FreeRing> ring_;
  std::uint64_t slot_mask_ = 0;

  alignas(64) std::atomic<std::uint64_t> tail_ = 0;  // the next position to claim, and kClosed
  alignas(64) std::atomic<std::uint64_t> dropped_full_ = 0;
  std::atomic<std::uint64_t> dropped_overlong_ = 0;
  std::atomic<std::uint64_t> dropped_closed_ = 0;
  SampleCounter sample_counters_[kSampleCounters];

  // Of the writer.
  alignas(64) std::uint64_t head_ = 0;
  Losses told_;  // by the last lines that the sink took
  bool sink_has_refused_ = false;
  std::atomic<std::uint64_t> written_ = 0;
  std::atomic<std::uint64_t> lost_ = 0;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable flushed_;
  std::uint64_t done_ = 0;      // under mutex_: positions below have been handed over
  std::uint32_t flushing_ = 0;  // under mutex_: calls of flush that wait
  bool stopping_ = false;       // under mutex_
  std::thread thread_;          // last: it uses the above
};

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/decision_log-inl.h"
#endif
