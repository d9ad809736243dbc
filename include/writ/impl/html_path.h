// Not API, may change in any release. The path of a request through the layers, and where it ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/explain.h"
#include "writ/request.h"

namespace writ::inline v0::detail {

/// The words of a layer for people.
[[nodiscard]] constexpr std::string_view layer_title(PolicyType type) noexcept {
  constexpr std::string_view kTitles[kPolicyTypeCount] = {
      "Service control policies", "Resource control policies",
      "Resource policy",          "Trust policy",
      "Identity policies",        "Permissions boundary",
      "Session policies",         "VPC endpoint policy"};
  return kTitles[static_cast<int>(type)];
}

/// One layer on the way, of organization policies with all its levels.
struct Station {
  PolicyType type = PolicyType::IdentityBased;
  std::vector<const LayerTrace*> layers;  ///< none: the layer is absent
};

/// All stations in the order in which the deciding statement is defined (E-3), absent ones too.
[[nodiscard]] inline std::vector<Station> stations(const Explanation& explanation) {
  std::vector<Station> all;
  for (int i = 0; i < kPolicyTypeCount; ++i) {
    const auto type = static_cast<PolicyType>(i);
    Station station{type, {}};
    for (const LayerTrace& layer : explanation.layers()) {
      if (layer.type == type) station.layers.push_back(&layer);
    }
    all.push_back(std::move(station));
  }
  // A resource's policy is of one of the two kinds.
  const auto trust = static_cast<std::size_t>(PolicyType::RoleTrust);
  const auto resource = static_cast<std::size_t>(PolicyType::ResourceBased);
  all.erase(all.begin() +
            static_cast<std::ptrdiff_t>(all[trust].layers.empty() ? trust : resource));
  return all;
}

/// The layer whose lack of an Allow a reason tells of; nothing for other reasons.
[[nodiscard]] constexpr std::optional<PolicyType> lacking_layer(Reason reason) noexcept {
  switch (reason) {
    case Reason::NoServiceControlAllow:
      return PolicyType::ServiceControl;
    case Reason::NoEndpointAllow:
      return PolicyType::VpcEndpoint;
    case Reason::NoAllowForService:
    case Reason::NoAllowForAnonymous:
    case Reason::NoAllowForFederated:
    case Reason::NoResourcePolicy:
    case Reason::NoResourceAllow:
    case Reason::NoTrustOrKeyAllow:
      return PolicyType::ResourceBased;
    case Reason::NoIdentityAllow:
    case Reason::NoIdentityAllowAcrossAccounts:
    case Reason::NoIdentityAllowForDelegation:
      return PolicyType::IdentityBased;
    case Reason::NoBoundaryAllow:
      return PolicyType::PermissionsBoundary;
    case Reason::NoSessionPolicy:
    case Reason::NoSessionAllow:
      return PolicyType::Session;
    default:
      return std::nullopt;
  }
}

/// Whether the request ends at this station, or is let through by its statement.
[[nodiscard]] inline bool is_decisive(const Station& station, const Decision& decision) noexcept {
  if (decision.statement.exists()) return decision.statement.layer == station.type;
  if (decision.reason == Reason::AllowedAsRoot) return station.type == PolicyType::IdentityBased;
  const std::optional<PolicyType> lacking = lacking_layer(decision.reason);
  if (!lacking) return false;
  return *lacking == station.type ||
         (*lacking == PolicyType::ResourceBased && station.type == PolicyType::RoleTrust);
}

/// What a layer says; one word for its looks.
struct Verdict {
  std::string_view looks;  ///< `good`, `bad`, or empty
  std::string_view symbol;
  std::string_view words;
};

/// Whether an Allow of a layer is asked for: some callers have no policies of their own. A Deny
/// counts all the same.
[[nodiscard]] inline bool asks_allow(PolicyType type, const RequestFacts& request) noexcept {
  switch (request.caller_kind()) {
    case CallerKind::Anonymous:  // E-91
    case CallerKind::Service:    // E-90
    case CallerKind::Federated:  // E-82
      return type != PolicyType::IdentityBased && type != PolicyType::PermissionsBoundary &&
             type != PolicyType::Session;
    default:  // E-50, E-44
      return (request.caller_kind() != CallerKind::Root && !request.issued_by_root()) ||
             (type != PolicyType::IdentityBased && type != PolicyType::PermissionsBoundary);
  }
}

[[nodiscard]] inline Verdict verdict_of(const LayerTrace& layer, const RequestFacts& request,
                                        const Decision& decision) noexcept {
  constexpr Verdict kBindsNot = {"", "\xe2\x80\x93", "does not bind this request"};
  if (!layer.applies) return kBindsNot;
  if (layer.denied) return {"bad", "\xe2\x9c\x97", "denies"};
  if (layer.type == PolicyType::ResourceControl) return {"good", "\xe2\x9c\x93", "does not deny"};
  if (layer.type == PolicyType::IdentityBased && decision.reason == Reason::AllowedAsRoot) {
    return {"good", "\xe2\x9c\x93", "root: allowed by default (E-50)"};
  }
  if (!asks_allow(layer.type, request) && lacking_layer(decision.reason) != layer.type) {
    return kBindsNot;
  }
  if (layer.allowed) return {"good", "\xe2\x9c\x93", "allows"};
  return {"", "\xe2\x97\x8b", "no Allow applies"};
}

/// The looks of a station of levels (E-21): good if all that bind are, bad if one is.
[[nodiscard]] inline std::string_view looks_of(const Station& station, const RequestFacts& request,
                                               const Decision& decision) noexcept {
  bool some_good = false;
  bool all_good = true;
  for (const LayerTrace* layer : station.layers) {
    if (!layer->applies) continue;
    const std::string_view looks = verdict_of(*layer, request, decision).looks;
    if (looks == "bad") return looks;
    some_good |= looks == "good";
    all_good &= looks == "good";
  }
  return some_good && all_good ? "good" : "";
}

/// What is said of a layer that is absent.
[[nodiscard]] inline std::string_view absence_of(PolicyType type, const RequestFacts& request,
                                                 const Decision& decision) noexcept {
  switch (type) {
    case PolicyType::ResourceBased:
    case PolicyType::RoleTrust:
    case PolicyType::IdentityBased:
      return "none: allows nothing";
    case PolicyType::Session:
      if (request.caller_kind() == CallerKind::FederatedUser) {  // E-44
        return decision.is_allowed() ? "none: only resource policies can allow"
                                     : "none: a federated user needs one";
      }
      return "none: limits nothing";
    default:
      return "none: limits nothing";
  }
}

}  // namespace writ::inline v0::detail
