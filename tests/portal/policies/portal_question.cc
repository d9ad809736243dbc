#include "portal/policies/portal_question.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "portal/policies/portal_documents.h"

namespace writ::test {
namespace {

const std::string kSelf = "005000000000000001";
const std::string kOtherUser = "005000000000000002";
const std::string kCallerArn = "arn:aws:iam::000002345678:user/005000000000000001";
const std::string kAccount = "000002345678";
const Caller kCaller = Caller::from_arn(kCallerArn).value();

[[nodiscard]] bool is_multivalued(const std::string& key) {
  return key == "portal:PartnerPath" || key == "portal:TargetRoles";
}

[[nodiscard]] std::vector<std::string> strings(const rapidjson::Value& value) {
  if (value.IsString()) return {value.GetString()};
  std::vector<std::string> result;
  for (const rapidjson::Value& one : value.GetArray()) result.emplace_back(one.GetString());
  return result;
}

[[nodiscard]] bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

[[nodiscard]] bool is_allowed(const rapidjson::Value& row, const std::string& role) {
  const std::vector<std::string> allowed = strings(row["allowed"]);
  return contains(allowed, "everyone") || contains(allowed, role);
}

/// What the account is, in a cell.
struct Standing {
  std::optional<std::string> stage;
  std::vector<std::string> paths;
};

/// R-MENU-2: a stage that reaches the least one, and any of the listed paths.
[[nodiscard]] bool reaches(const rapidjson::Value& row, const Standing& standing) {
  if (row.HasMember("from") && std::string(row["from"].GetString()) != kStages.front()) {
    if (!standing.stage) return false;
    const auto rank = [](const std::string& stage) {
      return std::find(kStages.begin(), kStages.end(), stage);
    };
    const auto has = rank(*standing.stage);
    if (has == kStages.end() || has < rank(row["from"].GetString())) return false;
  }
  if (!row.HasMember("paths")) return true;
  const std::vector<std::string> listed = strings(row["paths"]);
  return std::any_of(standing.paths.begin(), standing.paths.end(),
                     [&listed](const std::string& path) { return contains(listed, path); });
}

[[nodiscard]] std::vector<Standing> all_standings() {
  std::vector<Standing> result;
  for (const std::string& stage : kStages) {
    for (const std::string& path : kPaths) result.push_back({stage, {path}});
  }
  return result;
}

[[nodiscard]] std::vector<Standing> margins() {
  return {{std::nullopt, {"software"}},
          {std::nullopt, {"services"}},
          {"differentiated", {"services"}},
          {"Validated", {"services"}},
          {"validated", {}},
          {"validated", {"hardware"}},
          {"validated", {"software", "distribution"}},
          {"validated", {"hardware", "services"}},
          {"confirmed", {"distribution", "training"}}};
}

void apply(const Standing& standing, PortalQuestion& question) {
  if (standing.stage) {
    question.with("portal:PartnerStage", {*standing.stage});
  } else {
    question.without("portal:PartnerStage");
  }
  if (standing.paths.empty()) {
    question.without("portal:PartnerPath");
  } else {
    question.with("portal:PartnerPath", standing.paths);
  }
}

void add(Cells& cells, std::string row, const std::string& role, PortalQuestion question,
         bool allowed) {
  Cell cell;
  cell.row = std::move(row);
  cell.role = role;
  cell.question = std::make_shared<const PortalQuestion>(std::move(question));
  cell.expected = allowed ? Outcome::Allowed : Outcome::ImplicitDeny;
  cells.push_back(std::move(cell));
}

[[nodiscard]] Cells menu_rows(bool elsewhere, const std::vector<Standing>& standings) {
  Cells cells;
  const rapidjson::Document table = read_table("menu");
  for (const rapidjson::Value& row : table["rows"].GetArray()) {
    if (row.HasMember("elsewhere") != elsewhere) continue;
    const std::string menu = row["menu"].GetString();
    for (const std::string& role : kPortalRoles) {
      for (const Standing& standing : standings) {
        PortalQuestion question("OpenMenuItem", "menu/" + menu);
        apply(standing, question);
        add(cells, menu, role, std::move(question),
            is_allowed(row, role) && reaches(row, standing));
      }
    }
  }
  return cells;
}

/// `portal:ViewTask` -> `portal:ViewAnything`, which is no action of the portal.
[[nodiscard]] std::string unknown_like(const std::string& action) {
  std::size_t word = action.find(':') + 2;
  while (word < action.size() && (action[word] < 'A' || action[word] > 'Z')) ++word;
  return action.substr(0, word) + "Anything";
}

/// Action -> the resources it is asked about, first the usual one.
[[nodiscard]] std::map<std::string, std::vector<std::string>> own_resources() {
  std::map<std::string, std::vector<std::string>> result;
  const rapidjson::Document table = read_table("actions");
  for (const rapidjson::Value& row : table["rows"].GetArray()) {
    result[row["action"].GetString()].emplace_back(row["on"].GetString());
  }
  result["portal:OpenMenuItem"] = {"menu/learn-partner-training"};
  return result;
}

}  // namespace

PortalQuestion::PortalQuestion(std::string_view action, std::string_view on,
                               std::string_view account)
    : action_(action), resource_("arn:aws:portal:::partner/" + std::string(account)) {
  if (action_.rfind("portal:", 0) != 0) action_.insert(0, "portal:");
  if (on == "user/self") {
    resource_ += "/user/" + kSelf;
  } else if (on == "user/other") {
    resource_ += "/user/" + kOtherUser;
  } else if (on != "partner") {
    resource_ += "/" + std::string(on);
  }
  with("aws:userid", {"${self}"});
  with("portal:PartnerAccountId", {"2345678"});
  with("portal:UserStatus", {"active"});
  with("portal:PartnerStage", {"validated"});
  with("portal:PartnerPath", {"software"});
  with("portal:LinkState", {"linked"});
  with("portal:TargetIsSelf", {"false"});
  with("portal:TargetRoles", {"standardUser"});
  with("portal:OwnerId", {"${other}"});
  with("portal:AssigneeId", {"${other}"});
  with("portal:IamRoleName", {"PartnerCentralRoleForTech"});
  with("portal:TargetIsCloudAdmin", {"false"});
  with("portal:IamRoleIsCloudAdmin", {"false"});
}

PortalQuestion& PortalQuestion::with(const std::string& key, std::vector<std::string> values) {
  for (std::string& value : values) {
    if (value == "${self}") value = kSelf;
    if (value == "${other}") value = kOtherUser;
  }
  context_[key] = {std::move(values), {}};
  return *this;
}

PortalQuestion& PortalQuestion::without(const std::string& key) {
  context_.erase(key);
  return *this;
}

PortalQuestion& PortalQuestion::with(const rapidjson::Value& keys) {
  for (const auto& member : keys.GetObject()) {
    if (member.value.IsNull()) {
      without(member.name.GetString());
    } else {
      with(member.name.GetString(), strings(member.value));
    }
  }
  return *this;
}

Request PortalQuestion::request() const {
  RequestBuilder builder(kCaller, std::string_view(action_), resource_);
  builder.resource_account(kAccount);
  for (auto& [key, values] : context_) {
    if (is_multivalued(key)) {
      values.views.assign(values.texts.begin(), values.texts.end());
      builder.set_list(std::string_view(key), values.views);
    } else {
      builder.set(std::string_view(key), values.texts.front());
    }
  }
  const Result<Request> request = builder.build();
  EXPECT_TRUE(request.has_value()) << to_string();
  return *request;
}

reference::Question PortalQuestion::for_reference() const {
  reference::Question question;
  question.principal.kind = reference::Principal::Kind::Arn;
  question.principal.id = kCallerArn;
  question.action = action_;
  question.resource = resource_;
  question.resource_account = kAccount;
  for (const auto& [key, values] : context_) {
    if (is_multivalued(key)) {
      question.context.push_back({key, values.texts});
    } else {
      question.context.push_back({key, values.texts.front()});
    }
  }
  return question;
}

std::string PortalQuestion::to_string() const {
  std::string result = action_ + " on " + resource_;
  for (const auto& [key, values] : context_) {
    result += "\n  " + key + " =";
    for (const std::string& value : values.texts) result += " " + value;
  }
  return result;
}

rapidjson::Document read_table(const std::string& name) {
  rapidjson::Document table;
  table.Parse(read_source_file("tests/portal/policies/tables/" + name + ".json").c_str());
  EXPECT_FALSE(table.HasParseError()) << name;
  return table;
}

Cells role_matrix_cells() {
  Cells cells;
  const rapidjson::Document table = read_table("role_matrix");
  const std::vector<std::string> columns = strings(table["columns"]);
  for (const rapidjson::Value& row : table["rows"].GetArray()) {
    const std::vector<std::string> marked = strings(row["marked"]);
    for (const std::string& role : columns) {
      for (const std::string& on : strings(row["on"])) {
        const auto ask = [&](const rapidjson::Value* keys) {
          PortalQuestion question(row["action"].GetString(), on);
          if (keys != nullptr) question.with(*keys);
          add(cells, row["task"].GetString(), role, std::move(question), contains(marked, role));
        };
        if (!row.HasMember("with")) {
          ask(nullptr);
        } else {
          for (const rapidjson::Value& keys : row["with"].GetArray()) ask(&keys);
        }
      }
    }
  }
  return cells;
}

Cells menu_cells() { return menu_rows(false, all_standings()); }

Cells menu_margin_cells() {
  Cells cells = menu_rows(false, margins());
  Cells elsewhere = menu_rows(true, all_standings());
  std::move(elsewhere.begin(), elsewhere.end(), std::back_inserter(cells));
  return cells;
}

Cells action_cells() {
  Cells cells;
  const rapidjson::Document table = read_table("actions");
  for (const rapidjson::Value& row : table["rows"].GetArray()) {
    std::vector<Standing> standings = {{"validated", {"software"}}};
    if (row.HasMember("from") || row.HasMember("paths")) {
      standings = all_standings();
      for (const Standing& margin : margins()) standings.push_back(margin);
    }
    const std::string action = row["action"].GetString();
    const std::string on = row["on"].GetString();
    for (const std::string& role : kPortalRoles) {
      for (const Standing& standing : standings) {
        PortalQuestion question(action, on);
        apply(standing, question);
        if (row.HasMember("with")) question.with(row["with"]);
        add(cells, action + " on " + on, role, std::move(question),
            is_allowed(row, role) && reaches(row, standing));
        cells.back().guarded = !row.HasMember("guardrails");
        if (!row.HasMember("denied")) continue;
        for (const auto& denied : row["denied"].GetObject()) {
          if (!contains(strings(denied.value), role)) continue;
          cells.back().expected = Outcome::ExplicitDeny;
          cells.back().sid = denied.name.GetString();
        }
      }
    }
  }
  return cells;
}

Cells wrong_resource_cells() {
  Cells cells;
  const auto kind_of = [](const std::string& on) {
    // One's own record and that of others, an unlink case and others, are different kinds.
    if (on == "user/self" || on == "user/other" || on == "case/unlink-2") return on;
    if (on == "user/invited") return std::string("user/other");
    return on.substr(0, on.find('/'));
  };
  std::map<std::string, std::vector<std::string>> asked = own_resources();
  const std::map<std::string, std::vector<std::string>> known = asked;
  for (const auto& entry : known) asked[unknown_like(entry.first)];
  for (const auto& [action, own] : asked) {
    std::set<std::string> kinds;
    for (const std::string& on : own) kinds.insert(kind_of(on));
    const bool about_users = kinds.count("user/other") != 0;
    // Of menu items and tabs, one of each condition that the documents have.
    for (const char* on : {"partner",
                           "user/self",
                           "user/other",
                           "task/T9",
                           "case/case-1",
                           "case/unlink-2",
                           "opportunity/O1",
                           "lead/L1",
                           "thing/T1",
                           "profiletab/company",
                           "profiletab/my-domains",
                           "profiletab/locations",
                           "menu/unknown",
                           "menu/support",
                           "menu/resources-videos",
                           "menu/build-offerings",
                           "menu/market-public-reference",
                           "menu/market-aws-marketing-central",
                           "menu/market-badge-manager",
                           "menu/sell-program-application",
                           "menu/build-well-architected-workloads",
                           "menu/build-case-studies",
                           "menu/account-linking",
                           "menu/market-my-partner-solutions-finder-listing",
                           "menu/channel"}) {
      if (kinds.count(kind_of(on)) != 0) continue;
      if (about_users && kind_of(on) == "user/self") continue;
      for (const std::string& role : kPortalRoles) {
        PortalQuestion question(action, on);
        // All that could let it through, but for the resource.
        question.with("portal:OwnerId", {"${self}"}).with("portal:AssigneeId", {"${self}"});
        question.with("portal:TargetRole", {"aceUser"});
        question.with("portal:PartnerPath", {"software", "services"});
        if (action == "portal:LinkAccount") question.with("portal:LinkState", {"unlinked"});
        if (action == "portal:CancelUnlink") question.with("portal:LinkState", {"unlinkPending"});
        add(cells, action + " on " + on, role, std::move(question), false);
        if (action == "portal:DismissTask" && role == "allianceLead") {
          cells.back().expected = Outcome::ExplicitDeny;
          cells.back().sid = "NoTaskDismissal";
        }
      }
    }
  }
  return cells;
}

std::vector<Situation> guardrail_situations() {
  std::vector<Situation> situations;
  std::map<std::string, std::vector<std::string>> own = own_resources();
  const std::map<std::string, std::vector<std::string>> known = own;
  for (const auto& [action, resources] : known) {
    own[unknown_like(action)] = {resources.front()};
  }
  const rapidjson::Document table = read_table("guardrails");
  for (const rapidjson::Value& row : table["rows"].GetArray()) {
    Situation situation;
    situation.name = row["situation"].GetString();
    for (const auto& [action, resources] : own) {
      for (const std::string& on : {resources.front(), std::string("thing/T1")}) {
        situation.actions.push_back(action);
        situation.questions.push_back(std::make_unique<PortalQuestion>(
            action, on, row.HasMember("account") ? row["account"].GetString() : "2345678"));
        PortalQuestion& question = *situation.questions.back();
        question.with("portal:TargetRole", {"aceUser"});
        if (row.HasMember("with")) question.with(row["with"]);
      }
    }
    for (const auto& member : row["denies"].GetObject()) {
      std::vector<std::string>& actions = situation.denies[member.name.GetString()];
      for (const std::string& name : strings(member.value)) {
        if (name == "*") {
          for (const auto& entry : own) actions.push_back(entry.first);
        } else {
          actions.push_back("portal:" + name);
        }
      }
      std::sort(actions.begin(), actions.end());
    }
    situations.push_back(std::move(situation));
  }
  return situations;
}

}  // namespace writ::test
