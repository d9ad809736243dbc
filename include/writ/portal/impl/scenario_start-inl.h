// Not API, may change in any release. Reading a scenario's start, and writing the state back.
#pragma once

#include <fmt/format.h>

#include <map>

#include "writ/portal/impl/default_roles.h"
#include "writ/portal/impl/iam.h"
#include "writ/portal/impl/json_text.h"
#include "writ/portal/impl/scenario_arguments.h"
#include "writ/portal/impl/scenario_start.h"
#include "writ/portal/impl/text.h"

namespace writ::inline v0 {
namespace portal::detail {

WRIT_FUNC std::optional<std::int64_t> parse_time(std::string_view text) noexcept {
  constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
  if (text.size() != kShape.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == '0' ? !digit : text[i] != kShape[i]) return std::nullopt;
  }
  const auto number = [text](std::size_t begin, std::size_t count) {
    int value = 0;
    for (const char c : text.substr(begin, count)) value = value * 10 + (c - '0');
    return value;
  };
  const int year = number(0, 4);
  const int month = number(5, 2);
  const int day = number(8, 2);
  if (month < 1 || month > 12 || day < 1 || day > 31 || number(11, 2) > 23 || number(14, 2) > 59 ||
      number(17, 2) > 59) {
    return std::nullopt;
  }
  // Days from civil, by Howard Hinnant's public-domain formula.
  const int y = year - (month <= 2 ? 1 : 0);
  const int era = (y >= 0 ? y : y - 399) / 400;
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  const std::int64_t days = std::int64_t{era} * 146097 + day_of_era - 719468;
  return ((days * 24 + number(11, 2)) * 60 + number(14, 2)) * 60 + number(17, 2);
}

WRIT_FUNC std::optional<PortalPolicies> scenario_policies(JsonIn& in, const JsonNode& scenario,
                                                          const ScenarioWorld& world) {
  if (in.member(scenario, "documents") == nullptr &&
      in.member(scenario, "managedPolicies") == nullptr) {
    return world.policies;
  }
  PolicyTexts texts = world.policies.texts();
  const JsonNode* at = &scenario;
  for (const JsonNode* node : in.array(scenario, "documents")) {
    if (!in.object(*node, {"name", "roles", "document"})) return std::nullopt;
    const JsonNode* const document = in.required(*node, "document");
    HostDocument added = {in.required_string(*node, "name"), {}, in.strings(*node, "roles")};
    if (document != nullptr) added.text = in.raw(*document);
    texts.added.push_back(std::move(added));
    at = node;
  }
  const JsonNode* const managed = in.member(scenario, "managedPolicies");
  for (const JsonNode* node : in.children(managed)) {
    std::erase_if(texts.managed,
                  [node](const NamedDocument& mine) { return mine.name == node->name; });
    texts.managed.push_back({std::string(node->name), std::string(in.raw(*node))});
    at = node;
  }
  if (in.failed()) return std::nullopt;
  Result<PortalPolicies> policies =
      PortalPolicies::load(world.policies.catalog(), std::move(texts));
  if (policies) return *std::move(policies);
  in.fail(*at, policies.error());
  return std::nullopt;
}

/// Reads the parts of a start in the order in which they depend on each other.
class StartReader {
 public:
  StartReader(JsonIn& in, Portal& portal, MemoryHost& host)
      : in_(in), portal_(portal), host_(host) {}

  void read(const JsonNode& start) {
    if (!in_.object(start, {"companies", "users", "crowds", "invitations", "awsAccounts", "tasks",
                            "records"})) {
      return;
    }
    for (const JsonNode* node : in_.array(start, "awsAccounts")) read_account(*node);
    for (const JsonNode* node : in_.array(start, "companies")) read_company(*node);
    for (const JsonNode* node : in_.array(start, "users")) read_user(*node);
    for (const JsonNode* node : in_.array(start, "crowds")) read_crowd(*node);
    for (const JsonNode* node : in_.array(start, "invitations")) read_invitation(*node);
    if (in_.failed()) return;
    for (Draft& draft : drafts_) {
      if (draft.company.link.state == LinkState::UnlinkPending) open_unlink_case(draft);
      const JsonNode& at = *draft.at;
      const Result<bool> added =
          portal_.add_company(std::move(draft.company), std::move(draft.users));
      if (!added) in_.fail(at, added.error());
    }
    if (in_.failed()) return;
    for (const JsonNode* node : in_.array(start, "tasks")) read_task(*node);
    for (const JsonNode* node : in_.array(start, "records")) read_record(*node);
    check_mappings();
  }

 private:
  struct Draft {
    const JsonNode* at;
    PartnerCompany company;
    std::vector<PortalUser> users;
  };

  [[nodiscard]] RoleSet roles(const JsonNode& node) {
    RoleSet set = 0;
    for (const JsonNode* child : in_.array(node, "roles")) {
      const std::uint32_t role = portal_.catalog().find(in_.string(*child));
      if (role == RoleCatalog::kNone) {
        in_.fail(*child, "there is no role of this id");
        return 0;
      }
      set |= RoleCatalog::bit(role);
    }
    return set;
  }

  /// A role's ARN from its name or ARN.
  [[nodiscard]] std::string role_in(const PartnerCompany& company, const JsonNode& node) {
    std::string named = in_.string(node);
    const AwsAccount* const account = portal_.find_aws_account(company.link.aws_account);
    const IamRole* const role = account == nullptr ? nullptr : account->find(named);
    if (role != nullptr) return role->arn;
    if (named.starts_with("arn:")) return named;
    return role_arn(company.link.aws_account, "/", named);
  }

  [[nodiscard]] Draft* draft_of(const JsonNode& node, std::string_view email) {
    const std::string domain = lower(domain_of(email));
    for (Draft& draft : drafts_) {
      for (const std::string& mine : draft.company.domains) {
        if (lower(mine) == domain) return &draft;
      }
    }
    in_.fail(node, fmt::format("no company has the domain of `{}`", email));
    return nullptr;
  }

  void read_account(const JsonNode& node) {
    if (!in_.object(node, {"id", "roles"})) return;
    AwsAccount account;
    account.id = in_.required_string(node, "id");
    for (const JsonNode* child : in_.array(node, "roles")) {
      if (!in_.object(*child, {"name", "path", "trust", "policies"})) return;
      IamRole role;
      role.name = in_.required_string(*child, "name");
      role.path = in_.string(*child, "path", "/");
      const JsonNode* const trust = in_.member(*child, "trust");
      if (trust != nullptr && trust->kind == JsonKind::Object) {
        role.trust_text = in_.raw(*trust);
      } else if (trust != nullptr) {
        static_cast<void>(in_.word(*trust, {"service"}));
      }
      for (const JsonNode* policy : in_.array(*child, "policies")) {
        if (policy->kind == JsonKind::String) {
          role.policies.push_back({std::string(policy->text), {}, true});
          continue;
        }
        if (!in_.object(*policy, {"name", "document"})) return;
        const JsonNode* const document = in_.required(*policy, "document");
        if (document == nullptr) return;
        role.policies.push_back(
            {in_.required_string(*policy, "name"), std::string(in_.raw(*document)), false});
      }
      account.roles.push_back(std::move(role));
    }
    if (in_.failed()) return;
    const Result<bool> put = portal_.put_aws_account(std::move(account));
    if (!put) in_.fail(node, put.error());
  }

  void read_company(const JsonNode& node) {
    if (!in_.object(node, {"id", "name", "domains", "stage", "paths", "mfa", "link"})) return;
    Draft draft;
    draft.at = &node;
    PartnerCompany& company = draft.company;
    company.id = in_.required_string(node, "id");
    company.legal_name = in_.string(node, "name", company.id);
    company.domains = in_.strings(node, "domains");
    company.stage = in_.string(node, "stage", "registered");
    company.paths = in_.strings(node, "paths");
    company.mfa = static_cast<Mfa>(in_.word(node, "mfa", {"enabled", "disabled"}, 0));
    if (const JsonNode* const link = in_.member(node, "link")) {
      if (!in_.object(*link, {"state", "awsAccount", "seller", "cloudAdminRole", "crmRole"})) {
        return;
      }
      company.link.state = static_cast<LinkState>(
          in_.word(*link, "state", {"unlinked", "linked", "unlinkPending"}, 1));
      company.link.aws_account = in_.string(*link, "awsAccount");
      company.link.seller_legal_name = in_.string(*link, "seller", company.legal_name);
      if (company.link.state == LinkState::Unlinked) company.link = {};
      const JsonNode* const admin = in_.member(*link, "cloudAdminRole");
      if (admin != nullptr) company.link.cloud_admin_role = role_in(company, *admin);
      const JsonNode* const crm = in_.member(*link, "crmRole");
      if (crm != nullptr) company.link.crm_role = role_in(company, *crm);
    }
    drafts_.push_back(std::move(draft));
  }

  void add_user(const JsonNode& node, std::string_view email, std::string name, RoleSet roles) {
    Draft* const draft = draft_of(node, email);
    if (draft == nullptr) return;
    PortalUser user;
    user.id = in_.string(node, "id");
    if (user.id.empty()) user.id = host_.next(IdKind::PartnerUser);
    user.email = email;
    user.name = std::move(name);
    user.roles = roles;
    user.sealed_password = host_.seal(in_.string(node, "password", "Start_123"));
    user.status =
        static_cast<UserStatus>(in_.word(node, "status", {"active", "deactivated", "removed"}, 0));
    if (const JsonNode* const mapped = in_.member(node, "mappedTo")) {
      user.mapped_role = role_in(draft->company, *mapped);
      mapped_.emplace_back(mapped, user.id);
    }
    // A start is a working day's: whoever is there has just signed in, unless it says otherwise.
    user.last_sign_in = host_.time;
    if (const JsonNode* const last = in_.member(node, "lastSignIn")) {
      const std::optional<std::int64_t> time = parse_time(in_.string(*last));
      if (!time) in_.fail(*last, "a time is written 2025-01-15T10:00:00Z");
      user.last_sign_in = time.value_or(0);
    }
    draft->users.push_back(std::move(user));
  }

  void read_user(const JsonNode& node) {
    if (!in_.object(node, {"email", "name", "roles", "id", "status", "password", "mappedTo",
                           "lastSignIn"})) {
      return;
    }
    const std::string email = in_.required_string(node, "email");
    add_user(node, email, in_.string(node, "name", email.substr(0, email.find('@'))), roles(node));
  }

  void read_crowd(const JsonNode& node) {
    if (!in_.object(node, {"domain", "count", "prefix", "roles"})) return;
    const std::string domain = in_.required_string(node, "domain");
    const std::string prefix = in_.required_string(node, "prefix");
    const std::uint64_t count = in_.count(node, "count", 10000);
    const RoleSet held = roles(node);
    for (std::uint64_t i = 1; i <= count && !in_.failed(); ++i) {
      add_user(node, fmt::format("{}{}@{}", prefix, i, domain), fmt::format("{} {}", prefix, i),
               held);
    }
  }

  void read_invitation(const JsonNode& node) {
    if (!in_.object(node, {"email", "roles", "by"})) return;
    const std::string email = in_.required_string(node, "email");
    Draft* const draft = draft_of(node, email);
    if (draft == nullptr) return;
    std::string inviter;
    const std::string by = in_.string(node, "by");
    for (const PortalUser& user : draft->users) {
      if (user.email == by) inviter = user.id;
    }
    draft->company.invitations.push_back({email, roles(node), inviter, false});
  }

  void open_unlink_case(Draft& draft) {
    SupportCase opened;
    opened.id = "unlink-" + host_.next(IdKind::Case);
    opened.type = "Account linking";
    opened.specific = "Unlink";
    opened.subject = "Unlink the AWS account";
    opened.description = "from the scenario's start";
    const RoleSet lead = RoleCatalog::bit(portal_.catalog().with(RoleDuty::AllianceLead));
    for (const PortalUser& user : draft.users) {
      if ((user.roles & lead) != 0) opened.owner = user.id;
    }
    draft.company.link.unlink_case = opened.id;
    draft.company.cases.push_back(std::move(opened));
  }

  /// The company that is named, or the only one.
  [[nodiscard]] std::string company_of(const JsonNode& node) {
    std::string named = in_.string(node, "company");
    if (!named.empty()) return named;
    if (portal_.companies().size() == 1) return portal_.companies().front().id;
    in_.fail(node, "there are several companies; name one as `company`");
    return {};
  }

  void read_task(const JsonNode& node) {
    if (!in_.object(node, {"id", "company", "type", "name", "kind", "assignee", "status", "stage",
                           "solution"})) {
      return;
    }
    Task task;
    task.id = in_.required_string(node, "id");
    task.type = in_.string(node, "type", "account");
    task.name = in_.string(node, "name", task.id);
    task.is_form = in_.word(node, "kind", {"form", "link"}, 1) == 0;
    task.assignee = in_.string(node, "assignee");
    task.stage = in_.string(node, "stage");
    task.solution = in_.string(node, "solution");
    task.status =
        static_cast<TaskStatus>(in_.word(node, "status", {"open", "submitted", "done"}, 0));
    const std::string company = company_of(node);
    if (in_.failed()) return;
    const Result<bool> put = portal_.put_task(company, std::move(task));
    if (!put) in_.fail(node, put.error());
  }

  void read_record(const JsonNode& node) {
    if (!in_.object(node, {"id", "company", "kind", "owner"})) return;
    AceRecord record;
    record.id = in_.required_string(node, "id");
    record.kind = static_cast<AceKind>(in_.word(node, "kind", {"opportunity", "lead"}, 0));
    record.owner = in_.required_string(node, "owner");
    const std::string company = company_of(node);
    if (in_.failed()) return;
    const Result<bool> put = portal_.put_record(company, std::move(record));
    if (!put) in_.fail(node, put.error());
  }

  /// Whoever is mapped is mapped to a role that exists.
  void check_mappings() {
    for (const auto& [node, id] : mapped_) {
      const PortalUser* const user = portal_.find_user(id);
      const PartnerCompany& company = portal_.companies()[user->company];
      const AwsAccount* const account = portal_.find_aws_account(company.link.aws_account);
      if (account == nullptr || account->find(user->mapped_role) == nullptr) {
        in_.fail(*node, fmt::format("`{}` is no role of the linked account", user->mapped_role));
      }
    }
  }

  JsonIn& in_;
  Portal& portal_;
  MemoryHost& host_;
  std::vector<Draft> drafts_;
  std::vector<std::pair<const JsonNode*, std::string>> mapped_;
};

WRIT_FUNC void fill_start(JsonIn& in, const JsonNode& start, Portal& portal, MemoryHost& host) {
  StartReader(in, portal, host).read(start);
}

/// `email` of a user's id, or the id where there is none.
[[nodiscard]] inline std::string email_of(const Portal& portal, const std::string& id) {
  const PortalUser* const user = portal.find_user(id);
  return user == nullptr ? id : user->email;
}

inline void write_nullable(JsonText& json, std::string_view name, std::string_view value) {
  json.key(name);
  if (value.empty()) {
    json.null();
  } else {
    json.string(value);
  }
}

inline void write_company(JsonText& json, const Portal& portal, const PartnerCompany& company) {
  json.key(company.id);
  json.begin_object();
  json.member("name", company.legal_name);
  json.member("lead", portal.lead_of(company).email);
  json.member("mfa", to_string(company.mfa));
  json.strings("domains", company.domains);
  json.member("stage", company.stage);
  json.strings("paths", company.paths);
  json.member("link", to_string(company.link.state));
  write_nullable(json, "awsAccount", company.link.aws_account);
  write_nullable(json, "seller", company.link.seller_legal_name);
  write_nullable(json, "cloudAdminRole", role_name_of(company.link.cloud_admin_role));
  write_nullable(json, "crmRole", role_name_of(company.link.crm_role));
  json.count("users", static_cast<std::int64_t>(company.users.size()));
  json.count("cases", static_cast<std::int64_t>(company.cases.size()));
  json.count("offers", static_cast<std::int64_t>(company.offers.size()));
  json.count("products", static_cast<std::int64_t>(company.products.size()));
  json.count("invitations", std::ranges::count(company.invitations, false, &Invitation::accepted));
  json.end_object();
}

WRIT_FUNC std::string state_as_json(const Portal& portal) {
  JsonText json;
  json.begin_object();
  json.key("users");
  json.begin_object();
  std::map<std::string, const PortalUser*> users;  // the newest record of an address
  for (const PortalUser& user : portal.users()) users[user.email] = &user;
  for (const auto& [email, user] : users) {
    json.key(email);
    json.begin_object();
    json.member("id", user->id);
    json.member("name", user->name);
    json.member("status", to_string(user->status));
    json.member("company", portal.companies()[user->company].id);
    json.key("roles");
    json.begin_array();
    for (std::uint32_t i = 0; i < portal.catalog().roles().size(); ++i) {
      if ((user->roles & RoleCatalog::bit(i)) != 0) json.string(portal.catalog().roles()[i].id);
    }
    json.end_array();
    write_nullable(json, "mappedTo", role_name_of(user->mapped_role));
    json.end_object();
  }
  json.end_object();
  json.key("companies");
  json.begin_object();
  for (const PartnerCompany& company : portal.companies()) write_company(json, portal, company);
  json.end_object();
  json.key("awsAccounts");
  json.begin_object();
  for (const AwsAccount& account : portal.aws_accounts()) {
    json.key(account.id);
    json.begin_object();
    for (const IamRole& role : account.roles) {
      json.key(role.name);
      json.begin_array();
      for (const AttachedPolicy& policy : role.policies) json.string(policy.name);
      json.end_array();
    }
    json.end_object();
  }
  json.end_object();
  json.key("tasks");
  json.begin_object();
  for (const PartnerCompany& company : portal.companies()) {
    for (const Task& task : company.tasks) {
      json.key(task.id);
      json.begin_object();
      json.member("assignee", email_of(portal, task.assignee));
      json.member("status", to_string(task.status));
      write_nullable(json, "reason", task.reason);
      json.end_object();
    }
  }
  json.end_object();
  json.key("records");
  json.begin_object();
  for (const PartnerCompany& company : portal.companies()) {
    for (const AceRecord& record : company.records) {
      json.key(record.id);
      json.begin_object();
      json.member("kind", to_string(record.kind));
      json.member("owner", email_of(portal, record.owner));
      json.end_object();
    }
  }
  json.end_object();
  json.count("publicCases", static_cast<std::int64_t>(portal.public_cases().size()));
  json.end_object();
  return json.take();
}

inline void write_item(JsonText& json, const Item& item) {
  json.begin_object();
  for (const auto& [name, value] : item.values) json.member(name, value);
  json.end_object();
}

WRIT_FUNC std::string answer_as_json(const Answer& answer) {
  JsonText json;
  json.begin_object();
  json.key("result");
  json.begin_object();
  for (const auto& [name, value] : answer.result.values) json.member(name, value);
  json.count("succeeded", answer.succeeded());
  json.count("failed", answer.failed());
  json.end_object();
  json.key("items");
  json.begin_array();
  for (const Item& item : answer.items) write_item(json, item);
  json.end_array();
  json.key("warnings");
  json.begin_array();
  for (const std::string& warning : answer.warnings) json.string(warning);
  for (const Answer& row : answer.rows) {
    for (const std::string& warning : row.warnings) json.string(warning);
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace portal::detail
}  // namespace writ::inline v0
