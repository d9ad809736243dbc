#include "cli/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <deque>
#include <set>

#include "cli/json_output.h"
#include "cli/missing_keys.h"
#include "writ/evaluate.h"
#include "writ/explain.h"
#include "writ/hash.h"
#include "writ/parse.h"
#include "writ/policy_set.h"

namespace writ::cli {
namespace {

// The account of the caller when neither CallerArn nor the resource nor ResourceOwner names one.
constexpr std::string_view kDefaultAccount = "123456789012";

PolicyError invalid(std::string message) {
  PolicyError error;
  error.code = ErrorCode::InvalidInput;
  error.rule = "S-3";
  error.message = std::move(message);
  return error;
}

// A statement of the lists that MatchedStatements may name (S-14), in the order of the input.
struct MatchedStatement {
  PolicyType layer = PolicyType::IdentityBased;
  std::uint32_t document = 0;
  std::uint32_t statement = 0;
  Position begin;
  Position end;

  // Identity policies first, then the resource policy.
  [[nodiscard]] auto order() const {
    return std::tuple(layer != PolicyType::IdentityBased, document, statement);
  }
  friend bool operator<(const MatchedStatement& a, const MatchedStatement& b) {
    return a.order() < b.order();
  }
};

// What one policy type says, for EvalDecisionDetails (S-17).
struct Details {
  Outcome identity = Outcome::ImplicitDeny;
  Outcome resource = Outcome::ImplicitDeny;
  std::optional<Outcome> boundary;
};

// The outcome of one action on one resource, or the most restrictive of several.
struct ActionResult {
  Outcome decision = Outcome::Allowed;
  std::set<MatchedStatement> matched;
  std::vector<std::string> missing;
  std::optional<bool> allowed_by_organizations;
  std::optional<bool> allowed_by_boundary;
  bool across_accounts = false;
  bool is_star = false;
  Details details;

  // Absent for `*` within one account and when an organization policy denied; an empty object
  // within one account.
  [[nodiscard]] bool shows_details() const {
    return allowed_by_organizations.value_or(true) && (across_accounts || !is_star);
  }
};

int strictness(Outcome outcome) {
  switch (outcome) {
    case Outcome::Allowed:
      return 0;
    case Outcome::ImplicitDeny:
      return 1;
    case Outcome::ExplicitDeny:
      return 2;
  }
  return 2;
}

Outcome stricter(Outcome a, Outcome b) { return strictness(a) >= strictness(b) ? a : b; }

Outcome outcome_of(const LayerTrace& layer) {
  if (layer.denied) return Outcome::ExplicitDeny;
  return layer.allowed ? Outcome::Allowed : Outcome::ImplicitDeny;
}

bool service_fits(std::string_view pattern, std::string_view service) {
  // Field 2 of the pattern; a pattern that ends earlier is filled with `*` (G-35).
  for (int i = 0; i < 2; ++i) {
    const std::size_t colon = pattern.find(':');
    if (colon == std::string_view::npos) return true;
    pattern.remove_prefix(colon + 1);
  }
  const std::string_view field = pattern.substr(0, pattern.find(':'));
  if (field.find_first_of("*?") != std::string_view::npos) return true;
  return field == service;
}

class Simulator {
 public:
  explicit Simulator(const SimulateInput& input) : input_(input) {}

  Result<std::string> run() {
    if (!compile() || !check_requests()) return std::move(error_);
    return write();
  }

 private:
  bool fail(std::string message) {
    error_ = invalid(std::move(message));
    return false;
  }
  bool compile();
  bool compile_layer(PolicyType type, std::span<const std::string_view> texts,
                     std::string_view name, std::vector<PolicyDocument>& documents, PolicySet& set);
  bool check_requests();
  bool check_resource(std::size_t index);
  [[nodiscard]] bool fits_resource_policy(std::string_view resource) const;

  // The caller of requests for a resource; its strings live in callers_.
  Result<Caller> caller_for(std::string_view resource);
  Result<Request> make_request(std::string_view action, std::string_view resource);
  ActionResult evaluate(std::string_view action, std::string_view resource);
  void add_layer(const LayerTrace& layer, ActionResult& result, MissingKeys& missing);

  std::string write();
  void write_result(PrettyJson& json, std::string_view action);
  static ActionResult combine(const std::vector<ActionResult>& parts);
  void write_matched(PrettyJson& json, const ActionResult& result) const;
  static void write_missing(PrettyJson& json, const ActionResult& result);
  static void write_boundary(PrettyJson& json, const ActionResult& result);
  static void write_details(PrettyJson& json, const ActionResult& result);

  const SimulateInput& input_;
  std::vector<PolicyDocument> identity_documents_;
  std::vector<PolicyDocument> boundary_documents_;
  std::vector<PolicyDocument> resource_documents_;
  PolicySet identity_;
  PolicySet boundary_;
  PolicySet resource_;
  std::vector<PolicySet> levels_;
  std::vector<PolicyLayer> level_views_;
  AppliedPolicies applied_;
  std::deque<std::string> callers_;
  PolicyError error_;
};

bool Simulator::compile_layer(PolicyType type, std::span<const std::string_view> texts,
                              std::string_view name, std::vector<PolicyDocument>& documents,
                              PolicySet& set) {
  documents.reserve(texts.size());
  PolicySetBuilder builder(type);
  for (const std::string_view text : texts) {
    // A list's documents are named by their place; the resource policy is no list.
    const std::size_t stored = type == PolicyType::IdentityBased ? input_.stored.size() : 0;
    const std::size_t place = documents.size();
    const std::string document_name = type == PolicyType::ResourceBased ? std::string(name)
                                      : place < stored
                                          ? std::string(input_.stored[place].id)
                                          : fmt::format("{}[{}]", name, place - stored);
    Result<PolicyDocument> document = parse_policy(text, type);
    if (!document) {
      return fail(fmt::format("{}: {}", document_name, document.error().to_string()));
    }
    documents.push_back(std::move(document).value());
    builder.attach(document_name, documents.back());
  }
  if (documents.empty()) return true;
  Result<PolicySet> built = builder.build();
  if (!built) return fail(fmt::format("{}: {}", name, built.error().to_string()));
  set = std::move(built).value();
  return true;
}

bool Simulator::compile() {
  const auto listed = [](const std::optional<std::string_view>& text) {
    return std::span<const std::string_view>(text ? &*text : nullptr, text ? 1 : 0);
  };
  if (!compile_layer(PolicyType::IdentityBased, input_.policies, "PolicyInputList",
                     identity_documents_, identity_) ||
      !compile_layer(PolicyType::PermissionsBoundary, listed(input_.boundary),
                     "PermissionsBoundaryPolicyInputList", boundary_documents_, boundary_) ||
      !compile_layer(PolicyType::ResourceBased, listed(input_.resource_policy), "ResourcePolicy",
                     resource_documents_, resource_)) {
    return false;
  }
  levels_.resize(input_.organization.size());
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    std::vector<PolicyDocument> documents;
    if (!compile_layer(PolicyType::ServiceControl, input_.organization[i],
                       fmt::format("OrderedOrganizationPolicyInputList[{}].{}", i,
                                   "ServiceControlPolicyInputList"),
                       documents, levels_[i])) {
      return false;
    }
  }
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const std::size_t sets = input_.organization[i].empty() ? 0 : 1;
    level_views_.emplace_back(std::span<const PolicySet>(&levels_[i], sets));
  }
  applied_.identity = std::span(&identity_, identity_documents_.empty() ? 0 : 1);
  if (input_.boundary) applied_.boundary = PolicyLayer(std::span<const PolicySet>(&boundary_, 1));
  if (input_.resource_policy) applied_.resource_policy = &resource_;
  applied_.service_control = level_views_;
  return true;
}

Result<Caller> Simulator::caller_for(std::string_view resource) {
  std::string_view partition = "aws";
  std::string_view account = input_.resource_owner.value_or(kDefaultAccount);
  std::string_view fields[6];
  // Of the caller that is given, if it is a group; else of the resource.
  std::string_view rest = input_.caller_arn.value_or(resource);
  for (std::string_view& field : fields) {
    const std::size_t colon = &field == &fields[5] ? std::string_view::npos : rest.find(':');
    field = rest.substr(0, colon);
    rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
  }
  if (input_.caller_arn && !fields[5].starts_with("group/")) {
    return Caller::from_arn(*input_.caller_arn);
  }
  if (!fields[1].empty()) partition = fields[1];
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (input_.caller_arn || (fields[4].size() == 12 && std::ranges::all_of(fields[4], is_digit))) {
    account = fields[4];
  }
  callers_.push_back(fmt::format("arn:{}:iam::{}:user/simulated", partition, account));
  return Caller::from_arn(callers_.back());
}

Result<Request> Simulator::make_request(std::string_view action, std::string_view resource) {
  const Result<Caller> caller = caller_for(resource);
  if (!caller) return caller.error();
  RequestBuilder builder(*caller, ActionName(action), resource);
  if (input_.resource_owner) builder.resource_account(*input_.resource_owner);
  for (const QuestionKey& key : input_.context) {
    if (key.multivalued) {
      builder.set_list(key.name, key.values);
    } else {
      builder.set(key.name, key.single);
    }
  }
  return builder.build();
}

bool Simulator::fits_resource_policy(std::string_view resource) const {
  if (resource == "*") return true;
  std::string_view rest = resource.substr(std::min(resource.size(), resource.find(':') + 1));
  rest.remove_prefix(std::min(rest.size(), rest.find(':') + 1));
  const std::string_view service = rest.substr(0, rest.find(':'));
  return std::ranges::any_of(
      resource_documents_.front().statements(), [service](const Statement& statement) {
        const PatternList& patterns = statement.resource;
        if (!patterns.present || patterns.negated) return true;
        return std::ranges::any_of(patterns.values, [service](const Text& pattern) {
          return service_fits(pattern.value, service);
        });
      });
}

// What a resource policy and a caller exclude (sections 8.1 and S-18).
bool Simulator::check_resource(std::size_t index) {
  const std::string_view resource = input_.resources[index];
  const Result<Request> request = make_request("iam:GetUser", resource);
  if (!request) return fail(fmt::format("ResourceArns[{}]: {}", index, request.error().message));
  if (input_.resource_policy) {
    if (request->resource_field(2) == "iam" && request->resource_field(5).starts_with("role/")) {
      return fail(fmt::format("ResourcePolicy: trust policies are not simulated; `{}` is a role",
                              resource));
    }
    if (!fits_resource_policy(resource)) {
      return fail(fmt::format("ResourcePolicy: it is no policy for `{}`", resource));
    }
  }
  const Caller& caller = request->caller();
  if (caller.kind() == CallerKind::Role && caller.account() != request->resource_owner()) {
    return fail(fmt::format(
        "CallerArn: a role is not simulated across accounts; `{}` belongs to account {}", resource,
        request->resource_owner()));
  }
  return true;
}

bool Simulator::check_requests() {
  if (input_.caller_arn) {
    const Result<Caller> caller = caller_for("*");
    if (!caller) return fail(fmt::format("CallerArn: {}", caller.error().message));
  }
  for (std::size_t i = 0; i < input_.resources.size(); ++i) {
    if (!check_resource(i)) return false;
  }
  for (std::size_t i = 0; i < input_.actions.size(); ++i) {
    const Result<Request> request = make_request(input_.actions[i], "*");
    if (!request) return fail(fmt::format("ActionNames[{}]: {}", i, request.error().message));
  }
  return true;
}

void Simulator::add_layer(const LayerTrace& layer, ActionResult& result, MissingKeys& missing) {
  const std::vector<PolicyDocument>* documents = nullptr;
  bool is_listed = false;
  switch (layer.type) {
    case PolicyType::IdentityBased:
      documents = &identity_documents_;
      result.details.identity = outcome_of(layer);
      is_listed = true;
      break;
    case PolicyType::ResourceBased:
    case PolicyType::RoleTrust:
      documents = &resource_documents_;
      result.details.resource = outcome_of(layer);
      is_listed = true;
      break;
    case PolicyType::PermissionsBoundary:
      documents = &boundary_documents_;
      result.details.boundary = outcome_of(layer);
      result.allowed_by_boundary = layer.allowed && !layer.denied;
      break;
    case PolicyType::ServiceControl:
      if (layer.applies) {
        result.allowed_by_organizations =
            result.allowed_by_organizations.value_or(true) && layer.allowed && !layer.denied;
      }
      return;
    case PolicyType::ResourceControl:
    case PolicyType::Session:
    case PolicyType::VpcEndpoint:
      return;
  }
  for (const StatementTrace& trace : layer.statements) {
    if (trace.action_matched) {
      const PolicyDocument& document = (*documents)[trace.id.document];
      missing.add(document, document.statements()[trace.id.statement]);
    }
    if (!is_listed || !trace.applied) continue;
    const bool decides =
        (result.decision == Outcome::ExplicitDeny && trace.effect == Effect::Deny) ||
        (result.decision == Outcome::Allowed && trace.effect == Effect::Allow);
    if (!decides) continue;
    result.matched.insert({layer.type == PolicyType::IdentityBased ? PolicyType::IdentityBased
                                                                   : PolicyType::ResourceBased,
                           trace.id.document, trace.id.statement, trace.begin, trace.end});
  }
}

ActionResult Simulator::evaluate(std::string_view action, std::string_view resource) {
  ActionResult result;
  result.is_star = resource == "*";
  const Result<Request> request = make_request(action, resource);
  if (!request) {  // check_requests has made the same; fail closed all the same (D-10)
    result.decision = Outcome::ImplicitDeny;
    return result;
  }
  // All that matters here are statements whose action matches.
  const Explanation explanation =
      explain(*request, applied_, {}, ExplainOptions{.max_unrelated_statements = 0});
  result.decision = explanation.decision().outcome;
  result.across_accounts = request->caller().account() != request->resource_owner();
  if (input_.boundary) {
    result.details.boundary = Outcome::ImplicitDeny;
    result.allowed_by_boundary = false;
  }
  MissingKeys missing(input_.context);
  // "As first seen" goes by the order of the input: identity, boundary, resource policy.
  for (const PolicyType type :
       {PolicyType::IdentityBased, PolicyType::PermissionsBoundary, PolicyType::ResourceBased,
        PolicyType::RoleTrust, PolicyType::ServiceControl}) {
    for (const LayerTrace& layer : explanation.layers()) {
      if (layer.type == type) add_layer(layer, result, missing);
    }
  }
  result.missing = missing.sorted();
  // A capped identity path allows nothing: what allowed was the resource's policy alone.
  if (result.decision == Outcome::Allowed && !result.allowed_by_boundary.value_or(true)) {
    std::erase_if(result.matched, [](const MatchedStatement& matched) {
      return matched.layer == PolicyType::IdentityBased;
    });
  }
  return result;
}

// Most restrictive decision; the statements are those of the resources that have it.
ActionResult Simulator::combine(const std::vector<ActionResult>& parts) {
  ActionResult whole = parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const ActionResult& part = parts[i];
    if (strictness(part.decision) > strictness(whole.decision)) {
      whole.decision = part.decision;
      whole.matched = part.matched;
    } else if (part.decision == whole.decision) {
      whole.matched.insert(part.matched.begin(), part.matched.end());
    }
    for (const std::string& key : part.missing) {
      if (std::ranges::find(whole.missing, key) == whole.missing.end())
        whole.missing.push_back(key);
    }
    const auto both = [](std::optional<bool>& a, const std::optional<bool>& b) {
      if (b) a = a.value_or(true) && *b;
    };
    both(whole.allowed_by_organizations, part.allowed_by_organizations);
    both(whole.allowed_by_boundary, part.allowed_by_boundary);
    whole.is_star = whole.is_star && part.is_star;
    if (part.across_accounts && !whole.across_accounts) {
      whole.across_accounts = true;
      whole.details = part.details;
    } else if (part.across_accounts) {
      whole.details.identity = stricter(whole.details.identity, part.details.identity);
      whole.details.resource = stricter(whole.details.resource, part.details.resource);
      if (part.details.boundary) {
        whole.details.boundary =
            stricter(whole.details.boundary.value_or(Outcome::Allowed), *part.details.boundary);
      }
    }
  }
  std::ranges::sort(whole.missing);
  return whole;
}

void Simulator::write_matched(PrettyJson& json, const ActionResult& result) const {
  const auto write_position = [&json](std::string_view name, const Position& position) {
    json.key(name);
    json.begin_object();
    json.member("Line", position.line);
    json.member("Column", position.column);
    json.end_object();
  };
  json.key("MatchedStatements");
  json.begin_array();
  for (const MatchedStatement& matched : result.matched) {
    json.begin_object();
    const std::size_t stored = input_.stored.size();
    if (matched.layer == PolicyType::IdentityBased && matched.document < stored) {  // S-14, S-15
      json.member("SourcePolicyId", input_.stored[matched.document].id);
      json.member("SourcePolicyType", input_.stored[matched.document].type);
    } else if (matched.layer == PolicyType::IdentityBased) {
      json.member("SourcePolicyId",
                  fmt::format("PolicyInputList.{}", matched.document - stored + 1));
    } else {
      json.member("SourcePolicyId", "ResourcePolicy");
      json.member("SourcePolicyType", "resource");
    }
    write_position("StartPosition", matched.begin);
    write_position("EndPosition", matched.end);
    json.end_object();
  }
  json.end_array();
}

void Simulator::write_missing(PrettyJson& json, const ActionResult& result) {
  json.strings("MissingContextValues", result.missing);
}

void Simulator::write_boundary(PrettyJson& json, const ActionResult& result) {
  if (!result.allowed_by_boundary) return;
  json.key("PermissionsBoundaryDecisionDetail");
  json.begin_object();
  json.member("AllowedByPermissionsBoundary", *result.allowed_by_boundary);
  json.end_object();
}

void Simulator::write_details(PrettyJson& json, const ActionResult& result) {
  if (!result.shows_details()) return;
  json.key("EvalDecisionDetails");
  json.begin_object();
  if (result.across_accounts) {
    json.member("IAM Policy", to_string(result.details.identity));
    json.member("Resource Policy", to_string(result.details.resource));
    if (result.details.boundary) {
      json.member("Permissions Boundary Policy", to_string(*result.details.boundary));
    }
  }
  json.end_object();
}

void Simulator::write_result(PrettyJson& json, std::string_view action) {
  std::vector<ActionResult> parts;
  for (const std::string_view resource : input_.resources) {
    parts.push_back(evaluate(action, resource));
  }
  const ActionResult whole = combine(parts);
  json.begin_object();
  json.member("EvalActionName", action);
  // The template of a resource type comes from a catalogue of services, which there is none of.
  json.member("EvalResourceName", "*");
  json.member("EvalDecision", to_string(whole.decision));
  write_matched(json, whole);
  write_missing(json, whole);
  if (whole.allowed_by_organizations) {
    json.key("OrganizationsDecisionDetail");
    json.begin_object();
    json.member("AllowedByOrganizations", *whole.allowed_by_organizations);
    json.end_object();
  }
  write_boundary(json, whole);
  write_details(json, whole);
  if (!input_.only_star()) {
    json.key("ResourceSpecificResults");
    json.begin_array();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      json.begin_object();
      json.member("EvalResourceName", input_.resources[i]);
      json.member("EvalResourceDecision", to_string(parts[i].decision));
      write_matched(json, parts[i]);
      write_missing(json, parts[i]);
      write_details(json, parts[i]);
      write_boundary(json, parts[i]);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
}

std::string Simulator::write() {
  const std::size_t end = std::min(input_.actions.size(), input_.first_item + input_.max_items);
  PrettyJson json;
  json.begin_object();
  json.key("EvaluationResults");
  json.begin_array();
  for (std::size_t i = input_.first_item; i < end; ++i) write_result(json, input_.actions[i]);
  json.end_array();
  const bool is_truncated = end < input_.actions.size();
  json.member("IsTruncated", is_truncated);
  if (is_truncated) json.member("Marker", make_marker(end));
  json.end_object();
  return std::string(json.text());
}

}  // namespace

Result<std::string> simulate(const SimulateInput& input) { return Simulator(input).run(); }

Result<std::string> simulate(std::string_view input) {
  const Result<SimulateInput> read = read_simulate_input(input);
  if (!read) return read.error();
  return simulate(*read);
}

}  // namespace writ::cli
