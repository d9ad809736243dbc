// The path of a URI, decoded once, or nothing where two programs might understand it differently.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace authz {

/// `/a%20b/c?d` gives `/a b/c`. Nothing for what proxies, frameworks and file systems are known to
/// read in more than one way: no leading slash; segments `.`, `..` or empty ones (but the last may
/// be empty), also in front of a `;`; encoded slashes; backslashes, controls and what is no UTF-8,
/// encoded or not; bad escapes; `#`.
/// The service denies all of these: what the application will open must be what was asked about.
[[nodiscard]] std::optional<std::string> usable_path(std::string_view uri);

}  // namespace authz
