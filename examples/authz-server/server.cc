#include "server.h"

#include <microhttpd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace authz {

/// The answers, made once: which one it is depends on nothing but the decision's reason.
class Responses {
 public:
  Responses() {
    for (std::size_t i = 0; i < kReasons; ++i) {
      make(reasons_[i], writ::name_of(static_cast<writ::Reason>(i)));
    }
    for (std::size_t i = 0; i < kRefusalCount; ++i) {
      make(refusals_[i], to_string(static_cast<Refusal>(i)));
    }
  }
  Responses(const Responses&) = delete;
  Responses& operator=(const Responses&) = delete;
  ~Responses() {
    for (const Pair& pair : reasons_) destroy(pair);
    for (const Pair& pair : refusals_) destroy(pair);
  }

  [[nodiscard]] MHD_Response* of(const Answer& answer, bool last) const noexcept {
    const Pair& pair = answer.refused ? refusals_[static_cast<std::size_t>(answer.refusal)]
                                      : reasons_[static_cast<std::size_t>(answer.decision.reason)];
    return last ? pair.last : pair.kept;
  }

 private:
  // The library's own, so that a reason that comes to it has its answer here. It is no API.
  static constexpr std::size_t kReasons = writ::detail::kReasonCount;
  struct Pair {
    MHD_Response* kept = nullptr;  ///< the connection may be used again
    MHD_Response* last = nullptr;  ///< it is closed
  };
  static void make(Pair& pair, std::string_view reason) {
    const std::string text(reason);
    for (MHD_Response** response : {&pair.kept, &pair.last}) {
      *response = MHD_create_response_from_buffer(0, nullptr, MHD_RESPMEM_PERSISTENT);
      if (*response == nullptr) continue;
      MHD_add_response_header(*response, "X-Writ-Reason", text.c_str());
      MHD_add_response_header(*response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    }
    if (pair.last != nullptr) {
      MHD_add_response_header(pair.last, MHD_HTTP_HEADER_CONNECTION, "close");
    }
  }
  static void destroy(const Pair& pair) {
    for (MHD_Response* response : {pair.kept, pair.last}) {
      if (response != nullptr) MHD_destroy_response(response);
    }
  }

  std::array<Pair, kReasons> reasons_;
  std::array<Pair, kRefusalCount> refusals_;
};

/// Whether the headers are all that was sent. libmicrohttpd 0.9.75 ends a value at a NUL byte, and
/// hands out what is before it as the whole. It leaves the text where it has received it, so each
/// header must begin where the one before ends, and the last one end with the request: two bytes of
/// a line's end, two of the empty line. A folded header, which it copies, is not complete either.
bool is_complete(MHD_Connection* connection, const char* begin, const HttpQuestion& question) {
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  if (info == nullptr) return false;
  const auto& headers = question.headers;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const std::string_view value = headers[i].second;
    const char* end = value.data() + value.size() + 2;
    const char* wanted =
        i + 1 < headers.size() ? headers[i + 1].first.data() : begin + info->header_size - 2;
    if (end != wanted) return false;
  }
  return true;
}

/// What libmicrohttpd calls. Nothing may be thrown through its C code.
struct ServerCallbacks {
  static MHD_Result handle(void* server, MHD_Connection* connection, const char* url,
                           const char* method, const char* /*version*/, const char* /*upload*/,
                           std::size_t* /*upload_size*/, void** state) noexcept {
    try {
      // Called with the headers, and again behind the body. An answer to the first call closes the
      // connection, which is right where there is a body: nobody wants it.
      if (*state == nullptr && !announces_body(connection)) {
        *state = server;
        return MHD_YES;
      }
      answered(connection);
      return static_cast<Server*>(server)->serve(connection, url, method) ? MHD_YES : MHD_NO;
    } catch (...) {
      return MHD_NO;  // no memory: the connection is closed, which no proxy takes for an allow
    }
  }
  /// A connection without a Connection, for want of memory, is left to the idle time.
  static void notify(void* server, MHD_Connection* connection, void** context,
                     MHD_ConnectionNotificationCode what) noexcept {
    Connections& connections = static_cast<Server*>(server)->connections_;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
      if (*context != nullptr) connections.closed(static_cast<Connections::Connection*>(*context));
      return;
    }
    const MHD_ConnectionInfo* info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    try {
      if (info != nullptr) {
        *context = connections.opened(info->connect_fd, Connections::Clock::now());
      }
    } catch (...) {
      *context = nullptr;
    }
  }
  /// It gets an answer.
  static void answered(MHD_Connection* connection) noexcept {
    const MHD_ConnectionInfo* info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    if (info == nullptr || info->socket_context == nullptr) return;
    static_cast<Connections::Connection*>(info->socket_context)
        ->answered(Connections::Clock::now());
  }
  static bool announces_body(MHD_Connection* connection) noexcept {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length") != nullptr ||
           MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Transfer-Encoding") != nullptr;
  }
  static MHD_Result header(void* question, MHD_ValueKind /*kind*/, const char* name,
                           std::size_t name_size, const char* value,
                           std::size_t value_size) noexcept {
    try {
      static_cast<HttpQuestion*>(question)->headers.emplace_back(
          std::string_view(name, name_size),
          value == nullptr ? std::string_view() : std::string_view(value, value_size));
      return MHD_YES;
    } catch (...) {
      static_cast<HttpQuestion*>(question)->headers.clear();  // not half of them
      return MHD_NO;
    }
  }
};

Server::Server(const Config& config, std::size_t threads, Listener listener, Authorizer& authorizer,
               const Metrics& metrics, const LogFile* log)
    : listener_(std::move(listener)),
      // Twice: as long as it may be idle, and as long again for a request.
      connections_(std::chrono::seconds(2 * std::uint64_t{config.idle_seconds})),
      authorizer_(authorizer),
      metrics_(metrics),
      log_(log) {
  responses_ = std::make_unique<Responses>();
  daemon_ = MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, nullptr, nullptr, &ServerCallbacks::handle,
      this, MHD_OPTION_LISTEN_SOCKET, listener_.fd(), MHD_OPTION_CONNECTION_LIMIT,
      std::max(config.connections, static_cast<unsigned>(threads)), MHD_OPTION_CONNECTION_TIMEOUT,
      config.idle_seconds, MHD_OPTION_NOTIFY_CONNECTION, &ServerCallbacks::notify, this,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, static_cast<std::size_t>(config.request_bytes),
      MHD_OPTION_STRICT_FOR_CLIENT, 1,
      // A pool of one would be a second thread that only waits.
      threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, static_cast<unsigned>(threads),
      MHD_OPTION_END);
}

Server::~Server() {
  if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
}

void Server::quiesce() {
  if (daemon_ == nullptr || quiet_.load()) return;
  quiet_.store(true);
  draining_.store(true);
  listener_.leave();
  // Closing the socket would reset what waits in its queue.
  MHD_quiesce_daemon(daemon_);
  while (true) {
    sockaddr_storage address = {};
    socklen_t size = sizeof address;
    const int fd = accept4(listener_.fd(), reinterpret_cast<sockaddr*>(&address), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == ECONNABORTED || errno == EINTR)) continue;
    if (fd < 0) break;
    MHD_add_connection(daemon_, fd, reinterpret_cast<sockaddr*>(&address), size);
  }
  shutdown(listener_.fd(), SHUT_RDWR);
}

unsigned Server::connections() const noexcept {
  if (daemon_ == nullptr) return 0;
  const MHD_DaemonInfo* info = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
  return info == nullptr ? 0 : info->num_connections;
}

bool Server::serve(MHD_Connection* connection, std::string_view url, const char* begin) {
  if (url == "/authorize") return serve_question(connection, begin);
  if (url == "/metrics") {
    const auto counts = log_ == nullptr ? writ::DecisionLogCounts() : log_->counts();
    return serve_text(connection, MHD_HTTP_OK, metrics_.to_string(log_ ? &counts : nullptr),
                      "text/plain; version=0.0.4; charset=utf-8");
  }
  if (url == "/healthz") return serve_text(connection, MHD_HTTP_OK, "ok\n", "text/plain");
  if (url == "/readyz") {
    return draining_.load()
               ? serve_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "stopping\n", "text/plain")
               : serve_text(connection, MHD_HTTP_OK, "ok\n", "text/plain");
  }
  return serve_text(connection, MHD_HTTP_NOT_FOUND, "not found\n", "text/plain");
}

bool Server::serve_question(MHD_Connection* connection, const char* begin) {
  HttpQuestion question;
  question.headers.reserve(32);
  MHD_get_connection_values_n(connection, MHD_HEADER_KIND, &ServerCallbacks::header, &question);
  question.complete = is_complete(connection, begin, question);
  const Answer answer = authorizer_.answer(question);
  const unsigned status = answer.is_allowed() ? MHD_HTTP_OK
                          : answer.refused && answer.refusal == Refusal::NoPrincipal
                              ? MHD_HTTP_UNAUTHORIZED
                              : MHD_HTTP_FORBIDDEN;
  MHD_Response* response = responses_->of(answer, quiet_.load());
  return response != nullptr && MHD_queue_response(connection, status, response) == MHD_YES;
}

bool Server::serve_text(MHD_Connection* connection, unsigned status, std::string_view text,
                        const char* type) {
  MHD_Response* response = MHD_create_response_from_buffer(
      text.size(), const_cast<char*>(text.data()), MHD_RESPMEM_MUST_COPY);
  if (response == nullptr) return false;
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
  if (quiet_.load()) MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
  const bool queued = MHD_queue_response(connection, status, response) == MHD_YES;
  MHD_destroy_response(response);
  return queued;
}

}  // namespace authz
