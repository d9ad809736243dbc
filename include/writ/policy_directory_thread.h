// PolicyDirectoryThread: follows a PolicyDirectory for hosts without an event loop.
#pragma once

#include <thread>
#include <utility>

#include "writ/config.h"
#include "writ/policy_directory.h"

namespace writ::inline v0 {
namespace detail {

/// Waits for a descriptor, or to be told to stop.
class StoppableWait {
 public:
  StoppableWait();
  StoppableWait(const StoppableWait&) = delete;
  StoppableWait& operator=(const StoppableWait&) = delete;
  ~StoppableWait();

  /// False when it is time to stop. Without a descriptor it waits a second.
  [[nodiscard]] bool wait(int fd) noexcept;
  void stop() noexcept;

 private:
  int pipe_[2] = {-1, -1};
};

}  // namespace detail

/// A thread that calls `process` whenever there is something to do, and `on_change(change,
/// directory)` after each change other than None. The callback runs on that thread and must not
/// throw; it is the place to log `directory.errors()`. Destroying it stops the thread.
///
/// While it lives, everything of the directory but `reader` belongs to its thread.
class PolicyDirectoryThread {
 public:
  /// Starts the thread. `directory` must outlive it; `on_change` is called on it.
  template <class OnChange>
  PolicyDirectoryThread(PolicyDirectory& directory, OnChange on_change)
      : thread_([this, &directory, on_change = std::move(on_change)]() mutable {
          while (wait_.wait(directory.fd())) {
            const DirectoryChange change = directory.process();
            if (change != DirectoryChange::None) on_change(change, std::as_const(directory));
          }
        }) {}
  PolicyDirectoryThread(const PolicyDirectoryThread&) = delete;
  PolicyDirectoryThread& operator=(const PolicyDirectoryThread&) = delete;
  ~PolicyDirectoryThread() {
    wait_.stop();
    thread_.join();
  }

 private:
  detail::StoppableWait wait_;
  std::thread thread_;  // last: it uses the above
};

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/policy_directory_thread-inl.h"
#endif
