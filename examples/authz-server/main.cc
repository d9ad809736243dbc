// authz_server: decides for nginx's auth_request, and for every other proxy that can ask over HTTP.
// How it is run and configured: docs/service.md.
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

#include "authorizer.h"
#include "config.h"
#include "listener.h"
#include "log_file.h"
#include "metrics.h"
#include "server.h"
#include "writ/policy_directory.h"

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

void say(const std::string& line) { std::fprintf(stderr, "authz_server: %s\n", line.c_str()); }

int fail(const std::string& line) {
  say(line);
  return 2;
}

void take_over(writ::DirectoryChange change, const writ::PolicyDirectory& directory,
               authz::Metrics& metrics) {
  if (change == writ::DirectoryChange::None) return;
  const bool published = change == writ::DirectoryChange::Published;
  metrics.reloaded(published, directory.errors());
  say(published ? "policies: taken over" : "policies: refused, those before stay in force");
  for (const writ::DocumentError& error : directory.errors()) say("  " + error.to_string());
}

/// Follows the policies and looks after the connections until a signal comes, or, in a second call,
/// until nothing is left to do.
class Loop {
 public:
  Loop(int signals, writ::PolicyDirectory& directory, authz::Metrics& metrics, authz::LogFile* log,
       authz::Server& server, std::uint32_t rescan_seconds)
      : signals_(signals),
        directory_(directory),
        metrics_(metrics),
        log_(log),
        server_(server),
        rescan_(rescan_seconds) {}

  /// True when a signal to stop came, false at the deadline or when `done`.
  template <class Done>
  bool run(steady_clock::time_point deadline, Done done) {
    while (true) {
      const auto now = steady_clock::now();
      if (now >= deadline || done()) return false;
      pollfd events[] = {{signals_, POLLIN, 0}, {directory_.fd(), POLLIN, 0}};
      const auto wait = std::min<steady_clock::duration>(deadline - now, milliseconds(kPace));
      poll(events, 2, static_cast<int>(std::chrono::ceil<milliseconds>(wait).count()));
      if ((events[0].revents & POLLIN) != 0) {
        signalfd_siginfo info;
        if (read(signals_, &info, sizeof info) == sizeof info) {
          if (info.ssi_signo != SIGHUP) return true;
          if (log_ != nullptr && !log_->reopen()) say("the log cannot be opened anew");
        }
      }
      follow();
      server_.end_overdue();
    }
  }

 private:
  static constexpr int kPace = 200;  // milliseconds

  void follow() {
    if (rescan_.count() != 0 && steady_clock::now() - rescanned_ >= rescan_) {
      rescanned_ = steady_clock::now();
      take_over(directory_.rescan(), directory_, metrics_);
    } else {
      take_over(directory_.process(), directory_, metrics_);
    }
  }

  int signals_;
  writ::PolicyDirectory& directory_;
  authz::Metrics& metrics_;
  authz::LogFile* log_;
  authz::Server& server_;
  seconds rescan_;
  steady_clock::time_point rescanned_ = steady_clock::now();
};

int serve(const authz::Config& config, writ::PolicyDirectory& directory, int signals) {
  const std::size_t threads =
      config.threads != 0 ? config.threads : std::max(1U, std::thread::hardware_concurrency());
  auto listener = authz::Listener::open(config.listen);
  if (!listener) return fail(listener.error());

  std::unique_ptr<authz::LogFile> log;
  if (!config.log.empty()) {
    auto opened = authz::LogFile::open(config.log);
    if (!opened) return fail(opened.error());
    log = *std::move(opened);
  }
  authz::Metrics metrics;
  authz::Authorizer authorizer(config, directory, metrics, log.get(), threads);
  authz::Server server(config, threads, std::move(*listener), authorizer, metrics, log.get());
  if (!server.is_running()) return fail("the HTTP server does not start");
  say("listening at " + server.where());

  Loop loop(signals, directory, metrics, log.get(), server, config.rescan_seconds);
  const auto never = [] { return false; };
  loop.run(steady_clock::time_point::max(), never);
  say("stopping");
  server.drain();
  // A second signal cuts the waiting short.
  if (!loop.run(steady_clock::now() + seconds(config.drain_seconds), never)) {
    server.quiesce();
    loop.run(steady_clock::now() + seconds(config.stop_seconds),
             [&] { return server.connections() == 0; });
  }
  say("stopped with " + std::to_string(server.connections()) + " connections open");
  return 0;
}

int run(const std::string& file, bool check_only) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) return fail(file + ": cannot be read");
  const auto config = authz::parse_config(file, text.str());
  if (!config) return fail(config.error().to_string());

  // Before any thread is made, so that all of them inherit it.
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  const int signals = signalfd(-1, &set, SFD_CLOEXEC);
  if (signals < 0) return fail("no signalfd");

  auto directory = writ::PolicyDirectory::open(config->policies);
  if (!directory) return fail(directory.error().to_string());
  if (check_only) return 0;
  return serve(*config, *directory, signals);
}

}  // namespace

int main(int argc, char** argv) {
  const bool check_only = argc == 3 && std::string(argv[1]) == "--check";
  if (argc != 2 && !check_only) {
    std::fputs("usage: authz_server [--check] CONFIG\n", stderr);
    return 2;
  }
  return run(argv[argc - 1], check_only);
}
