// Snapshot and restore: a portal's whole state as JSON.
#pragma once

#include <string>
#include <string_view>

#include "writ/config.h"
#include "writ/portal/portal.h"
#include "writ/result.h"

namespace writ::inline v0 {
namespace portal {

/// The version that `snapshot` writes and `restore` reads.
inline constexpr int kSnapshotVersion = 1;

/// Everything that the portal holds: companies, users, links, accounts of AWS, tasks, cases,
/// sessions, codes; not the policies, options, clock and ids, which are the host's. One line of
/// JSON, the same for the same state. It holds sealed passwords and mailed codes: keep it as a
/// secret. Complexity: O(state).
[[nodiscard]] std::string snapshot(const Portal& portal);

/// A portal that answers as the one that was written, for the same policies, options and host.
/// Errors, all with a position: those of JSON, `InvalidInput` for another version, unknown or
/// missing members, unknown roles, and state that breaks an invariant (R-ARCH-7).
[[nodiscard]] Result<Portal> restore(std::string_view text, PortalPolicies policies, Host host,
                                     Options options = {});

}  // namespace portal
}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/portal/impl/snapshot-inl.h"
#endif
