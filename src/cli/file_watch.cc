#include "cli/file_watch.h"

#include <fmt/format.h>
#include <poll.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <system_error>

#include "writ/impl/folder_watch.h"

namespace writ::cli {

std::optional<Problem> wait_for_change(const std::vector<std::string>& files,
                                       std::span<const std::string_view> operands) {
  detail::FolderWatch watch;
  if (watch.fd() < 0 || watch.problem() != 0) {
    return Problem{"--watch needs the kernel's news of files, which are not to be had here"};
  }
  // Folders, not files: an editor puts a new file in the place of the old one.
  std::set<std::string> folders;
  std::set<std::string> names;
  for (const std::string& file : files) {
    const std::filesystem::path path(file);
    const std::string folder = path.parent_path().string();
    folders.insert(folder.empty() ? "." : folder);
    names.insert(path.filename().string());
  }
  bool any_name = false;
  for (const std::string_view operand : operands) {
    std::error_code error;
    if (!std::filesystem::is_directory(operand, error)) continue;
    any_name = true;  // a suite that is new there takes part
    folders.emplace(operand);
    std::filesystem::recursive_directory_iterator entry(operand, error);
    for (const std::filesystem::recursive_directory_iterator end; !error && entry != end;
         entry.increment(error)) {
      if (entry->is_directory(error)) folders.insert(entry->path().string());
    }
  }
  watch.begin_round();
  for (const std::string& folder : folders) {
    const int problem = watch.watch(folder, {});
    if (problem != 0) {
      return Problem{fmt::format("cannot watch `{}`: {}", folder, std::strerror(problem))};
    }
  }
  watch.end_round();
  bool changed = false;
  for (;;) {
    pollfd wanted = {watch.fd(), POLLIN, 0};
    const int ready = ::poll(&wanted, 1, changed ? 100 : -1);
    if (ready < 0 && errno != EINTR) return Problem{std::strerror(errno)};
    if (ready == 0 && changed) return std::nullopt;
    watch.read([&](const detail::FolderEvent& event) {
      changed = changed || any_name || event.kind == detail::FolderEvent::Kind::Lost ||
                names.contains(event.name);
    });
  }
}

}  // namespace writ::cli
