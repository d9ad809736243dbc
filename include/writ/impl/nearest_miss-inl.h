// Not API, may change in any release. The nearest miss: the least number of changes to the policies
// that turns a denial into an allow.
//
// What counts as a change is told at `Change` in explain.h. Every Deny that applies must go. Layers
// are independent, so the least total is the sum of the least of each layer that must allow, over
// the ways in which E-60 to E-75 let them combine.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "writ/explain.h"
#include "writ/impl/decide.h"
#include "writ/impl/explain_text-inl.h"

namespace writ::inline v0 {
namespace detail {

/// Some changes, or the knowledge that none suffice.
struct Plan {
  bool possible = true;
  std::vector<Change> changes;

  void add(const Plan& other) {
    possible = possible && other.possible;
    changes.insert(changes.end(), other.changes.begin(), other.changes.end());
  }
  [[nodiscard]] bool smaller_than(const Plan& other) const noexcept {
    if (possible != other.possible) return possible;
    return changes.size() < other.changes.size();
  }
  /// Of two statements that lack as much, the one is meant that covers the action; then the one
  /// that names the caller; then the one that covers the resource.
  [[nodiscard]] bool better_than(const Plan& other) const noexcept {
    if (smaller_than(other) || other.smaller_than(*this)) return smaller_than(other);
    return distance() < other.distance();
  }

 private:
  [[nodiscard]] int distance() const noexcept {
    int sum = 0;
    for (const Change& change : changes) {
      if (change.kind != Change::Kind::MatchElement) continue;
      sum += change.element == Element::Action      ? 4
             : change.element == Element::Principal ? 2
             : change.element == Element::Resource  ? 1
                                                    : 0;
    }
    return sum;
  }
};

/// `layers` hold every Allow statement that can take part in the least set of changes.
class NearestMissSearch {
 public:
  NearestMissSearch(const Request& request, const AppliedPolicies& policies,
                    const EvaluateOptions& options, const std::vector<LayerTrace>& layers)
      : request_(request), policies_(policies), options_(options), layers_(layers) {}

  [[nodiscard]] NearestMiss run() const {
    const Caller& caller = request_.caller();
    NearestMiss miss;
    const bool root = caller.kind() == CallerKind::Root;
    if (root && is_plain_assume_role(request_.facts())) return miss;  // E-52
    if (caller.has_account() && !request_.resource_is_star() &&
        request_.resource_field(1) != caller.partition()) {
      return miss;  // E-75
    }
    Plan plan;
    for (const LayerTrace& layer : layers_) {
      if (!layer.applies) continue;
      plan.add(remove_denies(layer));
      if (layer.type == PolicyType::ServiceControl ||
          (layer.type == PolicyType::VpcEndpoint && policies_.endpoint.present)) {
        plan.add(make_allow(layer));
      }
    }
    plan.add(grant());
    miss.possible = plan.possible;
    if (plan.possible) miss.changes = std::move(plan.changes);
    return miss;
  }

 private:
  static constexpr std::uint8_t kAny = 0xff;

  [[nodiscard]] const LayerTrace* layer(PolicyType type) const noexcept {
    for (const LayerTrace& trace : layers_) {
      if (trace.type == type) return &trace;
    }
    return nullptr;
  }
  [[nodiscard]] const LayerTrace* resource_layer() const noexcept {
    const LayerTrace* resource = layer(PolicyType::ResourceBased);
    return resource != nullptr ? resource : layer(PolicyType::RoleTrust);
  }

  [[nodiscard]] static std::string name(const StatementTrace& statement) {
    const bool has_tick = statement.policy.find('`') != std::string::npos;
    return fmt::format("{} {} statement {}{}", to_string(statement.id.layer),
                       has_tick ? code_span(statement.policy) : statement.policy,
                       statement.id.statement + 1,
                       statement.sid.empty() ? std::string() : " " + code_span(statement.sid));
  }

  [[nodiscard]] static Plan remove_denies(const LayerTrace& layer) {
    Plan plan;
    for (const StatementTrace& statement : layer.statements) {
      if (statement.effect != Effect::Deny || !statement.applied) continue;
      Change change;
      change.kind = Change::Kind::RemoveDeny;
      change.layer = layer.type;
      change.level = layer.level;
      change.statement = statement.id;
      change.text =
          fmt::format("{} must not deny (line {})", name(statement), statement.begin.line);
      plan.changes.push_back(std::move(change));
    }
    return plan;
  }

  [[nodiscard]] static std::string join(const std::vector<std::string>& list) {
    std::string text;
    for (std::size_t i = 0; i < list.size() && i < 4; ++i) {
      text += (i == 0 ? "" : ", ") + code_span(list[i]);
    }
    if (list.size() > 4) text += fmt::format(" and {} more", list.size() - 4);
    return text.empty() ? "nothing" : text;
  }

  [[nodiscard]] static std::string given_text(const ConditionTrace& test) {
    if (!test.key_present) return "the request does not have it";
    if (test.key_collided) return "the request has it twice, in different letter case";
    return "the request has " + join(test.given) +
           (differs_in_case_only(test) ? "; they differ in letter case only" : "");
  }

  static void add_element(Plan& plan, const StatementTrace& statement, Element element,
                          std::uint32_t condition, std::string text) {
    Change change;
    change.kind = Change::Kind::MatchElement;
    change.layer = statement.id.layer;
    change.level = statement.id.level;
    change.statement = statement.id;
    change.element = element;
    change.condition = condition;
    change.text = fmt::format("{} would need: {}", name(statement), text);
    plan.changes.push_back(std::move(change));
  }

  /// What keeps an Allow statement from applying, its principal aside.
  void add_failures(Plan& plan, const StatementTrace& statement) const {
    if (!statement.action_matched) {
      add_element(plan, statement, Element::Action, 0,
                  fmt::format("{} to cover {} (line {}; it lists {})",
                              statement.not_action ? "NotAction not" : "Action",
                              code_span(request_.action().text()), statement.action_position.line,
                              join(statement.actions)));
    }
    if (!statement.resource_matched) {
      add_element(plan, statement, Element::Resource, 0,
                  fmt::format("{} to cover {} (line {}; it lists {}{})",
                              statement.not_resource ? "NotResource not" : "Resource",
                              code_span(request_.resource()), statement.resource_position.line,
                              join(statement.resources),
                              statement.unresolved.empty()
                                  ? std::string()
                                  : "; no value for " + join(statement.unresolved)));
    }
    for (std::uint32_t i = 0; i < statement.conditions.size(); ++i) {
      const ConditionTrace& test = statement.conditions[i];
      if (test.result == Truth::True) continue;
      if (test.asked.empty() && test.result == Truth::Indeterminate) {
        add_element(plan, statement, Element::Condition, i,
                    fmt::format("{} {} to go or to list values (line {}; without any it never "
                                "lets an Allow apply, C-45)",
                                test.operator_text, code_span(test.key), test.position.line));
        continue;
      }
      add_element(
          plan, statement, Element::Condition, i,
          fmt::format(
              "{} {} to hold (line {}; it asks for {}, {}{})", test.operator_text,
              code_span(test.key), test.position.line, join(test.asked), given_text(test),
              test.unresolved.empty() ? std::string() : "; no value for " + join(test.unresolved)));
    }
  }

  /// The classes by which an Allow that names the caller itself matches it (3.4).
  [[nodiscard]] std::uint8_t named_classes() const noexcept {
    switch (request_.caller().kind()) {
      case CallerKind::Root:
      case CallerKind::User:
      case CallerKind::RoleSession:
      case CallerKind::FederatedUser:
        return MatchClasses::kDirect;
      case CallerKind::Role:
        return MatchClasses::kCapped;  // P-2: the session has no name
      case CallerKind::CanonicalUser:
        return MatchClasses::kDelegated;
      case CallerKind::Federated:
        // E-82
        return is_plain_assume_role(request_.facts()) ? std::uint8_t{0} : MatchClasses::kOther;
      case CallerKind::Anonymous:
      case CallerKind::Service:
        break;
    }
    return MatchClasses::kOther;
  }

  /// Makes the Principal match by one of the classes, if naming the caller does.
  void add_principal(Plan& plan, const StatementTrace& statement, std::uint8_t classes) const {
    if ((named_classes() & classes) == 0) plan.possible = false;
    add_element(plan, statement, Element::Principal, 0,
                fmt::format("Principal to name the caller{} (line {})",
                            statement.principal_matched ? " itself" : "",
                            statement.principal_position.line));
  }

  [[nodiscard]] static Plan attach(PolicyType type, std::uint32_t level,
                                   std::uint32_t document = StatementId::kNone) {
    Plan plan;
    Change change;
    change.kind = Change::Kind::AttachAllow;
    change.layer = type;
    change.level = level;
    change.statement.layer = type;
    change.statement.document = document;
    change.text = type == PolicyType::ServiceControl
                      ? fmt::format(
                            "the {} policies of level {} need an Allow statement for this "
                            "request",
                            to_string(type), level)
                      : fmt::format("the {} policies need an Allow statement for this request",
                                    to_string(type));
    plan.changes.push_back(std::move(change));
    return plan;
  }

  /// The least that makes one of a layer's Allow statements apply.
  [[nodiscard]] Plan make_allow(const LayerTrace& layer,
                                std::uint32_t document = StatementId::kNone) const {
    if (layer.allowed) return {};
    Plan best;
    best.possible = false;
    bool has_allow = false;
    for (const StatementTrace& statement : layer.statements) {
      if (statement.effect != Effect::Allow) continue;
      has_allow = true;
      Plan plan;
      if (!statement.principal_matched) add_principal(plan, statement, kAny);
      add_failures(plan, statement);
      if (plan.better_than(best)) best = std::move(plan);
    }
    return has_allow ? best : attach(layer.type, layer.level, document);
  }

  /// The same for each document of the boundary (E-42).
  [[nodiscard]] Plan make_boundary_allow() const {
    if (!policies_.boundary.present) return {};
    const LayerTrace* boundary = layer(PolicyType::PermissionsBoundary);
    Plan plan;
    if (policies_.boundary.sets.empty()) return attach(PolicyType::PermissionsBoundary, 0);
    std::uint32_t document = 0;
    for (const PolicySet& set : policies_.boundary.sets) {
      // E-1: a set without documents allows nothing either.
      if (set.document_count() == 0) plan.add(attach(PolicyType::PermissionsBoundary, 0));
      for (const std::uint32_t end = document + set.document_count(); document < end; ++document) {
        LayerTrace one;
        one.type = PolicyType::PermissionsBoundary;
        for (const StatementTrace& statement : boundary->statements) {
          if (statement.id.document != document) continue;
          one.statements.push_back(statement);
          one.allowed |= statement.effect == Effect::Allow && statement.applied;
        }
        plan.add(make_allow(one, document));
      }
    }
    return plan;
  }

  [[nodiscard]] Plan make_session_allow() const {
    if (policies_.session.present) return make_allow(*layer(PolicyType::Session));
    if (request_.caller().kind() == CallerKind::FederatedUser) {
      return attach(PolicyType::Session, 0);  // E-44
    }
    return {};
  }

  [[nodiscard]] Plan make_identity_path() const {
    const Caller& caller = request_.caller();
    Plan plan = make_session_allow();
    if (caller.kind() == CallerKind::Root || caller.issued_by_root()) return plan;
    plan.add(make_allow(*layer(PolicyType::IdentityBased)));
    plan.add(make_boundary_allow());
    return plan;
  }

  /// The least that makes an Allow of the resource's policy apply with one of the given classes.
  [[nodiscard]] Plan make_resource_allow(std::uint8_t classes) const {
    const LayerTrace* resource = resource_layer();
    const auto attach_named = [&](PolicyType type) {
      Plan plan = attach(type, 0);
      plan.possible = (named_classes() & classes) != 0;
      return plan;
    };
    if (resource == nullptr) {
      return attach_named(request_.is_role_trust() ? PolicyType::RoleTrust
                                                   : PolicyType::ResourceBased);
    }
    Plan best;
    best.possible = false;
    bool has_allow = false;
    const Program& program = *policies_.resource_policy->program();
    for (const StatementTrace& statement : resource->statements) {
      if (statement.effect != Effect::Allow) continue;
      has_allow = true;
      const std::uint32_t index =
          program.documents()[statement.id.document].statements.begin + statement.id.statement;
      const std::uint8_t matched = match_principal(program, program.statements()[index],
                                                   request_.facts(), policies_.boundary.present);
      Plan plan;
      if ((matched & classes) == 0) add_principal(plan, statement, classes);
      add_failures(plan, statement);
      if (plan.better_than(best)) best = std::move(plan);
    }
    return has_allow ? best : attach_named(resource->type);
  }

  [[nodiscard]] Plan grant() const {
    const Caller& caller = request_.caller();
    switch (caller.kind()) {
      case CallerKind::Anonymous:
      case CallerKind::Service:
      case CallerKind::Federated:
        return make_resource_allow(kAny);
      default:
        break;
    }
    Plan identity_path = make_identity_path();
    if (!caller.has_account() || caller.account() != request_.resource_owner()) {
      Plan plan = identity_path;
      plan.add(make_resource_allow(kAny));
      return plan;
    }
    if (resource_layer() == nullptr && !request_.resource_policy_required()) return identity_path;
    const std::uint8_t star =
        options_.wildcard_principal_bypasses_boundary ? MatchClasses::kEveryone : std::uint8_t{0};
    Plan best = make_resource_allow(static_cast<std::uint8_t>(MatchClasses::kDirect | star));
    Plan capped = make_resource_allow(MatchClasses::kCapped | MatchClasses::kEveryone);
    capped.add(make_boundary_allow());
    capped.add(make_session_allow());
    if (capped.smaller_than(best)) best = std::move(capped);
    Plan identity = identity_path;
    if (request_.resource_policy_required()) {
      identity.add(make_resource_allow(MatchClasses::kDelegated));
    }
    // Where both cost the same, the caller's own policies are the more usual place.
    if (!best.smaller_than(identity)) best = std::move(identity);
    return best;
  }

  const Request& request_;
  const AppliedPolicies& policies_;
  const EvaluateOptions& options_;
  const std::vector<LayerTrace>& layers_;
};

}  // namespace detail
}  // namespace writ::inline v0
