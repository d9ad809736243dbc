#include "listener.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace authz {
namespace {

constexpr int kBacklog = 1024;
constexpr std::string_view kUnix = "unix:";

std::string problem(std::string_view where, const char* what) {
  return "cannot listen at `" + std::string(where) + "`: " + what;
}

/// Removes a Unix socket that nobody listens at. What is in the way otherwise, or null.
const char* make_room(const sockaddr_un& address) {
  struct stat found = {};
  if (lstat(address.sun_path, &found) != 0) {
    return errno == ENOENT ? nullptr : std::strerror(errno);
  }
  if (!S_ISSOCK(found.st_mode)) return "a file that is no socket has this path";
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::strerror(errno);
  const int code =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
  close(fd);
  if (code == 0 || code == EAGAIN) return "another program does";  // EAGAIN: its queue is full
  if (code != ECONNREFUSED) return std::strerror(code);
  return unlink(address.sun_path) == 0 ? nullptr : std::strerror(errno);
}

}  // namespace

writ::Result<Listener, std::string> Listener::open(std::string_view where) {
  if (where.starts_with(kUnix)) {
    const std::string path(where.substr(kUnix.size()));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
      return problem(where, "a socket's path has 1 to 107 bytes");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    if (const char* obstacle = make_room(address)) return problem(where, obstacle);
    Listener listener(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), path);
    if (listener.fd_ < 0 ||
        bind(listener.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      return problem(where, std::strerror(errno));
    }
    struct stat made = {};
    if (lstat(path.c_str(), &made) != 0) return problem(where, std::strerror(errno));
    listener.place_ = std::pair(made.st_dev, made.st_ino);
    if (listen(listener.fd_, kBacklog) != 0) return problem(where, std::strerror(errno));
    return writ::Result<Listener, std::string>(std::in_place, std::move(listener));
  }

  const std::size_t colon = where.rfind(':');
  if (colon == std::string_view::npos) return problem(where, "the port is missing");
  std::string host(where.substr(0, colon));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  const std::string port(where.substr(colon + 1));
  addrinfo hints = {};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); code != 0) {
    return problem(where, gai_strerror(code));
  }
  Listener listener(socket(found->ai_family, found->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
                    {});
  const int on = 1;
  const bool listens = listener.fd_ >= 0 &&
                       setsockopt(listener.fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                       bind(listener.fd_, found->ai_addr, found->ai_addrlen) == 0 &&
                       ::listen(listener.fd_, kBacklog) == 0;
  const int code = errno;
  freeaddrinfo(found);
  if (!listens) return problem(where, std::strerror(code));
  return writ::Result<Listener, std::string>(std::in_place, std::move(listener));
}

Listener::Listener(Listener&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::exchange(other.path_, {})),
      place_(std::exchange(other.place_, std::nullopt)) {}

Listener::~Listener() {
  if (fd_ < 0) return;
  leave();  // first: the number of a file that is closed can become another one's
  close(fd_);
}

void Listener::leave() noexcept {
  if (!place_) return;
  struct stat now = {};
  const bool is_mine =
      lstat(path_.c_str(), &now) == 0 && std::pair(now.st_dev, now.st_ino) == *place_;
  if (is_mine) unlink(path_.c_str());
  place_.reset();
}

std::string Listener::where() const {
  if (!path_.empty()) return std::string(kUnix) + path_;
  sockaddr_storage address = {};
  socklen_t size = sizeof address;
  getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
  char host[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &six.sin6_addr, host, sizeof host);
    return '[' + std::string(host) + "]:" + std::to_string(ntohs(six.sin6_port));
  }
  const auto& four = reinterpret_cast<const sockaddr_in&>(address);
  inet_ntop(AF_INET, &four.sin_addr, host, sizeof host);
  return std::string(host) + ':' + std::to_string(ntohs(four.sin_port));
}

}  // namespace authz
