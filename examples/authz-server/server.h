// Server: HTTP around an Authorizer, by libmicrohttpd.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "authorizer.h"
#include "config.h"
#include "connections.h"
#include "listener.h"
#include "metrics.h"

struct MHD_Connection;
struct MHD_Daemon;

namespace authz {

class Responses;

/// Answers at
///
///     /authorize   200 to allow, 403 to deny, 401 to deny where the caller has no name
///     /metrics     for Prometheus
///     /healthz     200 while the process serves
///     /readyz      200 while it wants new questions, 503 once it has begun to stop
///
/// on threads of its own. Thread-safety: the members, one thread at a time.
class Server {
 public:
  /// Takes over the listener; `log` may be null. `is_running` tells whether it has started.
  Server(const Config& config, std::size_t threads, Listener listener, Authorizer& authorizer,
         const Metrics& metrics, const LogFile* log);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  [[nodiscard]] bool is_running() const noexcept { return daemon_ != nullptr; }
  [[nodiscard]] std::string where() const { return listener_.where(); }

  /// From now on it is not ready, and says so; everything else goes on.
  void drain() noexcept { draining_.store(true); }
  /// Takes no more connections; those that have reached the kernel are still served, and each is
  /// closed behind its next answer. The path of a Unix socket is free for another server.
  void quiesce();
  /// Connections that are open.
  [[nodiscard]] unsigned connections() const noexcept;
  /// To be called now and then: ends connections that keep a request waiting for its end.
  void end_overdue() noexcept { connections_.end_overdue(Connections::Clock::now()); }

 private:
  friend struct ServerCallbacks;

  [[nodiscard]] bool serve(MHD_Connection* connection, std::string_view url, const char* begin);
  /// `begin` is where libmicrohttpd keeps the request.
  [[nodiscard]] bool serve_question(MHD_Connection* connection, const char* begin);
  [[nodiscard]] bool serve_text(MHD_Connection* connection, unsigned status, std::string_view text,
                                const char* type);

  Listener listener_;
  Connections connections_;
  Authorizer& authorizer_;
  const Metrics& metrics_;
  const LogFile* log_;
  std::atomic<bool> draining_ = false;
  std::atomic<bool> quiet_ = false;
  std::unique_ptr<const Responses> responses_;
  MHD_Daemon* daemon_ = nullptr;
};

}  // namespace authz
