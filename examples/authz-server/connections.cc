#include "connections.h"

#include <sys/socket.h>

namespace authz {

Connections::Connection* Connections::opened(int fd, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  open_.emplace_front(fd, now);
  open_.front().self_ = open_.begin();
  return &open_.front();
}

void Connections::closed(Connection* connection) noexcept {
  const std::lock_guard lock(mutex_);
  open_.erase(connection->self_);
}

void Connections::end_overdue(Clock::time_point now) noexcept {
  const std::lock_guard lock(mutex_);
  if (now - looked_ < std::chrono::seconds(1)) return;
  looked_ = now;
  for (const Connection& connection : open_) {
    const bool overdue = now - connection.since_.load(std::memory_order_relaxed) > longest_;
    if (overdue) shutdown(connection.fd_, SHUT_RDWR);
  }
}

}  // namespace authz
