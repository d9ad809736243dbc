#include "reference/evaluator.h"

#include "reference/caller.h"
#include "reference/condition.h"
#include "reference/json.h"

namespace writ::reference {
namespace {

// Everything about a request that statements are held against.
struct Request {
  Caller caller;
  std::u32string action;  // folded
  std::string resource;
  std::u32string resource_text;
  std::vector<std::string> arn;  // six fields, none for `*`
  std::string owner;             // E-80
  bool policy_required = false;  // E-61
  bool is_assume_role = false;   // the action is sts:AssumeRole itself
  std::string folded_action;
  Context context;

  [[nodiscard]] bool names_role() const {
    return !arn.empty() && arn[2] == "iam" && arn[5].starts_with("role/");
  }
};

std::vector<std::string> split_fields(const std::string& text) {
  std::vector<std::string> fields(1);
  for (const char c : text) {
    if (c == ':' && fields.size() < 6) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

Context read_context(const std::vector<ContextEntry>& entries) {
  Context context;
  for (const ContextEntry& entry : entries) {
    ContextValue value;
    if (const auto* list = std::get_if<std::vector<std::string>>(&entry.value)) {
      value.is_list = true;
      value.values = *list;
    } else {
      value.values = {std::get<std::string>(entry.value)};
    }
    const auto [place, inserted] = context.emplace(fold(entry.key), value);
    if (!inserted) place->second.collided = true;  // C-12
  }
  return context;
}

// E-61: what the action and the ARN say when nobody else does.
bool requires_policy(const Request& request) {
  if (request.arn.empty()) return false;
  const std::string& action = request.folded_action;
  if (action.starts_with("kms:")) {
    return request.arn[2] == "kms" && request.arn[5].starts_with("key/");
  }
  return request.names_role() && (action.starts_with("sts:assumerole") ||
                                  action == "sts:tagsession" || action == "sts:setsourceidentity");
}

std::optional<Request> read_request(const Question& question, const Policies& policies) {
  Request request;
  if (!is_action(question.action, "")) return std::nullopt;  // M-14
  request.folded_action = fold(question.action);
  request.action = decode_utf8(request.folded_action);
  request.is_assume_role = request.folded_action == "sts:assumerole";
  request.resource = question.resource;
  request.resource_text = decode_utf8(question.resource);
  if (question.resource != "*") {  // M-32
    request.arn = split_fields(question.resource);
    if (request.arn.size() != 6 || request.arn[0] != "arn") return std::nullopt;
  }
  request.context = read_context(question.context);
  const auto caller = read_caller(question, request.context);
  if (!caller) return std::nullopt;
  request.caller = *caller;
  request.caller.has_boundary = policies.boundary.has_value();
  if (question.resource_account && !is_account(*question.resource_account)) return std::nullopt;
  if (!request.arn.empty() && is_account(request.arn[4])) {  // E-80
    request.owner = request.arn[4];
  } else {
    request.owner = question.resource_account.value_or(request.caller.account);
  }
  request.policy_required = question.resource_policy_required.value_or(requires_policy(request));
  return request;
}

// --- One statement (M-1) -----------------------------------------------------------------------

bool test_action(const Statement& statement, const Request& request) {  // M-10 to M-12
  bool listed = false;
  for (const Symbols& pattern : statement.actions) {
    if (matches(pattern, request.action)) listed = true;
  }
  return listed != statement.not_action;
}

bool test_resource(const Statement& statement, const Request& request) {
  if (!statement.has_resource) return true;  // M-31, G-41
  // V-11: an empty value counts as text only in the Resource of a Deny.
  const bool deny = statement.effect == Effect::Deny;
  const EmptyValue empty =
      deny && !statement.not_resource ? EmptyValue::IsText : EmptyValue::IsNoValue;
  bool listed = false;
  bool unresolved = false;
  for (const ResourcePattern& pattern : statement.resources) {
    if (pattern.is_star) {  // M-21
      listed = true;
      continue;
    }
    const auto symbols = substitute(pattern.symbols, pattern.variables, request.context, empty);
    const bool inert = statement.not_resource && pattern.variable_before_resource_field;  // G-37
    if (!symbols || inert) {
      unresolved = true;
      continue;
    }
    if (request.arn.empty()) continue;  // M-22: only `*` matches `*`
    if (matches(*symbols, request.resource_text)) listed = true;
  }
  if (!statement.not_resource) return listed;
  if (unresolved && !deny) return false;  // V-22
  return !listed;                         // M-29
}

// The class in which the principal element matches; Direct for kinds without one.
MatchClass test_principal(const Statement& statement, PolicyType type, const Request& request) {
  if (!statement.has_principal) return MatchClass::Direct;
  return match_principal(
      statement, request.caller,
      {.effect = statement.effect, .type = type, .is_assume_role = request.is_assume_role});
}

// C-70: an unknown condition leaves an Allow off and a Deny on.
MatchClass applies(const Statement& statement, PolicyType type, const Request& request) {
  if (!test_action(statement, request) || !test_resource(statement, request)) {
    return MatchClass::None;
  }
  const Ternary condition = test_condition(statement.condition, statement.effect, request.context);
  if (condition == Ternary::No) return MatchClass::None;
  if (condition == Ternary::Unknown && statement.effect == Effect::Allow) return MatchClass::None;
  return test_principal(statement, type, request);
}

// --- Sets of documents -------------------------------------------------------------------------

struct Applied {
  StatementId id;
  MatchClass match = MatchClass::None;
};

// The statements with that effect that apply, in order.
std::vector<Applied> applying(const Policies::Documents& documents, Effect effect,
                              const Request& request, std::size_t level = 0) {
  std::vector<Applied> found;
  for (std::size_t d = 0; d < documents.size(); ++d) {
    for (std::size_t s = 0; s < documents[d].statements.size(); ++s) {
      const Statement& statement = documents[d].statements[s];
      if (statement.effect != effect) continue;
      const MatchClass match = applies(statement, documents[d].type, request);
      if (match == MatchClass::None) continue;
      StatementId id;
      id.document = static_cast<std::uint32_t>(d);
      id.statement = static_cast<std::uint32_t>(s);
      id.level = static_cast<std::uint16_t>(level);
      id.layer = documents[d].type;
      found.push_back({id, match});
    }
  }
  return found;
}

bool allow(const Policies::Documents& documents, const Request& request) {  // E-1
  return !applying(documents, Effect::Allow, request).empty();
}

Policies::Documents documents_of(const std::optional<Policies::Documents>& layer) {
  return layer.value_or(Policies::Documents());
}

Policies::Documents documents_of(const std::optional<Document>& document) {
  if (!document) return {};
  return {*document};
}

// --- The decision (7.9) ------------------------------------------------------------------------

Decision denied(Reason reason) {
  Decision decision;
  decision.outcome = Outcome::ImplicitDeny;
  decision.reason = reason;
  return decision;
}

Decision allowed(Reason reason, const std::vector<Applied>& by) {
  Decision decision;
  decision.outcome = Outcome::Allowed;
  decision.reason = reason;
  if (!by.empty()) decision.statement = by.front().id;
  return decision;
}

bool scps_apply(const Caller& caller) {  // E-20, P-30
  switch (caller.kind) {
    case Caller::Kind::Root:
    case Caller::Kind::User:
    case Caller::Kind::FederatedUser:
      return true;
    case Caller::Kind::Session:
    case Caller::Kind::Role:
      return !caller.is_service_linked();
    case Caller::Kind::Anonymous:
    case Caller::Kind::Service:
    case Caller::Kind::Federated:
    case Caller::Kind::CanonicalUser:
      return false;
  }
  return true;
}

bool rcps_apply(const Request& request) {  // E-30
  if (request.caller.is_service_linked()) return false;
  if (request.folded_action == "kms:retiregrant") return false;
  const bool assumes_service_linked_role = request.names_role() &&
                                           request.folded_action.starts_with("sts:assumerole") &&
                                           request.arn[5].starts_with("role/aws-service-role/");
  return !assumes_service_linked_role;
}

// Phase 1 (E-2): the first Deny in canonical order.
std::optional<StatementId> explicit_deny(const Policies& policies,
                                         const std::vector<Policies::Documents>& scp,
                                         const std::vector<Policies::Documents>& rcp,
                                         const Request& request) {
  std::vector<Applied> denies;
  const auto collect = [&](const Policies::Documents& documents, std::size_t level = 0) {
    for (const Applied& deny : applying(documents, Effect::Deny, request, level)) {
      denies.push_back(deny);
    }
  };
  for (std::size_t level = 0; level < scp.size(); ++level) collect(scp[level], level);
  for (std::size_t level = 0; level < rcp.size(); ++level) collect(rcp[level], level);
  collect(documents_of(policies.resource_policy));
  collect(policies.identity);
  collect(documents_of(policies.boundary));
  collect(documents_of(policies.session));
  collect(documents_of(policies.endpoint));
  if (denies.empty()) return std::nullopt;
  return denies.front().id;
}

Decision decide_request(const Policies& policies, const Request& request) {
  const Caller& caller = request.caller;
  const auto scp = scps_apply(caller) ? policies.scp : std::vector<Policies::Documents>();
  const auto rcp = rcps_apply(request) ? policies.rcp : std::vector<Policies::Documents>();

  if (const auto deny = explicit_deny(policies, scp, rcp, request)) {
    Decision decision;
    decision.outcome = Outcome::ExplicitDeny;
    decision.reason = Reason::ExplicitDeny;
    decision.statement = *deny;
    return decision;
  }

  // Phase 2. E-31: an RCP level always passes, RCPFullAWSAccess is on every one of them.
  for (const Policies::Documents& level : scp) {  // E-21
    if (!allow(level, request)) return denied(Reason::NoServiceControlAllow);
  }
  if (policies.endpoint && !allow(*policies.endpoint, request)) {  // E-36
    return denied(Reason::NoEndpointAllow);
  }

  // Phase 3.
  const auto rb = applying(documents_of(policies.resource_policy), Effect::Allow, request);
  if (caller.kind == Caller::Kind::Service || caller.kind == Caller::Kind::Anonymous ||
      caller.kind == Caller::Kind::Federated) {  // E-90, E-91, E-82
    if (caller.kind == Caller::Kind::Service) {
      return rb.empty() ? denied(Reason::NoAllowForService)
                        : allowed(Reason::AllowedForService, rb);
    }
    if (caller.kind == Caller::Kind::Anonymous) {
      return rb.empty() ? denied(Reason::NoAllowForAnonymous)
                        : allowed(Reason::AllowedForAnonymous, rb);
    }
    return rb.empty() ? denied(Reason::NoAllowForFederated)
                      : allowed(Reason::AllowedForFederated, rb);
  }

  bool boundary_ok = true;  // E-42
  if (policies.boundary) {
    boundary_ok = !policies.boundary->empty();
    for (const Document& document : *policies.boundary) {
      if (!allow({document}, request)) boundary_ok = false;
    }
  }
  const auto session_allows = applying(documents_of(policies.session), Effect::Allow, request);
  bool session_ok = !session_allows.empty();
  if (!policies.session) session_ok = caller.kind != Caller::Kind::FederatedUser;  // E-44
  const auto identity_allows = applying(policies.identity, Effect::Allow, request);

  // E-50 and E-44: root, and what root issues, need neither identity policy nor boundary.
  const bool by_root = caller.kind == Caller::Kind::Root || caller.issued_by_root;
  const bool id_path = session_ok && (by_root || (!identity_allows.empty() && boundary_ok));
  // The first part of the identity path that fails.
  const Reason session_failure =
      policies.session ? Reason::NoSessionAllow : Reason::NoSessionPolicy;  // E-43, E-44
  const auto identity_failure = [&](Reason no_identity) -> std::optional<Reason> {
    if (!by_root && identity_allows.empty()) return no_identity;
    if (!by_root && !boundary_ok) return Reason::NoBoundaryAllow;
    if (!session_ok) return session_failure;
    return std::nullopt;
  };

  if (caller.kind == Caller::Kind::Root && request.is_assume_role) {  // E-52
    return denied(Reason::RootCannotAssumeRole);
  }
  if (!request.arn.empty() && !caller.partition.empty() && request.arn[1] != caller.partition) {
    return denied(Reason::PartitionMismatch);  // E-75
  }

  const bool same_account = !caller.account.empty() && caller.account == request.owner;
  if (!same_account) {  // E-70, P-30
    if (const auto failure = identity_failure(Reason::NoIdentityAllowAcrossAccounts)) {
      return denied(*failure);  // E-71
    }
    if (!policies.resource_policy) return denied(Reason::NoResourcePolicy);  // E-73
    if (rb.empty()) return denied(Reason::NoResourceAllow);
    return allowed(Reason::AllowedAcrossAccounts, rb);
  }

  // E-62. The statements that allow through their class alone, and the other classes.
  std::vector<Applied> direct_or_capped;
  bool delegated = false;
  bool names_role_or_issuer = false;
  for (const Applied& statement : rb) {
    const bool limited =
        statement.match == MatchClass::Role || statement.match == MatchClass::ViaEntity;
    if (limited) names_role_or_issuer = true;
    if (statement.match == MatchClass::Account) delegated = true;
    if (statement.match == MatchClass::Direct || (limited && boundary_ok && session_ok)) {
      direct_or_capped.push_back(statement);
    }
  }
  if (!direct_or_capped.empty()) {
    return allowed(
        request.policy_required ? Reason::AllowedByTrustOrKey : Reason::AllowedByResource,
        direct_or_capped);
  }

  if (!request.policy_required) {  // E-63
    if (!id_path) return denied(*identity_failure(Reason::NoIdentityAllow));
    if (caller.kind == Caller::Kind::Root) return allowed(Reason::AllowedAsRoot, {});
    if (caller.issued_by_root) return allowed(Reason::AllowedBySession, session_allows);
    return allowed(Reason::AllowedByIdentity, identity_allows);
  }
  if (delegated) {  // E-64
    if (!id_path) return denied(*identity_failure(Reason::NoIdentityAllowForDelegation));
    return allowed(Reason::AllowedByDelegation, rb);
  }
  if (names_role_or_issuer) {
    return denied(!boundary_ok ? Reason::NoBoundaryAllow : session_failure);
  }
  return denied(Reason::NoTrustOrKeyAllow);
}

Policies::Documents load_list(const Texts& texts, PolicyType type) {
  Policies::Documents documents;
  for (const std::string& text : texts) documents.push_back(load_document(text, type));
  return documents;
}

}  // namespace

bool asks_for_role(const Question& question) {
  if (!fold(question.action).starts_with("sts:")) return false;
  const auto fields = split_fields(question.resource);
  return fields.size() == 6 && fields[0] == "arn" && fields[2] == "iam" &&
         fields[5].starts_with("role/");
}

std::optional<std::string> refusal(std::string_view text, PolicyType type) {
  try {
    static_cast<void>(load_document(text, type));
  } catch (const Refused& refused) {
    return refused.what();
  }
  return std::nullopt;
}

Policies load(const PolicyTexts& texts, PolicyType resource_type) {
  Policies policies;
  policies.identity = load_list(texts.identity, PolicyType::IdentityBased);
  if (texts.resource_policy) {
    policies.resource_policy = load_document(*texts.resource_policy, resource_type);
  }
  if (texts.boundary) {
    policies.boundary = load_list(*texts.boundary, PolicyType::PermissionsBoundary);
  }
  if (texts.session) policies.session = load_list(*texts.session, PolicyType::Session);
  for (const Texts& level : texts.scp) {
    policies.scp.push_back(load_list(level, PolicyType::ServiceControl));
  }
  for (const Texts& level : texts.rcp) {
    policies.rcp.push_back(load_list(level, PolicyType::ResourceControl));
  }
  if (texts.endpoint) policies.endpoint = load_list(*texts.endpoint, PolicyType::VpcEndpoint);
  return policies;
}

std::optional<Decision> decide(const Policies& policies, const Question& question) {
  const auto request = read_request(question, policies);
  if (!request) return std::nullopt;
  return decide_request(policies, *request);
}

std::optional<Decision> evaluate(const Case& asked) {
  try {
    const Policies policies =
        load(asked.policies,
             asks_for_role(asked.question) ? PolicyType::RoleTrust : PolicyType::ResourceBased);
    return decide(policies, asked.question);
  } catch (const Refused&) {
    return std::nullopt;
  }
}

}  // namespace writ::reference
