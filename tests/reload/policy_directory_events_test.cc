// What a followed folder notices. Events are in the kernel's queue when the change returns, so
// nothing here sleeps; what takes time waits for the descriptor, with a deadline.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>

#include "folder.h"
#include "writ/policy_directory.h"
#include "writ/policy_directory_thread.h"

#if defined(__linux__)

namespace writ {
namespace {

namespace fs = std::filesystem;

using test::allow;
using test::at_once;
using test::deny;
using test::document;
using test::Folder;
using test::is_readable;
using test::may;
using test::next_change;
using test::refused;

const std::string kGet = document({allow("s3:Get*")});
const std::string kPut = document({allow("s3:Put*")});
const std::string kGuard = document({allow("*"), deny("s3:Delete*")});

PolicyDirectory opened(const Folder& folder, const PolicyDirectoryOptions& options = at_once()) {
  auto directory = PolicyDirectory::open(folder.path(), options);
  if (!directory) ADD_FAILURE() << directory.error().to_string();
  return *std::move(directory);
}

/// A writer that keeps its file open.
class OpenFile {
 public:
  explicit OpenFile(const fs::path& path)
      : fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() { ::close(fd_); }
  void write(std::string_view text) const {
    ASSERT_EQ(::write(fd_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

 private:
  int fd_;
};

TEST(PolicyDirectoryEventsTest, WrittenInPlace) {
  Folder folder;
  folder.write("identity/a.json", kGet);
  PolicyDirectory directory = opened(folder);
  EXPECT_FALSE(is_readable(directory, 0));
  EXPECT_EQ(directory.process(), DirectoryChange::None);
  folder.write("identity/a.json", kPut);
  EXPECT_TRUE(is_readable(directory, 0));
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_TRUE(may(directory, "s3:PutObject"));
  EXPECT_FALSE(may(directory, "s3:GetObject"));
  EXPECT_FALSE(is_readable(directory, 0));
}

TEST(PolicyDirectoryEventsTest, HalfAFileIsNotRead) {
  Folder folder;
  folder.write("identity/a.json", kGet);
  PolicyDirectory directory = opened(folder);
  {
    const OpenFile known(folder.at("identity/a.json"));
    const OpenFile fresh(folder.at("identity/b.json"));
    known.write(kPut.substr(0, 20));
    fresh.write(kPut.substr(0, 20));
    EXPECT_EQ(directory.process(), DirectoryChange::None) << refused(directory);
    EXPECT_TRUE(may(directory, "s3:GetObject"));
    // Another file is taken over meanwhile.
    folder.write("identity/c.json", document({allow("s3:List*")}));
    EXPECT_EQ(directory.process(), DirectoryChange::Published) << refused(directory);
    EXPECT_TRUE(may(directory, "s3:GetObject"));
    known.write(kPut.substr(20));
    fresh.write(kPut.substr(20));
    EXPECT_EQ(directory.process(), DirectoryChange::None);
  }
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_FALSE(may(directory, "s3:GetObject"));
  EXPECT_TRUE(may(directory, "s3:PutObject"));
}

TEST(PolicyDirectoryEventsTest, FileThatIsNeverClosedIsLookedAtInTheEnd) {
  Folder folder;
  folder.write("identity/a.json", kGet);
  PolicyDirectoryOptions options = at_once();
  options.settle_max_ms = 20;
  PolicyDirectory directory = opened(folder, options);
  const OpenFile open(folder.at("identity/a.json"));
  open.write("{");
  EXPECT_EQ(next_change(directory), DirectoryChange::Refused);
  EXPECT_EQ(refused(directory), "identity/a.json JSON_SYNTAX_ERROR");
  EXPECT_TRUE(may(directory, "s3:GetObject"));
}

TEST(PolicyDirectoryEventsTest, WrittenAsideAndRenamedOver) {
  Folder folder;
  folder.write("identity/a.json", kGet);
  PolicyDirectory directory = opened(folder);
  folder.write("identity/.a.json.new", kPut);
  EXPECT_EQ(directory.process(), DirectoryChange::None);
  folder.rename("identity/.a.json.new", "identity/a.json");
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_TRUE(may(directory, "s3:PutObject"));
}

TEST(PolicyDirectoryEventsTest, RemovedRenamedLinked) {
  Folder folder;
  folder.write("identity/a.json", kGet);
  folder.write("identity/b.json", kPut);
  PolicyDirectory directory = opened(folder);
  folder.remove("identity/b.json");
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_FALSE(may(directory, "s3:PutObject"));
  folder.rename("identity/a.json", "identity/.a.json");
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_FALSE(may(directory, "s3:GetObject"));
  fs::create_hard_link(folder.at("identity/.a.json"), folder.at("identity/hard.json"));
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_TRUE(may(directory, "s3:GetObject"));
  folder.remove("identity/hard.json");
  Folder::write_file(folder.beside("pool.json"), kPut);
  fs::create_symlink(folder.beside("pool.json"), folder.at("identity/soft.json"));
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_TRUE(may(directory, "s3:PutObject"));
  EXPECT_FALSE(may(directory, "s3:GetObject"));
  fs::remove(folder.beside("pool.json"));
  EXPECT_EQ(directory.rescan(), DirectoryChange::Refused);
  EXPECT_EQ(refused(directory), "identity/soft.json INVALID_FILE");
  EXPECT_TRUE(may(directory, "s3:PutObject"));
}

TEST(PolicyDirectoryEventsTest, FileThatMayBeReadAgain) {
  Folder folder;
  fs::permissions(folder.beside(""), fs::perms(0755));
  folder.write("identity/a.json", kGet);
  PolicyDirectory directory = opened(folder);
  const auto process_as_user = [&] {
    // Root may read every file, so it is somebody else who looks.
    const uid_t user = ::geteuid();
    if (user == 0) {
      EXPECT_EQ(::seteuid(65534), 0);
    }
    const DirectoryChange change = directory.process();
    EXPECT_EQ(::seteuid(user), 0);
    return change;
  };
  fs::permissions(folder.at("identity/a.json"), fs::perms::none);
  EXPECT_EQ(process_as_user(), DirectoryChange::Refused);
  EXPECT_EQ(refused(directory), "identity/a.json INVALID_FILE");
  EXPECT_TRUE(may(directory, "s3:GetObject"));
  fs::permissions(folder.at("identity/a.json"), fs::perms(0444));
  EXPECT_EQ(process_as_user(), DirectoryChange::Published);
}

TEST(PolicyDirectoryEventsTest, LayersComeAndGo) {
  Folder folder;
  folder.write("identity/a.json", document({allow("s3:*")}));
  PolicyDirectory directory = opened(folder);
  EXPECT_TRUE(may(directory, "s3:DeleteObject"));
  folder.write("scp/0/guard.json", kGuard);
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_FALSE(may(directory, "s3:DeleteObject"));
  EXPECT_TRUE(may(directory, "s3:GetObject"));
  folder.write("scp/1/guard.json", document({allow("sqs:*")}));
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_FALSE(may(directory, "s3:GetObject"));
  // Files in folders that came later are watched as well.
  folder.write("scp/1/guard.json", document({allow("s3:*")}));
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_TRUE(may(directory, "s3:GetObject"));
  folder.remove("scp");
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_TRUE(may(directory, "s3:DeleteObject"));
}

TEST(PolicyDirectoryEventsTest, LayerFolderIsReplaced) {
  Folder folder;
  folder.write("identity/a.json", kGet);
  PolicyDirectory directory = opened(folder);
  Folder::write_file(folder.beside("next/a.json"), kPut);
  fs::rename(folder.at("identity"), folder.beside("before"));
  fs::rename(folder.beside("next"), folder.at("identity"));
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_TRUE(may(directory, "s3:PutObject"));
  // The folder that was there is followed no more, the new one is.
  Folder::write_file(folder.beside("before/a.json"), kGuard);
  EXPECT_EQ(directory.process(), DirectoryChange::None);
  folder.write("identity/a.json", kGet);
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_TRUE(may(directory, "s3:GetObject"));
}

TEST(PolicyDirectoryEventsTest, FolderIsRemovedAndMadeAgain) {
  Folder folder;
  folder.write("identity/a.json", kGet);
  PolicyDirectory directory = opened(folder);
  fs::remove_all(folder.path());
  EXPECT_EQ(directory.process(), DirectoryChange::Refused);
  EXPECT_EQ(refused(directory), ". INVALID_FILE");
  EXPECT_TRUE(may(directory, "s3:GetObject"));
  fs::create_directory(folder.path());
  static_cast<void>(directory.process());
  EXPECT_EQ(refused(directory), ". INVALID_FILE");
  EXPECT_TRUE(may(directory, "s3:GetObject"));
  folder.write("identity/a.json", kPut);
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_TRUE(may(directory, "s3:PutObject"));
  folder.write("identity/a.json", kGet);
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
}

TEST(PolicyDirectoryEventsTest, FolderIsMovedAwayAndBack) {
  Folder folder;
  folder.write("identity/a.json", kGet);
  PolicyDirectory directory = opened(folder);
  fs::rename(folder.path(), folder.beside("away"));
  EXPECT_EQ(directory.process(), DirectoryChange::Refused);
  Folder::write_file(folder.beside("away/identity/a.json"), kPut);
  fs::rename(folder.beside("away"), folder.path());
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_TRUE(may(directory, "s3:PutObject"));
}

// Whatever was missed while nothing could be watched is found by looking again.
TEST(PolicyDirectoryEventsTest, MissingFolderIsLookedForAgain) {
  Folder folder;
  fs::create_directories(folder.at("deep/er"));
  Folder::write_file(folder.at("deep/er/identity/a.json"), kGet);
  PolicyDirectoryOptions options = at_once();
  options.settle_max_ms = 20;
  auto directory = PolicyDirectory::open(folder.path() + "/deep/er", options);
  ASSERT_TRUE(directory.has_value());
  fs::rename(folder.at("deep"), folder.at("gone"));
  // The parent was moved, not the folder; only the path leads nowhere.
  EXPECT_EQ(next_change(*directory), DirectoryChange::Refused);
  Folder::write_file(folder.at("gone/er/identity/a.json"), kPut);
  fs::rename(folder.at("gone"), folder.at("deep"));
  EXPECT_EQ(next_change(*directory), DirectoryChange::Published);
  EXPECT_TRUE(may(*directory, "s3:PutObject"));
}

/// Makes `link` lead to `target` in one step, as `ln -sfn` does not and Kubernetes does.
void swap_link(const fs::path& link, const fs::path& target) {
  fs::path temporary = link;
  temporary += "_tmp";
  fs::create_symlink(target, temporary);
  fs::rename(temporary, link);
}

// A ConfigMap mounted on the folder, its keys placed in folders: every folder is a link into
// `..data`, which is a link to the folder of this version.
TEST(PolicyDirectoryEventsTest, KubernetesSwapsTheWholeFolder) {
  Folder folder;
  folder.write("..2024_01/identity/a.json", kGet);
  folder.write("..2024_01/scp/0/g.json", kGuard);
  fs::create_symlink("..2024_01", folder.at("..data"));
  fs::create_symlink("..data/identity", folder.at("identity"));
  fs::create_symlink("..data/scp", folder.at("scp"));
  PolicyDirectory directory = opened(folder);
  EXPECT_TRUE(may(directory, "s3:GetObject"));

  for (const char* version : {"..2024_02", "..2024_03"}) {
    const fs::path before = fs::read_symlink(folder.at("..data"));
    const bool second = std::string(version) == "..2024_02";
    folder.write(std::string(version) + "/identity/a.json", second ? kPut : kGet);
    folder.write(std::string(version) + "/scp/0/g.json", kGuard);
    EXPECT_EQ(directory.process(), DirectoryChange::None);
    swap_link(folder.at("..data"), version);
    fs::remove_all(folder.at(before.string()));
    EXPECT_EQ(directory.process(), DirectoryChange::Published) << refused(directory);
    EXPECT_EQ(may(directory, "s3:PutObject"), second);
    EXPECT_EQ(may(directory, "s3:GetObject"), !second);
  }
}

// A ConfigMap for each layer: its files are links into `..data` beside them.
TEST(PolicyDirectoryEventsTest, KubernetesSwapsOneLayer) {
  Folder folder;
  folder.write("identity/..2024_01/a.json", kGet);
  fs::create_symlink("..2024_01", folder.at("identity/..data"));
  fs::create_symlink("..data/a.json", folder.at("identity/a.json"));
  PolicyDirectory directory = opened(folder);
  folder.write("identity/..2024_02/a.json", kPut);
  swap_link(folder.at("identity/..data"), "..2024_02");
  folder.remove("identity/..2024_01");
  EXPECT_EQ(directory.process(), DirectoryChange::Published) << refused(directory);
  EXPECT_TRUE(may(directory, "s3:PutObject"));
}

// Deployments that keep releases beside each other: the folder's own name is a link.
TEST(PolicyDirectoryEventsTest, FolderIsALinkThatIsSwapped) {
  Folder folder;
  folder.write("1/identity/a.json", kGet);
  folder.write("2/identity/a.json", kPut);
  fs::create_symlink("1", folder.at("current"));
  auto directory = PolicyDirectory::open(folder.path() + "/current", at_once());
  ASSERT_TRUE(directory.has_value());
  swap_link(folder.at("current"), "2");
  EXPECT_EQ(directory->process(), DirectoryChange::Published);
  EXPECT_TRUE(may(*directory, "s3:PutObject"));
  folder.write("2/identity/a.json", kGet);
  EXPECT_EQ(directory->process(), DirectoryChange::Published);
  EXPECT_TRUE(may(*directory, "s3:GetObject"));
}

TEST(PolicyDirectoryEventsTest, QueueOverflowsAndNothingIsMissed) {
  Folder folder;
  folder.write("identity/a.json", kGet);
  folder.write("identity/.b", "");
  PolicyDirectory directory = opened(folder);
  std::size_t queue = 16384;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> queue;
  if (queue > 200'000) GTEST_SKIP() << "the kernel's queue holds " << queue << " events";
  // Of a layer's folder hidden names are ignored, so only the overflow makes it look.
  for (std::size_t i = 0; i <= queue / 2; ++i) {
    folder.rename(i % 2 == 0 ? "identity/.b" : "identity/.c",
                  i % 2 == 0 ? "identity/.c" : "identity/.b");
  }
  folder.write("identity/a.json", kPut);
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
  EXPECT_TRUE(may(directory, "s3:PutObject"));
}

TEST(PolicyDirectoryEventsTest, UnknownFilesAreToldAndGo) {
  Folder folder;
  folder.write("identity/a.json", kGet);
  PolicyDirectory directory = opened(folder);
  folder.write("identity/notes.txt", "x");
  EXPECT_EQ(directory.process(), DirectoryChange::Refused);
  EXPECT_EQ(refused(directory), "identity/notes.txt INVALID_FILE");
  folder.write("Policies.md", "x");
  EXPECT_EQ(directory.process(), DirectoryChange::Refused);
  EXPECT_EQ(refused(directory), "Policies.md INVALID_FILE, identity/notes.txt INVALID_FILE");
  folder.remove("identity/notes.txt");
  folder.remove("Policies.md");
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
}

TEST(PolicyDirectoryEventsTest, ChangesSettleBeforeTheyAreTakenOver) {
  Folder folder;
  folder.write("identity/a.json", kGet);
  PolicyDirectoryOptions options;
  options.settle_ms = 20;
  PolicyDirectory directory = opened(folder, options);
  folder.write("identity/a.json", "{");
  EXPECT_EQ(directory.process(), DirectoryChange::None);
  folder.write("identity/a.json", kPut);
  EXPECT_EQ(next_change(directory), DirectoryChange::Published);
  EXPECT_TRUE(may(directory, "s3:PutObject"));
  EXPECT_FALSE(is_readable(directory, 0));
}

TEST(PolicyDirectoryEventsTest, OnlyWhatChangedIsCompiled) {
  Folder folder;
  PolicyDirectoryOptions options = at_once();
  options.segments = {.target_segments = 4, .min_segment_statements = 1};
  for (int i = 10; i < 50; ++i) {
    folder.write("identity/" + std::to_string(i) + ".json", kGet);
  }
  folder.write("boundary/b.json", document({allow("*")}));
  PolicyDirectory directory = opened(folder, options);
  const auto programs = [&] {
    std::vector<const void*> result;
    auto reader = directory.reader();
    const auto snapshot = reader.pin();
    for (const PolicySet& set : snapshot->applied().identity) result.push_back(set.program());
    result.push_back(snapshot->applied().boundary.sets[0].program());
    return result;
  };
  // Held, so that no new program takes an old one's address.
  auto reader = directory.reader();
  const auto held = reader.pin();
  const auto before = programs();
  folder.write("identity/42.json", kPut);
  ASSERT_EQ(directory.process(), DirectoryChange::Published);
  const auto after = programs();
  // Four segments and the boundary: one of them is compiled again, in parts.
  ASSERT_EQ(before.size(), 5U);
  std::size_t shared = 0;
  for (const void* program : after) {
    shared += static_cast<std::size_t>(std::count(before.begin(), before.end(), program));
  }
  EXPECT_EQ(shared, 4U);
}

TEST(PolicyDirectoryThreadTest, FollowsAndCallsBack) {
  Folder folder;
  folder.write("identity/a.json", kGet);
  PolicyDirectory directory = opened(folder);
  std::mutex mutex;
  std::condition_variable told;
  std::vector<std::pair<DirectoryChange, std::string>> changes;
  const auto wait_for = [&](std::size_t count) {
    std::unique_lock lock(mutex);
    return told.wait_for(lock, std::chrono::seconds(10), [&] { return changes.size() >= count; });
  };
  {
    const PolicyDirectoryThread thread(directory,
                                       [&](DirectoryChange change, const PolicyDirectory& changed) {
                                         const std::lock_guard lock(mutex);
                                         changes.emplace_back(change, refused(changed));
                                         told.notify_all();
                                       });
    folder.write("identity/a.json", kPut);
    ASSERT_TRUE(wait_for(1));
    EXPECT_TRUE(may(directory, "s3:PutObject"));
    folder.write("identity/a.json", "{");
    ASSERT_TRUE(wait_for(2));
  }
  EXPECT_EQ(changes[0].first, DirectoryChange::Published);
  EXPECT_EQ(changes[1].first, DirectoryChange::Refused);
  EXPECT_EQ(changes[1].second, "identity/a.json JSON_SYNTAX_ERROR");
  // The thread is gone, the directory is ours again.
  folder.write("identity/a.json", kGet);
  EXPECT_EQ(directory.process(), DirectoryChange::Published);
}

TEST(PolicyDirectoryThreadTest, StopsWithoutAnyEvent) {
  Folder folder;
  folder.write("identity/a.json", kGet);
  PolicyDirectory directory = opened(folder);
  const PolicyDirectoryThread thread(directory, [](DirectoryChange, const PolicyDirectory&) {});
}

}  // namespace
}  // namespace writ

#endif
