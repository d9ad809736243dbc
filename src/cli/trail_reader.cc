#include "cli/trail_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/error_at.h"
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
    TrailAction action = trail_action(source_, name, !text(parameters_, "versionId").empty());
    event_.skip = action.skip;
    if (event_.skip != Skip::None) return std::nullopt;
    if (!read_caller()) return std::nullopt;
    read_resources(action.text);
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
  void read_resources(std::string_view action);
  void read_portal_resource(std::string_view action);
  void read_listed_resources(std::string_view action);
  void add_request(std::string_view action, std::string resource, std::string_view account);
  [[nodiscard]] std::string fill(std::string_view shape, std::string_view value) const;
  [[nodiscard]] std::string_view account_of_listed(std::string_view arn) const;

  void read_keys();
  void read_caller_keys();
  void read_session_keys();
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
  std::string_view account = text(&root_, "recipientAccountId");
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

void TrailReader::read_resources(std::string_view action) {
  if (source_ == "portal.model") return read_portal_resource(action);
  const std::size_t colon = action.find(':');
  for (const TrailResource& rule : trail_resources()) {
    if (rule.service != action.substr(0, colon)) continue;
    if (!rule.action.empty() && rule.action != action.substr(colon + 1)) continue;
    if (rule.parameter.empty()) return add_request(action, "*", {});
    const std::string_view value = text(parameters_, rule.parameter);
    if (value.empty()) continue;
    std::string arn(value);
    if (!value.starts_with("arn:")) {
      if (rule.shape.empty()) continue;
      arn = fill(rule.shape, value);
      const std::string_view key = rule.service == "s3" ? text(parameters_, "key") : "";
      if (!key.empty()) arn.append("/").append(key);
    }
    const std::string_view account = account_of_listed(arn);
    return add_request(action, std::move(arn), account);
  }
  read_listed_resources(action);
}

// One request for each resource of the action's own service that the event lists (D-6).
void TrailReader::read_listed_resources(std::string_view action) {
  const std::string_view service = action.substr(0, action.find(':'));
  const JsonNode* list = tree_.member(root_, "resources");
  if (list != nullptr && list->kind == JsonKind::Array) {
    for (const JsonNode* entry = tree_.first_child(*list); entry != nullptr;
         entry = tree_.next(*entry)) {
      if (entry->kind != JsonKind::Object) continue;
      const std::string_view arn = text(entry, "ARN");
      detail::ResourceFacts facts;
      if (!facts.read(arn) || facts.is_star() || facts.field(2) != service) continue;
      const std::string_view account = text(entry, "accountId");
      add_request(action, std::string(arn), is_account(account) ? account : "");
    }
  }
  if (event_.requests.empty()) add_request(action, {}, {});
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

void TrailReader::read_keys() {
  read_caller_keys();
  read_session_keys();
  set("aws:RequestedRegion", region_);
  const std::string_view address = text(&root_, "sourceIPAddress");
  if (!is_service_name(address)) set("aws:SourceIp", address);
  const std::string_view agent = text(&root_, "userAgent");
  if (!is_service_name(agent) && agent != source_) set("aws:UserAgent", agent);
  if (text(identity_, "invokedBy").empty()) {
    // CloudTrail names the service whenever one made the request.
    set("aws:ViaAWSService", "false");
    set_absent("aws:CalledVia");
    set_absent("aws:CalledViaFirst");
    set_absent("aws:CalledViaLast");
  }
  set("aws:SourceVpce", text(&root_, "vpcEndpointId"));
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
