// Not API, may change in any release. Batches: the walk of decide.h over sets that remember
// (batch_scan.h), for actions set by set (batch_actions.h).
#pragma once

#include <algorithm>
#include <cstddef>

#include "writ/batch.h"
#include "writ/impl/batch_actions.h"
#include "writ/impl/batch_request.h"
#include "writ/impl/batch_scan.h"
#include "writ/impl/request_checks.h"

namespace writ::inline v0 {

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
    if (!facts.is_star()) facts.know_ending();
    facts.is_like_the_last =
        !list.resources_.empty() && detail::only_the_tail_differs(list.resources_.back(), facts);
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
  detail::ActionsDecider decider(batch, scan, policies, options);
  for (std::size_t i = 0; i < count; i += detail::ActionsDecider::kTogether) {
    const std::size_t together = std::min(count - i, detail::ActionsDecider::kTogether);
    decider.decide(actions.actions().subspan(i, together), actions.services().subspan(i, together),
                   decisions.subspan(i, together));
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
