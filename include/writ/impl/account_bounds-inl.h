// Not API, may change in any release. Rewriting documents so that tests of unknown keys come out
// one way. A rewritten document keeps its statements in their places, so that ids mean the same.
#pragma once

#include <algorithm>
#include <set>
#include <utility>

#include "writ/account_bounds.h"
#include "writ/explain.h"
#include "writ/hash.h"
#include "writ/impl/fold.h"
#include "writ/impl/json_writer.h"
#include "writ/parse.h"

namespace writ::inline v0 {
namespace detail {

/// Calls `use` with the key of each variable in the text (V-5 to V-7); false from it ends the walk.
/// `use` gets where the variable begins and ends as well.
template <class Use>
void each_variable(std::string_view text, const Use& use) {
  std::size_t at = 0;
  for (;;) {
    const std::size_t begin = text.find("${", at);
    if (begin == std::string_view::npos) return;
    const std::size_t end = text.find('}', begin);
    if (end == std::string_view::npos) return;
    std::string_view key = text.substr(begin + 2, end - begin - 2);
    key = key.substr(0, key.find(','));
    while (!key.empty() && key.back() == ' ') key.remove_suffix(1);
    while (!key.empty() && key.front() == ' ') key.remove_prefix(1);
    const bool is_character = key == "*" || key == "?" || key == "$";
    at = end + 1;
    if (!is_character) use(key, begin, at);
  }
}

/// Writes a document as it is when unknown tests come out for the request or against it.
class BoundWriter {
 public:
  BoundWriter(const PolicyDocument& document, const KnownKeys& known) noexcept
      : document_(document), known_(known) {}

  /// Whether there is anything unknown in the document.
  [[nodiscard]] bool is_uncertain() const {
    const std::vector<Statement>& all = document_.statements();
    return std::any_of(all.begin(), all.end(), [this](const Statement& statement) {
      return has_unknown_test(statement) || has_unknown_pattern(statement);
    });
  }
  [[nodiscard]] std::string write(bool in_favour) const {
    JsonBuffer buffer;
    JsonWriter json(buffer);
    json.StartObject();
    write_key(json, "Version");
    write_string(json, document_.version() == PolicyVersion::V2012 ? "2012-10-17" : "2008-10-17");
    write_key(json, "Statement");
    json.StartArray();
    for (const Statement& statement : document_.statements()) write(json, statement, in_favour);
    json.EndArray();
    json.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
  }

 private:
  // A text that no request holds, and a key that no request has.
  static constexpr std::string_view kNoText = "~writ~unknown~";
  static constexpr std::string_view kNoKey = "writ:unknown";

  static void strings(JsonWriter& json, std::span<const Text> values) {
    json.StartArray();
    for (const Text& value : values) write_string(json, value.value);
    json.EndArray();
  }

  [[nodiscard]] bool has_unknown_variable(std::string_view text) const {
    bool unknown = false;
    if (!document_.has_variables()) return false;
    each_variable(text, [&](std::string_view name, std::size_t, std::size_t) {
      unknown = unknown || !known_.contains(name);
    });
    return unknown;
  }
  [[nodiscard]] bool is_unknown(const ConditionTest& test) const {
    if (!known_.contains(test.key.value)) return true;
    return std::any_of(test.values.begin(), test.values.end(), [this](const ConditionValue& value) {
      return has_unknown_variable(value.text);
    });
  }
  [[nodiscard]] bool has_unknown_test(const Statement& statement) const {
    return std::any_of(statement.conditions.begin(), statement.conditions.end(),
                       [this](const ConditionTest& test) { return is_unknown(test); });
  }
  [[nodiscard]] bool has_unknown_pattern(const Statement& statement) const {
    return std::any_of(statement.resource.values.begin(), statement.resource.values.end(),
                       [this](const Text& text) { return has_unknown_variable(text.value); });
  }

  void write(JsonWriter& json, const Statement& statement, bool in_favour) const {
    // Whether unknown tests of this statement hold.
    const bool holds = in_favour == (statement.effect == Effect::Allow);
    json.StartObject();
    if (statement.has_sid) {
      write_key(json, "Sid");
      write_string(json, statement.sid.value);
    }
    write_key(json, "Effect");
    write_string(json, to_string(statement.effect));
    write_principal(json, statement.principal);
    write_patterns(json, statement.action, "Action", "NotAction", nullptr);
    // Of NotResource a pattern that matches is one that keeps the statement from applying.
    const bool matches = holds != statement.resource.negated;
    write_patterns(json, statement.resource, "Resource", "NotResource", &matches);
    write_conditions(json, statement, holds);
    json.EndObject();
  }

  static void write_principal(JsonWriter& json, const PrincipalElement& principal) {
    if (!principal.present) return;
    write_key(json, principal.negated ? "NotPrincipal" : "Principal");
    if (principal.everyone) return write_string(json, "*");
    json.StartObject();
    for (const PrincipalMember& member : principal.members) {
      write_key(json, to_string(member.kind));
      strings(json, member.values);
    }
    json.EndObject();
  }

  void write_patterns(JsonWriter& json, const PatternList& patterns, std::string_view name,
                      std::string_view negated, const bool* matches) const {
    if (!patterns.present) return;
    write_key(json, patterns.negated ? negated : name);
    if (matches == nullptr) return strings(json, patterns.values);
    json.StartArray();
    for (const Text& pattern : patterns.values) {
      write_string(json, has_unknown_variable(pattern.value)
                             ? without_variables(pattern.value, *matches)
                             : std::string(pattern.value));
    }
    json.EndArray();
  }

  [[nodiscard]] std::string without_variables(std::string_view pattern, bool matches) const {
    std::string text;
    std::size_t copied = 0;
    each_variable(pattern, [&](std::string_view name, std::size_t begin, std::size_t end) {
      if (known_.contains(name)) return;
      text += pattern.substr(copied, begin - copied);
      text += matches ? std::string_view("*") : kNoText;
      copied = end;
    });
    text += pattern.substr(copied);
    return text;
  }

  void write_conditions(JsonWriter& json, const Statement& statement, bool holds) const {
    // V-22: an Allow with a NotResource that may have no value may apply to nothing.
    const bool may_not_apply = statement.effect == Effect::Allow && statement.resource.negated &&
                               has_unknown_pattern(statement);
    const bool never = !holds && (has_unknown_test(statement) || may_not_apply);
    const auto is_written = [this](const ConditionTest& test) { return !is_unknown(test); };
    if (never) {
      write_key(json, "Condition");
      json.StartObject();
      write_key(json, "StringEquals");
      json.StartObject();
      write_key(json, kNoKey);
      write_string(json, kNoText);
      json.EndObject();
      json.EndObject();
      return;
    }
    if (std::none_of(statement.conditions.begin(), statement.conditions.end(), is_written)) return;
    write_key(json, "Condition");
    json.StartObject();
    const ConditionTest* before = nullptr;
    for (const ConditionTest& test : statement.conditions) {
      if (!is_written(test)) continue;
      if (before == nullptr || before->group != test.group) {
        if (before != nullptr) json.EndObject();
        write_key(json, test.operator_text.value);
        json.StartObject();
      }
      before = &test;
      write_key(json, test.key.value);
      json.StartArray();
      for (const ConditionValue& value : test.values) {
        if (value.kind == ConditionValueKind::String) {
          write_string(json, value.text);
        } else {
          json.RawValue(value.text.data(), value.text.size(),
                        value.kind == ConditionValueKind::Number ? rapidjson::kNumberType
                                                                 : rapidjson::kTrueType);
        }
      }
      json.EndArray();
    }
    json.EndObject();
    json.EndObject();
  }

  const PolicyDocument& document_;
  const KnownKeys& known_;
};

}  // namespace detail

WRIT_FUNC void KnownKeys::add(std::string_view key) {
  std::string folded = detail::folded(key);
  const auto place = std::lower_bound(keys_.begin(), keys_.end(), folded);
  if (place == keys_.end() || *place != folded) keys_.insert(place, std::move(folded));
}

WRIT_FUNC void KnownKeys::add_family(std::string_view prefix) {
  families_.push_back(detail::folded(prefix));
}

WRIT_FUNC void KnownKeys::forget(std::string_view key) { unknown_.push_back(detail::folded(key)); }

WRIT_FUNC bool KnownKeys::contains(std::string_view key) const noexcept {
  const auto is_key = [key](const std::string& other) { return equals_folded(other, key); };
  if (std::any_of(unknown_.begin(), unknown_.end(), is_key)) return false;
  if (all_) return true;
  const auto has_prefix = [key](const std::string& family) {
    return key.size() >= family.size() && equals_folded(key.substr(0, family.size()), family);
  };
  return std::any_of(keys_.begin(), keys_.end(), is_key) ||
         std::any_of(families_.begin(), families_.end(), has_prefix);
}

WRIT_FUNC bool AccountBounds::add(const AccountPolicy& policy, PolicyType type,
                                  const KnownKeys& known, Bound& bound, PolicyError& error) {
  const Result<PolicyDocument> document = parse_policy(policy.text, type);
  if (!document) {  // the account has loaded it
    error = document.error();
    return false;
  }
  const detail::BoundWriter writer(*document, known);
  if (!writer.is_uncertain()) return true;
  for (const bool in_favour : {false, true}) {
    Result<PolicySet> set = compile_policy(writer.write(in_favour), type, policy.id);
    if (!set) {
      error = std::move(set).error();
      return false;
    }
    (in_favour ? bound.most : bound.least) = std::move(set).value();
  }
  return true;
}

WRIT_FUNC Result<AccountBounds> AccountBounds::make(const Account& account,
                                                    const KnownKeys& known) {
  AccountBounds bounds;
  bounds.account_ = &account;
  bounds.known_ = known;
  bounds.policies_.resize(account.all_policies().size());
  bounds.boundaries_.resize(account.all_policies().size());
  PolicyError error;
  for (std::size_t i = 0; i < bounds.policies_.size(); ++i) {
    const AccountPolicy& policy = account.all_policies()[i];
    const bool added =
        add(policy, policy.type, known, bounds.policies_[i], error) &&
        (policy.boundary.program() == nullptr ||
         add(policy, PolicyType::PermissionsBoundary, known, bounds.boundaries_[i], error));
    if (!added) {
      error.message = policy.id + ": " + error.message;
      return error;
    }
  }
  return bounds;
}

WRIT_FUNC bool AccountBounds::is_certain(const AccountPolicies& policies) const noexcept {
  const auto certain = [](const Bound& bound) { return bound.least.program() == nullptr; };
  const auto all_certain = [&](const std::vector<std::uint32_t>& list) {
    return std::all_of(list.begin(), list.end(),
                       [&](std::uint32_t policy) { return certain(policies_[policy]); });
  };
  const auto levels_certain = [&](std::span<const PolicyLayer> applied,
                                  const std::vector<std::vector<std::uint32_t>>& levels) {
    return applied.empty() || std::all_of(levels.begin(), levels.end(), all_certain);
  };
  if (const AccountPrincipal* principal = policies.principal) {
    if (!all_certain(principal->policies)) return false;
    if (principal->boundary_policy != AccountPrincipal::kNone &&
        !certain(boundaries_[principal->boundary_policy])) {
      return false;
    }
  }
  if (policies.resource_policy != nullptr &&
      !certain(policies_[static_cast<std::size_t>(policies.resource_policy -
                                                  policies.all_policies.data())])) {
    return false;
  }
  return (policies.caller_place == nullptr ||
          levels_certain(policies.applied.service_control,
                         policies.caller_place->service_control)) &&
         (policies.owner_place == nullptr ||
          levels_certain(policies.applied.resource_control,
                         policies.owner_place->resource_control));
}

WRIT_FUNC BoundedPolicies AccountBounds::bound(const AccountPolicies& policies) const {
  BoundedPolicies bounded;
  bounded.least = policies.applied;
  bounded.most = policies.applied;
  bounded.is_certain = is_certain(policies);
  if (bounded.is_certain) return bounded;
  bounded.owned.resize(2);
  for (const bool in_favour : {false, true}) {
    BoundedPolicies::Sets& sets = bounded.owned[in_favour ? 1 : 0];
    AppliedPolicies& applied = in_favour ? bounded.most : bounded.least;
    const auto choose = [in_favour](const Bound& bound, const PolicySet& certain) {
      if (bound.least.program() == nullptr) return certain;
      return in_favour ? bound.most : bound.least;
    };
    const auto of_policy = [&](std::uint32_t policy) {
      return choose(policies_[policy], account_->all_policies()[policy].set);
    };
    if (const AccountPrincipal* principal = policies.principal) {
      for (const std::uint32_t policy : principal->policies) {
        sets.identity.push_back(of_policy(policy));
      }
      applied.identity = sets.identity;
      if (principal->boundary_policy != AccountPrincipal::kNone) {
        const std::uint32_t boundary = principal->boundary_policy;
        sets.boundary.push_back(
            choose(boundaries_[boundary], account_->all_policies()[boundary].boundary));
        applied.boundary = PolicyLayer(sets.boundary);
      }
    }
    if (policies.resource_policy != nullptr) {
      sets.resource = of_policy(
          static_cast<std::uint32_t>(policies.resource_policy - policies.all_policies.data()));
    }
    const auto levels = [&](const std::vector<std::vector<std::uint32_t>>& from,
                            std::vector<std::vector<PolicySet>>& to,
                            std::vector<PolicyLayer>& layers) -> std::span<const PolicyLayer> {
      for (const std::vector<std::uint32_t>& level : from) {
        std::vector<PolicySet>& list = to.emplace_back();
        for (const std::uint32_t policy : level) list.push_back(of_policy(policy));
      }
      for (const std::vector<PolicySet>& list : to) {
        layers.emplace_back(std::span<const PolicySet>(list));
      }
      return layers;
    };
    if (!applied.service_control.empty()) {
      applied.service_control = levels(policies.caller_place->service_control, sets.service_control,
                                       sets.service_control_layers);
    }
    if (!applied.resource_control.empty()) {
      applied.resource_control = levels(policies.owner_place->resource_control,
                                        sets.resource_control, sets.resource_control_layers);
    }
    if (policies.resource_policy != nullptr) applied.resource_policy = &sets.resource;
  }
  return bounded;
}

WRIT_FUNC std::vector<std::string> AccountBounds::keys_of(const Request& request,
                                                          const AccountPolicies& policies) const {
  std::set<std::string> keys;
  const auto add = [&](std::string_view key) {
    if (!known_.contains(key)) keys.emplace(key);
  };
  const Explanation explanation =
      explain(request, policies.applied, {}, ExplainOptions{.max_unrelated_statements = 0});
  for (const LayerTrace& layer : explanation.layers()) {
    if (!layer.applies) continue;
    for (const StatementTrace& statement : layer.statements) {
      if (!statement.action_matched || !statement.principal_matched) continue;
      for (const std::string& pattern : statement.resources) {
        detail::each_variable(pattern,
                              [&](std::string_view key, std::size_t, std::size_t) { add(key); });
      }
      // A resource that does not match for want of a value may match with one.
      if (!statement.resource_matched && statement.unresolved.empty()) continue;
      for (const ConditionTrace& test : statement.conditions) {
        add(test.key);
        for (const std::string& value : test.asked) {
          detail::each_variable(value,
                                [&](std::string_view key, std::size_t, std::size_t) { add(key); });
        }
      }
    }
  }
  return {keys.begin(), keys.end()};
}

}  // namespace writ::inline v0
