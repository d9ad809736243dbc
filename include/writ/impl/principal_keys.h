// Not API, may change in any release. The keys under which principal entries are found: made of an
// entry when a set is compiled, and of the caller when a request is decided.
#pragma once

#include <cstdint>
#include <string_view>

#include "writ/hash.h"

namespace writ::inline v0 {
namespace detail {

/// The last component of a role or user path.
[[nodiscard]] inline std::string_view last_component(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// What principal entries are found by when there are many: entries with the same key as the caller
/// are candidates, all others cannot match.
[[nodiscard]] inline std::uint64_t dispatch_key(std::string_view kind,
                                                std::string_view text) noexcept {
  return hash_combine(hash_bytes(kind), hash_bytes(text)) | 1U;
}
[[nodiscard]] inline std::uint64_t role_dispatch_key(std::string_view account,
                                                     std::string_view name) noexcept {
  return hash_combine(dispatch_key("role", account), hash_bytes(name)) | 1U;
}
[[nodiscard]] inline std::uint64_t canonical_dispatch_key(std::string_view id) noexcept {
  return hash_combine(hash_bytes("canonical"), hash_folded(id)) | 1U;
}

}  // namespace detail
}  // namespace writ::inline v0
