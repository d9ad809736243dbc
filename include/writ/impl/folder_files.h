// Not API, may change in any release. Listing folders and reading files, and telling whether a file
// is still the one that was read.
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "writ/error.h"
#include "writ/impl/folder_layout.h"
#include "writ/result.h"

namespace writ::inline v0 {
namespace detail {

[[nodiscard]] inline PolicyError file_error(std::string message) {
  PolicyError error;
  error.code = ErrorCode::InvalidFile;
  error.message = std::move(message);
  return error;
}

/// What tells a file from another that takes its place.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = -1;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  friend bool operator==(const FileStamp&, const FileStamp&) = default;

  /// Whether a file with this stamp must be the one that had it before. Clocks of file systems
  /// tick some milliseconds apart: what was touched just now may be touched again unseen.
  [[nodiscard]] bool is_settled() const noexcept {
    timespec now = {};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const std::int64_t now_ns = std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
    return now_ns - std::max(modified_ns, changed_ns) > 100'000'000;
  }
};

[[nodiscard]] inline FileStamp stamp_of(const struct stat& status) noexcept {
  const auto ns = [](const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  FileStamp stamp;
  stamp.device = static_cast<std::uint64_t>(status.st_dev);
  stamp.inode = static_cast<std::uint64_t>(status.st_ino);
  stamp.size = static_cast<std::int64_t>(status.st_size);
  stamp.modified_ns = ns(status.st_mtim);
  stamp.changed_ns = ns(status.st_ctim);
  return stamp;
}

enum class EntryKind : std::uint8_t { Missing, File, Folder, Other, Broken };

/// What a path leads to, through symbolic links. Broken: there is something, but it cannot be
/// looked at.
[[nodiscard]] inline EntryKind kind_of(const std::string& path, struct stat& status) noexcept {
  if (::stat(path.c_str(), &status) == 0) {
    return S_ISREG(status.st_mode)   ? EntryKind::File
           : S_ISDIR(status.st_mode) ? EntryKind::Folder
                                     : EntryKind::Other;
  }
  struct stat link = {};
  const bool missing = errno == ENOENT || errno == ENOTDIR;
  return missing && ::lstat(path.c_str(), &link) != 0 ? EntryKind::Missing : EntryKind::Broken;
}

/// Why an entry of a layer's folder is no policy, or nothing when it may be one.
[[nodiscard]] inline std::string_view refusal_of_file(EntryKind kind,
                                                      std::string_view name) noexcept {
  switch (kind) {
    case EntryKind::Broken:
      return "the file cannot be read: the link leads nowhere";
    case EntryKind::Folder:
      return "folders of a layer do not nest; move the files up, or begin the name with a dot";
    case EntryKind::Other:
      return "this is not a regular file; remove it";
    case EntryKind::Missing:
    case EntryKind::File:
      break;
  }
  return is_policy_name(name) ? std::string_view()
                              : "names of policies end in `.json`; rename the file, or begin its "
                                "name with a dot";
}

/// The names in a folder, in the order of bytes, without `.` and `..`.
[[nodiscard]] inline Result<std::vector<std::string>> list_folder(const std::string& path) {
  DIR* folder = ::opendir(path.c_str());
  if (folder == nullptr) {
    return file_error("the folder cannot be read: " + std::string(std::strerror(errno)));
  }
  std::vector<std::string> names;
  errno = 0;
  for (const dirent* entry = ::readdir(folder); entry != nullptr; entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  const int problem = errno;
  ::closedir(folder);
  if (problem != 0) {
    return file_error("the folder cannot be read: " + std::string(std::strerror(problem)));
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// A file's bytes, and the stamp that it had before and after they were read.
struct FileContent {
  std::string text;
  FileStamp stamp;
  bool changed_meanwhile = false;
};

/// Reads a regular file of at most `max_bytes`. Nothing, when it is not there.
[[nodiscard]] inline Result<std::optional<FileContent>> read_policy_file(const std::string& path,
                                                                         std::size_t max_bytes) {
  const auto refuse = [](int problem) {
    return file_error("the file cannot be read: " + std::string(std::strerror(problem)));
  };
  // A pipe would block; it is opened without waiting, and then refused.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    if (errno == ENOENT) return std::optional<FileContent>();
    return refuse(errno);
  }
  struct Closer {
    int fd;
    ~Closer() { ::close(fd); }
  };
  const Closer closer{fd};
  struct stat status = {};
  if (::fstat(fd, &status) != 0) return refuse(errno);
  if (!S_ISREG(status.st_mode)) return file_error("this is not a regular file; remove it");
  FileContent content;
  content.stamp = stamp_of(status);
  std::size_t size = 0;
  while (size <= max_bytes) {
    // One byte more than there should be, so that the end shows itself.
    const auto expected = static_cast<std::size_t>(std::max<std::int64_t>(status.st_size, 0));
    if (size == content.text.size()) {
      content.text.resize(std::min(std::max(expected + 1, size * 2), max_bytes + 1));
    }
    const auto got = ::read(fd, content.text.data() + size, content.text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refuse(errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > max_bytes) {
    PolicyError error;
    error.code = ErrorCode::LimitExceeded;
    error.message = "the file has more than " + std::to_string(max_bytes) + " bytes; split it";
    return error;
  }
  content.text.resize(size);
  if (::fstat(fd, &status) != 0) return refuse(errno);
  content.changed_meanwhile = stamp_of(status) != content.stamp;
  return std::optional<FileContent>(std::move(content));
}

}  // namespace detail
}  // namespace writ::inline v0
