// A temporary folder of policies, and questions to the directory that follows it.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/policies.h"
#include "support/temporary_folder.h"
#include "writ/policy_directory.h"

namespace writ::test {

class Folder {
 public:
  Folder() { std::filesystem::create_directory(root_); }

  [[nodiscard]] std::string path() const { return root_.string(); }
  [[nodiscard]] std::filesystem::path at(const std::string& name) const { return root_ / name; }
  /// Beside the policy folder, on the same file system.
  [[nodiscard]] std::filesystem::path beside(const std::string& name) const {
    return outer_.path(name);
  }

  /// Writes in place, making folders on the way.
  void write(const std::string& name, const std::string& text) const { write_file(at(name), text); }
  static void write_file(const std::filesystem::path& file, const std::string& text) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream << text;
    if (!stream.flush()) std::abort();
  }
  void remove(const std::string& name) const { std::filesystem::remove_all(at(name)); }
  void rename(const std::string& from, const std::string& to) const {
    std::filesystem::rename(at(from), at(to));
  }

 private:
  TemporaryFolder outer_;
  std::filesystem::path root_ = outer_.path("policies");
};

/// Every event is taken over at once.
[[nodiscard]] inline PolicyDirectoryOptions at_once() { return {.settle_ms = 0}; }

/// Whether Alice may `action` on `arn:aws:s3:::b/k`.
[[nodiscard]] inline Decision ask(PolicyDirectory& directory, std::string_view action) {
  const Result<Caller> alice = Caller::from_arn(kAlice);
  const Result<Request> request = RequestBuilder(*alice, action, kObject).build();
  PolicyDirectory::Reader reader = directory.reader();
  return reader.pin()->evaluate(*request);
}
[[nodiscard]] inline bool may(PolicyDirectory& directory, std::string_view action) {
  return ask(directory, action).is_allowed();
}

[[nodiscard]] inline bool is_readable(const PolicyDirectory& directory, int timeout_ms) {
  pollfd waited = {directory.fd(), POLLIN, 0};
  return ::poll(&waited, 1, timeout_ms) == 1;
}

/// Polls until something comes of it; None after ten seconds.
[[nodiscard]] inline DirectoryChange next_change(PolicyDirectory& directory) {
  for (int i = 0; i < 1000 && is_readable(directory, 10'000); ++i) {
    const DirectoryChange change = directory.process();
    if (change != DirectoryChange::None) return change;
  }
  return DirectoryChange::None;
}

/// What is refused: paths and codes, `identity/a.json INVALID_FILE`.
[[nodiscard]] inline std::string refused(const PolicyDirectory& directory) {
  std::string text;
  for (const DocumentError& error : directory.errors()) {
    if (!text.empty()) text += ", ";
    text += error.document + ' ' + std::string(to_string(error.error.code));
  }
  return text;
}

}  // namespace writ::test
