// Not API, may change in any release. The kernel's news of folders: inotify, and a timer beside it
// behind one descriptor. On other systems it is a watch that nothing ever comes of.
#pragma once

#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/impl/folder_layout.h"

#if defined(__linux__)
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <unistd.h>
#endif

namespace writ::inline v0 {
namespace detail {

/// Milliseconds of a clock that is never set.
[[nodiscard]] inline std::int64_t steady_ms() noexcept {
  timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

/// What a watched folder is to us.
struct WatchedFolder {
  enum class Role : std::uint8_t {
    Parent,  ///< of the policy folder: tells when that is replaced
    Above,   ///< the policy folder, and those that hold levels: tell of folders
    Layer,   ///< tells of files
  };
  Role role = Role::Layer;
  FolderLayer layer = {};
};

/// What happened to a name in a folder, or to the folder itself when there is no name.
struct FolderEvent {
  enum class Kind : std::uint8_t {
    Changed,  ///< it is something else now: written and closed, renamed, linked, removed
    Created,  ///< it is new; if a file, its writer may go on
    Written,  ///< its writer goes on
    Touched,  ///< its attributes
    Lost,     ///< the folder itself went, or news were lost
  };
  Kind kind = Kind::Changed;
  WatchedFolder folder = {};
  bool is_folder = false;
  std::string name = {};
};

#if defined(__linux__)

/// Thread-safety: one thread at a time.
class FolderWatch {
 public:
  FolderWatch() noexcept
      : events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
        timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
        both_(::epoll_create1(EPOLL_CLOEXEC)) {
    for (const int fd : {events_, timer_}) {
      epoll_event wanted = {};
      wanted.events = EPOLLIN;
      wanted.data.fd = fd;
      if (::epoll_ctl(both_, EPOLL_CTL_ADD, fd, &wanted) != 0) problem_ = errno;
    }
  }
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;
  ~FolderWatch() {
    for (const int fd : {events_, timer_, both_}) {
      if (fd >= 0) ::close(fd);
    }
  }

  /// 0, or why there is no watch.
  [[nodiscard]] int problem() const noexcept { return problem_; }
  [[nodiscard]] int fd() const noexcept { return both_; }

  /// Folders are watched in rounds: what is not watched again in a round is forgotten at its end. A
  /// folder is an inode: after another took its path, the round watches that one.
  void begin_round() { old_ = std::exchange(watched_, {}); }
  /// 0 or errno. A folder that two paths lead to is both.
  [[nodiscard]] int watch(const std::string& path, const WatchedFolder& folder) {
    constexpr std::uint32_t kWanted = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM |
                                      IN_MOVED_TO | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF |
                                      IN_MOVE_SELF | IN_ONLYDIR;
    const int id = ::inotify_add_watch(events_, path.c_str(), kWanted);
    if (id < 0) return errno;
    watched_[id].push_back(folder);
    return 0;
  }
  void end_round() {
    for (const auto& [id, folders] : old_) {
      if (!watched_.contains(id)) ::inotify_rm_watch(events_, id);
    }
    old_.clear();
  }

  /// All that the kernel has to tell, oldest first.
  template <class Take>
  void read(Take&& take) {
    alignas(inotify_event) char buffer[16384];
    while (true) {
      const auto size = ::read(events_, buffer, sizeof buffer);
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) return;
      for (const char* at = buffer; at < buffer + size;) {
        const auto& event = *reinterpret_cast<const inotify_event*>(at);
        at += sizeof(inotify_event) + event.len;
        tell(event, take);
      }
    }
  }

  /// Makes the descriptor readable at a time of steady_ms, once; a time below 0 is never.
  void wake_at(std::int64_t time_ms) noexcept {
    itimerspec when = {};
    if (time_ms >= 0) {
      when.it_value.tv_sec = time_ms / 1000;
      when.it_value.tv_nsec = time_ms % 1000 * 1'000'000 + 1;  // zero would disarm it
    }
    ::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &when, nullptr);  // takes back what it told
  }

 private:
  template <class Take>
  void tell(const inotify_event& event, Take&& take) {
    using Kind = FolderEvent::Kind;
    FolderEvent told;
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      told.kind = Kind::Lost;
      told.folder.role = WatchedFolder::Role::Above;
      take(told);
      return;
    }
    const auto found = watched_.find(event.wd);
    if (found == watched_.end()) return;  // of a folder that is watched no more
    const std::vector<WatchedFolder> folders = found->second;
    if ((event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)) != 0) {
      told.kind = Kind::Lost;
      if ((event.mask & IN_IGNORED) != 0) watched_.erase(found);
    } else if (event.len == 0) {
      return;  // attributes of the folder itself
    } else {
      told.kind = (event.mask & IN_CREATE) != 0   ? Kind::Created
                  : (event.mask & IN_MODIFY) != 0 ? Kind::Written
                  : (event.mask & IN_ATTRIB) != 0 ? Kind::Touched
                                                  : Kind::Changed;
      told.name = event.name;
      told.is_folder = (event.mask & IN_ISDIR) != 0;
    }
    for (const WatchedFolder& folder : folders) {
      told.folder = folder;
      take(told);
    }
  }

  int events_;
  int timer_;
  int both_;
  int problem_ = 0;
  std::map<int, std::vector<WatchedFolder>> watched_;
  std::map<int, std::vector<WatchedFolder>> old_;
};

#else

class FolderWatch {
 public:
  [[nodiscard]] int problem() const noexcept { return 0; }
  [[nodiscard]] int fd() const noexcept { return -1; }
  void begin_round() noexcept {}
  [[nodiscard]] int watch(const std::string&, const WatchedFolder&) noexcept { return 0; }
  void end_round() noexcept {}
  template <class Take>
  void read(Take&&) noexcept {}
  void wake_at(std::int64_t) noexcept {}
};

#endif

}  // namespace detail
}  // namespace writ::inline v0
