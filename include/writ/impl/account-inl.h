// Not API, may change in any release. Account: resolving names when it is loaded, and what it
// answers afterwards.
#pragma once

#include <tuple>
#include <utility>

#include "writ/account.h"
#include "writ/impl/account_exports-inl.h"
#include "writ/impl/account_loader.h"
#include "writ/impl/account_organization-inl.h"
#include "writ/impl/folder_files.h"
#include "writ/parse.h"
#include "writ/standard_keys.h"

namespace writ::inline v0 {
namespace detail {

WRIT_FUNC void AccountLoader::fail(const AccountPlaceInFile& place, std::string message,
                                   ErrorCode code) {
  PolicyError error;
  error.code = code;
  error.position = place.position;
  error.json_pointer = place.pointer;
  error.message = std::move(message);
  complaints_.fail(place.file, std::move(error));
}

WRIT_FUNC PolicySet AccountLoader::compile(const AccountPolicy& policy,
                                           const AccountPlaceInFile& place, PolicyType type) {
  const Result<PolicyDocument> document = parse_policy(policy.text, type);
  if (!document) {
    complaints_.fail(place.file, place.move_to_file(document.error()));
    return {};
  }
  PolicySetBuilder builder(type);
  Result<PolicySet> set = builder.attach(policy.id, *document).build();
  if (!set) {
    complaints_.fail(place.file, place.move_to_file(set.error()));
    return {};
  }
  return std::move(set).value();
}

// The place of the policy, or kNone when its document is refused.
WRIT_FUNC std::uint32_t AccountLoader::add_policy(AccountPolicy policy, AccountDocument document) {
  policy.text = std::move(document.text);
  policy.set = compile(policy, document.place, policy.type);
  if (policy.set.program() == nullptr) return AccountPrincipal::kNone;
  policy.file = document.place.file;
  policy.position = document.place.position;
  policy.json_pointer = document.place.pointer;
  policy.is_string = document.place.is_string;
  account_.policies_.push_back(std::move(policy));
  places_.push_back(std::move(document.place));
  return static_cast<std::uint32_t>(account_.policies_.size() - 1);
}

WRIT_FUNC bool AccountLoader::count_links(std::size_t links, const AccountPlaceInFile& place) {
  links_ += std::min(links, options_.max_links + 1 - std::min(links_, options_.max_links));
  if (links_ <= options_.max_links) return true;
  if (!has_too_many_links_) {
    fail(place,
         "with what this has from its groups or levels, policies are had more than " +
             std::to_string(options_.max_links) + " times",
         ErrorCode::LimitExceeded);
  }
  has_too_many_links_ = true;
  return false;
}

WRIT_FUNC void AccountLoader::clear_marks() {
  marks_.resize(account_.policies_.size());
  ++marked_set_;
}

WRIT_FUNC bool AccountLoader::mark(std::uint32_t policy) {
  return std::exchange(marks_[policy], marked_set_) != marked_set_;
}

WRIT_FUNC void AccountLoader::link_policies(const Attachments& attachments,
                                            std::vector<std::uint32_t>& policies) {
  policies = attachments.inline_policies;
  clear_marks();
  for (const Reference& reference : attachments.managed) {
    const auto managed = managed_.find(reference.name);
    if (managed != managed_.end()) {
      if (!mark(managed->second)) fail(reference.place, "this policy is attached twice");
      policies.push_back(managed->second);
    } else if (!refused_.contains(reference.name)) {
      fail(reference.place, "the policy `" + reference.name +
                                "` is attached but in no `Policies` list; export the account "
                                "without --filter, or add a page that lists it");
    }
  }
}

WRIT_FUNC void AccountLoader::link_principal(AccountPrincipal& principal,
                                             const Attachments& attachments) {
  link_policies(attachments, principal.policies);
  std::set<std::uint32_t> groups;
  for (const Reference& reference : attachments.groups) {
    const auto group = group_names_.find(account_name_key(principal.account, reference.name));
    if (group == group_names_.end()) {
      fail(reference.place, "the group `" + reference.name + "` is in no `GroupDetailList`");
    } else if (!groups.insert(group->second).second) {
      fail(reference.place, "this group is listed twice");
    } else {
      const std::size_t policies = account_.groups_[group->second].policies.size();
      if (!count_links(policies, reference.place)) return;
      principal.groups.push_back(group->second);
    }
  }
  // E-40. What a group repeats changes nothing and is left to its first place.
  for (const std::uint32_t group : principal.groups) {
    for (const std::uint32_t policy : account_.groups_[group].policies) {
      if (mark(policy)) principal.policies.push_back(policy);
    }
  }
  principal.identity.reserve(principal.policies.size());
  for (const std::uint32_t policy : principal.policies) {
    principal.identity.push_back(account_.policies_[policy].set);
  }
  if (!attachments.boundary) return;
  const auto managed = managed_.find(attachments.boundary->name);
  if (managed == managed_.end()) {
    if (!refused_.contains(attachments.boundary->name)) {
      fail(attachments.boundary->place,
           "the boundary `" + attachments.boundary->name + "` is in no `Policies` list");
    }
    return;
  }
  AccountPolicy& policy = account_.policies_[managed->second];
  if (policy.boundary.program() == nullptr) {
    policy.boundary = compile(policy, places_[managed->second], PolicyType::PermissionsBoundary);
  }
  principal.boundary_policy = managed->second;
  principal.boundary = {policy.boundary};
}

WRIT_FUNC void AccountLoader::link_places() {
  const auto compiled = [this](const std::vector<std::vector<std::uint32_t>>& levels,
                               std::vector<std::vector<PolicySet>>& sets,
                               std::vector<PolicyLayer>& layers) {
    for (const std::vector<std::uint32_t>& level : levels) {
      std::vector<PolicySet>& level_sets = sets.emplace_back();
      for (const std::uint32_t policy : level) level_sets.push_back(account_.policies_[policy].set);
    }
    for (const std::vector<PolicySet>& level_sets : sets) {
      layers.emplace_back(std::span<const PolicySet>(level_sets));
    }
  };
  for (AccountPlace& place : account_.places_) {
    if (level_with_scps_) {
      compiled(place.service_control, place.service_control_sets, place.service_control_layers);
    }
    compiled(place.resource_control, place.resource_control_sets, place.resource_control_layers);
  }
  account_.organization_paths_.reserve(account_.places_.size());
  for (const AccountPlace& place : account_.places_) {
    account_.organization_paths_.emplace_back(place.path);
  }
}

WRIT_FUNC void AccountLoader::sort_roles() {
  const std::vector<AccountPrincipal>& all = account_.principals_;
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (all[i].kind == AccountPrincipalKind::Role) account_.roles_by_name_.push_back(i);
  }
  std::sort(account_.roles_by_name_.begin(), account_.roles_by_name_.end(),
            [&all](std::uint32_t a, std::uint32_t b) {
              return std::tie(all[a].account, all[a].name) < std::tie(all[b].account, all[b].name);
            });
}

// A page that speaks of no account may be the last one of any, but of one only.
WRIT_FUNC void AccountLoader::link_pages() {
  const Pages nobodys = pages_[""];
  pages_.erase("");
  std::size_t open = 0;
  bool is_any_truncated = false;
  for (const auto& [account, pages] : pages_) {
    is_any_truncated = is_any_truncated || pages.truncated;
    if (pages.truncated && pages.last_pages == 0) ++open;
  }
  constexpr std::string_view kMessage = "more pages follow this one, and the last one is not here";
  if (open > nobodys.last_pages) {
    for (const auto& [account, pages] : pages_) {
      if (!pages.truncated || pages.last_pages != 0) continue;
      std::string message(kMessage);
      if (nobodys.last_pages != 0) {
        message += ": " + std::to_string(open) + " accounts lack theirs, and " +
                   std::to_string(nobodys.last_pages) + " last pages name no account";
      }
      fail(*pages.truncated, std::move(message));
    }
  }
  const bool belongs = is_any_truncated || nobodys.last_pages != 0 || pages_.size() == 1;
  if (nobodys.truncated && !belongs) fail(*nobodys.truncated, std::string(kMessage));
}

WRIT_FUNC void AccountLoader::link() {
  sort_roles();
  for (std::size_t i = 0; i < account_.groups_.size(); ++i) {
    link_policies(group_links_[i], account_.groups_[i].policies);
  }
  for (std::size_t i = 0; i < account_.principals_.size(); ++i) {
    link_principal(account_.principals_[i], principal_links_[i]);
  }
  link_places();
  link_pages();
  for (const auto& [account, pages] : pages_) {
    account_.account_ids_.push_back(account);
    if (organization_place_ && account_.find_place(account) == nullptr) {
      fail(*organization_place_,
           "account " + account + ", of which there is an export, has no place here");
    }
  }
  account_.stats_.accounts = static_cast<std::uint32_t>(account_.account_ids_.size());
}

WRIT_FUNC bool AccountLoader::count_bytes(std::string_view file, std::size_t bytes) {
  const std::size_t room = options_.max_total_bytes - bytes_;
  bytes_ += std::min(bytes, room);
  if (bytes <= room) return true;
  PolicyError error;
  error.code = ErrorCode::LimitExceeded;
  error.message = "with this file there are more than " + std::to_string(options_.max_total_bytes) +
                  " bytes in all";
  complaints_.fail(file, std::move(error));
  return false;
}

WRIT_FUNC Result<Account, AccountErrors> AccountLoader::load(const AccountFiles& files) {
  const auto counts = [this](const AccountFile& file) {
    return count_bytes(file.name, file.text.size());
  };
  bytes_ = 0;
  if (!std::all_of(files.exports.begin(), files.exports.end(), counts) ||
      (files.organization && !counts(*files.organization)) ||
      (files.resources && !counts(*files.resources))) {
    return std::move(complaints_.errors);
  }
  for (const AccountFile& file : files.exports) read_export(file);
  if (files.organization) read_organization(*files.organization);
  if (files.resources) read_resources(*files.resources);
  link();
  complaints_.close();
  if (complaints_.failed()) return std::move(complaints_.errors);
  account_.findings_ = std::move(complaints_.findings);
  return std::move(account_);
}

[[nodiscard]] inline bool is_account_export(std::string_view name) noexcept {
  return name.substr(0, 7) == "account" && name.size() >= 12 &&
         name.substr(name.size() - 5) == ".json";
}

/// The file of an account that is misspelt so; empty if none is.
[[nodiscard]] inline std::string_view meant_account_file(std::string_view name) {
  for (const std::string_view known : {"organization.json", "resources.json", "account.json"}) {
    if (is_misspelt(name, known)) return known;
  }
  return equals_folded(name.substr(0, 7), "account") ? "account*.json" : "";
}

/// The parts of `arn:aws:sts::111122223333:assumed-role/Deploy/alice`, `resource` being the role's
/// name; false for anything else.
[[nodiscard]] inline bool split_session_arn(std::string_view arn, PrincipalArn& parts) noexcept {
  if (!split_principal_arn(arn, parts) || parts.service != "sts" ||
      !take_prefix(parts.resource, "assumed-role/")) {
    return false;
  }
  const std::size_t slash = parts.resource.find('/');
  if (slash == std::string_view::npos || !is_iam_name(parts.resource.substr(slash + 1))) {
    return false;
  }
  parts.resource = parts.resource.substr(0, slash);
  return is_iam_name(parts.resource);
}

}  // namespace detail

WRIT_FUNC Result<Account, AccountErrors> Account::load(const AccountFiles& files,
                                                       const AccountOptions& options) {
  detail::AccountLoader loader(options);
  if (files.exports.empty()) {
    loader.complaints().fail("exports",
                             detail::file_error("there is no export; make one with `aws iam "
                                                "get-account-authorization-details`"));
  }
  return loader.load(files);
}

WRIT_FUNC Result<Account, AccountErrors> Account::load(const std::string& folder,
                                                       const AccountOptions& options) {
  detail::AccountLoader loader(options);
  const Result<std::vector<std::string>> names = detail::list_folder(folder);
  if (!names) {
    loader.complaints().fail(folder, names.error());
    return std::move(loader.complaints().errors);
  }
  // Texts and paths stay where they are while the loader reads them.
  std::vector<std::pair<std::string, std::string>> contents;
  contents.reserve(names->size());
  AccountFiles files;
  for (const std::string& name : *names) {
    const bool is_json = name.size() > 5 && name.substr(name.size() - 5) == ".json";
    if (!is_json || name.front() == '.') continue;
    std::string path = folder + (folder.back() == '/' ? "" : "/") + name;
    const bool is_export = detail::is_account_export(name);
    if (!is_export && name != "organization.json" && name != "resources.json") {
      const std::string_view meant = detail::meant_account_file(name);
      if (!meant.empty()) {
        loader.complaints().fail(path, detail::file_error("this file would not be read; did you "
                                                          "mean `" +
                                                          std::string(meant) + "`?"));
        continue;
      }
      loader.complaints().note(
          path, detail::file_error("this file is not read: it is none of account*.json, "
                                   "organization.json and resources.json"));
      continue;
    }
    Result<std::optional<detail::FileContent>> content =
        detail::read_policy_file(path, options.max_file_bytes);
    if (!content || !*content) {
      loader.complaints().fail(
          path, content ? detail::file_error("the file is gone") : std::move(content).error());
      continue;
    }
    if (!loader.count_bytes(path, (**content).text.size())) {
      return std::move(loader.complaints().errors);
    }
    contents.emplace_back(std::move(path), std::move((**content).text));
    const AccountFile file{contents.back().first, contents.back().second};
    if (is_export) {
      files.exports.push_back(file);
    } else {
      (name.front() == 'o' ? files.organization : files.resources) = file;
    }
  }
  if (files.exports.empty() && !loader.complaints().failed()) {
    loader.complaints().fail(
        folder, detail::file_error("there is no account*.json here; make one with `aws iam "
                                   "get-account-authorization-details`"));
  }
  return loader.load(files);
}

WRIT_FUNC const AccountPrincipal* Account::find_principal(std::string_view arn) const noexcept {
  if (const auto known = principals_by_arn_.find(arn); known != principals_by_arn_.end()) {
    return &principals_[known->second];
  }
  detail::PrincipalArn session;
  if (!detail::split_session_arn(arn, session)) return nullptr;
  const auto role =
      std::partition_point(roles_by_name_.begin(), roles_by_name_.end(), [&](std::uint32_t index) {
        const AccountPrincipal& other = principals_[index];
        const int order = std::string_view(other.account).compare(session.account);
        return order < 0 || (order == 0 && other.name < session.resource);
      });
  if (role == roles_by_name_.end()) return nullptr;
  const AccountPrincipal& found = principals_[*role];
  detail::PrincipalArn parts;
  const bool is_same = found.account == session.account && found.name == session.resource &&
                       detail::split_principal_arn(found.arn, parts) &&
                       parts.partition == session.partition;
  return is_same ? &found : nullptr;
}

WRIT_FUNC const AccountGroup* Account::find_group(std::string_view arn) const noexcept {
  const auto known = groups_by_arn_.find(arn);
  return known == groups_by_arn_.end() ? nullptr : &groups_[known->second];
}

WRIT_FUNC const AccountPlace* Account::find_place(std::string_view account) const noexcept {
  const auto known = places_by_account_.find(account);
  return known == places_by_account_.end() ? nullptr : &places_[known->second];
}

template <class Speaks>
const AccountResource* Account::climb(std::string_view arn, const Speaks& speaks) const noexcept {
  // The last field begins behind the fifth colon: nothing is cut off before it.
  std::size_t begin = 0;
  for (int colons = 0; colons < 5; ++colons) {
    begin = arn.find(':', begin);
    if (begin == std::string_view::npos) return nullptr;
    ++begin;
  }
  for (;;) {
    const auto known = resources_by_arn_.find(arn);
    if (known != resources_by_arn_.end() && speaks(resources_[known->second])) {
      return &resources_[known->second];
    }
    const std::size_t cut = arn.find_last_of("/:");
    if (cut == std::string_view::npos || cut < begin) return nullptr;
    arn = arn.substr(0, cut);
  }
}

WRIT_FUNC const AccountResource* Account::find_resource(std::string_view arn) const noexcept {
  return climb(arn,
               [](const AccountResource& entry) { return entry.policy != AccountResource::kNone; });
}

WRIT_FUNC std::string_view Account::owner_of(std::string_view arn) const noexcept {
  detail::ResourceFacts facts;
  if (!facts.read(arn) || facts.is_star()) return {};
  if (detail::is_account_id(facts.field(4))) return arn.substr(facts.colons[3] + 1U, 12);
  const AccountResource* resource =
      climb(arn, [](const AccountResource& entry) { return !entry.account.empty(); });
  return resource == nullptr ? std::string_view() : std::string_view(resource->account);
}

WRIT_FUNC Result<Caller> Account::caller(std::string_view arn) const {
  Result<Caller> caller = Caller::from_arn(arn);
  if (!caller || caller->kind() != CallerKind::RoleSession) return caller;
  const AccountPrincipal* role = find_principal(arn);
  return role == nullptr ? std::move(caller) : caller->with_role_arn(role->arn);
}

WRIT_FUNC std::vector<AccountKey> Account::known_keys(const Caller& caller,
                                                      const AccountPrincipal* principal,
                                                      std::string_view resource) const {
  std::vector<AccountKey> keys;
  const auto add = [&keys](ConditionKey key, std::string_view value) {
    if (!value.empty()) keys.push_back({key, value, {}, false});
  };
  const auto add_path = [&](ConditionKey key, const AccountPlace* place) {
    if (place == nullptr || place->path.empty()) return;
    const auto index = static_cast<std::size_t>(place - places_.data());
    keys.push_back({key, {}, std::span(&organization_paths_[index], 1), true});
  };
  RequestBuilder standard(caller, "sts:GetCallerIdentity");
  set_principal_keys(standard, caller);
  if (const Result<Request> request = standard.build()) {
    for (const ContextEntry& entry : request->context()) add(entry.key, entry.single);
  }
  // Table 3.1: a user's own id, `AROA…:SESSION`, `ACCOUNT:NAME`. P-31 reads it up to the colon.
  const auto add_pair = [&keys](std::string_view first, std::string_view second) {
    auto pair = std::make_shared<std::string>(first);
    *pair += ':';
    *pair += second;
    keys.push_back({"aws:userid", *pair, {}, false, pair});
  };
  if (caller.kind() == CallerKind::FederatedUser) {
    add_pair(caller.account(), caller.name());
  } else if (principal != nullptr && principal->kind == AccountPrincipalKind::User) {
    add("aws:userid", principal->unique_id);
  } else if (principal != nullptr && !principal->unique_id.empty()) {
    // Of a role as such (P-2) the session has no name.
    const std::string_view id = caller.id();
    const bool is_session = caller.kind() == CallerKind::RoleSession;
    add_pair(principal->unique_id, is_session ? id.substr(id.rfind('/') + 1) : std::string_view());
  }
  if (principal != nullptr) {
    for (const AccountTag& tag : principal->tags) {
      keys.push_back({tag.name, tag.value, {}, false});  // the value may be empty
    }
  }
  const AccountPlace* caller_place = find_place(caller.account());
  if (caller_place != nullptr) {
    add("aws:PrincipalOrgID", organization_id_);
    add_path("aws:PrincipalOrgPaths", caller_place);
  }
  const std::string_view owner = owner_of(resource);
  if (owner.empty()) return keys;
  add("aws:ResourceAccount", owner);
  if (const AccountPlace* place = find_place(owner)) {
    add("aws:ResourceOrgID", organization_id_);
    add_path("aws:ResourceOrgPaths", place);
  }
  return keys;
}

WRIT_FUNC std::vector<AccountKey> Account::set_keys(RequestBuilder& builder, const Caller& caller,
                                                    const AccountPrincipal* principal,
                                                    std::string_view resource,
                                                    std::span<const std::string_view> given) const {
  std::vector<AccountKey> keys = known_keys(caller, principal, resource);
  for (const AccountKey& key : keys) {
    const auto is_given = [&key](std::string_view name) {
      return equals_folded(name, key.key.name());
    };
    if (std::any_of(given.begin(), given.end(), is_given)) continue;
    if (key.multivalued) {
      builder.set_list(key.key, key.values);
    } else {
      builder.set(key.key, key.value);
    }
  }
  const std::string_view owner = owner_of(resource);
  if (!owner.empty()) builder.resource_account(owner);
  return keys;
}

WRIT_FUNC AccountPolicies Account::policies(const AccountPrincipal* principal,
                                            const Request& request) const noexcept {
  AccountPolicies policies;
  const Caller& caller = request.caller();
  if (principal == nullptr && caller.kind() == CallerKind::FederatedUser) {
    principal = find_principal(caller.issuer());
  }
  policies.all_policies = policies_;
  policies.principal = principal;
  AppliedPolicies& applied = policies.applied;
  if (principal != nullptr) {
    applied.identity = principal->identity;
    if (principal->boundary_policy != AccountPrincipal::kNone) {
      applied.boundary = PolicyLayer(principal->boundary);
    }
  }
  policies.caller_place = find_place(caller.account());
  if (policies.caller_place != nullptr && !policies.caller_place->is_management) {
    applied.service_control = policies.caller_place->service_control_layers;
  }
  policies.owner_place = find_place(request.resource_owner());
  if (policies.owner_place != nullptr && !policies.owner_place->is_management) {
    applied.resource_control = policies.owner_place->resource_control_layers;
  }
  std::uint32_t resource_policy = AccountResource::kNone;
  if (request.is_role_trust()) {
    const auto role = principals_by_arn_.find(request.resource());
    if (role != principals_by_arn_.end()) resource_policy = principals_[role->second].trust_policy;
  } else if (const AccountResource* resource = find_resource(request.resource())) {
    resource_policy = resource->policy;
  }
  if (resource_policy != AccountResource::kNone) {
    policies.resource_policy = &policies_[resource_policy];
    applied.resource_policy = &policies.resource_policy->set;
  }
  return policies;
}

WRIT_FUNC const AccountPolicy* AccountPolicies::find(const StatementId& id) const noexcept {
  if (!id.exists()) return nullptr;
  const auto at = [this](const std::vector<std::uint32_t>& list,
                         std::uint32_t document) -> const AccountPolicy* {
    return document < list.size() ? &all_policies[list[document]] : nullptr;
  };
  const auto at_level = [&](const AccountPlace* place, const auto member) -> const AccountPolicy* {
    if (place == nullptr || id.level >= (place->*member).size()) return nullptr;
    return at((place->*member)[id.level], id.document);
  };
  switch (id.layer) {
    case PolicyType::IdentityBased:
      return principal == nullptr ? nullptr : at(principal->policies, id.document);
    case PolicyType::PermissionsBoundary:
      return principal == nullptr || principal->boundary_policy == AccountPrincipal::kNone
                 ? nullptr
                 : &all_policies[principal->boundary_policy];
    case PolicyType::ResourceBased:
    case PolicyType::RoleTrust:
      return resource_policy;
    case PolicyType::ServiceControl:
      return at_level(caller_place, &AccountPlace::service_control);
    case PolicyType::ResourceControl:
      return at_level(owner_place, &AccountPlace::resource_control);
    case PolicyType::Session:
    case PolicyType::VpcEndpoint:
      return nullptr;
  }
  return nullptr;
}

}  // namespace writ::inline v0
