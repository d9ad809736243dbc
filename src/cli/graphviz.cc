#include "cli/graphviz.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>

namespace writ::cli {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

std::string contents(std::FILE* file) {
  std::string text;
  char buffer[1U << 16U];
  std::rewind(file);
  for (std::size_t size = 0; (size = std::fread(buffer, 1, sizeof buffer, file)) != 0;) {
    text.append(buffer, size);
  }
  return text;
}

/// The first line of what a program complained about.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// The exit status, or nothing when the program had to be ended.
bool wait_for(pid_t child, int seconds, int& status) {
  constexpr timespec kPause = {0, 10'000'000};
  const std::time_t end = std::time(nullptr) + seconds;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (std::time(nullptr) > end) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      return false;
    }
    nanosleep(&kPause, nullptr);
  }
  return true;
}

}  // namespace

Result<std::string, Problem> draw_svg(std::string_view dot, int seconds, const char* program) {
  // Files instead of pipes: nobody waits for a full one.
  const File in(std::tmpfile());
  const File out(std::tmpfile());
  const File err(std::tmpfile());
  if (in == nullptr || out == nullptr || err == nullptr ||
      std::fwrite(dot.data(), 1, dot.size(), in.get()) != dot.size() ||
      std::fflush(in.get()) != 0) {
    return Problem{fmt::format("cannot write a temporary file: {}", std::strerror(errno))};
  }
  std::rewind(in.get());

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(in.get()), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(out.get()), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(err.get()), STDERR_FILENO);
  std::string name(program);
  std::string format("-Tsvg");
  char* arguments[] = {name.data(), format.data(), nullptr};
  pid_t child = 0;
  const int failed = posix_spawnp(&child, program, &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed == ENOENT) {
    return Problem{fmt::format(
        "`{}` is not installed: install Graphviz (package graphviz), or take the graph with --dot",
        program)};
  }
  if (failed != 0)
    return Problem{fmt::format("cannot run `{}`: {}", program, std::strerror(failed))};
  int status = 0;
  if (!wait_for(child, seconds, status)) {
    return Problem{fmt::format(
        "`{}` takes longer than {} s: draw fewer statements with --statements", program, seconds)};
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Problem{fmt::format("`{}` failed: {}", program, first_line(contents(err.get())))};
  }
  return contents(out.get());
}

}  // namespace writ::cli
