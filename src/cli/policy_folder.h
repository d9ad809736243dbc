// PolicyFolder: the documents of a folder that a PolicyDirectory could follow, read once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/console.h"
#include "writ/impl/folder_layout.h"
#include "writ/result.h"

namespace writ::cli {

struct PolicyFile {
  detail::FolderLayer layer;
  std::string path;  ///< as the user would write it
  std::string text;
  std::uint64_t device = 0;  ///< with `inode`, which file it is
  std::uint64_t inode = 0;
};

/// The layout is PolicyDirectory's (docs/reload.md), and files of the folder itself are
/// identity-based policies. Names that begin with a dot or end with `~` are left alone.
struct PolicyFolder {
  std::vector<detail::FolderLayer> layers;  ///< those that are there; one may have no files
  std::vector<PolicyFile> files;            ///< by layer, then by name

  /// The problem names what is in the wrong place, or cannot be read, and says what to do.
  [[nodiscard]] static Result<PolicyFolder, Problem> read(const std::string& folder);
  /// The same for a command that writes files as well: none of these will be written over.
  [[nodiscard]] static Result<PolicyFolder, Problem> read(const std::string& folder,
                                                          Console& console);
};

}  // namespace writ::cli
