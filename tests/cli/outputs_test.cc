// Outputs never take the place of what is read, and take that of older ones as a whole.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "cli/files.h"
#include "cli/run_tool.h"
#include "support/temporary_folder.h"
#include "writ/impl/folder_layout.h"
#include "writ/impl/replaced_file.h"

namespace writ::cli {
namespace {

using ::testing::HasSubstr;
using writ::test::TemporaryFolder;
using writ::testing::run_tool;
using writ::testing::ToolRun;

constexpr std::string_view kPolicy =
    R"({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})";
constexpr std::string_view kSuite = R"({"policies": {"p": "policy.json"}, "tests": [
  {"name": "a", "principal": "arn:aws:iam::111122223333:user/A", "action": "s3:GetObject", "expect": "allowed"}]})";

std::size_t count_files(const TemporaryFolder& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    count += entry.exists() ? 1 : 0;
  }
  return count;
}

mode_t mode_of(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

class OutputsTest : public ::testing::Test {
 protected:
  void refused(const std::vector<std::string>& arguments, std::string_view hint) {
    const ToolRun run = run_tool(arguments);
    EXPECT_EQ(run.code, 2) << run.out;
    EXPECT_THAT(run.err, HasSubstr(hint));
    EXPECT_EQ(folder_.text("policy.json"), kPolicy);
    EXPECT_EQ(folder_.text("a.suite.json"), kSuite);
  }

  TemporaryFolder folder_;
  std::string policy_ = folder_.write("policy.json", kPolicy);
  std::string suite_ = folder_.write("a.suite.json", kSuite);
};

TEST_F(OutputsTest, APageDoesNotOverwriteThePolicyItShows) {
  const std::string other_name = folder_.path("./policy.json");
  const std::string link = folder_.path("link.json");
  std::filesystem::create_symlink(policy_, link);
  for (const std::string& output : {policy_, other_name, link}) {
    refused({"explain", "--action", "s3:GetObject", "--identity", policy_, "--html", output},
            "which is read; name another file to write");
    refused({"explain", "--action", "s3:GetObject", "--scp", "x.json," + policy_, "--html", output},
            "which is read; name another file to write");
  }
  refused({"graph", "--dot", policy_, "-o", policy_}, "which is read");
  refused({"compile", policy_, "-o", policy_}, "which is read");
}

TEST_F(OutputsTest, AReportDoesNotOverwriteASuiteOrItsPolicies) {
  for (const char* option : {"--junit", "--sarif", "--lcov"}) {
    refused({"check", suite_, option, suite_}, "which is read");
    refused({"check", suite_, option, policy_}, "is one of the files that were read");
    refused({"check", folder_.path(), option, suite_}, "is one of the files that were read");
  }
}

TEST_F(OutputsTest, AReportOfAnAccountDoesNotOverwriteTheAccount) {
  constexpr std::string_view kAccount =
      R"({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []})";
  const std::string account = folder_.write("dir/account.json", kAccount);
  const ToolRun run = run_tool({"report", folder_.path("dir"), "--html", account});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("is one of the files that were read"));
  EXPECT_EQ(folder_.text("dir/account.json"), kAccount);
}

TEST_F(OutputsTest, AReportDoesNotOverwriteAPolicyOfAFolder) {
  const std::string policy = folder_.write("dir/identity/a.json", kPolicy);
  const std::string folder = folder_.path("dir");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"lint", folder, "--sarif", policy},
        {"explain", "--action", "s3:GetObject", "--policies", folder, "--html", policy}}) {
    const ToolRun run = run_tool(arguments);
    EXPECT_EQ(run.code, 2) << run.out;
    EXPECT_THAT(run.err, HasSubstr("is one of the files that were read"));
    EXPECT_EQ(folder_.text("dir/identity/a.json"), kPolicy);
  }
}

TEST_F(OutputsTest, WhatStandsBesideAFileIsNoPolicyMeanwhile) {
  const TemporaryFolder folder;
  const std::string name(250, 'n');  // with what is added, longer than names may be
  {
    detail::ReplacedFile file(folder.path(name));
    file.write("x");
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      EXPECT_TRUE(detail::is_ignored_name(entry.path().filename().string())) << entry.path();
      ++count;
    }
    EXPECT_EQ(count, 1U);
    EXPECT_TRUE(file.publish());
  }
  EXPECT_EQ(folder.text(name), "x");
  EXPECT_EQ(count_files(folder), 1U);
}

TEST_F(OutputsTest, TwoReportsInOnePlaceAreRefused) {
  const std::string report = folder_.path("report");
  refused({"check", suite_, "--junit", "-", "--sarif", "-"}, "would write over each other");
  refused({"check", suite_, "--junit", report, "--lcov", report}, "would write over each other");
  EXPECT_FALSE(std::filesystem::exists(report));
  refused({"check", suite_, "--junit", "-", "--json"}, "choose one of `--junit -` and `--json`");
  refused({"explain", "--action", "s3:GetObject", "--html", "-", "--json"},
          "choose one of `--html -` and `--json`");
  EXPECT_EQ(run_tool({"check", suite_, "--junit", "/dev/null", "--sarif", "/dev/null"}).code, 0);
}

TEST_F(OutputsTest, AReportOnStandardOutputStandsThereAlone) {
  const ToolRun run = run_tool({"check", suite_, "--junit", "-"});
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.out, ::testing::StartsWith("<?xml"));
  EXPECT_THAT(run.out, ::testing::EndsWith("</testsuites>\n"));
  EXPECT_EQ(run.err, "1 passed, 0 failed\n");
}

TEST_F(OutputsTest, WritingReplacesAFileAsAWhole) {
  const std::string path = folder_.write("out", "old");
  ASSERT_EQ(chmod(path.c_str(), 0640), 0);
  struct stat before = {};
  ASSERT_EQ(stat(path.c_str(), &before), 0);
  const std::size_t files = count_files(folder_);
  ASSERT_TRUE(write_file(path, "new"));
  EXPECT_EQ(folder_.text("out"), "new");
  EXPECT_EQ(mode_of(path), 0640U);
  struct stat after = {};
  ASSERT_EQ(stat(path.c_str(), &after), 0);
  EXPECT_NE(after.st_ino, before.st_ino);  // who has the old one open keeps it
  EXPECT_EQ(count_files(folder_), files);
}

TEST_F(OutputsTest, AFileThatCannotBeReplacedStaysAsItIs) {
  const std::size_t files = count_files(folder_);
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {4, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const bool written = write_file(policy_, "longer than four bytes");
  const int problem = errno;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_FALSE(written);
  EXPECT_EQ(problem, EFBIG);
  EXPECT_EQ(folder_.text("policy.json"), kPolicy);
  EXPECT_EQ(count_files(folder_), files);
}

TEST_F(OutputsTest, WritingFollowsLinks) {
  folder_.write("dir/out", "old");
  const std::string link = folder_.path("link");
  std::filesystem::create_symlink("dir/out", link);
  ASSERT_TRUE(write_file(link, "new"));
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(folder_.text("dir/out"), "new");
  const std::string to_nothing = folder_.path("to_nothing");
  std::filesystem::create_symlink("dir/made", to_nothing);
  ASSERT_TRUE(write_file(to_nothing, "new"));
  EXPECT_TRUE(std::filesystem::is_symlink(to_nothing));
  EXPECT_EQ(folder_.text("dir/made"), "new");
}

TEST_F(OutputsTest, DevicesAreWrittenToAndFoldersAreNot) {
  const std::string pipe = folder_.path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const int reader = open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  EXPECT_TRUE(write_file(pipe, "new"));
  char text[4] = {};
  EXPECT_EQ(read(reader, text, sizeof text), 3);
  EXPECT_STREQ(text, "new");
  close(reader);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
  EXPECT_FALSE(write_file(folder_.path(), "new"));
  EXPECT_EQ(errno, EISDIR);
}

TEST_F(OutputsTest, FmtRewritesInPlaceOnlyRegularFiles) {
  ASSERT_EQ(chmod(policy_.c_str(), 0600), 0);
  const std::string link = folder_.path("link.json");
  std::filesystem::create_symlink(policy_, link);
  EXPECT_EQ(run_tool({"fmt", "--write", link}).code, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_NE(folder_.text("policy.json"), kPolicy);
  EXPECT_EQ(mode_of(policy_), 0600U);
  EXPECT_EQ(run_tool({"fmt", "--check", policy_}).code, 0);
  const std::string device = "/proc/self/fd/" + std::to_string([&] {
                               int ends[2] = {};
                               EXPECT_EQ(pipe(ends), 0);
                               EXPECT_EQ(write(ends[1], kPolicy.data(), kPolicy.size()),
                                         static_cast<ssize_t>(kPolicy.size()));
                               close(ends[1]);
                               return ends[0];
                             }());
  const ToolRun run = run_tool({"fmt", "--write", device});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("it is no regular file; leave --write out"));
}

TEST_F(OutputsTest, AnImageIsNoStandardOutput) {
  const ToolRun run = run_tool({"compile", policy_, "-o", "-"});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("an image is a file; name one instead of `-`"));
  EXPECT_FALSE(std::filesystem::exists("-"));
}

}  // namespace
}  // namespace writ::cli
