// Batches: many decisions that share work. A list page asks one action on many resources, a menu
// many actions on one resource.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "writ/config.h"
#include "writ/evaluate.h"
#include "writ/request.h"
#include "writ/result.h"

namespace writ::inline v0 {

/// Actions that are asked together, checked and hashed once. Borrows the texts.
/// Thread-safety: const access from any number of threads.
class ActionList {
 public:
  ActionList() noexcept = default;
  /// Errors: `ErrorCode::InvalidRequest`, M-14, when one is no action.
  [[nodiscard]] static Result<ActionList> make(std::span<const ActionName> actions);
  /// The actions, as given.
  [[nodiscard]] std::span<const ActionName> actions() const noexcept WRIT_LIFETIME_BOUND {
    return actions_;
  }
  /// How many there are.
  [[nodiscard]] std::size_t size() const noexcept { return actions_.size(); }
  /// Not API: counts the changes of the service, from 1, up to each action.
  [[nodiscard]] std::span<const std::uint32_t> services() const noexcept WRIT_LIFETIME_BOUND {
    return services_;
  }

 private:
  std::vector<ActionName> actions_;
  std::vector<std::uint32_t> services_;
};

/// Resources that are asked about together, checked and hashed once. Borrows the texts.
/// Thread-safety: const access from any number of threads.
class ResourceList {
 public:
  ResourceList() noexcept = default;
  /// Errors: `ErrorCode::InvalidRequest`, M-32, when one is neither `*` nor an ARN.
  [[nodiscard]] static Result<ResourceList> make(std::span<const std::string_view> resources);
  /// The resource of that index, as given.
  [[nodiscard]] std::string_view operator[](std::size_t index) const noexcept WRIT_LIFETIME_BOUND {
    return resources_[index].text;
  }
  /// How many there are.
  [[nodiscard]] std::size_t size() const noexcept { return resources_.size(); }
  /// Not API: what evaluation reads.
  [[nodiscard]] std::span<const detail::ResourceFacts> facts() const noexcept WRIT_LIFETIME_BOUND {
    return resources_;
  }
  /// Not API: what all of them begin with.
  [[nodiscard]] std::string_view beginning() const noexcept WRIT_LIFETIME_BOUND {
    return beginning_;
  }

 private:
  std::vector<detail::ResourceFacts> resources_;
  std::string_view beginning_;
};

/// Decides each request: `decisions[i] = evaluate(requests[i], policies, options)`.
/// `decisions` has a place for each; a shorter one is a caller's bug and is filled as far as it
/// goes. No allocation. Thread-safe, as all below.
void evaluate_many(std::span<const Request> requests, const AppliedPolicies& policies,
                   std::span<Decision> decisions, const EvaluateOptions& options = {}) noexcept;

/// Decides `request` for each of the actions in place of its own: what a menu needs. The same
/// answers as one request each. Actions that the same statements list are looked up once.
void evaluate_actions(const Request& request, const ActionList& actions,
                      const AppliedPolicies& policies, std::span<Decision> decisions,
                      const EvaluateOptions& options = {}) noexcept;

/// Decides `request` for each of the resources in place of its own: what a list page needs. The
/// same answers as one request each, the keys of the context being those of `request`: what differs
/// from resource to resource, such as `aws:ResourceTag/…`, is for single requests. A resource whose
/// ARN names no account belongs to whom `request` was told (E-80). Actions are looked up and
/// condition terms evaluated once.
void evaluate_resources(const Request& request, const ResourceList& resources,
                        const AppliedPolicies& policies, std::span<Decision> decisions,
                        const EvaluateOptions& options = {}) noexcept;

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/batch-inl.h"
#endif
