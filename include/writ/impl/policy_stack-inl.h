// Not API, may change in any release. Keeping sets and the views of them together.
#pragma once

#include <algorithm>
#include <utility>

#include "writ/policy_stack.h"

namespace writ::inline v0 {

/// No organization is deeper than seven levels; more than this is a mistake of the caller.
inline constexpr std::uint32_t kMaxOrganizationLevels = 65535;

WRIT_FUNC PolicyStack::PolicyStack(PolicyStack&& other) noexcept { *this = std::move(other); }

WRIT_FUNC PolicyStack& PolicyStack::operator=(PolicyStack&& other) noexcept {
  if (this == &other) return *this;
  identity_ = std::exchange(other.identity_, {});
  boundary_ = std::exchange(other.boundary_, {});
  session_ = std::exchange(other.session_, {});
  resource_ = std::exchange(other.resource_, {});
  endpoint_ = std::exchange(other.endpoint_, {});
  service_control_ = std::exchange(other.service_control_, {});
  resource_control_ = std::exchange(other.resource_control_, {});
  service_control_views_ = std::exchange(other.service_control_views_, {});
  resource_control_views_ = std::exchange(other.resource_control_views_, {});
  other.applied_ = {};
  refresh();  // does not allocate: the lists of views came with their capacity
  return *this;
}

WRIT_FUNC PolicyStack::Layer& PolicyStack::layer(PolicyType type, std::uint32_t level) {
  const auto at_level = [level](Levels& levels) -> Layer& {
    if (levels.size() <= level) levels.resize(level + 1);
    for (std::uint32_t i = 0; i <= level; ++i) levels[i].present = true;
    return levels[level];
  };
  switch (type) {
    case PolicyType::ServiceControl:
      return at_level(service_control_);
    case PolicyType::ResourceControl:
      return at_level(resource_control_);
    case PolicyType::ResourceBased:
    case PolicyType::RoleTrust:
      return resource_;
    case PolicyType::IdentityBased:
      return identity_;
    case PolicyType::PermissionsBoundary:
      return boundary_;
    case PolicyType::Session:
      return session_;
    case PolicyType::VpcEndpoint:
      return endpoint_;
  }
  return identity_;
}

WRIT_FUNC void PolicyStack::warm() const noexcept {
  for (const Layer* layer : {&identity_, &boundary_, &session_, &resource_, &endpoint_}) {
    for (const PolicySet& set : layer->sets) set.warm();
  }
  for (const Levels* levels : {&service_control_, &resource_control_}) {
    for (const Layer& layer : *levels) {
      for (const PolicySet& set : layer.sets) set.warm();
    }
  }
}

WRIT_FUNC void PolicyStack::refresh() {
  const auto view = [](const Layer& layer) {
    PolicyLayer result;
    result.sets = layer.sets;
    result.present = layer.present;
    return result;
  };
  service_control_views_.clear();
  for (const Layer& level : service_control_) service_control_views_.push_back(view(level));
  resource_control_views_.clear();
  for (const Layer& level : resource_control_) resource_control_views_.push_back(view(level));
  applied_.identity = identity_.sets;
  applied_.boundary = view(boundary_);
  applied_.session = view(session_);
  applied_.endpoint = view(endpoint_);
  applied_.service_control = service_control_views_;
  applied_.resource_control = resource_control_views_;
  applied_.resource_policy = resource_.sets.empty() ? nullptr : resource_.sets.data();
}

WRIT_FUNC Result<bool> PolicyStack::add(const PolicySet& set, std::uint32_t level) {
  const PolicyType type = set.type();
  PolicyError error;
  if (set.program() == nullptr) {
    error.code = ErrorCode::DataTypeMismatch;
    error.rule = "D-5";
    error.message = "an empty set has no kind; to make a layer present use make_present";
    return error;
  }
  error.code = ErrorCode::LimitExceeded;
  if (level > kMaxOrganizationLevels) {
    error.message = "an organization has no such level; levels count from 0, the root's";
    return error;
  }
  Layer& target = layer(type, level);
  if (&target == &resource_ && !target.sets.empty()) {
    error.message = "the resource has a policy already; a resource has at most one";
    return error;
  }
  target.present = true;
  target.sets.push_back(set);
  refresh();
  return true;
}

WRIT_FUNC Result<bool> PolicyStack::add(PolicyType type, std::string_view name,
                                        std::string_view text, std::uint32_t level) {
  Result<PolicySet> set = compile_policy(text, type, name);
  if (!set) return std::move(set).error();
  return add(*set, level);
}

WRIT_FUNC void PolicyStack::make_present(PolicyType type, std::uint32_t level) {
  layer(type, std::min(level, kMaxOrganizationLevels)).present = true;
  refresh();
}

WRIT_FUNC Explanation PolicyStack::explain(const Request& request,
                                           const EvaluateOptions& options) const {
  return writ::explain(request, applied_, options);
}

}  // namespace writ::inline v0
