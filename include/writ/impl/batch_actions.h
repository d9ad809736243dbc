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

  /// All of them outlive it. `scan` asks about the request of `batch`.
  ActionsDecider(BatchRequest& batch, ActionsScan& scan, const AppliedPolicies& policies,
                 const EvaluateOptions& options) noexcept
      : batch_(batch),
        scan_(scan),
        policies_(policies),
        options_(options),
        boundary_present_(policies.boundary.present),
        reads_action_(batch.facts().caller_kind() == CallerKind::Federated) {}

  /// `actions`, 1 to kTogether, of a list, with its services; a place for the decision of each.
  void decide(std::span<const ActionName> actions, std::span<const std::uint32_t> services,
              std::span<Decision> decisions) noexcept {
    start(actions, services, decisions);
    ask_service_control();
    ask_resource_control();
    ask_resource();
    const Mask identity =
        ask_layer(policies_.identity, open_, PolicyType::IdentityBased, 0, &identity_firsts_);
    const Mask boundary = ask_boundary();
    const Mask session =
        ask_layer(policies_.session.sets, open_, PolicyType::Session, 0, &session_firsts_);
    const Mask endpoint =
        ask_layer(policies_.endpoint.sets, open_, PolicyType::VpcEndpoint, 0, nullptr);
    each_of(open_, [&](std::size_t i) {
      batch_.set_action(actions_[i]);
      LayerAnswers answers;
      answers.service_control_allows = has(service_control_, i);
      answers.has_resource_policy = has_resource_policy_;
      answers.resource_layer = resource_layer_;
      if (has_resource_policy_) grants_[i].merge_into(answers.grant);
      answers.identity.allows = has(identity, i);
      if (answers.identity.allows) answers.identity.allow = identity_firsts_[i];
      answers.boundary.allows = has(boundary, i);
      answers.session.allows = has(session, i);
      if (answers.session.allows) answers.session.allow = session_firsts_[i];
      answers.endpoint.allows = has(endpoint, i);
      decisions_[i] = decide_by_answers(batch_.facts(), policies_, answers);
    });
  }

  /// The same where identity-based policies decide alone for every action: decide_by_identity.
  void decide_by_identity(std::span<const ActionName> actions,
                          std::span<const std::uint32_t> services,
                          std::span<Decision> decisions) noexcept {
    start(actions, services, decisions);
    const Mask identity =
        ask_layer(policies_.identity, open_, PolicyType::IdentityBased, 0, &identity_firsts_);
    each_of(open_, [&](std::size_t i) {
      decisions_[i] = has(identity, i)
                          ? allowed(Reason::AllowedByIdentity,
                                    statement_id(identity_firsts_[i], PolicyType::IdentityBased))
                          : implicit_deny(Reason::NoIdentityAllow);
    });
  }

 private:
  /// A bit for each action.
  using Mask = std::uint32_t;
  using Firsts = std::array<StatementKey, kTogether>;

  [[nodiscard]] static bool has(Mask mask, std::size_t i) noexcept { return (mask >> i & 1U) != 0; }
  template <class Visit>
  WRIT_ALWAYS_INLINE static void each_of(Mask mask, const Visit& visit) noexcept {
    for (; mask != 0; mask &= mask - 1) visit(static_cast<std::size_t>(__builtin_ctz(mask)));
  }

  void start(std::span<const ActionName> actions, std::span<const std::uint32_t> services,
             std::span<Decision> decisions) noexcept {
    actions_ = actions.data();
    services_ = services.data();
    decisions_ = decisions.data();
    open_ = ~Mask{0} >> (kTogether - actions.size());
  }
  template <class Sink>
  WRIT_ALWAYS_INLINE void ask(const Program& program, std::size_t i, Sink& sink) noexcept {
    if (reads_action_) batch_.set_action(actions_[i]);  // E-82
    scan_.begin(actions_[i], services_[i]);
    scan_.scan(program, boundary_present_, sink);
  }
  /// E-2: what one layer denies, the later ones are not asked.
  void deny(std::size_t i, StatementKey statement, PolicyType layer, std::size_t level) noexcept {
    decisions_[i] = explicit_deny(statement, layer, level);
    open_ &= ~(Mask{1} << i);
  }

  /// Which of `asked` the sets of a layer allow; the first statement that does, in `firsts`.
  [[nodiscard]] Mask ask_layer(std::span<const PolicySet> sets, Mask asked, PolicyType layer,
                               std::size_t level, Firsts* firsts) noexcept {
    Mask allows = 0;
    std::uint32_t document_base = 0;
    for (const PolicySet& set : sets) {
      const Program* program = set.program();
      if (program == nullptr) continue;
      each_of(asked & open_, [&](std::size_t i) {
        FirstSink sink;
        ask(*program, i, sink);
        if (sink.deny != kNoStatement) {
          return deny(i, counted_from(document_base, sink.deny), layer, level);
        }
        if (sink.allow == kNoStatement || has(allows, i)) return;
        allows |= Mask{1} << i;
        if (firsts != nullptr) (*firsts)[i] = counted_from(document_base, sink.allow);
      });
      document_base += program->header().document_count;
    }
    return allows;
  }

  void ask_service_control() noexcept {
    service_control_ = ~Mask{0};
    if (!batch_.facts().service_control_binds()) return;
    for (std::size_t level = 0; level < policies_.service_control.size(); ++level) {
      const PolicyLayer& layer = policies_.service_control[level];
      const Mask allows = ask_layer(layer.sets, open_, PolicyType::ServiceControl, level, nullptr);
      if (layer.present) service_control_ &= allows;  // E-21: every level
    }
  }
  void ask_resource_control() noexcept {
    if (policies_.resource_control.empty()) return;
    Mask asked = 0;
    each_of(open_, [&](std::size_t i) {
      batch_.set_action(actions_[i]);
      if (resource_control_applies(batch_.facts(), options_)) asked |= Mask{1} << i;
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
    each_of(open_, [&](std::size_t i) {
      GrantSink grant;
      grant.star_is_direct = options_.wildcard_principal_bypasses_boundary;
      ask(*program, i, grant);
      if (grant.deny != kNoStatement) return deny(i, grant.deny, resource_layer_, 0);
      grants_[i].keep(grant);
    });
  }
  /// Which actions each document of the boundary allows (E-42).
  [[nodiscard]] Mask ask_boundary() noexcept {
    Mask allows = policies_.boundary.sets.empty() ? 0 : ~Mask{0};
    std::uint32_t document_base = 0;
    for (const PolicySet& set : policies_.boundary.sets) {
      const Program* program = set.program();
      const std::uint32_t count = program == nullptr ? 0 : program->header().document_count;
      if (count == 0) allows = 0;  // E-1: present and empty
      for (std::uint32_t first = 0; first < count; first += 64) {
        const std::uint64_t wanted =
            ~std::uint64_t{0} >> (count - first < 64 ? 64 - (count - first) : 0);
        each_of(open_, [&](std::size_t i) {
          BoundarySink sink;
          sink.first_document = first;
          ask(*program, i, sink);
          if (sink.deny != kNoStatement) {
            return deny(i, counted_from(document_base, sink.deny), PolicyType::PermissionsBoundary,
                        0);
          }
          if (sink.allowing != wanted) allows &= ~(Mask{1} << i);
        });
      }
      document_base += count;
    }
    return allows;
  }

  BatchRequest& batch_;
  ActionsScan& scan_;
  const AppliedPolicies& policies_;
  const EvaluateOptions& options_;
  const bool boundary_present_;
  const bool reads_action_;  ///< a principal test does
  bool has_resource_policy_ = false;
  PolicyType resource_layer_ = PolicyType::ResourceBased;
  const ActionName* actions_ = nullptr;
  const std::uint32_t* services_ = nullptr;
  Decision* decisions_ = nullptr;
  Mask open_ = 0;  ///< not decided yet
  Mask service_control_ = 0;
  Firsts identity_firsts_;  // valid where the layer allows
  Firsts session_firsts_;
  std::array<KeptAnswer, kTogether> grants_;  // valid where has_resource_policy_
};

}  // namespace detail
}  // namespace writ::inline v0
