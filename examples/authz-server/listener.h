// Listener: the socket that the service listens at.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "writ/result.h"

namespace authz {

/// An open socket. Movable; closes itself.
class Listener {
 public:
  /// `127.0.0.1:9180`, `[::1]:9180`, port 0 for a free one, or `unix:/run/authz.sock`, where a
  /// socket that nobody listens at any more is replaced, and nothing else is. Addresses are
  /// numbers: a name could resolve to more than was meant. Errors are sentences.
  [[nodiscard]] static writ::Result<Listener, std::string> open(std::string_view where);

  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;
  ~Listener();

  [[nodiscard]] int fd() const noexcept { return fd_; }
  /// Where it really listens: the port that was free.
  [[nodiscard]] std::string where() const;
  /// Removes the path of a Unix socket, unless it has become somebody else's; nobody new comes that
  /// way, and another program can listen there. The destructor does so too.
  void leave() noexcept;

 private:
  Listener(int fd, std::string_view path) : fd_(fd), path_(path) {}

  int fd_;
  std::string path_;                              // of a Unix socket
  std::optional<std::pair<dev_t, ino_t>> place_;  // which file it is there, until it has left
};

}  // namespace authz
