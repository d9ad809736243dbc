#include "cli/policy_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/arguments.h"
#include "cli/files.h"
#include "writ/impl/folder_files.h"

namespace writ::cli {
namespace {

class FolderReader {
 public:
  explicit FolderReader(PolicyFolder& folder) : folder_(folder) {}

  [[nodiscard]] std::optional<Problem> read(const std::string& root) {
    return for_each_name(root, [&](const std::string& name, const std::string& path) {
      if (kind_at(path) != detail::EntryKind::Folder) {
        return read_file({PolicyType::IdentityBased, 0}, name, path);
      }
      const std::optional<PolicyType> type = detail::type_of_folder(name);
      if (!type) return stray(path, detail::kNoSuchLayer, name);
      return detail::has_levels(*type) ? read_levels(*type, path) : read_layer({*type, 0}, path);
    });
  }

 private:
  static detail::EntryKind kind_at(const std::string& path) {
    struct stat status = {};
    return detail::kind_of(path, status);
  }

  static std::optional<Problem> stray(const std::string& path, std::string_view why,
                                      std::string_view name = {}) {
    std::vector<std::string_view> words;
    for (int i = 0; i < kPolicyTypeCount; ++i) {
      words.push_back(to_string(static_cast<PolicyType>(i)));
    }
    std::optional<std::string_view> nearest;
    if (!name.empty()) nearest = nearest_word(name, words);
    std::string text = fmt::format("`{}`: {}", path, why);
    if (nearest) text += fmt::format("; did you mean `{}`?", *nearest);
    return Problem{std::move(text)};
  }

  template <class Each>
  static std::optional<Problem> for_each_name(const std::string& folder, Each each) {
    const auto names = detail::list_folder(folder);
    if (!names) return stray(folder, names.error().message);
    for (const std::string& name : *names) {
      if (detail::is_ignored_name(name)) continue;
      const std::string path = folder + (folder.ends_with('/') ? "" : "/") + name;
      if (std::optional<Problem> problem = each(name, path)) return problem;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Problem> read_levels(PolicyType type, const std::string& folder) {
    std::vector<std::uint32_t> levels;
    auto problem = for_each_name(folder, [&](const std::string& name, const std::string& path) {
      const std::optional<std::uint32_t> level = detail::level_of_folder(name);
      if (!level || kind_at(path) != detail::EntryKind::Folder) {
        return stray(path, detail::kNoSuchLevel);
      }
      levels.push_back(*level);
      return read_layer({type, *level}, path);
    });
    if (problem) return problem;
    if (levels.empty()) return stray(folder, detail::kNoLevel);
    const std::uint32_t last = *std::ranges::max_element(levels);
    for (std::uint32_t level = 0; level < last; ++level) {
      if (std::ranges::find(levels, level) != levels.end()) continue;
      return stray(fmt::format("{}/{}", folder, level), detail::kMissingLevel);
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Problem> read_layer(const detail::FolderLayer& layer,
                                                  const std::string& folder) {
    folder_.layers.push_back(layer);
    return for_each_name(folder, [&](const std::string& name, const std::string& path) {
      return read_file(layer, name, path);
    });
  }

  [[nodiscard]] std::optional<Problem> read_file(const detail::FolderLayer& layer,
                                                 const std::string& name, const std::string& path) {
    const std::string_view refusal = detail::refusal_of_file(kind_at(path), name);
    if (!refusal.empty()) return stray(path, refusal);
    auto content = detail::read_policy_file(path, kMaxFileBytes);
    if (!content || !*content) {
      return Problem{fmt::format("cannot read `{}`: {}", path,
                                 content ? "it is gone" : content.error().message)};
    }
    const detail::FileStamp& stamp = (*content)->stamp;
    folder_.files.push_back({layer, path, std::move((*content)->text), stamp.device, stamp.inode});
    return std::nullopt;
  }

  PolicyFolder& folder_;
};

}  // namespace

Result<PolicyFolder, Problem> PolicyFolder::read(const std::string& folder) {
  PolicyFolder made;
  if (auto problem = FolderReader(made).read(folder)) return std::move(*problem);
  if (made.files.empty() && made.layers.empty()) {
    return Problem{fmt::format("`{}` holds neither `account*.json` nor policies `*.json`", folder)};
  }
  std::ranges::stable_sort(made.files, {}, &PolicyFile::layer);
  return made;
}

Result<PolicyFolder, Problem> PolicyFolder::read(const std::string& folder, Console& console) {
  Result<PolicyFolder, Problem> made = read(folder);
  if (!made) return made;
  for (const PolicyFile& file : made->files) console.note_read(file.device, file.inode);
  return made;
}

}  // namespace writ::cli
