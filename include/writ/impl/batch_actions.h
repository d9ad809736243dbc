// Not API, may change in any release. Many actions on one resource, layer by layer: each set is
// asked for all of them before the next one, so that one memory (batch_scan.h) serves all sets and
// a layer costs little beside its answers. The order of layers, and what is made of them, is that
// of decide.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "writ/impl/batch_request.h"
#include "writ/impl/batch_scan.h"

namespace writ::inline v0 {
namespace detail {

/// Decides up to kTogether actions. What is kept of each lies on the stack.
class ActionsDecider {
 public:
  static constexpr std::size_t kTogether = 32;

  /// Whether a decision looks at the action of the request itself: E-82, E-50, E-61, E-33, and what
  /// is asked without memory.
  [[nodiscard]] static bool reads_action(const RequestFacts& facts,
                                         const AppliedPolicies& policies) noexcept {
    const CallerKind caller = facts.caller_kind();
    bool reads = caller == CallerKind::Federated || caller == CallerKind::Root ||
                 !BatchRequest::grants_are_the_same_for_all_actions(facts) ||
                 !policies.resource_control.empty();
    for (const PolicySet& set : policies.boundary.sets) {
      reads |= set.program() != nullptr && set.program()->header().document_count > 64;
    }
    return reads;
  }

  /// All of them outlive it. `own` is where `facts` are when a decision reads_action(), else null.
  ActionsDecider(const RequestFacts& facts, BatchRequest* own, const AppliedPolicies& policies,
                 const EvaluateOptions& options) noexcept
      : facts_(facts),
        own_(own),
        scan_(facts),
        policies_(policies),
        options_(options),
        boundary_present_(policies.boundary.present),
        is_federated_(facts.caller_kind() == CallerKind::Federated) {}

  /// `actions`, 1 to kTogether, of a list, with its services; a place for the decision of each.
  void decide(std::span<const ActionName> actions, std::span<const std::uint32_t> services,
              std::span<Decision> decisions) noexcept {
    actions_ = actions.data();
    services_ = services.data();
    decisions_ = decisions.data();
    open_ = ~ActionMask{0} >> (kTogether - actions.size());
    ask_service_control();
    ask_resource_control();
    ask_resource();
    identity_ =
        ask_layer(policies_.identity, open_, PolicyType::IdentityBased, 0, &identity_firsts_);
    ask_boundary();
    session_ = ask_layer(policies_.session.sets, open_, PolicyType::Session, 0, &session_firsts_);
    endpoint_ = ask_layer(policies_.endpoint.sets, open_, PolicyType::VpcEndpoint, 0, nullptr);
    if (has_resource_policy_ || own_ != nullptr) {
      each_action(open_, [&](std::size_t i) {
        set_action(i);
        decisions_[i] = decide_one(i);
      });
    } else {
      decide_alike();
    }
  }

 private:
  using Firsts = std::array<StatementKey, kTogether>;

  void set_action(std::size_t i) noexcept {
    if (own_ != nullptr) own_->set_action(actions_[i]);
  }

  /// Those of equal answers at once: but for the statement they come to the same.
  void decide_alike() noexcept {
    for (ActionMask left = open_; left != 0;) {
      const auto first = static_cast<std::size_t>(__builtin_ctz(left));
      ActionMask alike = left;
      for (const ActionMask layer : {service_control_, identity_, boundary_, session_, endpoint_}) {
        alike &= has_action(layer, first) ? layer : ~layer;
      }
      left &= ~alike;
      const Decision decision = decide_one(first);
      const auto allow_by = [&](const Firsts& firsts, PolicyType layer) {
        each_action(alike, [&](std::size_t i) {
          decisions_[i] = allowed(decision.reason, statement_id(firsts[i], layer));
        });
      };
      if (decision.reason == Reason::AllowedByIdentity) {
        allow_by(identity_firsts_, PolicyType::IdentityBased);
      } else if (decision.reason == Reason::AllowedBySession) {
        allow_by(session_firsts_, PolicyType::Session);
      } else {
        each_action(alike, [&](std::size_t i) { decisions_[i] = decision; });
      }
    }
  }
  [[nodiscard, gnu::noinline]] Decision decide_one(std::size_t i) const noexcept {
    LayerAnswers answers;
    answers.service_control_allows = has_action(service_control_, i);
    answers.has_resource_policy = has_resource_policy_;
    answers.resource_layer = resource_layer_;
    if (has_resource_policy_) answers.grant = grants_[i].get<GrantSink>();
    answers.identity.allows = has_action(identity_, i);
    if (answers.identity.allows) answers.identity.allow = identity_firsts_[i];
    answers.boundary.allows = has_action(boundary_, i);
    answers.session.allows = has_action(session_, i);
    if (answers.session.allows) answers.session.allow = session_firsts_[i];
    answers.endpoint.allows = has_action(endpoint_, i);
    return decide_by_answers(facts_, policies_, answers);
  }

  /// Calls `take(i, sink)` for each of `asked`, with the set's answer.
  template <class Sink, class Take>
  WRIT_ALWAYS_INLINE void ask_each(const Program& program, ActionMask asked, const Sink& empty,
                                   const Take& take) noexcept {
    // E-82 looks at the action; a boundary of more than 64 documents is asked several times.
    if (!is_federated_ && empty.can_be_merged()) {
      return scan_.scan_each(program, boundary_present_, empty, {actions_, services_, asked}, take);
    }
    each_action(asked, [&](std::size_t i) {
      set_action(i);
      Sink sink = empty;
      scan_.scan_anew(program, boundary_present_, sink);
      take(i, sink);
    });
  }
  /// E-2: what one layer denies, the later ones are not asked.
  void deny(std::size_t i, StatementKey statement, PolicyType layer, std::size_t level) noexcept {
    decisions_[i] = explicit_deny(statement, layer, level);
    open_ &= ~(ActionMask{1} << i);
  }

  /// Which of `asked` the sets of a layer allow; the first statement that does, in `firsts`.
  [[nodiscard]] ActionMask ask_layer(std::span<const PolicySet> sets, ActionMask asked,
                                     PolicyType layer, std::size_t level, Firsts* firsts) noexcept {
    return sets.empty() ? 0 : ask_sets(sets, asked, layer, level, firsts);
  }
  [[nodiscard, gnu::noinline]] ActionMask ask_sets(std::span<const PolicySet> sets,
                                                   ActionMask asked, PolicyType layer,
                                                   std::size_t level, Firsts* firsts) noexcept {
    ActionMask allows = 0;
    std::uint32_t document_base = 0;
    for (const PolicySet& set : sets) {
      const Program* program = set.program();
      if (program == nullptr) continue;
      ask_each(*program, asked & open_, FirstSink(), [&](std::size_t i, const FirstSink& sink) {
        if (sink.deny != kNoStatement) {
          return deny(i, counted_from(document_base, sink.deny), layer, level);
        }
        if (sink.allow == kNoStatement || has_action(allows, i)) return;
        allows |= ActionMask{1} << i;
        if (firsts != nullptr) (*firsts)[i] = counted_from(document_base, sink.allow);
      });
      document_base += program->header().document_count;
    }
    return allows;
  }

  void ask_service_control() noexcept {
    service_control_ = ~ActionMask{0};
    if (!facts_.service_control_binds()) return;
    for (std::size_t level = 0; level < policies_.service_control.size(); ++level) {
      const PolicyLayer& layer = policies_.service_control[level];
      const ActionMask allows =
          ask_layer(layer.sets, open_, PolicyType::ServiceControl, level, nullptr);
      if (layer.present) service_control_ &= allows;  // E-21: every level
    }
  }
  void ask_resource_control() noexcept {
    if (policies_.resource_control.empty()) return;
    ActionMask asked = 0;
    each_action(open_, [&](std::size_t i) {
      set_action(i);
      if (resource_control_applies(facts_, options_)) asked |= ActionMask{1} << i;
    });
    for (std::size_t level = 0; level < policies_.resource_control.size(); ++level) {
      // E-31: never lacks an Allow.
      static_cast<void>(ask_layer(policies_.resource_control[level].sets, asked,
                                  PolicyType::ResourceControl, level, nullptr));
    }
  }
  void ask_resource() noexcept {
    has_resource_policy_ = false;
    resource_layer_ = PolicyType::ResourceBased;
    const Program* program =
        policies_.resource_policy != nullptr ? policies_.resource_policy->program() : nullptr;
    if (program == nullptr) return;
    resource_layer_ = program->header().type;
    has_resource_policy_ = grants(resource_layer_) && !program->documents().empty();
    GrantSink empty;
    empty.star_is_direct = options_.wildcard_principal_bypasses_boundary;
    ask_each(*program, open_, empty, [&](std::size_t i, const GrantSink& grant) {
      if (grant.deny != kNoStatement) return deny(i, grant.deny, resource_layer_, 0);
      grants_[i].keep(grant);
    });
  }
  /// Which actions each document of the boundary allows (E-42).
  void ask_boundary() noexcept {
    boundary_ = policies_.boundary.sets.empty() ? 0 : ~ActionMask{0};
    std::uint32_t document_base = 0;
    for (const PolicySet& set : policies_.boundary.sets) {
      const Program* program = set.program();
      const std::uint32_t count = program == nullptr ? 0 : program->header().document_count;
      if (count == 0) boundary_ = 0;  // E-1: present and empty
      for (std::uint32_t first = 0; first < count; first += 64) {
        const std::uint64_t wanted =
            ~std::uint64_t{0} >> (count - first < 64 ? 64 - (count - first) : 0);
        BoundarySink empty;
        empty.first_document = first;
        ask_each(*program, open_, empty, [&](std::size_t i, const BoundarySink& sink) {
          if (sink.deny != kNoStatement) {
            return deny(i, counted_from(document_base, sink.deny), PolicyType::PermissionsBoundary,
                        0);
          }
          if (sink.allowing != wanted) boundary_ &= ~(ActionMask{1} << i);
        });
      }
      document_base += count;
    }
  }

  const RequestFacts& facts_;
  BatchRequest* own_;
  ActionsScan scan_;
  const AppliedPolicies& policies_;
  const EvaluateOptions& options_;
  const bool boundary_present_;
  const bool is_federated_;
  bool has_resource_policy_ = false;
  PolicyType resource_layer_ = PolicyType::ResourceBased;
  const ActionName* actions_ = nullptr;
  const std::uint32_t* services_ = nullptr;
  Decision* decisions_ = nullptr;
  ActionMask open_ = 0;             ///< not decided yet
  ActionMask service_control_ = 0;  ///< what the layers allow
  ActionMask identity_ = 0;
  ActionMask boundary_ = 0;
  ActionMask session_ = 0;
  ActionMask endpoint_ = 0;
  Firsts identity_firsts_;  // valid where the layer allows
  Firsts session_firsts_;
  std::array<KeptAnswer, kTogether> grants_;  // valid where has_resource_policy_
};

}  // namespace detail
}  // namespace writ::inline v0
