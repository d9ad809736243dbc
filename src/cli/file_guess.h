// What a file is that was taken for a case file and is none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace writ::cli {

/// Whether a line may be one of a case file: an object with a member that cases have. One mistake
/// in it does not make it something else.
[[nodiscard]] bool looks_like_case(std::string_view line);

/// What a text looks like, with what to do about it, as the rest of a sentence: `this looks like a
/// suite; ...`. Nothing when it may be a case file. `name` is the file's.
[[nodiscard]] std::optional<std::string> guess_other_file(std::string_view name,
                                                          std::string_view text);

}  // namespace writ::cli
