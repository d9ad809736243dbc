// Not API, may change in any release. The decision: how a request is walked.
//
// A request meets its policies layer by layer, in the order in which the deciding statement is
// looked for: service control, resource control, the resource's policy, identity, boundary,
// session, endpoint. Each layer is a list of compiled sets, and each set is asked one question:
// which is the first Deny that applies, and which the first Allow? The first layer with a Deny ends
// the walk (E-2). If none has one, `decide` puts the Allows together as E-60 to E-75
// say: guardrails first, then the caller's side and the resource's side.
//
// Inside a set nothing is scanned. The action, hashed when the request was made, leads to at most a
// few classes of statements (dispatch.h): those that spell it out, and those whose wildcards cover
// it. In each class the fields of the resource's ARN and the beginning of its last field lead to a
// short list of candidates, and only those are tested (statement_match.h): the resource pattern in
// full, NotAction, the principal, the conditions. A condition test shared by several candidates is
// evaluated once. A candidate that comes after one already found is not tested at all.
//
// Nothing here allocates, locks or throws. What changes per call lives on the stack: the hashes of
// the ARN's fields and the memo of condition terms.
#pragma once

#include <algorithm>

#include "writ/evaluate.h"
#include "writ/impl/dispatch.h"
#include "writ/impl/statement_match.h"

namespace writ::inline v0 {
namespace detail {

/// Names a statement of a set in an order that is that of documents, then of statements (E-3).
using StatementKey = std::uint64_t;
inline constexpr StatementKey kNoStatement = ~StatementKey{0};

/// Calls `visit(LeafNode)` for the candidates of a class.
template <class Visit>
WRIT_ALWAYS_INLINE void visit_class(const Program& program, const ClassNode& node,
                                    RequestKeys& keys, const Visit& visit) noexcept {
  if (program.header().has_deny != 0) {
    keys.class_side = class_head::side(node.head, true);
    visit_root(program, node.deny_flat, node.deny_groups, keys, visit);
  }
  keys.class_side = class_head::side(node.head, false);
  visit_root(program, node.allow_flat, node.allow_groups, keys, visit);
}

/// Tests a candidate: what scan_class does with each.
template <class Sink>
struct LeafTest {
  const Program& program;
  const RequestFacts& request;
  TermMemo& memo;
  Sink& sink;
  bool boundary_present;

  WRIT_ALWAYS_INLINE bool operator()(const LeafNode& leaf) const noexcept {
    const StatementKey statement = leaf.statement();
    const Effect effect = leaf.effect();
    // Lists are in the order of statements, and of one effect: behind one that comes too late all
    // do.
    if (!sink.wants(statement, effect)) return !Sink::kFirstOnly;
    const std::uint8_t classes = match_leaf(program, leaf, request, boundary_present, memo);
    if (classes != 0) sink.add(statement, effect, classes);
    return true;
  }
};

/// Calls `sink.add(statement, effect, classes)` for each statement of a class that applies and that
/// `sink.wants(statement, effect)`, in no particular order; for no Allow once `sink.is_denied()`.
template <class Sink>
WRIT_ALWAYS_INLINE void scan_class(const Program& program, const ClassNode& node, RequestKeys& keys,
                                   bool boundary_present, TermMemo& memo, Sink& sink) noexcept {
  const LeafTest<Sink> test{program, keys.request, memo, sink, boundary_present};
  // One loop, so that what is taken in whole stands here once.
  for (bool deny = program.header().has_deny != 0;; deny = false) {
    keys.class_side = class_head::side(node.head, deny);
    visit_root(program, deny ? node.deny_flat : node.allow_flat,
               deny ? node.deny_groups : node.allow_groups, keys, test);
    if (!deny || sink.is_denied()) return;
  }
}

/// What a set is asked through its index.
class IndexScan {
 public:
  explicit IndexScan(const RequestFacts& request) noexcept : keys_(request) {}

  template <class Sink>
  void scan(const Program& program, bool boundary_present, Sink& sink) noexcept {
    TermMemo memo;
    visit_classes(program, keys_.request.action(), keys_.request, [&](Ref ref) noexcept {
      const auto& node = *reinterpret_cast<const ClassNode*>(program.node(ref));
      scan_class(program, node, keys_, boundary_present, memo, sink);
    });
  }

 private:
  RequestKeys keys_;
};

/// The same question asked of every statement in turn: what explanations and tests hold the index
/// to.
class LinearScan {
 public:
  explicit LinearScan(const RequestFacts& request) noexcept : request_(request) {}

  template <class Sink>
  void scan(const Program& program, bool boundary_present, Sink& sink) noexcept {
    TermMemo memo;
    StatementKey document = 0;
    for (const DocumentRecord& record : program.documents()) {
      for (std::uint32_t i = 0; i < record.statements.count; ++i) {
        const StatementRecord& statement = program.statements()[record.statements.begin + i];
        const StatementKey key = (document << 32U) | i;
        if (!sink.wants(key, statement.effect)) continue;
        if (!match_action(program, request_, statement)) continue;
        if (!match_resource(program, request_, statement)) continue;
        const std::uint8_t classes =
            match_principal(program, statement, request_, boundary_present);
        if (classes == 0) continue;
        const Truth condition = match_conditions(program, request_, statement, memo);
        if (applies(statement.effect, condition)) sink.add(key, statement.effect, classes);
      }
      ++document;
    }
  }

 private:
  const RequestFacts& request_;
};

/// Tells sinks apart where their answers are kept.
enum class SinkType : std::uint8_t { First, Grant, Boundary };

/// The first Deny and the first Allow.
struct FirstSink {
  static constexpr SinkType kType = SinkType::First;
  static constexpr bool kFirstOnly = true;  ///< a later statement is wanted less than an earlier

  StatementKey deny = kNoStatement;
  StatementKey allow = kNoStatement;

  [[nodiscard]] bool is_denied() const noexcept { return deny != kNoStatement; }
  [[nodiscard]] bool wants(StatementKey id, Effect effect) const noexcept {
    return effect == Effect::Deny ? id < deny : id < allow;
  }
  void add(StatementKey id, Effect effect, std::uint8_t) noexcept {
    (effect == Effect::Deny ? deny : allow) = id;
  }
  [[nodiscard]] bool can_be_merged() const noexcept { return true; }
  [[nodiscard]] FirstSink empty_copy() const noexcept { return {}; }
  void merge(const FirstSink& other) noexcept {
    deny = std::min(deny, other.deny);
    allow = std::min(allow, other.allow);
  }
};

/// The first Deny, and the first Allow of each way to match the caller.
struct GrantSink {
  static constexpr SinkType kType = SinkType::Grant;
  static constexpr bool kFirstOnly = true;

  StatementKey deny = kNoStatement;
  StatementKey direct = kNoStatement;
  StatementKey capped = kNoStatement;
  StatementKey delegated = kNoStatement;
  StatementKey any = kNoStatement;
  bool star_is_direct = true;  ///< P-51

  [[nodiscard]] bool is_denied() const noexcept { return deny != kNoStatement; }
  [[nodiscard]] bool wants(StatementKey id, Effect effect) const noexcept {
    if (effect == Effect::Deny) return id < deny;
    return id < direct || id < capped || id < delegated || id < any;
  }
  void add(StatementKey id, Effect effect, std::uint8_t classes) noexcept {
    const auto take = [id](StatementKey& place) { place = id < place ? id : place; };
    if (effect == Effect::Deny) return take(deny);
    take(any);
    // P-12: a statement counts by its strongest class.
    const std::uint8_t direct_classes =
        star_is_direct ? MatchClasses::kDirect | MatchClasses::kEveryone : MatchClasses::kDirect;
    if ((classes & direct_classes) != 0) {
      take(direct);
    } else if ((classes & (MatchClasses::kCapped | MatchClasses::kEveryone)) != 0) {
      take(capped);
    } else if ((classes & MatchClasses::kDelegated) != 0) {
      take(delegated);
    }
  }
  [[nodiscard]] bool can_be_merged() const noexcept { return true; }
  [[nodiscard]] GrantSink empty_copy() const noexcept {
    GrantSink copy;
    copy.star_is_direct = star_is_direct;
    return copy;
  }
  void merge(const GrantSink& other) noexcept {
    deny = std::min(deny, other.deny);
    direct = std::min(direct, other.direct);
    capped = std::min(capped, other.capped);
    delegated = std::min(delegated, other.delegated);
    any = std::min(any, other.any);
  }
};

/// The first Deny, and which of 64 documents allow (E-42).
struct BoundarySink {
  static constexpr SinkType kType = SinkType::Boundary;
  static constexpr bool kFirstOnly = false;

  StatementKey deny = kNoStatement;
  std::uint32_t first_document = 0;
  std::uint64_t allowing = 0;

  [[nodiscard]] std::uint64_t bit(StatementKey id) const noexcept {
    const std::uint32_t document = static_cast<std::uint32_t>(id >> 32U) - first_document;
    return document < 64 ? 1ULL << document : 0;
  }
  [[nodiscard]] bool is_denied() const noexcept { return deny != kNoStatement; }
  [[nodiscard]] bool wants(StatementKey id, Effect effect) const noexcept {
    if (effect == Effect::Deny) return id < deny;
    return (bit(id) & ~allowing) != 0;
  }
  void add(StatementKey id, Effect effect, std::uint8_t) noexcept {
    if (effect == Effect::Deny) {
      deny = id < deny ? id : deny;
    } else {
      allowing |= bit(id);
    }
  }
  [[nodiscard]] bool can_be_merged() const noexcept { return first_document == 0; }
  [[nodiscard]] BoundarySink empty_copy() const noexcept { return {}; }
  void merge(const BoundarySink& other) noexcept {
    deny = std::min(deny, other.deny);
    allowing |= other.allowing;
  }
};

/// One layer's answer; documents are counted over its sets.
struct LayerAnswer {
  StatementKey deny = kNoStatement;
  StatementKey allow = kNoStatement;
  bool allows = false;
};

/// A statement of a set whose documents stand behind `document_base` others.
[[nodiscard]] constexpr StatementKey counted_from(std::uint32_t document_base,
                                                  StatementKey statement) noexcept {
  return statement + (static_cast<StatementKey>(document_base) << 32U);
}

[[nodiscard]] inline StatementId statement_id(StatementKey statement, PolicyType layer,
                                              std::size_t level = 0) noexcept {
  StatementId id;
  if (statement == kNoStatement) return id;
  id.document = static_cast<std::uint32_t>(statement >> 32U);
  id.statement = static_cast<std::uint32_t>(statement);
  id.level = static_cast<std::uint16_t>(level);
  id.layer = layer;
  return id;
}

template <class Scan>
[[nodiscard]] WRIT_ALWAYS_INLINE LayerAnswer ask_layer(Scan& scan, std::span<const PolicySet> sets,
                                                       bool boundary_present) noexcept {
  LayerAnswer answer;
  std::uint32_t document_base = 0;
  for (const PolicySet& set : sets) {
    const Program* program = set.program();
    if (program == nullptr) continue;
    FirstSink sink;
    scan.scan(*program, boundary_present, sink);
    if (sink.deny != kNoStatement) {
      answer.deny = counted_from(document_base, sink.deny);
      return answer;
    }
    if (sink.allow != kNoStatement && !answer.allows) {
      answer.allow = counted_from(document_base, sink.allow);
      answer.allows = true;
    }
    document_base += program->header().document_count;
  }
  return answer;
}

/// A boundary allows when each of its documents does (E-42).
template <class Scan>
[[nodiscard]] inline LayerAnswer ask_boundary(Scan& scan, const PolicyLayer& boundary) noexcept {
  LayerAnswer answer;
  std::uint32_t document_base = 0;
  answer.allows = !boundary.sets.empty();
  for (const PolicySet& set : boundary.sets) {
    const Program* program = set.program();
    if (program == nullptr) {
      answer.allows = false;  // E-1: present and empty
      continue;
    }
    const std::uint32_t count = program->header().document_count;
    answer.allows &= count != 0;
    for (std::uint32_t first = 0; first < count; first += 64) {
      BoundarySink sink;
      sink.first_document = first;
      scan.scan(*program, boundary.present, sink);
      if (sink.deny != kNoStatement) {
        answer.deny = counted_from(document_base, sink.deny);
        return answer;
      }
      const std::uint32_t here = count - first < 64 ? count - first : 64;
      const std::uint64_t wanted = here == 64 ? ~0ULL : (1ULL << here) - 1;
      answer.allows &= sink.allowing == wanted;
    }
    document_base += count;
  }
  return answer;
}

/// `sts:AssumeRole`, `sts:AssumeRoleWithSAML` and the like.
[[nodiscard]] inline bool assumes_role(const ActionName& action) noexcept {
  constexpr std::string_view kAssumeRole = "sts:AssumeRole";
  return equals_folded(action.text().substr(0, kAssumeRole.size()), kAssumeRole);
}

/// E-30, E-33: whether resource control policies bind the request.
[[nodiscard]] inline bool resource_control_applies(const RequestFacts& request,
                                                   const EvaluateOptions& options) noexcept {
  static constexpr ActionName kRetireGrant("kms:RetireGrant");
  const ActionName& action = request.action();
  if (request.caller().is_service_linked() || request.resource_is_aws_managed_key()) return false;
  if (action.hash() == kRetireGrant.hash() && equals_folded(action.text(), kRetireGrant.text())) {
    return false;
  }
  // Assuming a service-linked role; tagging its session or naming a source identity is not exempt.
  constexpr std::string_view kServiceLinked = "role/aws-service-role/";
  if (request.is_role_trust() && assumes_role(action) &&
      request.resource_field(5).substr(0, kServiceLinked.size()) == kServiceLinked) {
    return false;
  }
  if (options.resource_control_services.empty()) return true;
  for (const std::string_view service : options.resource_control_services) {
    if (equals_folded(service, action.service())) return true;
  }
  return false;
}

[[nodiscard]] inline Decision explicit_deny(StatementKey statement, PolicyType layer,
                                            std::size_t level = 0) noexcept {
  return {statement_id(statement, layer, level), Outcome::ExplicitDeny, Reason::ExplicitDeny};
}
[[nodiscard]] inline Decision implicit_deny(Reason reason) noexcept {
  return {StatementId(), Outcome::ImplicitDeny, reason};
}
[[nodiscard]] inline Decision allowed(Reason reason, const StatementId& statement) noexcept {
  return {statement, Outcome::Allowed, reason};
}

/// Whether nothing but identity-based policies takes part.
[[nodiscard]] inline bool only_identity(const AppliedPolicies& policies) noexcept {
  const std::size_t lists = policies.service_control.size() | policies.resource_control.size() |
                            policies.boundary.sets.size() | policies.session.sets.size() |
                            policies.endpoint.sets.size();
  const bool present =
      policies.boundary.present | policies.session.present | policies.endpoint.present;
  return lists == 0 && !present && policies.resource_policy == nullptr;
}

/// What is left of section 7.9 where identity-based policies decide alone (identity_may_decide):
/// E-2, E-63, E-66. Tests hold both ways to the reference.
template <class Scan>
[[nodiscard]] WRIT_ALWAYS_INLINE Decision decide_by_identity(const AppliedPolicies& policies,
                                                             Scan& scan) noexcept {
  const LayerAnswer identity = ask_layer(scan, policies.identity, false);
  if (identity.deny != kNoStatement) {
    return explicit_deny(identity.deny, PolicyType::IdentityBased);
  }
  if (!identity.allows) return implicit_deny(Reason::NoIdentityAllow);
  return allowed(Reason::AllowedByIdentity,
                 statement_id(identity.allow, PolicyType::IdentityBased));
}

/// What the layers say of a request that none of them denies.
struct LayerAnswers {
  bool service_control_allows = true;
  bool has_resource_policy = false;
  PolicyType resource_layer = PolicyType::ResourceBased;
  GrantSink grant;  ///< empty without a resource's policy
  LayerAnswer identity;
  LayerAnswer boundary;
  LayerAnswer session;
  LayerAnswer endpoint;
};

/// Whether a set asked as the resource's policy is one: else it grants nothing to anybody.
[[nodiscard]] constexpr bool grants(PolicyType resource_layer) noexcept {
  return resource_layer == PolicyType::ResourceBased || resource_layer == PolicyType::RoleTrust;
}

/// Phases 2 and 3 of section 7.9: what the answers come to.
[[nodiscard]] WRIT_ALWAYS_INLINE Decision decide_by_answers(const RequestFacts& request,
                                                            const AppliedPolicies& policies,
                                                            const LayerAnswers& answers) noexcept;

/// Section 7.9.
template <class Scan>
[[nodiscard, gnu::noinline]] Decision decide_by_all(const RequestFacts& request,
                                                    const AppliedPolicies& policies,
                                                    const EvaluateOptions& options,
                                                    Scan& scan) noexcept {
  const bool boundary_present = policies.boundary.present;
  // A request that no builder made asks for nothing (D-10).
  if (request.action().text().empty()) return implicit_deny(Reason::NotARequest);

  // Phase 1, explicit denies, and on the way what each layer allows.
  LayerAnswers answers;
  if (!policies.service_control.empty() && request.service_control_binds()) {
    for (std::size_t level = 0; level < policies.service_control.size(); ++level) {
      const PolicyLayer& layer = policies.service_control[level];
      if (!layer.present && layer.sets.empty()) continue;
      const LayerAnswer answer = ask_layer(scan, layer.sets, boundary_present);
      if (answer.deny != kNoStatement) {
        return explicit_deny(answer.deny, PolicyType::ServiceControl, level);
      }
      answers.service_control_allows &= answer.allows || !layer.present;  // E-21: every level
    }
  }
  if (!policies.resource_control.empty() && resource_control_applies(request, options)) {
    for (std::size_t level = 0; level < policies.resource_control.size(); ++level) {
      const LayerAnswer answer =
          ask_layer(scan, policies.resource_control[level].sets, boundary_present);
      if (answer.deny != kNoStatement) {  // E-31: never lacks an Allow
        return explicit_deny(answer.deny, PolicyType::ResourceControl, level);
      }
    }
  }
  GrantSink& grant = answers.grant;
  grant.star_is_direct = options.wildcard_principal_bypasses_boundary;
  const Program* resource = nullptr;
  if (policies.resource_policy != nullptr) resource = policies.resource_policy->program();
  if (resource != nullptr) {
    answers.resource_layer = resource->header().type;
    scan.scan(*resource, boundary_present, grant);
  }
  answers.has_resource_policy = resource != nullptr && !resource->documents().empty();
  if (!grants(answers.resource_layer)) {
    // Not a resource's policy: it grants nothing to anybody.
    grant.any = grant.direct = grant.capped = grant.delegated = kNoStatement;
    answers.has_resource_policy = false;
  }
  if (grant.deny != kNoStatement) return explicit_deny(grant.deny, answers.resource_layer);
  const LayerAnswer& identity = answers.identity =
      ask_layer(scan, policies.identity, boundary_present);
  if (identity.deny != kNoStatement) {
    return explicit_deny(identity.deny, PolicyType::IdentityBased);
  }
  // Most callers have none of these.
  LayerAnswer& boundary = answers.boundary;
  if (boundary_present || !policies.boundary.sets.empty()) {
    boundary = ask_boundary(scan, policies.boundary);
    if (boundary.deny != kNoStatement) {
      return explicit_deny(boundary.deny, PolicyType::PermissionsBoundary);
    }
  }
  LayerAnswer& session = answers.session;
  if (!policies.session.sets.empty()) {
    session = ask_layer(scan, policies.session.sets, boundary_present);
    if (session.deny != kNoStatement) return explicit_deny(session.deny, PolicyType::Session);
  }
  LayerAnswer& endpoint = answers.endpoint;
  if (!policies.endpoint.sets.empty()) {
    endpoint = ask_layer(scan, policies.endpoint.sets, boundary_present);
    if (endpoint.deny != kNoStatement) return explicit_deny(endpoint.deny, PolicyType::VpcEndpoint);
  }

  return decide_by_answers(request, policies, answers);
}

WRIT_ALWAYS_INLINE Decision decide_by_answers(const RequestFacts& request,
                                              const AppliedPolicies& policies,
                                              const LayerAnswers& answers) noexcept {
  const CallerKind caller = request.caller_kind();
  const GrantSink& grant = answers.grant;
  const LayerAnswer& identity = answers.identity;
  const LayerAnswer& boundary = answers.boundary;
  const LayerAnswer& session = answers.session;
  const LayerAnswer& endpoint = answers.endpoint;
  const auto resource_statement = [&answers](StatementKey statement) {
    return statement_id(statement, answers.resource_layer);
  };

  // Phase 2, guardrails.
  if (!answers.service_control_allows) return implicit_deny(Reason::NoServiceControlAllow);
  if (policies.endpoint.present && !endpoint.allows) return implicit_deny(Reason::NoEndpointAllow);

  // Phase 3, grants.
  const auto by_resource_alone = [&](Reason denial, Reason grant_reason) {
    return grant.any == kNoStatement ? implicit_deny(denial)
                                     : allowed(grant_reason, resource_statement(grant.any));
  };
  switch (caller) {
    case CallerKind::Anonymous:
      return by_resource_alone(Reason::NoAllowForAnonymous, Reason::AllowedForAnonymous);
    case CallerKind::Service:
      return by_resource_alone(Reason::NoAllowForService, Reason::AllowedForService);
    case CallerKind::Federated:
      return by_resource_alone(Reason::NoAllowForFederated, Reason::AllowedForFederated);
    case CallerKind::Root:
    case CallerKind::User:
    case CallerKind::RoleSession:
    case CallerKind::Role:
    case CallerKind::FederatedUser:
    case CallerKind::CanonicalUser:
      break;
  }
  const bool is_root = caller == CallerKind::Root;
  const bool session_allows =
      policies.session.present ? session.allows : caller != CallerKind::FederatedUser;
  const bool needs_identity = !is_root && !request.issued_by_root();  // E-50, E-44
  const bool boundary_allows = !policies.boundary.present || boundary.allows;
  const bool identity_path =
      session_allows && (!needs_identity || (identity.allows && boundary_allows));
  static constexpr ActionName kAssumeRole("sts:AssumeRole");
  if (is_root && request.action().hash() == kAssumeRole.hash() && is_plain_assume_role(request)) {
    return implicit_deny(Reason::RootCannotAssumeRole);
  }
  if (request.partitions_differ()) return implicit_deny(Reason::PartitionMismatch);
  const Reason no_session =
      policies.session.present ? Reason::NoSessionAllow : Reason::NoSessionPolicy;
  // Why the identity path fails; `no_identity` when it is for want of an identity-based Allow.
  const auto identity_failure = [&](Reason no_identity) {
    if (needs_identity && !identity.allows) return implicit_deny(no_identity);
    if (needs_identity && !boundary_allows) return implicit_deny(Reason::NoBoundaryAllow);
    return implicit_deny(no_session);
  };

  if (!request.is_same_account()) {
    // E-70: both accounts must allow.
    if (!identity_path) return identity_failure(Reason::NoIdentityAllowAcrossAccounts);
    if (grant.any == kNoStatement) {
      return implicit_deny(answers.has_resource_policy ? Reason::NoResourceAllow
                                                       : Reason::NoResourcePolicy);
    }
    return allowed(Reason::AllowedAcrossAccounts, resource_statement(grant.any));
  }

  const bool must_allow = request.resource_policy_required();  // E-61
  StatementKey granted = grant.direct;
  if (boundary_allows && session_allows && grant.capped < granted) granted = grant.capped;
  if (granted != kNoStatement) {
    return allowed(must_allow ? Reason::AllowedByTrustOrKey : Reason::AllowedByResource,
                   resource_statement(granted));
  }
  if (!must_allow) {
    if (!identity_path) return identity_failure(Reason::NoIdentityAllow);
    if (is_root) return allowed(Reason::AllowedAsRoot, StatementId());
    return needs_identity ? allowed(Reason::AllowedByIdentity,
                                    statement_id(identity.allow, PolicyType::IdentityBased))
                          : allowed(Reason::AllowedBySession,
                                    statement_id(session.allow, PolicyType::Session));
  }
  if (grant.delegated != kNoStatement) {
    if (!identity_path) return identity_failure(Reason::NoIdentityAllowForDelegation);
    return allowed(Reason::AllowedByDelegation, resource_statement(grant.delegated));
  }
  if (grant.capped == kNoStatement) return implicit_deny(Reason::NoTrustOrKeyAllow);
  return implicit_deny(boundary_allows ? no_session : Reason::NoBoundaryAllow);
}

/// Section 7.9, the most frequent case at once. A request that asks for nothing is none of a user.
template <class Scan>
[[nodiscard]] WRIT_ALWAYS_INLINE Decision decide(const RequestFacts& request,
                                                 const AppliedPolicies& policies,
                                                 const EvaluateOptions& options,
                                                 Scan& scan) noexcept {
  return request.identity_may_decide() && only_identity(policies)
             ? decide_by_identity(policies, scan)
             : decide_by_all(request, policies, options, scan);
}

}  // namespace detail
}  // namespace writ::inline v0
