// A YAML text as the tree that its JSON would be, each node with its place in the YAML.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "writ/impl/json_tree.h"
#include "writ/result.h"

namespace writ::cli {

/// Whether the name of a file says that it is YAML: `*.yaml`, `*.yml`.
[[nodiscard]] inline bool is_yaml(std::string_view path) noexcept {
  return path.ends_with(".yaml") || path.ends_with(".yml");
}

/// Whether the tool was built with libyaml.
[[nodiscard]] bool reads_yaml() noexcept;

struct YamlOptions {
  std::size_t max_bytes = std::size_t{8} << 20U;
  /// Collections inside collections; deeper is an error.
  std::uint32_t max_depth = 16;
};

/// Reads one YAML document. Every scalar is a string as it is spelled, quoted or not, but for plain
/// `null`, `Null`, `NULL`, `~` and nothing at all, which are null: so 012345678901, 1.10 and true
/// need no quotation marks. Errors: `NestingTooDeep`, `LimitExceeded`, and `InvalidCase` for all
/// else, with a position: what libyaml refuses (invalid UTF-8 and control characters among it);
/// what makes a text mean more than it shows, so anchors and aliases, merge keys, tags, directives
/// and a second document; keys that are no strings, or repeated; a byte order mark; a tool without
/// libyaml. Positions count lines at line feeds, and columns in bytes. Never recurses. O(n log n)
/// time, O(n) memory for n bytes. Thread-safe.
[[nodiscard]] Result<detail::JsonTree> read_yaml(std::string_view text,
                                                 const YamlOptions& options = {});

}  // namespace writ::cli
