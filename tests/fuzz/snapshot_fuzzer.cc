// Any bytes as a snapshot: it is restored to a portal whose invariants hold and whose snapshot can
// be restored again to the same, or it is refused with a place in the text.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/portal_policies.h"
#include "writ/portal/memory_host.h"
#include "writ/portal/snapshot.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using writ::fuzz::require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string shown(text);
  const writ::portal::PortalPolicies& policies = writ::fuzz::scenario_world().policies;
  writ::portal::MemoryHost host;
  const auto portal = writ::portal::restore(text, policies, host.host());
  if (!portal) {
    const writ::PolicyError& error = portal.error();
    require(!error.message.empty(), "an error has a message", shown);
    require(error.position.line >= 1 && error.position.offset <= text.size(),
            "an error points into the text", shown);
    return 0;
  }
  for (const std::string& broken : portal->broken_invariants()) {
    require(false, "a restored portal's invariants hold", broken + "\n" + shown);
  }
  const std::string written = writ::portal::snapshot(*portal);
  const auto again = writ::portal::restore(written, policies, host.host());
  require(again.has_value(), "what is written can be restored", written + "\n" + shown);
  require(writ::portal::snapshot(*again) == written, "writing is stable", shown);
  return 0;
}
