// Not API, may change in any release. What `aws iam get-account-authorization-details` prints.
#pragma once

#include <utility>

#include "writ/impl/account_loader.h"
#include "writ/impl/fold.h"
#include "writ/parse.h"
#include "writ/write.h"

namespace writ::inline v0 {
namespace detail {

WRIT_FUNC std::string account_name_key(std::string_view account, std::string_view name) {
  return std::string(account) + '/' + folded(name);
}

WRIT_FUNC std::optional<IamArn> IamArn::parse(std::string_view arn,
                                              std::string_view type) noexcept {
  std::array<std::string_view, 5> fields;
  for (std::string_view& field : fields) {
    const std::size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    field = arn.substr(0, colon);
    arn.remove_prefix(colon + 1);
  }
  const bool is_aws = type == "policy" && fields[4] == "aws";
  const bool is_iam = fields[0] == "arn" && is_partition(fields[1]) && fields[2] == "iam" &&
                      fields[3].empty() && (is_aws || is_account_id(fields[4]));
  if (!is_iam || !take_prefix(arn, type) || !arn.starts_with('/') ||
      !is_path_and_name(arn.substr(1))) {
    return std::nullopt;
  }
  const std::size_t last = arn.rfind('/') + 1;
  return IamArn{fields[4], arn.substr(0, last), arn.substr(last)};
}

WRIT_FUNC void AccountLoader::see_account(std::string_view account) {
  page_accounts_.emplace(account);
}

WRIT_FUNC void AccountLoader::read_export(const AccountFile& file) {
  constexpr std::array<std::string_view, 6> kMembers = {
      "UserDetailList", "GroupDetailList", "RoleDetailList", "Policies", "IsTruncated", "Marker"};
  AccountText text(file, complaints_, AccountFormat::Api);
  if (!text.parse(options_)) return;
  std::array<const JsonNode*, kMembers.size()> nodes = {};
  const JsonNode& root = text.tree().root();
  if (!text.members(root, kMembers, nodes)) return;
  if (std::all_of(nodes.begin(), nodes.begin() + 4,
                  [](const JsonNode* node) { return node == nullptr; })) {
    return text.fail(
        root,
        "this is no output of `aws iam get-account-authorization-details`: it has none "
        "of UserDetailList, GroupDetailList, RoleDetailList and Policies");
  }
  page_accounts_.clear();
  text.each(nodes[0], [&](const JsonNode& node) { read_user(text, node); });
  text.each(nodes[1], [&](const JsonNode& node) { read_group(text, node); });
  text.each(nodes[2], [&](const JsonNode& node) { read_role(text, node); });
  text.each(nodes[3], [&](const JsonNode& node) { read_managed(text, node); });
  static_cast<void>(text.optional_string(nodes[5]));
  end_page(text, nodes[4]);
}

WRIT_FUNC void AccountLoader::end_page(const AccountText& text, const JsonNode* truncated) {
  bool more = false;
  if (truncated != nullptr) {
    more = truncated->kind == JsonKind::True;
    if (!more && truncated->kind != JsonKind::False) {
      text.fail(*truncated, "this has to be true or false", ErrorCode::DataTypeMismatch);
    }
  }
  if (page_accounts_.empty()) page_accounts_.emplace();
  for (const std::string& account : page_accounts_) {
    Pages& pages = pages_[account];
    if (!more) {
      ++pages.last_pages;
    } else if (!pages.truncated) {
      pages.truncated = text.place(*truncated);
    }
  }
}

WRIT_FUNC std::optional<IamArn> AccountLoader::read_arn(const AccountText& text,
                                                        const JsonNode& object, const JsonNode* arn,
                                                        const JsonNode* name,
                                                        std::string_view type) {
  std::string member(type);
  member[0] = static_cast<char>(member[0] - 'a' + 'A');
  member += "Name";
  const std::optional<std::string_view> name_text = text.required(object, name, member);
  const std::optional<std::string_view> arn_text = text.required(object, arn, "Arn");
  if (!name_text || !arn_text) return std::nullopt;
  const std::optional<IamArn> parts = IamArn::parse(*arn_text, type);
  if (!parts) {
    text.fail(*arn, "this is not the ARN of a " + std::string(type) + " of IAM");
    return std::nullopt;
  }
  if (parts->name != *name_text) {
    text.fail(*name, "the ARN says `" + std::string(parts->name) + "`; both have to be the same");
    return std::nullopt;
  }
  if (parts->account != "aws") see_account(parts->account);
  return parts;
}

WRIT_FUNC void AccountLoader::read_inline(const AccountText& text, const JsonNode* list,
                                          std::string_view owner, PolicySource source,
                                          Attachments& attachments) {
  constexpr std::array<std::string_view, 2> kMembers = {"PolicyName", "PolicyDocument"};
  std::set<std::string_view> names;
  text.each(list, [&](const JsonNode& node) {
    std::array<const JsonNode*, kMembers.size()> nodes = {};
    if (!text.members(node, kMembers, nodes)) return;
    const std::optional<std::string_view> name = text.required(node, nodes[0], kMembers[0]);
    if (nodes[1] == nullptr) text.fail(node, "the member `PolicyDocument` is missing");
    if (!name || nodes[1] == nullptr) return;
    if (!names.insert(*name).second) return text.fail(*nodes[0], "this policy is listed twice");
    std::optional<AccountDocument> document = text.document(*nodes[1]);
    if (!document) return;
    AccountPolicy policy;
    policy.name = *name;
    policy.id = std::string(owner) + '#' + policy.name;
    policy.owner = owner;
    policy.source = source;
    const std::uint32_t index = add_policy(std::move(policy), std::move(*document));
    if (index != AccountPrincipal::kNone) attachments.inline_policies.push_back(index);
    ++account_.stats_.inline_policies;
  });
}

WRIT_FUNC void AccountLoader::read_attached(const AccountText& text, const JsonNode* list,
                                            Attachments& attachments) {
  constexpr std::array<std::string_view, 2> kMembers = {"PolicyName", "PolicyArn"};
  text.each(list, [&](const JsonNode& node) {
    std::array<const JsonNode*, kMembers.size()> nodes = {};
    if (!text.members(node, kMembers, nodes)) return;
    static_cast<void>(text.optional_string(nodes[0]));
    const std::optional<std::string_view> arn = text.required(node, nodes[1], kMembers[1]);
    if (arn) attachments.managed.push_back({std::string(*arn), text.place(*nodes[1])});
  });
}

WRIT_FUNC void AccountLoader::read_boundary(const AccountText& text, const JsonNode* node,
                                            Attachments& attachments) {
  constexpr std::array<std::string_view, 2> kMembers = {"PermissionsBoundaryType",
                                                        "PermissionsBoundaryArn"};
  if (node == nullptr) return;
  std::array<const JsonNode*, kMembers.size()> nodes = {};
  if (!text.members(*node, kMembers, nodes)) return;
  static_cast<void>(text.optional_string(nodes[0]));
  const std::optional<std::string_view> arn = text.required(*node, nodes[1], kMembers[1]);
  if (arn) attachments.boundary = Reference{std::string(*arn), text.place(*nodes[1])};
}

WRIT_FUNC void AccountLoader::read_tags(const AccountText& text, const JsonNode* list,
                                        AccountPrincipal& principal) {
  constexpr std::array<std::string_view, 2> kMembers = {"Key", "Value"};
  std::set<std::string> names;
  text.each(list, [&](const JsonNode& node) {
    std::array<const JsonNode*, kMembers.size()> nodes = {};
    if (!text.members(node, kMembers, nodes)) return;
    const std::optional<std::string_view> key = text.required(node, nodes[0], kMembers[0]);
    if (nodes[1] == nullptr) return text.fail(node, "the member `Value` is missing");
    if (!key || !text.is(*nodes[1], JsonKind::String, "a string")) return;
    AccountTag tag{"aws:PrincipalTag/" + std::string(*key), std::string(nodes[1]->text)};
    if (!names.insert(folded(*key)).second) {
      return text.fail(*nodes[0], "this tag is given twice, letter case aside (C-12)");
    }
    principal.tags.push_back(std::move(tag));
  });
}

WRIT_FUNC void AccountLoader::read_instance_profiles(const AccountText& text, const JsonNode* list,
                                                     AccountPrincipal& principal) {
  constexpr std::array<std::string_view, 7> kMembers = {
      "Arn", "InstanceProfileName", "InstanceProfileId", "Path", "CreateDate", "Roles", "Tags"};
  text.each(list, [&](const JsonNode& node) {
    std::array<const JsonNode*, kMembers.size()> nodes = {};
    if (!text.members(node, kMembers, nodes)) return;
    const std::optional<std::string_view> arn = text.required(node, nodes[0], kMembers[0]);
    if (arn) principal.instance_profiles.emplace_back(*arn);
  });
}

WRIT_FUNC void AccountLoader::add_principal(const AccountText& text, const JsonNode& node,
                                            AccountPrincipal principal, Attachments attachments) {
  const auto index = static_cast<std::uint32_t>(account_.principals_.size());
  const bool is_role = principal.kind == AccountPrincipalKind::Role;
  std::string key = account_name_key(principal.account, principal.name);
  if (!(is_role ? role_names_ : user_names_).insert(std::move(key)).second) {
    return text.fail(node, std::string(is_role ? "the role `" : "the user `") + principal.name +
                               "` is listed twice in account " + principal.account);
  }
  account_.principals_by_arn_.emplace(principal.arn, index);
  ++(is_role ? account_.stats_.roles : account_.stats_.users);
  account_.principals_.push_back(std::move(principal));
  principal_links_.push_back(std::move(attachments));
}

// What users and roles alike have, whose members stand in this order.
WRIT_FUNC std::optional<AccountPrincipal> AccountLoader::read_principal(
    const AccountText& text, const JsonNode& node, std::span<const JsonNode* const> nodes,
    AccountPrincipalKind kind, Attachments& attachments) {
  const bool is_role = kind == AccountPrincipalKind::Role;
  const std::optional<IamArn> arn =
      read_arn(text, node, nodes[0], nodes[1], is_role ? "role" : "user");
  if (!arn) return std::nullopt;
  AccountPrincipal principal;
  principal.kind = kind;
  principal.arn = nodes[0]->text;
  principal.name = arn->name;
  principal.path = arn->path;
  principal.account = arn->account;
  principal.unique_id = text.optional_string(nodes[2]);
  read_inline(text, nodes[3], principal.arn,
              is_role ? PolicySource::RoleInline : PolicySource::UserInline, attachments);
  read_attached(text, nodes[4], attachments);
  read_tags(text, nodes[5], principal);
  read_boundary(text, nodes[6], attachments);
  return principal;
}

WRIT_FUNC void AccountLoader::read_user(const AccountText& text, const JsonNode& node) {
  constexpr std::array<std::string_view, 11> kMembers = {"Arn",
                                                         "UserName",
                                                         "UserId",
                                                         "UserPolicyList",
                                                         "AttachedManagedPolicies",
                                                         "Tags",
                                                         "PermissionsBoundary",
                                                         "GroupList",
                                                         "Path",
                                                         "CreateDate",
                                                         "PasswordLastUsed"};
  std::array<const JsonNode*, kMembers.size()> nodes = {};
  if (!text.members(node, kMembers, nodes)) return;
  Attachments attachments;
  std::optional<AccountPrincipal> user =
      read_principal(text, node, nodes, AccountPrincipalKind::User, attachments);
  if (!user) return;
  text.each(nodes[7], [&](const JsonNode& group) {
    if (!text.is(group, JsonKind::String, "the name of a group")) return;
    attachments.groups.push_back({std::string(group.text), text.place(group)});
  });
  add_principal(text, node, std::move(*user), std::move(attachments));
}

WRIT_FUNC void AccountLoader::read_role(const AccountText& text, const JsonNode& node) {
  constexpr std::array<std::string_view, 14> kMembers = {"Arn",
                                                         "RoleName",
                                                         "RoleId",
                                                         "RolePolicyList",
                                                         "AttachedManagedPolicies",
                                                         "Tags",
                                                         "PermissionsBoundary",
                                                         "AssumeRolePolicyDocument",
                                                         "InstanceProfileList",
                                                         "Path",
                                                         "CreateDate",
                                                         "RoleLastUsed",
                                                         "Description",
                                                         "MaxSessionDuration"};
  std::array<const JsonNode*, kMembers.size()> nodes = {};
  if (!text.members(node, kMembers, nodes)) return;
  Attachments attachments;
  std::optional<AccountPrincipal> role =
      read_principal(text, node, nodes, AccountPrincipalKind::Role, attachments);
  if (!role) return;
  if (nodes[7] == nullptr) {
    text.fail(node, "the member `AssumeRolePolicyDocument` is missing");
  } else if (std::optional<AccountDocument> document = text.document(*nodes[7])) {
    AccountPolicy policy;
    policy.name = "trust policy";
    policy.id = role->arn + "#trust";
    policy.owner = role->arn;
    policy.source = PolicySource::Trust;
    policy.type = PolicyType::RoleTrust;
    role->trust_policy = add_policy(std::move(policy), std::move(*document));
  }
  read_instance_profiles(text, nodes[8], *role);
  add_principal(text, node, std::move(*role), std::move(attachments));
}

WRIT_FUNC void AccountLoader::read_group(const AccountText& text, const JsonNode& node) {
  constexpr std::array<std::string_view, 7> kMembers = {
      "Arn",     "GroupName", "GroupPolicyList", "AttachedManagedPolicies",
      "GroupId", "Path",      "CreateDate"};
  std::array<const JsonNode*, kMembers.size()> nodes = {};
  if (!text.members(node, kMembers, nodes)) return;
  const std::optional<IamArn> arn = read_arn(text, node, nodes[0], nodes[1], "group");
  if (!arn) return;
  AccountGroup group;
  group.arn = nodes[0]->text;
  group.name = arn->name;
  group.account = arn->account;
  Attachments attachments;
  read_inline(text, nodes[2], group.arn, PolicySource::GroupInline, attachments);
  read_attached(text, nodes[3], attachments);
  const auto index = static_cast<std::uint32_t>(account_.groups_.size());
  if (!group_names_.emplace(account_name_key(group.account, group.name), index).second) {
    return text.fail(node,
                     "the group `" + group.name + "` is listed twice in account " + group.account);
  }
  account_.groups_by_arn_.emplace(group.arn, index);
  account_.groups_.push_back(std::move(group));
  group_links_.push_back(std::move(attachments));
}

WRIT_FUNC void AccountLoader::read_managed(const AccountText& text, const JsonNode& node) {
  constexpr std::array<std::string_view, 13> kMembers = {
      "Arn",          "PolicyName",  "DefaultVersionId", "PolicyVersionList",
      "PolicyId",     "Path",        "AttachmentCount",  "PermissionsBoundaryUsageCount",
      "IsAttachable", "Description", "CreateDate",       "UpdateDate",
      "Tags"};
  std::array<const JsonNode*, kMembers.size()> nodes = {};
  if (!text.members(node, kMembers, nodes)) return;
  const std::optional<IamArn> arn = read_arn(text, node, nodes[0], nodes[1], "policy");
  if (!arn) return;
  // Until it turns out to be good, so that whoever has it attached need not complain as well.
  if (!managed_.contains(nodes[0]->text)) refused_.emplace(nodes[0]->text);
  const std::optional<std::string_view> wanted = text.required(node, nodes[2], kMembers[2]);
  if (nodes[3] == nullptr) return text.fail(node, "the member `PolicyVersionList` is missing");
  if (!wanted) return;
  AccountPolicy policy;
  policy.name = arn->name;
  policy.id = nodes[0]->text;
  policy.source = arn->account == "aws" ? PolicySource::AwsManaged : PolicySource::CustomerManaged;
  read_versions(text, node, *nodes[3], *wanted, std::move(policy));
}

WRIT_FUNC void AccountLoader::read_versions(const AccountText& text, const JsonNode& node,
                                            const JsonNode& versions, std::string_view wanted,
                                            AccountPolicy policy) {
  constexpr std::array<std::string_view, 4> kMembers = {"VersionId", "Document", "IsDefaultVersion",
                                                        "CreateDate"};
  const JsonNode* in_force = nullptr;
  bool listed = false;
  std::set<std::string_view> ids;
  text.each(&versions, [&](const JsonNode& version) {
    std::array<const JsonNode*, kMembers.size()> nodes = {};
    if (!text.members(version, kMembers, nodes)) return;
    const std::optional<std::string_view> id = text.required(version, nodes[0], kMembers[0]);
    if (!id) return;
    if (!ids.insert(*id).second) return text.fail(*nodes[0], "this version is listed twice");
    const bool is_wanted = *id == wanted;
    if (nodes[2] != nullptr) {
      const bool says_so = nodes[2]->kind == JsonKind::True;
      if (!says_so && nodes[2]->kind != JsonKind::False) {
        text.fail(*nodes[2], "this has to be true or false", ErrorCode::DataTypeMismatch);
      } else if (says_so != is_wanted) {
        text.fail(*nodes[2],
                  "DefaultVersionId is `" + std::string(wanted) + "`; this contradicts it");
      }
    }
    if (!is_wanted) {
      ++account_.stats_.unused_versions;
      return;
    }
    listed = true;
    in_force = nodes[1];
    if (nodes[1] == nullptr) text.fail(version, "the member `Document` is missing");
  });
  if (versions.kind != JsonKind::Array) return;
  if (!listed) {
    return text.fail(versions,
                     "the default version `" + std::string(wanted) + "` is not among the versions");
  }
  if (in_force == nullptr) return;
  std::optional<AccountDocument> document = text.document(*in_force);
  if (!document) return;
  const auto known = managed_.find(policy.id);
  if (known != managed_.end()) {  // another page, or another account, repeats it
    const std::string& first = account_.policies_[known->second].text;
    if (first == document->text) return;
    const Result<PolicyDocument> again = parse_policy(document->text, policy.type);
    if (!again) {
      return complaints_.fail(document->place.file, document->place.move_to_file(again.error()));
    }
    // Exports may lay out the same document in two ways.
    if (write_policy(*parse_policy(first, policy.type)) == write_policy(*again)) return;
    return text.fail(node, "`" + policy.id + "` was listed before with another document");
  }
  std::string arn = policy.id;
  const std::uint32_t index = add_policy(std::move(policy), std::move(*document));
  if (index == AccountPrincipal::kNone) return;
  refused_.erase(arn);
  managed_.emplace(std::move(arn), index);
  ++account_.stats_.managed_policies;
}

}  // namespace detail
}  // namespace writ::inline v0
