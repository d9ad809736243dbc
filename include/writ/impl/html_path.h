// Not API, may change in any release. The path of a request through the layers, and where it ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/explain.h"
#include "writ/impl/explain_words.h"
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

/// Whether the request ends at this station, or is let through by its statement.
[[nodiscard]] inline bool is_decisive(const Station& station, const Decision& decision) noexcept {
  if (decision.statement.exists()) return decision.statement.layer == station.type;
  if (decision.reason == Reason::AllowedAsRoot) return station.type == PolicyType::IdentityBased;
  const std::optional<PolicyType> lacking = lacking_layer(decision.reason);
  if (!lacking) return false;
  return *lacking == station.type ||
         (*lacking == PolicyType::ResourceBased && station.type == PolicyType::RoleTrust);
}

/// The looks of what a layer says: `good`, `bad`, or empty.
[[nodiscard]] constexpr std::string_view looks_of(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::Denies:
      return "bad";
    case Verdict::DoesNotDeny:
    case Verdict::AllowsRoot:
    case Verdict::Allows:
      return "good";
    default:
      return "";
  }
}

[[nodiscard]] constexpr std::string_view symbol_of(Verdict verdict) noexcept {
  if (verdict == Verdict::DoesNotBind) return "\xe2\x80\x93";
  const std::string_view looks = looks_of(verdict);
  return looks == "good" ? "\xe2\x9c\x93" : looks == "bad" ? "\xe2\x9c\x97" : "\xe2\x97\x8b";
}

/// The looks of a station of levels (E-21): good if all that bind are, bad if one is.
[[nodiscard]] inline std::string_view looks_of(const Station& station,
                                               const Decision& decision) noexcept {
  bool some_good = false;
  bool all_good = true;
  for (const LayerTrace* layer : station.layers) {
    if (!layer->applies) continue;
    const std::string_view looks = looks_of(verdict_of(*layer, decision));
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
