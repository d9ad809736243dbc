// S3's actions: most of its calls are called otherwise than the actions that they need.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace writ::cli {

/// What the resource of an action of S3 is. `Other`: an access point, a job, none.
enum class S3Resource : unsigned char { Bucket, Object, Other };

/// Of an action without its prefix, `GetObject`. Nothing when S3 has no action of that name that
/// a call could need.
[[nodiscard]] std::optional<S3Resource> kind_of_s3_action(std::string_view name) noexcept;

/// Names of the actions of a kind, sorted.
[[nodiscard]] std::span<const std::string_view> s3_actions(S3Resource kind) noexcept;

}  // namespace writ::cli
