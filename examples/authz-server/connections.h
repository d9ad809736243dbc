// Connections: which are open, and since when they wait for an answer.
#pragma once

#include <atomic>
#include <chrono>
#include <list>
#include <mutex>

namespace authz {

/// Closes connections that send a request so slowly that it never ends, one byte before each end of
/// the idle time. Thread-safety: all members from any thread.
class Connections {
 public:
  using Clock = std::chrono::steady_clock;

  /// One that is open. Its address stays until it is closed.
  class Connection {
   public:
    Connection(int fd, Clock::time_point now) noexcept : fd_(fd), since_(now) {}
    /// It has got an answer: it may take its time anew. No lock.
    void answered(Clock::time_point now) noexcept { since_.store(now, std::memory_order_relaxed); }

   private:
    friend class Connections;
    int fd_;
    std::atomic<Clock::time_point> since_;
    std::list<Connection>::iterator self_;
  };

  /// A connection may be without an answer for so long.
  explicit Connections(std::chrono::seconds longest) : longest_(longest) {}

  /// Borrows the socket until `closed`.
  [[nodiscard]] Connection* opened(int fd, Clock::time_point now);
  /// To be called before the socket is closed: its number may be another connection's then.
  void closed(Connection* connection) noexcept;
  /// Ends both directions of each that has been without an answer for too long. O(connections), and
  /// no more than once a second, however often it is called.
  void end_overdue(Clock::time_point now) noexcept;

 private:
  std::chrono::seconds longest_;
  std::mutex mutex_;  // of what follows
  std::list<Connection> open_;
  Clock::time_point looked_;
};

}  // namespace authz
