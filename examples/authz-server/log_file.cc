#include "log_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace authz {
namespace {

int open_to_append(const std::string& path) noexcept {
  return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

}  // namespace

writ::Result<std::unique_ptr<LogFile>, std::string> LogFile::open(std::string path) {
  const int fd = open_to_append(path);
  if (fd < 0) return path + ": " + std::strerror(errno);
  return std::unique_ptr<LogFile>(new LogFile(std::move(path), fd));
}

LogFile::~LogFile() {
  log_.close();
  close(fd_);
  if (const int fd = reopened_.load(); fd >= 0) close(fd);
}

bool LogFile::reopen() {
  const int fd = open_to_append(path_);
  if (fd < 0) return false;
  const int unused = reopened_.exchange(fd);
  if (unused >= 0) close(unused);
  return true;
}

bool LogFile::write(void* file, std::string_view lines) noexcept {
  auto& self = *static_cast<LogFile*>(file);
  if (const int fd = self.reopened_.exchange(-1); fd >= 0) {
    close(self.fd_);
    self.fd_ = fd;
    self.mid_line_ = false;
  }
  if (self.mid_line_ && ::write(self.fd_, "\n", 1) == 1) self.mid_line_ = false;
  bool good = !self.mid_line_;
  while (good && !lines.empty()) {
    const ssize_t written = ::write(self.fd_, lines.data(), lines.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      good = false;
    } else {
      self.mid_line_ = lines[static_cast<std::size_t>(written) - 1] != '\n';
      lines.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  self.takes_lines_.store(good);
  return good;
}

}  // namespace authz
