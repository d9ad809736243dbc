// Not API, may change in any release. What a place in a policy folder means.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "writ/model/vocabulary.h"

namespace writ::inline v0 {
namespace detail {

/// Names that are none of ours: Kubernetes' `..data`, editors' swap files and backups.
[[nodiscard]] inline bool is_ignored_name(std::string_view name) noexcept {
  return name.empty() || name.front() == '.' || name.back() == '~';
}

[[nodiscard]] inline bool is_policy_name(std::string_view name) noexcept {
  constexpr std::string_view kEnding = ".json";
  return name.size() > kEnding.size() && name.substr(name.size() - kEnding.size()) == kEnding;
}

/// The kind of policy that a folder's name stands for.
[[nodiscard]] inline std::optional<PolicyType> type_of_folder(std::string_view name) noexcept {
  for (int i = 0; i < kPolicyTypeCount; ++i) {
    if (to_string(static_cast<PolicyType>(i)) == name) return static_cast<PolicyType>(i);
  }
  return std::nullopt;
}

/// A level as people write it: digits without leading zeros. Organizations have seven at most
/// two digits leave room.
[[nodiscard]] inline std::optional<std::uint32_t> level_of_folder(std::string_view name) noexcept {
  if (name.empty() || name.size() > 2 || (name.size() > 1 && name[0] == '0')) return std::nullopt;
  std::uint32_t level = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), level);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return level;
}

// Why what stands in a policy folder is refused.
inline constexpr std::string_view kNoSuchLayer =
    "no policy belongs here; policies stand in the folders identity, boundary, session, scp/LEVEL, "
    "rcp/LEVEL, resource, trust and endpoint";
inline constexpr std::string_view kNoSuchLevel =
    "no policy belongs here; policies stand in a folder for each level, which is its number: 0, 1, "
    "2";
inline constexpr std::string_view kNoLevel =
    "there is no level; make the folder 0, the root's, or remove this";
inline constexpr std::string_view kMissingLevel =
    "this level is missing; levels are numbered from 0 without a gap";

/// The folder of a layer, from the root of the policy folder: `identity`, `scp/0`.
struct FolderLayer {
  PolicyType type = PolicyType::IdentityBased;
  std::uint32_t level = 0;

  [[nodiscard]] std::string path() const {
    std::string path(to_string(type));
    if (has_levels(type)) path += '/' + std::to_string(level);
    return path;
  }
  friend auto operator<=>(const FolderLayer&, const FolderLayer&) = default;
};

}  // namespace detail
}  // namespace writ::inline v0
