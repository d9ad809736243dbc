// Not API, may change in any release. Writing files as a whole or not at all.
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <string>
#include <string_view>

namespace writ::inline v0 {
namespace detail {

/// A file that takes another's place once it is complete: whoever opens the path finds the old text
/// or the new one, whatever happens in between. What has the old one open keeps it. Neither follows
/// a symbolic link at the end of the path nor minds what is there: callers do.
class ReplacedFile {
 public:
  explicit ReplacedFile(const std::string& path, mode_t mode = 0644) : path_(path) {
    // Several threads and processes may write the same file at once.
    static std::atomic<unsigned> counter{0};
    // Beside the file, by a name that policy folders leave alone (is_ignored_name), cut short so
    // that it is no longer than names may be.
    const std::size_t name = path.rfind('/') + 1;  // 0 without a slash
    temporary_ = fmt::format("{}.{}.{}-{}.tmp", path.substr(0, name), path.substr(name, 200),
                             getpid(), counter.fetch_add(1));
    file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    ok_ = file_ >= 0;
    created_ = ok_;
  }
  ReplacedFile(const ReplacedFile&) = delete;
  ReplacedFile& operator=(const ReplacedFile&) = delete;
  ~ReplacedFile() {
    if (file_ >= 0) ::close(file_);
    if (created_) ::unlink(temporary_.c_str());
  }

  /// Gives it the permissions of the file that it replaces, and its owner and group where that is
  /// allowed; without the group nothing of what the group may do.
  void take_mode(const struct stat& replaced) noexcept {
    if (!ok_) return;
    // The owner first: a change of owner takes set-user-id bits away.
    constexpr auto kSame = static_cast<uid_t>(-1);
    const bool owned = ::fchown(file_, replaced.st_uid, replaced.st_gid) == 0;
    const bool grouped = owned || ::fchown(file_, kSame, replaced.st_gid) == 0;
    ok_ = ::fchmod(file_, replaced.st_mode & (owned ? 07777U : grouped ? 0777U : 0707U)) == 0;
  }
  void write(std::string_view bytes) noexcept {
    while (ok_ && !bytes.empty()) {
      const ssize_t done = ::write(file_, bytes.data(), bytes.size());
      if (done < 0 && errno == EINTR) continue;
      ok_ = done >= 0;
      if (ok_) bytes.remove_prefix(static_cast<std::size_t>(done));
    }
  }
  /// False with errno set when anything went wrong.
  [[nodiscard]] bool publish() noexcept {
    if (!ok_ || ::fsync(file_) != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0) {
      return false;
    }
    created_ = false;
    // The rename survives a crash once the folder is on the disk. Not every system syncs folders.
    const std::size_t slash = path_.rfind('/');
    const std::string folder =
        slash == std::string::npos ? "." : (slash == 0 ? "/" : path_.substr(0, slash));
    const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened >= 0) {
      static_cast<void>(::fsync(opened));
      ::close(opened);
    }
    return true;
  }

 private:
  std::string path_;
  std::string temporary_;
  int file_ = -1;
  bool ok_ = false;
  bool created_ = false;
};

}  // namespace detail
}  // namespace writ::inline v0
