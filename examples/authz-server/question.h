// HttpQuestion: what a proxy asks, as it arrives: a set of headers.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/hash.h"

namespace authz {

/// Why a request is denied before any policy is asked.
enum class Refusal : std::uint8_t {
  NoPrincipal,  ///< the header that names the caller is missing, and anonymous callers are not let
                ///< in
  NoRoute,      ///< no route has the path, or the route has no action for the method
  UnusableUri,  ///< the header with the URI is missing, or two programs might read it differently
  UnusableValue,   ///< a header is there twice, or its value does not fit where it is to stand
  InvalidRequest,  ///< what the mapping made is no request (M-14, M-32, P-1)
  Body,            ///< questions have no body
  NotRecorded,     ///< the log does not take the decision, and the configuration requires it to
  Internal,        ///< something broke
};
inline constexpr std::size_t kRefusalCount = 8;

[[nodiscard]] constexpr std::string_view to_string(Refusal refusal) noexcept {
  constexpr std::string_view kNames[kRefusalCount] = {
      "NoPrincipal",    "NoRoute", "UnusableUri", "UnusableValue",
      "InvalidRequest", "Body",    "NotRecorded", "Internal",
  };
  return kNames[static_cast<std::size_t>(refusal)];
}

/// Borrows names and values.
struct HttpQuestion {
  struct Found {
    std::string_view value;
    unsigned count = 0;  ///< how often the header is there; above one, its value is not to be used
  };

  std::vector<std::pair<std::string_view, std::string_view>> headers;
  bool complete = true;  ///< false: more was sent than stands in `headers`, which no one may trust

  /// A header by its name, letter case aside. O(headers).
  [[nodiscard]] Found header(std::string_view name) const noexcept {
    Found found;
    for (const auto& [its_name, value] : headers) {
      if (!writ::equals_folded(name, its_name)) continue;
      found.value = value;
      ++found.count;
    }
    return found;
  }
};

}  // namespace authz
