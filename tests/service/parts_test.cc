// What the service stands on: its socket, its log's file, its metrics.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "connections.h"
#include "listener.h"
#include "log_file.h"
#include "metrics.h"
#include "support/temporary_folder.h"
#include "writ/policy_stack.h"

namespace authz {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class PartsTest : public testing::Test {
 protected:
  [[nodiscard]] std::string path(const char* name) const { return folder_.path(name); }
  [[nodiscard]] std::string text(const char* name) const { return folder_.text(name); }

 private:
  writ::test::TemporaryFolder folder_;
};

using ListenerTest = PartsTest;
using LogFileTest = PartsTest;

/// Whether somebody listens at the Unix socket.
bool answers(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  const bool good = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return good;
}

std::string problem(const std::string& where) {
  const auto listener = Listener::open(where);
  return listener ? "none" : listener.error();
}

TEST_F(ListenerTest, RemovesNothingButSocketsWithoutListener) {
  std::ofstream(path("file")) << "precious";
  EXPECT_THAT(problem("unix:" + path("file")), HasSubstr("a file that is no socket"));
  EXPECT_EQ(text("file"), "precious");

  std::filesystem::create_symlink("file", path("link"));
  EXPECT_THAT(problem("unix:" + path("link")), HasSubstr("a file that is no socket"));
  EXPECT_TRUE(std::filesystem::is_symlink(path("link")));

  const auto alive = Listener::open("unix:" + path("alive"));
  ASSERT_TRUE(alive) << alive.error();
  EXPECT_THAT(problem("unix:" + path("alive")), HasSubstr("another program does"));
  EXPECT_TRUE(answers(path("alive")));

  // What a process that was killed leaves behind: another name, since the socket removes its own.
  {
    const auto dead = Listener::open("unix:" + path("made"));
    ASSERT_TRUE(dead) << dead.error();
    std::filesystem::rename(path("made"), path("dead"));
  }
  ASSERT_TRUE(std::filesystem::is_socket(path("dead")));
  const auto successor = Listener::open("unix:" + path("dead"));
  ASSERT_TRUE(successor) << successor.error();
  EXPECT_TRUE(answers(path("dead")));
}

TEST_F(ListenerTest, LeavesItsPathToASuccessor) {
  std::optional<Listener> old(Listener::open("unix:" + path("socket")).value());
  old->leave();
  EXPECT_FALSE(std::filesystem::exists(path("socket")));
  const auto successor = Listener::open("unix:" + path("socket"));
  ASSERT_TRUE(successor) << successor.error();
  old.reset();
  EXPECT_TRUE(answers(path("socket")));
}

TEST_F(ListenerTest, RemovesOnlyItsOwnSocket) {
  std::optional<Listener> old(Listener::open("unix:" + path("socket")).value());
  std::filesystem::remove(path("socket"));
  const auto successor = Listener::open("unix:" + path("socket"));
  ASSERT_TRUE(successor) << successor.error();
  old.reset();
  EXPECT_TRUE(answers(path("socket")));
}

TEST_F(ListenerTest, RemovesItsSocketInTheEnd) {
  {
    const auto listener = Listener::open("unix:" + path("socket"));
    ASSERT_TRUE(listener) << listener.error();
    EXPECT_EQ(listener->where(), "unix:" + path("socket"));
  }
  EXPECT_FALSE(std::filesystem::exists(path("socket")));
}

/// While it lives no file grows beyond so many bytes: a write that crosses them is cut short, as on
/// a full disk.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileLimit() { setrlimit(RLIMIT_FSIZE, &before_); }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

 private:
  rlimit before_ = {};
};

TEST_F(LogFileTest, BeginsANewFileWithAWholeLine) {
  auto opened = LogFile::open(path("log"));
  ASSERT_TRUE(opened) << opened.error();
  LogFile& file = **opened;
  const writ::PolicyStack policies;
  const auto request =
      writ::RequestBuilder(*writ::Caller::from_arn("arn:aws:iam::111122223333:user/Alice"),
                           "s3:GetObject", "arn:aws:s3:::b/k")
          .build();
  ASSERT_TRUE(request);
  const auto record = [&] {
    ASSERT_TRUE(file.log().record(*request, policies.applied(), policies.evaluate(*request)));
    file.log().flush();
  };
  {
    const FileLimit limit(20);
    record();
  }
  EXPECT_FALSE(file.takes_lines());
  EXPECT_EQ(text("log").size(), 20U);

  std::filesystem::rename(path("log"), path("rotated"));
  EXPECT_TRUE(file.reopen());
  EXPECT_TRUE(file.reopen()) << "a second time before anything was written";
  EXPECT_TRUE(std::filesystem::exists(path("log")));
  record();
  EXPECT_TRUE(file.takes_lines());
  EXPECT_THAT(text("log"), StartsWith("{"));
  EXPECT_THAT(text("log"), testing::EndsWith("\n"));
  EXPECT_EQ(text("rotated").size(), 20U);
}

TEST(ConnectionsTest, EndsThoseWithoutAnAnswerForTooLong) {
  using std::chrono::seconds;
  /// A connection, and whether its other end sees the end.
  struct Pair {
    Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0); }
    ~Pair() {
      close(ends[0]);
      close(ends[1]);
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
    [[nodiscard]] bool is_ended() const {
      char byte = 0;
      return recv(ends[1], &byte, 1, 0) == 0;
    }
    int ends[2] = {-1, -1};
  } slow, busy, gone;
  Connections connections(seconds(4));
  const auto begin = Connections::Clock::now();
  ASSERT_NE(connections.opened(slow.ends[0], begin), nullptr);
  Connections::Connection* asks = connections.opened(busy.ends[0], begin);
  connections.closed(connections.opened(gone.ends[0], begin));

  connections.end_overdue(begin + seconds(4));
  EXPECT_FALSE(slow.is_ended());
  asks->answered(begin + seconds(4));
  connections.end_overdue(begin + std::chrono::milliseconds(4900));
  EXPECT_FALSE(slow.is_ended()) << "the second look within a second";
  connections.end_overdue(begin + seconds(5));
  EXPECT_TRUE(slow.is_ended());
  EXPECT_FALSE(busy.is_ended());
  EXPECT_FALSE(gone.is_ended()) << "the socket is no longer the service's";
  connections.end_overdue(begin + seconds(9));
  EXPECT_TRUE(busy.is_ended());
}

TEST(MetricsTest, TellsWhenThePoliciesInForceWereTakenOver) {
  const std::time_t before = std::time(nullptr);
  const Metrics metrics;
  const std::string text = metrics.to_string(nullptr);
  constexpr std::string_view kName = "\nwrit_policy_reload_timestamp_seconds ";
  const std::size_t at = text.find(kName);
  ASSERT_NE(at, std::string::npos);
  const long told = std::stol(text.substr(at + kName.size()));
  EXPECT_GE(told, before);
  EXPECT_LE(told, std::time(nullptr));
}

TEST(MetricsTest, IsUtf8WhateverFilesAreCalled) {
  Metrics metrics;
  writ::DocumentError error;
  error.document = "a\xff\xc3\xa9\xc3\"\\\n\xe2\x82";
  metrics.reloaded(false, {error});
  EXPECT_THAT(
      metrics.to_string(nullptr),
      HasSubstr("{file=\"a\xEF\xBF\xBD\xc3\xa9\xEF\xBF\xBD\\\"\\\\\\n\xEF\xBF\xBD\xEF\xBF\xBD\","));
}

}  // namespace
}  // namespace authz
