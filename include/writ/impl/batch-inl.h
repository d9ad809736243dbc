// Not API, may change in any release. Batches: the walk of decide.h over sets that remember
// (batch_scan.h).
#pragma once

#include <algorithm>
#include <cstddef>

#include "writ/batch.h"
#include "writ/impl/batch_scan.h"
#include "writ/impl/request_checks.h"

namespace writ::inline v0 {
namespace detail {

/// A request whose action or resource is replaced again and again.
class BatchRequest {
 public:
  explicit BatchRequest(const RequestFacts& facts) noexcept : facts_(facts) {}

  [[nodiscard]] const RequestFacts& facts() const noexcept { return facts_; }
  void set_action(const ActionName& action) noexcept {
    facts_.action_ = action;
    // Of other resources nothing depends on the action.
    if (facts_.resource_.is_iam_role || facts_.resource_.is_kms_key) facts_.know_grants();
  }
  /// `resource` outlives the batch.
  void set_resource(const ResourceFacts& resource) noexcept {
    const bool is_alike = only_the_tail_differs(facts_.resource_, resource);
    facts_.resource_ = resource;
    if (is_alike) return;
    facts_.know_resource();
    facts_.know_grants();
  }
  /// E-61 does not depend on the action: the resource is neither a role nor a key, or the request
  /// was told.
  [[nodiscard]] bool grants_are_the_same_for_all_actions() const noexcept {
    return facts_.policy_override_ >= 0 ||
           (!facts_.resource_.is_iam_role && !facts_.resource_.is_kms_key);
  }

 private:
  /// Whether what follows from a resource for the caller is the same for another one: the fields
  /// before the last one are, and neither is of the kinds that know_grants tells apart.
  [[nodiscard]] static bool only_the_tail_differs(const ResourceFacts& a,
                                                  const ResourceFacts& b) noexcept {
    return a.colons == b.colons && !a.is_star() &&
           equal_bytes(a.text.data(), b.text.data(), a.colons[4]) && !a.is_iam_role &&
           !b.is_iam_role && !a.is_kms_key && !b.is_kms_key;
  }

  RequestFacts facts_;
};

}  // namespace detail

WRIT_FUNC Result<ActionList> ActionList::make(std::span<const ActionName> actions) {
  ActionList list;
  for (const ActionName& action : actions) {
    if (!detail::is_action(action.text())) return detail::action_error(action.text());
    std::uint32_t service = list.actions_.empty() ? 1 : list.services_.back();
    if (!list.actions_.empty() &&
        !equals_folded(list.actions_.back().service(), action.service())) {
      ++service;
    }
    list.actions_.push_back(action);
    list.services_.push_back(service);
  }
  return list;
}

WRIT_FUNC Result<ResourceList> ResourceList::make(std::span<const std::string_view> resources) {
  ResourceList list;
  for (const std::string_view resource : resources) {
    detail::ResourceFacts facts;
    if (!facts.read(resource)) return detail::resource_error(resource);
    list.resources_.push_back(facts);
  }
  return list;
}

WRIT_FUNC void evaluate_many(std::span<const Request> requests, const AppliedPolicies& policies,
                             std::span<Decision> decisions,
                             const EvaluateOptions& options) noexcept {
  WRIT_ASSERT(decisions.size() >= requests.size());
  const std::size_t count = std::min(requests.size(), decisions.size());
  for (std::size_t i = 0; i < count; ++i) {
    // The next request's lines are on their way while this one is decided.
    if (i + 1 < count) {
      __builtin_prefetch(&requests[i + 1]);
      __builtin_prefetch(requests[i + 1].resource().data());
    }
    detail::IndexScan scan(requests[i].facts());
    decisions[i] = detail::decide(requests[i].facts(), policies, options, scan);
  }
}

WRIT_FUNC void evaluate_actions(const Request& request, const ActionList& actions,
                                const AppliedPolicies& policies, std::span<Decision> decisions,
                                const EvaluateOptions& options) noexcept {
  WRIT_ASSERT(decisions.size() >= actions.size());
  detail::BatchRequest batch(request.facts());
  detail::ActionsScan scan(batch.facts());
  const std::size_t count = std::min(actions.size(), decisions.size());
  // Where identity-based policies decide alone, they do so for every action (decide.h).
  const bool identity_alone = batch.grants_are_the_same_for_all_actions() &&
                              batch.facts().identity_may_decide() &&
                              detail::only_identity(policies);
  for (std::size_t i = 0; i < count; ++i) {
    const ActionName& action = actions.actions()[i];
    scan.begin(action, actions.services()[i]);
    if (identity_alone) {
      decisions[i] = detail::decide_by_identity(policies, scan);
    } else {
      batch.set_action(action);
      decisions[i] = detail::decide(batch.facts(), policies, options, scan);
    }
  }
}

WRIT_FUNC void evaluate_resources(const Request& request, const ResourceList& resources,
                                  const AppliedPolicies& policies, std::span<Decision> decisions,
                                  const EvaluateOptions& options) noexcept {
  WRIT_ASSERT(decisions.size() >= resources.size());
  detail::BatchRequest batch(request.facts());
  detail::ResourcesScan scan(batch.facts());
  const std::size_t count = std::min(resources.size(), decisions.size());
  const bool only_identity = detail::only_identity(policies) && !request.action().text().empty();
  for (std::size_t i = 0; i < count; ++i) {
    batch.set_resource(resources.facts()[i]);
    scan.begin();
    decisions[i] = only_identity && batch.facts().identity_may_decide()
                       ? detail::decide_by_identity(policies, scan)
                       : detail::decide(batch.facts(), policies, options, scan);
  }
}

}  // namespace writ::inline v0
