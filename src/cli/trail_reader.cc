#include "cli/trail_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/error_at.h"
#include "cli/trail_s3.h"
#include "writ/impl/values.h"
#include "writ/standard_keys.h"

namespace writ::cli {
namespace {

using detail::JsonKind;
using detail::JsonNode;
using detail::JsonTree;

bool is_service_name(std::string_view text) {
  return text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn") ||
         text == "AWS Internal";
}

bool is_account(std::string_view text) { return text.size() == 12 && detail::all_digits(text); }

// Answers that say that policies refused the call.
bool is_refusal(std::string_view code) {
  return code.find("AccessDenied") != std::string_view::npos ||
         code.find("UnauthorizedOperation") != std::string_view::npos ||
         code.find("NotAuthorized") != std::string_view::npos || code == "AuthorizationError" ||
         code == "explicitDeny" || code == "implicitDeny";
}

class TrailReader {
 public:
  explicit TrailReader(ReplayedEvent& event)
      : event_(event), tree_(event.tree), root_(tree_.root()) {
    identity_ = object(&root_, "userIdentity");
    session_ = object(identity_, "sessionContext");
    issuer_ = object(session_, "sessionIssuer");
    attributes_ = object(session_, "attributes");
    parameters_ = object(&root_, "requestParameters");
  }

  [[nodiscard]] std::optional<PolicyError> read() {
    source_ = text(&root_, "eventSource");
    const std::string_view name = text(&root_, "eventName");
    event_.time = text(&root_, "eventTime");
    if (source_.empty() || name.empty() || identity_ == nullptr) {
      return error_at(
          ErrorCode::InvalidInput, root_.begin,
          "an event of CloudTrail has `eventSource`, `eventName` and `userIdentity`, a line of a "
          "decision log has `log`");
    }
    region_ = text(&root_, "awsRegion");
    read_evidence();
    const std::string_view kind = text(&root_, "eventType");
    if (!kind.empty() && kind != "AwsApiCall") {
      event_.skip = Skip::NoCall;
      return std::nullopt;
    }
    const TrailAction action = trail_action(source_, name, !text(parameters_, "versionId").empty(),
                                            text(object(&root_, "additionalEventData"), "service"));
    event_.skip = action.skip;
    if (event_.skip != Skip::None) return std::nullopt;
    if (!read_caller()) return std::nullopt;
    read_requests(action);
    read_keys();
    return std::nullopt;
  }

 private:
  [[nodiscard]] const JsonNode* object(const JsonNode* parent, std::string_view name) const {
    if (parent == nullptr) return nullptr;
    const JsonNode* node = tree_.member(*parent, name);
    return node != nullptr && node->kind == JsonKind::Object ? node : nullptr;
  }
  [[nodiscard]] std::string_view text(const JsonNode* parent, std::string_view name) const {
    if (parent == nullptr) return {};
    const JsonNode* node = tree_.member(*parent, name);
    return node != nullptr && node->kind == JsonKind::String ? node->text : std::string_view();
  }
  [[nodiscard]] std::string_view keep(std::string made) {
    return event_.texts.emplace_back(std::move(made));
  }

  void read_evidence() {
    const std::string_view code = text(&root_, "errorCode");
    if (code.empty()) {
      event_.evidence = Evidence::Allowed;
    } else if (is_refusal(code)) {
      event_.evidence = Evidence::Denied;
    }
  }

  // False where the event names nobody whom policies know; `skip` then says why.
  [[nodiscard]] bool read_caller();
  [[nodiscard]] std::optional<Result<Caller>> find_caller() const;
  void read_requests(const TrailAction& action);
  void read_resources(std::string_view action);
  void read_portal_resource(std::string_view action);
  void read_listed_resources(std::string_view action, std::string_view type = {});
  void read_key_resources(std::string_view action);
  void read_secret(std::string_view action);
  void read_function(std::string_view action);
  void read_role_session(std::string_view action);
  [[nodiscard]] bool is_bucket(std::string_view name) const;
  template <class Each>
  void for_each_listed(std::string_view service, std::string_view type, Each each) const;
  void add_request(std::string_view action, std::string resource, std::string_view account);
  [[nodiscard]] std::string fill(std::string_view shape, std::string_view value) const;
  [[nodiscard]] std::string_view account_of_listed(std::string_view arn) const;

  void read_keys();
  void read_caller_keys();
  void read_session_keys();
  void read_address();
  void read_assume_role_keys();
  void set(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    ReplayedKey& key = event_.keys.emplace_back();
    key.name = name;
    key.single = value;
  }
  void set_absent(std::string_view name) {
    ReplayedKey& key = event_.keys.emplace_back();
    key.name = name;
    key.absent = true;
  }

  ReplayedEvent& event_;
  const JsonTree& tree_;
  const JsonNode& root_;
  const JsonNode* identity_ = nullptr;
  const JsonNode* session_ = nullptr;
  const JsonNode* issuer_ = nullptr;
  const JsonNode* attributes_ = nullptr;
  const JsonNode* parameters_ = nullptr;
  std::string_view source_;
  std::string_view region_;
};

std::optional<Result<Caller>> TrailReader::find_caller() const {
  const std::string_view type = text(identity_, "type");
  const std::string_view arn = text(identity_, "arn");
  if (type == "AWSService") {
    const std::string_view service = text(identity_, "invokedBy");
    if (service.empty()) return std::nullopt;
    return Caller::service(service);
  }
  if (type == "WebIdentityUser" || type == "SAMLUser") {
    // A SAML provider's ARN is what the call was given; `identityProvider` is its issuer's name.
    const std::string_view provider = type == "SAMLUser" ? text(parameters_, "principalArn")
                                                         : text(identity_, "identityProvider");
    if (provider.empty()) return std::nullopt;
    return Caller::federated(provider);
  }
  const bool anonymous = text(identity_, "principalId") == "ANONYMOUS_PRINCIPAL" ||
                         text(identity_, "accountId") == "ANONYMOUS_PRINCIPAL" ||
                         text(identity_, "accountId") == "anonymous";
  if (arn.empty() && anonymous) return Result<Caller>(Caller::anonymous());
  if (arn.empty()) return std::nullopt;
  Result<Caller> caller = Caller::from_arn(arn);
  const std::string_view issuer = text(issuer_, "arn");
  if (!caller || issuer.empty()) return caller;
  if (caller->kind() == CallerKind::RoleSession) return caller->with_role_arn(issuer);
  if (caller->kind() == CallerKind::FederatedUser) return caller->with_issuer(issuer);
  return caller;
}

bool TrailReader::read_caller() {
  const std::optional<Result<Caller>> caller = find_caller();
  if (!caller) {
    event_.skip = Skip::UnnamedCaller;
  } else if (!*caller) {
    event_.skip = Skip::InvalidRequest;
  } else {
    event_.caller = **caller;
    event_.principal = name_of_caller(event_.caller);
  }
  return event_.skip == Skip::None;
}

std::string TrailReader::fill(std::string_view shape, std::string_view value) const {
  // ECR's calls may name the registry of another account.
  std::string_view account = text(parameters_, "registryId");
  if (!is_account(account)) account = text(&root_, "recipientAccountId");
  if (account.empty()) account = event_.caller.account();
  std::string_view partition = event_.caller.partition();
  if (partition.empty()) partition = "aws";
  std::string made;
  std::size_t field = 0;
  for (std::size_t at = 0; at <= shape.size(); ++field) {
    const std::size_t end = std::min(shape.find(':', at), shape.size());
    const std::string_view part = shape.substr(at, end - at);
    if (field > 0) made += ':';
    if (part == "P") {
      made += partition;
    } else if (part == "R") {
      made += region_;
    } else if (part == "A") {
      made += account;
    } else {
      const std::size_t hole = part.find("{}");
      made += part.substr(0, hole);
      if (hole != std::string_view::npos) made += value;
    }
    at = end + 1;
  }
  return made;
}

// The owner that the event lists beside a resource, or beside what contains it.
std::string_view TrailReader::account_of_listed(std::string_view arn) const {
  const JsonNode* list = tree_.member(root_, "resources");
  if (list == nullptr || list->kind != JsonKind::Array) return {};
  for (const JsonNode* entry = tree_.first_child(*list); entry != nullptr;
       entry = tree_.next(*entry)) {
    if (entry->kind != JsonKind::Object) continue;
    const std::string_view listed = text(entry, "ARN");
    const std::string_view account = text(entry, "accountId");
    const bool contains = arn == listed || (arn.starts_with(listed) && arn[listed.size()] == '/');
    if (!listed.empty() && contains && is_account(account)) return account;
  }
  return {};
}

void TrailReader::add_request(std::string_view action, std::string resource,
                              std::string_view account) {
  ReplayedRequest& asked = event_.requests.emplace_back();
  asked.action = action;
  asked.resource_known = !resource.empty();
  asked.resource = asked.resource_known ? std::move(resource) : "*";
  asked.resource_account = account;
}

// The call was allowed only if each of its requests was (D-6), and refused if any was.
void TrailReader::read_requests(const TrailAction& action) {
  if (action.many_objects) {
    add_request(action.text, {}, {});
    event_.requests.back().other_action = action.other;
    event_.evidence = Evidence::None;
    return;
  }
  if (source_ == "kms.amazonaws.com") {
    read_key_resources(action.text);
  } else {
    read_resources(action.text);
    if (!action.also.empty()) read_resources(action.also);
    read_role_session(action.text);
  }
  // Which of them was refused is not told.
  const bool one_of_many = event_.requests.size() > 1;
  if (one_of_many && event_.evidence == Evidence::Denied) event_.evidence = Evidence::None;
}

void TrailReader::read_resources(std::string_view action) {
  if (source_ == "portal.model") return read_portal_resource(action);
  const std::size_t colon = action.find(':');
  const std::string_view service = action.substr(0, colon);
  if (service == "secretsmanager") return read_secret(action);
  if (service == "lambda") return read_function(action);
  for (const TrailResource& rule : trail_resources()) {
    if (rule.service != service) continue;
    if (!rule.action.empty() && rule.action != action.substr(colon + 1)) continue;
    if (rule.parameter.empty()) {
      if (rule.shape.empty()) break;
      return add_request(action, std::string(rule.shape), {});
    }
    const std::string_view value = text(parameters_, rule.parameter);
    if (value.empty()) continue;
    std::string arn(value);
    if (service == "s3") {
      const std::optional<S3Resource> kind = kind_of_s3_action(action.substr(colon + 1));
      const std::string_view key = text(parameters_, "key");
      const bool is_object = kind == S3Resource::Object;
      if (kind == S3Resource::Other) break;
      if (!is_bucket(value) || (is_object && key.empty())) return add_request(action, {}, {});
      arn = fill(rule.shape, value);
      if (is_object) arn.append("/").append(key);
    } else if (!value.starts_with("arn:")) {
      if (rule.shape.empty()) continue;
      arn = fill(rule.shape, value);
    }
    // Whoever asks an index is asked for that alone.
    const std::string_view index = service == "dynamodb" ? text(parameters_, "indexName") : "";
    if (!index.empty()) arn.append("/index/").append(index);
    const std::string_view account = account_of_listed(arn);
    return add_request(action, std::move(arn), account);
  }
  read_listed_resources(action);
}

// Whether this is the bucket itself: access points have ARNs and aliases, and policies of theirs.
bool TrailReader::is_bucket(std::string_view name) const {
  bool is = !name.starts_with("arn:") && !name.ends_with("-s3alias") && !name.ends_with("--ol-s3");
  for_each_listed("s3", "accesspoint/", [&is](std::string_view, std::string_view) { is = false; });
  return is;
}

// Calls `each` with ARN and owner of the resources of a service that the event lists. `type`: how
// the last field of their ARNs begins.
template <class Each>
void TrailReader::for_each_listed(std::string_view service, std::string_view type,
                                  Each each) const {
  const JsonNode* list = tree_.member(root_, "resources");
  if (list == nullptr || list->kind != JsonKind::Array) return;
  for (const JsonNode* entry = tree_.first_child(*list); entry != nullptr;
       entry = tree_.next(*entry)) {
    if (entry->kind != JsonKind::Object) continue;
    const std::string_view arn = text(entry, "ARN");
    detail::ResourceFacts facts;
    if (!facts.read(arn) || facts.is_star() || facts.field(2) != service) continue;
    if (!facts.field(5).starts_with(type)) continue;
    const std::string_view account = text(entry, "accountId");
    each(arn, is_account(account) ? account : std::string_view());
  }
}

// One request for each resource of the action's own service that the event lists (D-6).
void TrailReader::read_listed_resources(std::string_view action, std::string_view type) {
  const std::size_t before = event_.requests.size();
  for_each_listed(action.substr(0, action.find(':')), type,
                  [&](std::string_view arn, std::string_view account) {
                    add_request(action, std::string(arn), account);
                  });
  if (event_.requests.size() == before) add_request(action, {}, {});
}

// Policies match a key's own ARN, whatever the call named it by: an alias, its ARN, or an id.
void TrailReader::read_key_resources(std::string_view action) {
  constexpr std::string_view kKey = "key/";
  const auto key_of = [&](std::string_view parameter) -> std::string_view {
    const std::string_view value = text(parameters_, parameter);
    detail::ResourceFacts facts;
    const bool is_key = facts.read(value) && !facts.is_star() && facts.field(5).starts_with(kKey);
    return is_key ? value : std::string_view();
  };
  if (action == "kms:ReEncryptFrom") {
    // The event lists the source's key, then the destination's.
    std::vector<std::string_view> keys;
    for_each_listed("kms", kKey, [&keys](std::string_view arn, auto) { keys.push_back(arn); });
    const bool both = keys.size() == 2;
    const std::string_view from = key_of("sourceKeyId");
    const std::string_view to = key_of("destinationKeyId");
    add_request(action, std::string(both && from.empty() ? keys[0] : from), {});
    return add_request("kms:ReEncryptTo", std::string(both && to.empty() ? keys[1] : to), {});
  }
  // These ask for no key, though the event of CreateKey lists the one that it made.
  constexpr std::string_view kKeyless[] = {"kms:ConnectCustomKeyStore",
                                           "kms:CreateCustomKeyStore",
                                           "kms:CreateKey",
                                           "kms:DeleteCustomKeyStore",
                                           "kms:DescribeCustomKeyStores",
                                           "kms:DisconnectCustomKeyStore",
                                           "kms:GenerateRandom",
                                           "kms:ListAliases",
                                           "kms:ListKeys",
                                           "kms:ListRetirableGrants",
                                           "kms:UpdateCustomKeyStore"};
  if (std::ranges::find(kKeyless, action) != std::end(kKeyless)) {
    return add_request(action, "*", {});
  }
  if (action.ends_with("Alias")) {
    // CreateAlias and DeleteAlias ask for the alias and its key, UpdateAlias for both keys.
    read_listed_resources(action, "alias/");
    std::size_t keys = 0;
    for_each_listed("kms", kKey, [&keys](std::string_view, auto) { ++keys; });
    read_listed_resources(action, kKey);
    if (action == "kms:UpdateAlias" && keys == 1) add_request(action, {}, {});
    return;
  }
  const std::string_view key = key_of("keyId");
  if (!key.empty()) return add_request(action, std::string(key), {});
  read_listed_resources(action, kKey);
}

// An ARN that the call gives may lack the six random characters at its end, and names may end like
// them. So only what the service says itself is the secret's ARN.
void TrailReader::read_secret(std::string_view action) {
  const JsonNode* response = object(&root_, "responseElements");
  for (const std::string_view member : {"arn", "aRN", "ARN"}) {
    const std::string_view arn = text(response, member);
    if (arn.find(":secret:") == std::string_view::npos) continue;
    return add_request(action, std::string(arn), {});
  }
  read_listed_resources(action, "secret:");
}

// A function is named by `NAME`, `ACCOUNT:function:NAME` or its ARN, each possibly with
// `:QUALIFIER`. Invoking a version or an alias asks for its ARN; what else asks for is not told.
void TrailReader::read_function(std::string_view action) {
  const bool is_mapping = action.find("EventSourceMapping") != std::string_view::npos;
  const std::string_view given = text(parameters_, "functionName");
  if (is_mapping || given.empty()) return read_listed_resources(action);
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= given.size();) {
    const std::size_t end = std::min(given.find(':', at), given.size());
    parts.push_back(given.substr(at, end - at));
    at = end + 1;
  }
  std::string arn;
  std::size_t name = 0;  // its place in `parts`
  if (parts.size() >= 7 && parts[0] == "arn" && parts[2] == "lambda" && parts[5] == "function") {
    name = 6;
    arn = given.substr(0, static_cast<std::size_t>(parts[6].end() - given.begin()));
  } else if (parts.size() >= 3 && is_account(parts[0]) && parts[1] == "function") {
    name = 2;
    arn = fill(fmt::format("arn:P:lambda:R:{}:function:{{}}", parts[0]), parts[2]);
  } else if (parts[0] != "arn" && parts[0] != "function" && !is_account(parts[0])) {
    arn = fill("arn:P:lambda:R:A:function:{}", parts[0]);
  }
  std::string_view qualifier = text(parameters_, "qualifier");
  const std::size_t more = parts.size() - name - 1;
  if (arn.empty() || more > 1 || (more == 1 && !qualifier.empty() && qualifier != parts.back())) {
    return add_request(action, {}, {});
  }
  if (more == 1) qualifier = parts.back();
  if (!qualifier.empty()) {
    arn.append(":").append(qualifier);
    bool known = action == "lambda:InvokeFunction";
    for_each_listed("lambda", "function:", [&](std::string_view listed, auto) {
      known = known || listed == arn;
    });
    if (!known) return add_request(action, {}, {});
  }
  const std::string_view account = account_of_listed(arn);
  add_request(action, std::move(arn), account);
}

// Who passes tags, or a source identity, to a session needs a permission for that, too: on the
// role. A session's own source identity goes along.
void TrailReader::read_role_session(std::string_view action) {
  if (!action.starts_with("sts:AssumeRole") && action != "sts:GetFederationToken") return;
  if (event_.requests.empty()) return;
  const auto has_any = [this](std::string_view name) {
    const JsonNode* node = parameters_ != nullptr ? tree_.member(*parameters_, name) : nullptr;
    return node != nullptr && tree_.first_child(*node) != nullptr;
  };
  const auto add = [this](std::string_view more) {
    ReplayedRequest asked = event_.requests.front();
    asked.action = more;
    event_.requests.push_back(std::move(asked));
  };
  if (has_any("tags") || has_any("principalTags") || has_any("transitiveTagKeys")) {
    add("sts:TagSession");
  }
  if (!text(parameters_, "sourceIdentity").empty() || !text(session_, "sourceIdentity").empty()) {
    add("sts:SetSourceIdentity");
  }
}

// R-ARCH-2: the company of the account, padded with zeros; below it what the parameters name.
void TrailReader::read_portal_resource(std::string_view action) {
  std::string_view partner = event_.caller.account();
  while (partner.starts_with('0')) partner.remove_prefix(1);
  const std::string_view user = text(parameters_, "partnerUserId");
  std::string resource;
  if (!partner.empty() && !user.empty()) {
    resource = fmt::format("arn:aws:portal:::partner/{}/user/{}", partner, user);
  }
  add_request(action, std::move(resource), event_.caller.account());
  set("portal:PartnerAccountId", partner);
  set("portal:TargetRole", text(parameters_, "role"));
  if (!user.empty()) {
    set("portal:TargetIsSelf", user == text(identity_, "principalId") ? "true" : "false");
  }
}

void TrailReader::read_caller_keys() {
  const Caller& caller = event_.caller;
  RequestBuilder builder(caller, "a:b");
  set_principal_keys(builder, caller);
  const Result<Request> request = builder.build();
  bool has_id = false;
  bool has_user_name = false;
  bool has_service_name = false;
  if (request) {
    for (const ContextEntry& entry : request->context()) {
      set(entry.key.name(), entry.single);
      has_id = has_id || entry.key.name() == "aws:userid";
      has_user_name = has_user_name || entry.key.name() == "aws:username";
      has_service_name = has_service_name || entry.key.name() == "aws:PrincipalServiceName";
    }
  }
  if (!has_id) set("aws:userid", text(identity_, "principalId"));
  if (!has_user_name) set_absent("aws:username");
  if (!has_service_name) set_absent("aws:PrincipalServiceName");
}

void TrailReader::read_session_keys() {
  const std::string_view mfa = text(attributes_, "mfaAuthenticated");
  if (!mfa.empty()) {
    set("aws:MultiFactorAuthPresent", mfa);
    if (mfa == "false") set_absent("aws:MultiFactorAuthAge");
  } else if (text(identity_, "accessKeyId").starts_with("AKIA")) {
    // Long-term credentials: IAM gives neither key.
    set_absent("aws:MultiFactorAuthPresent");
    set_absent("aws:MultiFactorAuthAge");
    set_absent("aws:TokenIssueTime");
  }
  set("aws:TokenIssueTime", text(attributes_, "creationDate"));
  set("aws:SourceIdentity", text(session_, "sourceIdentity"));
  set("ec2:RoleDelivery", text(session_, "ec2RoleDelivery"));
  set("aws:FederatedProvider", text(object(session_, "webIdFederationData"), "federatedProvider"));
}

// Through a VPC endpoint the address is one of the VPC's, and has another key.
void TrailReader::read_address() {
  const std::string_view address = text(&root_, "sourceIPAddress");
  const std::string_view endpoint = text(&root_, "vpcEndpointId");
  set("aws:SourceVpce", endpoint);
  if (!endpoint.empty()) set_absent("aws:SourceIp");
  if (is_service_name(address)) return;
  set(endpoint.empty() ? "aws:SourceIp" : "aws:VpcSourceIp", address);
}

// What a new session is to be. What the event does not tell may not have been logged: unknown.
void TrailReader::read_assume_role_keys() {
  if (source_ != "sts.amazonaws.com" || parameters_ == nullptr) return;
  set("sts:RoleSessionName", text(parameters_, "roleSessionName"));
  set("sts:ExternalId", text(parameters_, "externalId"));
  set("sts:SourceIdentity", text(parameters_, "sourceIdentity"));
  const auto set_list = [this](std::string_view name, std::vector<std::string_view> values) {
    if (values.empty()) return;
    ReplayedKey& key = event_.keys.emplace_back();
    key.name = name;
    key.multivalued = true;
    key.values = std::move(values);
  };
  std::vector<std::string_view> transitive;
  const JsonNode* list = tree_.member(*parameters_, "transitiveTagKeys");
  const JsonNode* entry =
      list != nullptr && list->kind == JsonKind::Array ? tree_.first_child(*list) : nullptr;
  for (; entry != nullptr; entry = tree_.next(*entry)) transitive.push_back(entry->text);
  set_list("sts:TransitiveTagKeys", std::move(transitive));
  // `tags` is a list of `key` and `value`, `principalTags` of tokens an object.
  std::vector<std::string_view> names;
  const auto add_tag = [&](std::string_view name, const JsonNode* value) {
    if (name.empty() || value == nullptr || value->kind != JsonKind::String) return false;
    names.push_back(name);
    ReplayedKey& key = event_.keys.emplace_back();
    key.name = keep(fmt::format("aws:RequestTag/{}", name));
    key.single = value->text;
    return true;
  };
  bool whole = true;
  const JsonNode* tags = tree_.member(*parameters_, "tags");
  const bool has_tags = tags != nullptr && tags->kind == JsonKind::Array;
  for (entry = has_tags ? tree_.first_child(*tags) : nullptr; entry != nullptr;
       entry = tree_.next(*entry)) {
    const bool is_tag = entry->kind == JsonKind::Object;
    whole = is_tag && add_tag(text(entry, "key"), tree_.member(*entry, "value")) && whole;
  }
  const JsonNode* claims = object(parameters_, "principalTags");
  for (entry = claims != nullptr ? tree_.first_child(*claims) : nullptr; entry != nullptr;
       entry = tree_.next(*entry)) {
    whole = add_tag(entry->name, entry) && whole;
  }
  if (whole) set_list("aws:TagKeys", std::move(names));
}

void TrailReader::read_keys() {
  read_caller_keys();
  read_session_keys();
  set("aws:RequestedRegion", region_);
  read_address();
  const std::string_view agent = text(&root_, "userAgent");
  if (!is_service_name(agent) && agent != source_) set("aws:UserAgent", agent);
  if (text(identity_, "invokedBy").empty()) {
    // CloudTrail names the service whenever one made the request.
    set("aws:ViaAWSService", "false");
    set_absent("aws:CalledVia");
    set_absent("aws:CalledViaFirst");
    set_absent("aws:CalledViaLast");
  }
  read_assume_role_keys();
  detail::Instant instant;
  if (event_.time.ends_with('Z') && detail::parse_instant(event_.time, instant)) {
    const RequestTime time(instant.seconds);
    set("aws:CurrentTime", event_.time);
    set("aws:EpochTime", keep(std::string(time.epoch())));
  }
  const std::string_view tls = text(object(&root_, "tlsDetails"), "tlsVersion");
  if (!tls.empty()) set("aws:SecureTransport", "true");
  if (tls.starts_with("TLSv")) set("s3:TlsVersion", tls.substr(4));
}

}  // namespace

std::optional<PolicyError> read_trail_event(ReplayedEvent& event) {
  return TrailReader(event).read();
}

}  // namespace writ::cli
