// Not API, may change in any release. Waiting for a descriptor.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "writ/policy_directory_thread.h"

namespace writ::inline v0 {
namespace detail {

WRIT_FUNC StoppableWait::StoppableWait() {
  // Without it the thread could not be stopped; a process without two descriptors is at its end.
  if (::pipe(pipe_) != 0) std::abort();
  for (const int fd : pipe_) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

WRIT_FUNC StoppableWait::~StoppableWait() {
  for (const int fd : pipe_) ::close(fd);
}

WRIT_FUNC bool StoppableWait::wait(int fd) noexcept {
  pollfd waited[2] = {{pipe_[0], POLLIN, 0}, {fd, POLLIN, 0}};
  const int ready = ::poll(waited, fd < 0 ? 1 : 2, fd < 0 ? 1000 : -1);
  if (ready < 0) return errno == EINTR || errno == EAGAIN || errno == ENOMEM;
  return waited[0].revents == 0;
}

WRIT_FUNC void StoppableWait::stop() noexcept {
  const char byte = 0;
  while (::write(pipe_[1], &byte, 1) < 0 && errno == EINTR) {
  }
}

}  // namespace detail
}  // namespace writ::inline v0
