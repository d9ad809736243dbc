// PolicyDirectory: a folder of policy files that is followed while threads decide. What a file's
// place means, and which changes are noticed: docs/reload.md. Linux, or any POSIX system by
// polling.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "writ/config.h"
#include "writ/document_error.h"
#include "writ/policy_stack.h"
#include "writ/policy_store.h"
#include "writ/published.h"
#include "writ/result.h"

namespace writ::inline v0 {
namespace detail {
class FolderFollower;
}

enum class Watch : std::uint8_t {
  Events,  ///< the kernel tells (inotify); where there is none, as Poll
  Poll,    ///< every call of `process` looks at all files: for file systems without events
};

/// How a folder is followed and its files are read.
struct PolicyDirectoryOptions {
  Watch watch = Watch::Events;  ///< how changes are noticed
  /// Events are collected until none came for so long, so that many files that are copied one by
  /// one are taken over together.
  std::uint32_t settle_ms = 50;
  /// But no longer than this after the first. A file whose writer does not close it is looked at
  /// when it was not written to for so long; a folder that is gone, so often.
  std::uint32_t settle_max_ms = 1000;
  SegmentOptions segments = {};  ///< of each layer
  ParseOptions parse = {};       ///< limits of each file
};

/// What came of looking at the folder.
enum class DirectoryChange : std::uint8_t {
  None,       ///< nothing that is in force changed, and no file is newly refused
  Published,  ///< a new stack is in force, or what was refused is mended and the old one is right
  Refused,    ///< files are refused: see `errors`; the last good stack stays in force
};

/// Follows a folder of policy files, `identity/read.json`, `scp/0/guardrail.json` and so on, and
/// publishes them as one PolicyStack.
///
///     auto directory = PolicyDirectory::open("/etc/service/policies");
///     auto reader = directory->reader();                       // once a thread
///     ... reader.pin()->evaluate(request) ...
///     // whenever directory->fd() is readable, on one thread:
///     directory->process();
///
/// All or nothing: while any file is refused, the last good stack stays in force as a whole. Only
/// files that changed are read and parsed, and only segments with such files are compiled.
///
/// Thread-safety: `reader` from any thread; everything else by one thread at a time, often the
/// host's event loop or a PolicyDirectoryThread. Lifetime: it must outlive its readers.
class PolicyDirectory {
 public:
  using Reader = Published<PolicyStack>::Reader;  ///< Pins what is in force, for one thread.

  /// Loads the folder and begins to follow it. Errors: the first file that is refused, or
  /// `InvalidFile` for a folder that cannot be read or watched.
  [[nodiscard]] static Result<PolicyDirectory, DocumentError> open(
      std::string path, const PolicyDirectoryOptions& options = {});

  /// Moves.
  PolicyDirectory(PolicyDirectory&& other) noexcept;
  PolicyDirectory& operator=(PolicyDirectory&& other) noexcept;  ///< Moves.
  ~PolicyDirectory();

  /// A reader for the calling thread. Must not outlive the directory.
  [[nodiscard]] Reader reader() WRIT_LIFETIME_BOUND;

  /// A file descriptor that is readable when `process` has something to do; for poll, epoll and
  /// the like, not to be read. -1 when polling.
  [[nodiscard]] int fd() const noexcept;
  /// Takes in what the kernel has told, and reloads when the folder has settled. Never waits for
  /// events; reads, parses and compiles on this thread.
  DirectoryChange process();
  /// Looks at all files, now: for what no event tells of.
  DirectoryChange rescan();
  /// Everything that is refused at present, by path; empty when the folder is in force.
  [[nodiscard]] const std::vector<DocumentError>& errors() const noexcept WRIT_LIFETIME_BOUND;

 private:
  explicit PolicyDirectory(std::unique_ptr<detail::FolderFollower> follower) noexcept;

  std::unique_ptr<detail::FolderFollower> follower_;
};

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/policy_directory-inl.h"
#endif
