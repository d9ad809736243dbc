// Not API, may change in any release. The record of images that this user has verified.
//
// One small file an image, in a folder that nobody else can write to. docs/images.md has the
// threats and what stops each. Whatever goes wrong here, and it may at any step, means that there
// is no record: the image is verified then.
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>

#include "writ/image.h"
#include "writ/impl/image_format.h"
#include "writ/impl/program_verifier.h"

namespace writ::inline v0 {
namespace detail {

/// A file descriptor that is closed.
class OpenFile {
 public:
  explicit OpenFile(int number) noexcept : number_(number) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const noexcept { return number_; }
  [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }

 private:
  int number_;
};

/// What tells that a file is the one verified, and not changed since.
struct ImageIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t file_system = 0;
  std::uint64_t size = 0;
  std::int64_t modified_seconds = 0;
  std::int64_t modified_nanoseconds = 0;
  std::int64_t changed_seconds = 0;
  std::int64_t changed_nanoseconds = 0;

  friend bool operator==(const ImageIdentity&, const ImageIdentity&) = default;
};

/// An open file: who it is, and whether anybody but its owner and root could change it.
struct ImageFileFacts {
  ImageIdentity identity;
  bool regular = false;
  bool only_owner_writes = false;

  [[nodiscard]] static std::optional<ImageFileFacts> of(int file) noexcept {
    struct stat status {};
    struct statfs system {};
    if (::fstat(file, &status) != 0 || ::fstatfs(file, &system) != 0) return std::nullopt;
    ImageFileFacts facts;
    facts.regular = S_ISREG(status.st_mode);
    static_assert(sizeof system.f_fsid == sizeof facts.identity.file_system);
    std::memcpy(&facts.identity.file_system, &system.f_fsid, sizeof system.f_fsid);
    facts.identity.device = status.st_dev;
    facts.identity.inode = status.st_ino;
    facts.identity.size = static_cast<std::uint64_t>(status.st_size);
    facts.identity.modified_seconds = status.st_mtim.tv_sec;
    facts.identity.modified_nanoseconds = status.st_mtim.tv_nsec;
    facts.identity.changed_seconds = status.st_ctim.tv_sec;
    facts.identity.changed_nanoseconds = status.st_ctim.tv_nsec;
    // Access control lists show in the bits of the group.
    const bool others_write = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
    const bool trusted_owner = status.st_uid == ::geteuid() || status.st_uid == 0;
    facts.only_owner_writes =
        trusted_owner && !others_write && keeps_times(static_cast<std::uint64_t>(system.f_type));
    return facts;
  }

 private:
  /// Local file systems, where the kernel alone changes contents and times. On others a server or
  /// a program does, and might lie.
  [[nodiscard]] static bool keeps_times(std::uint64_t type) noexcept {
    constexpr std::array<std::uint64_t, 6> kKnown = {
        0xef53,      // ext2, ext3, ext4
        0x58465342,  // XFS
        0x9123683e,  // Btrfs
        0xf2f52010,  // F2FS
        0x01021994,  // tmpfs
        0x794c7630,  // overlay
    };
    for (const std::uint64_t known : kKnown) {
      if ((type & 0xffffffffU) == known) return true;
    }
    return false;
  }
};

/// The bytes of a record.
struct ImageRecord {
  std::array<char, 8> magic = {'W', 'R', 'I', 'T', 'R', 'E', 'C', '\n'};
  std::uint32_t image_version = kImageVersion;
  std::uint32_t program_version = ProgramHeader::kVersion;
  std::uint64_t verifier_version = kVerifierVersion;
  ImageIdentity identity;
  std::uint64_t checksum = 0;  ///< of the image

  friend bool operator==(const ImageRecord&, const ImageRecord&) = default;
};
static_assert(std::has_unique_object_representations_v<ImageRecord>);

/// The folder of the records, once it is known to be safe.
class ImageRecords {
 public:
  explicit ImageRecords(const ImageOptions& options) : folder_(open_folder(options)) {}

  [[nodiscard]] bool contain(const ImageRecord& wanted) const {
    if (!folder_.is_open()) return false;
    const OpenFile file(::openat(folder_.get(), name_of(wanted).c_str(),
                                 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status {};
    if (!file.is_open() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_uid != ::geteuid() || (status.st_mode & 077) != 0) {
      return false;
    }
    std::array<char, sizeof wanted + 1> bytes;
    const ssize_t size = ::read(file.get(), bytes.data(), bytes.size());
    return size == static_cast<ssize_t>(sizeof wanted) &&
           std::memcmp(bytes.data(), &wanted, sizeof wanted) == 0;
  }

  void add(const ImageRecord& record) const {
    if (!folder_.is_open()) return;
    static std::atomic<unsigned> counter{0};
    const std::string name = name_of(record);
    const std::string temporary =
        fmt::format("{}.{}-{}.tmp", name, ::getpid(), counter.fetch_add(1));
    const OpenFile file(::openat(folder_.get(), temporary.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.is_open()) return;
    const bool written =
        ::write(file.get(), &record, sizeof record) == static_cast<ssize_t>(sizeof record);
    if (!written ||
        ::renameat(folder_.get(), temporary.c_str(), folder_.get(), name.c_str()) != 0) {
      ::unlinkat(folder_.get(), temporary.c_str(), 0);
    }
  }

 private:
  [[nodiscard]] static std::string name_of(const ImageRecord& record) {
    return fmt::format("{:016x}-{:016x}", record.identity.device, record.identity.inode);
  }

  /// Whether nobody but the caller and root can put another folder into the path. In a sticky
  /// folder, as /tmp, others can add but not replace what is ours.
  [[nodiscard]] static bool is_safe_path(const std::string& folder) {
    std::array<char, PATH_MAX> resolved;
    if (::realpath(folder.c_str(), resolved.data()) == nullptr) return false;
    std::string path = resolved.data();
    while (path.size() > 1) {
      path.resize(std::max<std::size_t>(path.rfind('/'), 1));
      struct stat status {};
      if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return false;
      const bool trusted_owner = status.st_uid == ::geteuid() || status.st_uid == 0;
      const bool others_write = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
      if (!trusted_owner || (others_write && (status.st_mode & S_ISVTX) == 0)) return false;
    }
    return true;
  }

  [[nodiscard]] static std::string default_folder() {
    // Empty in set-user-ID programs.
    std::string base;
    if (const char* cache = ::secure_getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
      base = cache;
    } else if (const char* home = ::secure_getenv("HOME"); home != nullptr && *home == '/') {
      base = std::string(home) + "/.cache";
    } else {
      return {};
    }
    ::mkdir(base.c_str(), 0700);
    base += "/writ";
    ::mkdir(base.c_str(), 0700);
    return base + "/images";
  }

  [[nodiscard]] static int open_folder(const ImageOptions& options) {
    if (options.record == ImageOptions::Record::None) return -1;
    const std::string folder =
        options.record == ImageOptions::Record::Folder ? options.record_folder : default_folder();
    if (folder.empty()) return -1;
    ::mkdir(folder.c_str(), 0700);
    if (!is_safe_path(folder)) return -1;
    const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (opened < 0) return -1;
    struct stat status {};
    if (::fstat(opened, &status) == 0 && status.st_uid == ::geteuid() &&
        (status.st_mode & 077) == 0) {
      return opened;
    }
    ::close(opened);
    return -1;
  }

  OpenFile folder_;
};

/// How old a file's last change must be before it is recorded. A change within the tick of the
/// clock in which it was verified would not show in its times.
inline constexpr std::int64_t kImageSettledSeconds = 2;

}  // namespace detail
}  // namespace writ::inline v0
