// ConcurrentPortal: one portal for many threads.
#pragma once

#include <mutex>
#include <shared_mutex>
#include <utility>

#include "writ/config.h"
#include "writ/portal/portal.h"

namespace writ::inline v0 {
namespace portal {

/// Lets any number of threads ask at once and one command at a time change. A command waits for the
/// queries that have begun, and later queries wait for it, so that neither starves the other;
/// commands take microseconds. Queries see the state before a command or after it, never between.
///
///     shared.read([&](const Portal& portal) { return portal.check(session, kAction); });
///     shared.write([&](Portal& portal) { return portal.add_domain(session, "acme.de"); });
///
/// What is called must not keep references into the portal beyond the call, nor call back here.
class ConcurrentPortal {
 public:
  /// Takes the portal over.
  explicit ConcurrentPortal(Portal portal) : portal_(std::move(portal)) {}

  /// Calls `use` with the portal, shared with other readers; returns what it returns.
  template <class Use>
  auto read(const Use& use) const {
    std::unique_lock turn(turn_);
    const std::shared_lock lock(mutex_);
    turn.unlock();
    return use(std::as_const(portal_));
  }
  /// Calls `use` with the portal alone; returns what it returns.
  template <class Use>
  auto write(const Use& use) {
    // Whoever waits here holds back readers that come later.
    const std::lock_guard turn(turn_);
    const std::unique_lock lock(mutex_);
    return use(portal_);
  }

 private:
  mutable std::mutex turn_;
  mutable std::shared_mutex mutex_;
  Portal portal_;
};

}  // namespace portal
}  // namespace writ::inline v0
