// Not API, may change in any release. The ring of a DecisionLog and its writer.
//
// Positions count up forever; position p lives in slot p mod records. A slot begins with a
// sequence: p when the slot is free for position p, p + 1 when position p has been written. A
// deciding thread takes a position by moving the tail past it, copies, and stores p + 1 (release);
// the writer sees p + 1 (acquire), reads, and stores p + records (release), which frees the slot
// for the position that comes a round later (acquired by whoever claims it). The tail's highest bit
// says that the log is closed: with the flag and the position in one word, nobody can claim a
// position that the writer has stopped waiting for.
#pragma once

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>
#include <new>

#include "writ/decision_log.h"
#include "writ/hash.h"
#include "writ/impl/decision_record.h"

namespace writ::inline v0 {
namespace detail {

using RecordSequence = std::atomic<std::uint64_t>;
inline constexpr std::size_t kRecordAlignment = 64;
/// A turn of the writer ends when it has so many bytes of lines.
inline constexpr std::size_t kTurnBytes = std::size_t{64} << 10U;

[[nodiscard]] inline RecordSequence& sequence_of(std::byte* slot) noexcept {
  return *std::launder(reinterpret_cast<RecordSequence*>(slot));
}

[[nodiscard]] inline std::int64_t system_microseconds() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace detail

WRIT_FUNC DecisionLog::DecisionLog(int fd, const DecisionLogOptions& options)
    : options_(options), sink_(write_to_fd), sink_context_(this), fd_(fd) {
  start();
}

WRIT_FUNC DecisionLog::DecisionLog(DecisionLogSink sink, void* context,
                                   const DecisionLogOptions& options)
    : options_(options), sink_(sink), sink_context_(context) {
  start();
}

WRIT_FUNC DecisionLog::~DecisionLog() { close(); }

WRIT_FUNC void DecisionLog::FreeRing::operator()(std::byte* ring) const noexcept {
  ::operator delete (ring, std::align_val_t{detail::kRecordAlignment});
}

WRIT_FUNC void DecisionLog::start() {
  constexpr std::uint32_t kMostRecords = 1U << 24U;
  options_.records = std::bit_ceil(std::clamp(options_.records, 2U, kMostRecords));
  options_.record_bytes = (std::clamp(options_.record_bytes, 512U, 65472U) + 63U) / 64U * 64U;
  if (options_.clock == nullptr) options_.clock = detail::system_microseconds;
  slot_mask_ = options_.records - 1;
  const std::size_t bytes = std::size_t{options_.records} * options_.record_bytes;
  ring_.reset(
      static_cast<std::byte*>(::operator new (bytes, std::align_val_t{detail::kRecordAlignment})));
  for (std::uint64_t i = 0; i < options_.records; ++i) {
    ::new (slot(i)) detail::RecordSequence(i);
  }
  thread_ = std::thread([this] { run(); });
}

WRIT_FUNC std::byte* DecisionLog::slot(std::uint64_t position) const noexcept {
  return ring_.get() + (position & slot_mask_) * options_.record_bytes;
}

// Threads count apart, told by their stacks, so that sampling shares no line of memory.
WRIT_FUNC bool DecisionLog::is_sampled(bool allowed) noexcept {
  const std::uint32_t one_in = allowed ? options_.allowed_one_in : options_.denied_one_in;
  if (one_in <= 1) return one_in == 1;
  const char here = 0;
  const auto stack = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(&here)) >> 18U;
  SampleCounter& counter = sample_counters_[(stack * 0x9e3779b97f4a7c15U) >> 60U];
  auto& count = allowed ? counter.allowed : counter.denied;
  return count.fetch_add(1, std::memory_order_relaxed) % one_in == 0;
}

// The slot of the next position, or null: full (the position is then still claimed) or closed.
WRIT_FUNC std::byte* DecisionLog::claim(std::uint64_t& position) noexcept {
  position = tail_.load(std::memory_order_relaxed);
  while (true) {
    if ((position & kClosed) != 0) {
      dropped_closed_.fetch_add(1, std::memory_order_relaxed);
      return nullptr;
    }
    std::byte* free = slot(position);
    const std::uint64_t sequence = detail::sequence_of(free).load(std::memory_order_acquire);
    if (sequence == position) {
      if (tail_.compare_exchange_weak(position, position + 1, std::memory_order_relaxed)) {
        return free;
      }
    } else if (sequence < position) {
      dropped_full_.fetch_add(1, std::memory_order_relaxed);
      return nullptr;
    } else {
      position = tail_.load(std::memory_order_relaxed);
    }
  }
}

WRIT_FUNC bool DecisionLog::record(const Request& request, const AppliedPolicies& policies,
                                   const Decision& decision, std::string_view version) noexcept {
  const bool allowed = decision.is_allowed();
  if (!is_sampled(allowed)) return true;
  detail::RecordDraft draft(request, policies, decision, version);
  const std::size_t capacity = options_.record_bytes - sizeof(detail::RecordSequence);
  if (draft.size() > capacity) {
    dropped_overlong_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  draft.head().time = options_.clock();
  draft.head().one_in = allowed ? options_.allowed_one_in : options_.denied_one_in;
  draft.head().context = options_.context;
  std::uint64_t position = 0;
  std::byte* to = claim(position);
  if (to == nullptr) return false;
  draft.write(to + sizeof(detail::RecordSequence), capacity);
  detail::sequence_of(to).store(position + 1, std::memory_order_release);
  return true;
}

WRIT_FUNC void DecisionLog::take_records(std::string& lines, std::uint64_t& count) {
  while (lines.size() < detail::kTurnBytes) {
    std::byte* next = slot(head_);
    detail::RecordSequence& sequence = detail::sequence_of(next);
    if (sequence.load(std::memory_order_acquire) != head_ + 1) return;
    detail::RecordLine(next + sizeof(detail::RecordSequence), lines).append();
    sequence.store(head_ + options_.records, std::memory_order_release);
    ++head_;
    ++count;
  }
}

// Says what has been lost and not been told; returns what will have been told when the sink takes
// it.
WRIT_FUNC DecisionLog::Losses DecisionLog::tell_gap(std::string& lines) const {
  const Losses now = {dropped_full_.load(std::memory_order_relaxed),
                      dropped_overlong_.load(std::memory_order_relaxed),
                      lost_.load(std::memory_order_relaxed)};
  if (now == told_) return now;
  lines += R"({"log":"gap","time":)";
  detail::append_json_time(lines, options_.clock());
  lines += R"(,"full":)" + std::to_string(now.full - told_.full);
  lines += R"(,"overlong":)" + std::to_string(now.overlong - told_.overlong);
  lines += R"(,"refused":)" + std::to_string(now.refused - told_.refused) + "}\n";
  return now;
}

WRIT_FUNC void DecisionLog::hand_over(std::string& lines, std::uint64_t count, const Losses& told) {
  if (lines.empty()) return;
  sink_has_refused_ = !sink_(sink_context_, lines);
  if (!sink_has_refused_) told_ = told;
  (sink_has_refused_ ? lost_ : written_).fetch_add(count, std::memory_order_relaxed);
  lines.clear();
}

WRIT_FUNC void DecisionLog::run() {
  // A pipe that nobody reads any more is an error of `write`, not the end of the service.
  sigset_t pipe_signal;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);
  std::string lines;
  lines.reserve(detail::kTurnBytes + std::size_t{8} * options_.record_bytes);
  while (true) {
    std::uint64_t count = 0;
    const Losses losses = tell_gap(lines);
    take_records(lines, count);
    // A sink that has refused is asked again with the next decision or at the end, not for a gap.
    if (count == 0 && sink_has_refused_) lines.clear();
    hand_over(lines, count, losses);
    std::unique_lock<std::mutex> lock(mutex_);
    done_ = head_;
    if (flushing_ > 0) flushed_.notify_all();
    if (count > 0) continue;
    // Whoever claimed a position before the log was closed will write it: wait for it.
    if (stopping_ && (tail_.load(std::memory_order_acquire) & ~kClosed) == head_) break;
    if (stopping_ || flushing_ > 0) {
      lock.unlock();
      std::this_thread::yield();
    } else {
      wake_.wait_for(lock, std::chrono::milliseconds(options_.rest_milliseconds));
    }
  }
  const Losses losses = tell_gap(lines);
  hand_over(lines, 0, losses);
}

WRIT_FUNC void DecisionLog::flush() {
  const std::uint64_t until = tail_.load(std::memory_order_acquire) & ~kClosed;
  std::unique_lock<std::mutex> lock(mutex_);
  ++flushing_;
  wake_.notify_one();
  while (done_ < until) flushed_.wait(lock);
  --flushing_;
}

WRIT_FUNC void DecisionLog::close() {
  if (!thread_.joinable()) return;
  tail_.fetch_or(kClosed, std::memory_order_acq_rel);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

WRIT_FUNC DecisionLogCounts DecisionLog::counts() const noexcept {
  DecisionLogCounts counts;
  counts.recorded = tail_.load(std::memory_order_relaxed) & ~kClosed;
  counts.lines_written = written_.load(std::memory_order_relaxed);
  counts.lines_lost = lost_.load(std::memory_order_relaxed);
  counts.dropped_full = dropped_full_.load(std::memory_order_relaxed);
  counts.dropped_overlong = dropped_overlong_.load(std::memory_order_relaxed);
  counts.dropped_closed = dropped_closed_.load(std::memory_order_relaxed);
  return counts;
}

// For a second, and longer while signals interrupt.
WRIT_FUNC bool DecisionLog::waits_for_room(int fd) noexcept {
  pollfd ready = {fd, POLLOUT, 0};
  int found = 0;
  do {
    found = ::poll(&ready, 1, 1000);
  } while (found < 0 && errno == EINTR);
  return found > 0;
}

WRIT_FUNC bool DecisionLog::write_to_fd(void* log, std::string_view lines) noexcept {
  auto& self = *static_cast<DecisionLog*>(log);
  const auto write_all = [&self](std::string_view text) {
    while (!text.empty()) {
      const ssize_t wrote = ::write(self.fd_, text.data(), text.size());
      if (wrote > 0) {
        self.fd_is_mid_line_ = text[static_cast<std::size_t>(wrote) - 1] != '\n';
        text.remove_prefix(static_cast<std::size_t>(wrote));
        continue;
      }
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0 && errno == EAGAIN && waits_for_room(self.fd_)) continue;
      return false;
    }
    return true;
  };
  return (!self.fd_is_mid_line_ || write_all("\n")) && write_all(lines);
}

}  // namespace writ::inline v0
