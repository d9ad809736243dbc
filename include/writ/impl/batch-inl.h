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
    const std::string_view before = list.resources_.empty() ? resource : list.beginning_;
    const auto differ =
        std::mismatch(before.begin(), before.end(), resource.begin(), resource.end());
    list.beginning_ = before.substr(0, static_cast<std::size_t>(differ.first - before.begin()));
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

namespace detail {

/// Decides a place of `decisions` for each of the first actions; as ActionsDecider's constructor.
[[gnu::noinline]] inline void decide_actions(const RequestFacts& facts, BatchRequest* own,
                                             const ActionList& actions,
                                             const AppliedPolicies& policies,
                                             std::span<Decision> decisions,
                                             const EvaluateOptions& options) noexcept {
  ActionsDecider decider(facts, own, policies, options);
  for (std::size_t i = 0; i < decisions.size(); i += ActionsDecider::kTogether) {
    const std::size_t together = std::min(decisions.size() - i, ActionsDecider::kTogether);
    decider.decide(actions.actions().subspan(i, together), actions.services().subspan(i, together),
                   decisions.subspan(i, together));
  }
}

}  // namespace detail

WRIT_FUNC void evaluate_actions(const Request& request, const ActionList& actions,
                                const AppliedPolicies& policies, std::span<Decision> decisions,
                                const EvaluateOptions& options) noexcept {
  WRIT_ASSERT(decisions.size() >= actions.size());
  const std::size_t count = std::min(actions.size(), decisions.size());
  if (request.action().text().empty()) {  // D-10: its resource is no question either
    std::fill_n(decisions.begin(), count, detail::implicit_deny(Reason::NotARequest));
    return;
  }
  // The first actions' lines are on their way while what all share is learned.
  for (std::size_t i = 0; i < std::min<std::size_t>(count, 8); ++i) {
    const auto* line = reinterpret_cast<const char*>(&actions.actions()[i]);
    __builtin_prefetch(line);
    __builtin_prefetch(line + 64);
  }
  if (detail::ActionsDecider::reads_action(request.facts(), policies)) {
    detail::BatchRequest own(request.facts());
    detail::decide_actions(own.facts(), &own, actions, policies, decisions.first(count), options);
  } else {
    detail::decide_actions(request.facts(), nullptr, actions, policies, decisions.first(count),
                           options);
  }
}

WRIT_FUNC void evaluate_resources(const Request& request, const ResourceList& resources,
                                  const AppliedPolicies& policies, std::span<Decision> decisions,
                                  const EvaluateOptions& options) noexcept {
  WRIT_ASSERT(decisions.size() >= resources.size());
  detail::BatchRequest batch(request.facts());
  detail::ResourcesScan scan(batch.facts(), resources.beginning());
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
