// Listener: the socket that the service listens at.
#pragma once

#include <string>
#include <string_view>

#include "writ/result.h"

namespace authz {

/// An open socket. Movable; closes itself.
class Listener {
 public:
  /// `127.0.0.1:9180`, `[::1]:9180`, port 0 for a free one, or `unix:/run/authz.sock`, where a
  /// socket that nobody listens at any more is replaced. Addresses are numbers: a name could
  /// resolve to more than was meant. Errors are sentences.
  [[nodiscard]] static writ::Result<Listener, std::string> open(std::string_view where);

  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;
  ~Listener();

  [[nodiscard]] int fd() const noexcept { return fd_; }
  /// Where it really listens: the port that was free.
  [[nodiscard]] std::string where() const;

 private:
  Listener(int fd, std::string_view path) : fd_(fd), path_(path) {}

  int fd_;
  std::string path_;  // of a Unix socket
};

}  // namespace authz
