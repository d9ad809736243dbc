// Not API, may change in any release. The organization around accounts, and the policies of
// resources: formats of our own, told in docs/accounts.md.
#pragma once

#include <utility>

#include "writ/impl/account_loader.h"

namespace writ::inline v0 {
namespace detail {

inline constexpr std::string_view kFullAccessName = "FullAWSAccess";
inline constexpr std::string_view kFullAccessText =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
inline constexpr std::string_view kRcpFullAccessName = "RCPFullAWSAccess";
inline constexpr std::string_view kRcpFullAccessText =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]})";

WRIT_FUNC void AccountLoader::read_organization(const AccountFile& file) {
  constexpr std::array<std::string_view, 4> kMembers = {"Id", "ManagementAccount", "Root",
                                                        "Policies"};
  AccountText text(file, complaints_, AccountFormat::Own);
  if (!text.parse(options_)) return;
  const JsonNode& root = text.tree().root();
  std::array<const JsonNode*, kMembers.size()> nodes = {};
  if (!text.members(root, kMembers, nodes)) return;
  organization_place_ = text.place(root);
  account_.organization_id_ = text.optional_string(nodes[0]);
  if (nodes[1] != nullptr) {
    management_account_ = text.optional_string(nodes[1]);
    if (!is_account_id(management_account_)) {
      text.fail(*nodes[1], "this has to be an account id of twelve digits");
    }
  }
  if (nodes[3] != nullptr && text.is(*nodes[3], JsonKind::Object, "an object")) {
    for (const JsonNode* policy = text.tree().first_child(*nodes[3]); policy != nullptr;
         policy = text.tree().next(*policy)) {
      const bool is_known = policy->name == kFullAccessName || policy->name == kRcpFullAccessName;
      if (is_known) {
        text.fail(*policy, "this policy is AWS's own and cannot be given another document");
      } else if (!organization_documents_.emplace(policy->name, policy).second) {
        text.fail(*policy, "this policy is given twice", ErrorCode::DuplicateMember);
      }
    }
  }
  if (nodes[2] == nullptr) {
    text.fail(root, "the member `Root` is missing");
  } else {
    std::vector<Level> levels;
    std::string path;
    if (!account_.organization_id_.empty()) path = account_.organization_id_ + '/';
    read_unit(text, *nodes[2], levels, path);
  }
  if (level_with_scps_ && level_without_scps_) {
    fail(*level_without_scps_,
         "the member `ServiceControlPolicies` is missing here and given elsewhere (at " +
             level_with_scps_->pointer + "); list `FullAWSAccess` or whatever is attached");
  }
  const bool managed_is_listed =
      management_account_.empty() ||
      account_.places_by_account_.find(management_account_) != account_.places_by_account_.end();
  if (!managed_is_listed) text.fail(*nodes[1], "this account has no place below `Root`");
  for (const auto& [name, node] : organization_documents_) {
    if (!used_documents_.contains(name)) {
      text.note(*node, "nobody uses this policy; its document was not read");
    }
  }
  organization_documents_.clear();
}

WRIT_FUNC void AccountLoader::read_unit(const AccountText& text, const JsonNode& node,
                                        std::vector<Level>& levels, const std::string& path) {
  constexpr std::array<std::string_view, 6> kMembers = {"Id",
                                                        "Name",
                                                        "Accounts",
                                                        "OrganizationalUnits",
                                                        "ServiceControlPolicies",
                                                        "ResourceControlPolicies"};
  std::array<const JsonNode*, kMembers.size()> nodes = {};
  if (!text.members(node, kMembers, nodes)) return;
  const std::string_view id = text.optional_string(nodes[0]);
  static_cast<void>(text.optional_string(nodes[1]));
  // Without all ids on the way there is no value of aws:PrincipalOrgPaths.
  const std::string own = path.empty() || id.empty() ? std::string() : path + std::string(id) + '/';
  levels.push_back(read_level(text, node, nodes[4], nodes[5]));
  text.each(nodes[2], [&](const JsonNode& account) { read_place(text, account, levels, own); });
  // Recursion ends with the nesting of the JSON, 64 at most.
  text.each(nodes[3], [&](const JsonNode& unit) { read_unit(text, unit, levels, own); });
  levels.pop_back();
}

WRIT_FUNC void AccountLoader::read_place(const AccountText& text, const JsonNode& node,
                                         std::vector<Level>& levels, const std::string& path) {
  constexpr std::array<std::string_view, 4> kMembers = {"Id", "Name", "ServiceControlPolicies",
                                                        "ResourceControlPolicies"};
  std::array<const JsonNode*, kMembers.size()> nodes = {};
  if (!text.members(node, kMembers, nodes)) return;
  const std::optional<std::string_view> id = text.required(node, nodes[0], "Id");
  if (!id) return;
  if (!is_account_id(*id)) {
    return text.fail(*nodes[0], "this has to be an account id of twelve digits");
  }
  AccountPlace place;
  place.account = *id;
  place.name = text.optional_string(nodes[1]);
  place.path = path;
  place.is_management = *id == management_account_;
  levels.push_back(read_level(text, node, nodes[2], nodes[3]));
  for (const Level& level : levels) {
    const std::size_t links = level.service_control.size() + level.resource_control.size() + 8;
    if (!count_links(links, text.place(node))) break;
    place.service_control.push_back(level.service_control);
    place.resource_control.push_back(level.resource_control);
  }
  levels.pop_back();
  const auto index = static_cast<std::uint32_t>(account_.places_.size());
  if (!account_.places_by_account_.emplace(place.account, index).second) {
    return text.fail(*nodes[0], "this account has a place already");
  }
  account_.places_.push_back(std::move(place));
}

WRIT_FUNC AccountLoader::Level AccountLoader::read_level(const AccountText& text,
                                                         const JsonNode& node, const JsonNode* scps,
                                                         const JsonNode* rcps) {
  std::optional<AccountPlaceInFile>& seen =
      scps == nullptr ? level_without_scps_ : level_with_scps_;
  if (!seen) seen = text.place(scps == nullptr ? node : *scps);
  Level level;
  level.service_control = read_level_policies(text, scps, PolicyType::ServiceControl);
  level.resource_control = read_level_policies(text, rcps, PolicyType::ResourceControl);
  return level;
}

WRIT_FUNC std::vector<std::uint32_t> AccountLoader::read_level_policies(const AccountText& text,
                                                                        const JsonNode* list,
                                                                        PolicyType type) {
  std::vector<std::uint32_t> policies;
  std::set<std::uint32_t> listed;
  text.each(list, [&](const JsonNode& use) {
    if (!text.is(use, JsonKind::String, "the name of a policy")) return;
    const std::uint32_t policy = organization_policy(text, use, type);
    if (policy == AccountPrincipal::kNone) return;
    if (!listed.insert(policy).second) {
      return text.fail(use, "this policy is listed twice");
    }
    policies.push_back(policy);
  });
  return policies;
}

WRIT_FUNC std::uint32_t AccountLoader::organization_policy(const AccountText& text,
                                                           const JsonNode& use, PolicyType type) {
  const auto [entry, is_new] =
      organization_policies_.try_emplace(std::pair(type, std::string(use.text)));
  if (!is_new) {
    if (entry->second.failed) text.fail(use, "this policy is refused or missing, as said above");
    return entry->second.policy;
  }
  const bool is_scp = type == PolicyType::ServiceControl;
  std::optional<AccountDocument> document;
  if (use.text == (is_scp ? kFullAccessName : kRcpFullAccessName)) {
    document.emplace();
    document->text = is_scp ? kFullAccessText : kRcpFullAccessText;
  } else if (const auto given = organization_documents_.find(use.text);
             given != organization_documents_.end()) {
    used_documents_.emplace(use.text);
    document = text.document(*given->second);
  } else {
    text.fail(use, "`Policies` has no policy of this name");
  }
  if (document) {
    AccountPolicy policy;
    policy.name = use.text;
    policy.id = std::string(to_string(type)) + '#' + policy.name;
    policy.source = PolicySource::Organization;
    policy.type = type;
    entry->second.policy = add_policy(std::move(policy), std::move(*document));
  }
  entry->second.failed = entry->second.policy == AccountPrincipal::kNone;
  return entry->second.policy;
}

WRIT_FUNC void AccountLoader::read_resources(const AccountFile& file) {
  AccountText text(file, complaints_, AccountFormat::Own);
  if (!text.parse(options_)) return;
  const JsonNode& root = text.tree().root();
  if (!text.is(root, JsonKind::Object, "an object: ARN to {Account, Policy}")) return;
  for (const JsonNode* node = text.tree().first_child(root); node != nullptr;
       node = text.tree().next(*node)) {
    read_resource(text, *node);
  }
}

WRIT_FUNC void AccountLoader::read_resource(const AccountText& text, const JsonNode& node) {
  constexpr std::array<std::string_view, 2> kMembers = {"Account", "Policy"};
  ResourceFacts facts;
  if (!facts.read(node.name) || facts.is_star()) {
    return text.fail(node, "the name has to be the ARN of a resource (M-32)");
  }
  if (node.name.find_first_of("*?") != std::string_view::npos) {
    return text.fail(node, "the name has to be the ARN of one resource, without wildcards");
  }
  if (facts.is_iam_role) {
    return text.fail(node, "a role's trust policy comes from the exports; remove this entry");
  }
  std::array<const JsonNode*, kMembers.size()> nodes = {};
  if (!text.members(node, kMembers, nodes)) return;
  AccountResource resource;
  resource.arn = node.name;
  resource.account = is_account_id(facts.field(4)) ? facts.field(4) : std::string_view();
  if (nodes[0] != nullptr) {
    const std::string_view account = text.optional_string(nodes[0]);
    if (!is_account_id(account)) {
      text.fail(*nodes[0], "this has to be an account id of twelve digits");
    } else if (!resource.account.empty() && resource.account != account) {
      text.fail(*nodes[0], "the ARN says that account " + resource.account + " owns it");
    }
    resource.account = account;
  }
  if (nodes[0] == nullptr && nodes[1] == nullptr) {
    text.fail(node, "this entry says nothing: give it `Account` or `Policy`, or remove it");
  }
  const auto index = static_cast<std::uint32_t>(account_.resources_.size());
  if (!account_.resources_by_arn_.emplace(resource.arn, index).second) {
    return text.fail(node, "this resource is given twice", ErrorCode::DuplicateMember);
  }
  if (nodes[1] != nullptr) {
    if (std::optional<AccountDocument> document = text.document(*nodes[1])) {
      AccountPolicy policy;
      policy.name = "resource policy";
      policy.id = resource.arn + "#policy";
      policy.owner = resource.arn;
      policy.source = PolicySource::Resource;
      policy.type = PolicyType::ResourceBased;
      resource.policy = add_policy(std::move(policy), std::move(*document));
    }
  }
  account_.resources_.push_back(std::move(resource));
}

}  // namespace detail
}  // namespace writ::inline v0
