// Config: the service's configuration, one JSON file. docs/service.md lists its members.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mapping.h"
#include "writ/document_error.h"
#include "writ/result.h"

namespace authz {

struct Config {
  std::string listen;         ///< `127.0.0.1:9180`, `[::1]:9180`, `unix:/run/authz.sock`
  std::string policies;       ///< the folder
  std::string log;            ///< the file of decisions; empty: none
  bool log_required = false;  ///< what cannot be logged is denied
  Mapping mapping;

  std::uint32_t threads = 0;  ///< 0: as many as processors
  std::uint32_t connections = 1024;
  std::uint32_t request_bytes = 16384;  ///< line and headers of one request, and its answer
  /// A connection that says nothing for so long is closed, and one without an answer for twice so
  /// long.
  std::uint32_t idle_seconds = 60;
  std::uint32_t drain_seconds = 0;  ///< between not being ready and taking no more connections
  std::uint32_t stop_seconds = 5;   ///< connections that are left then are closed
  std::uint32_t rescan_seconds =
      0;  ///< how often the folder is looked at without being told; 0: never
};

/// Reads the configuration. Paths in it are relative to the folder of `file`. Unknown, repeated and
/// missing members are errors, with their places; the first one is reported.
[[nodiscard]] writ::Result<Config, writ::DocumentError> parse_config(std::string_view file,
                                                                     std::string_view text);

}  // namespace authz
