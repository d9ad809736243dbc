// Not API, may change in any release. AccountLoader: from the files of an account to the account.
//
// Three passes. The exports are read page by page: every document is compiled where it stands, and
// the names by which users, groups and roles refer to each other are kept with their places. Then
// the organization and the resources. At last the names are resolved, because a page may name what
// a later one lists. Mistakes are collected throughout; with any of them there is no account.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "writ/account.h"
#include "writ/impl/account_text.h"
#include "writ/impl/request_checks.h"

namespace writ::inline v0 {
namespace detail {

/// An ARN of IAM in its parts: `arn:PARTITION:iam::ACCOUNT:TYPE/PATH/NAME`.
struct IamArn {
  std::string_view account;
  std::string_view path;  ///< with both slashes: `/` or `/teams/a/`
  std::string_view name;

  /// Nothing if it is no ARN of that type of IAM: `user`, `group`, `role`, `policy`.
  [[nodiscard]] static std::optional<IamArn> parse(std::string_view arn,
                                                   std::string_view type) noexcept;
};

/// `111122223333/deploy`: names are unique in an account, letter case aside (P-3).
[[nodiscard]] std::string account_name_key(std::string_view account, std::string_view name);

class AccountLoader {
 public:
  explicit AccountLoader(const AccountOptions& options) noexcept
      : options_(options), complaints_(options.max_errors) {}

  Result<Account, AccountErrors> load(const AccountFiles& files);
  AccountComplaints& complaints() noexcept { return complaints_; }
  /// Whether a file has a place among the others; complains if not.
  bool count_bytes(std::string_view file, std::size_t bytes);

 private:
  /// A name that something is referred to by, and where that is said.
  struct Reference {
    std::string name;
    AccountPlaceInFile place;
  };
  /// What a user, role or group is attached to, by name until all pages are read.
  struct Attachments {
    std::vector<std::uint32_t> inline_policies;
    std::vector<Reference> managed;
    std::vector<Reference> groups;
    std::optional<Reference> boundary;
  };
  /// Which pages an account's export has.
  struct Pages {
    std::optional<AccountPlaceInFile> truncated;  ///< the first that says that more follow
    std::uint32_t last_pages = 0;
  };
  /// A level of an organization, and those above it.
  struct Level {
    std::vector<std::uint32_t> service_control;
    std::vector<std::uint32_t> resource_control;
  };
  /// An organization's policy that has been compiled, by kind and name.
  struct NamedPolicy {
    std::uint32_t policy = AccountPrincipal::kNone;
    bool failed = false;
  };

  // account_exports-inl.h
  void read_export(const AccountFile& file);
  void read_user(const AccountText& text, const JsonNode& node);
  void read_group(const AccountText& text, const JsonNode& node);
  void read_role(const AccountText& text, const JsonNode& node);
  void read_managed(const AccountText& text, const JsonNode& node);
  void read_versions(const AccountText& text, const JsonNode& node, const JsonNode& versions,
                     std::string_view wanted, AccountPolicy policy);
  void read_inline(const AccountText& text, const JsonNode* list, std::string_view owner,
                   PolicySource source, Attachments& attachments);
  void read_attached(const AccountText& text, const JsonNode* list, Attachments& attachments);
  void read_boundary(const AccountText& text, const JsonNode* node, Attachments& attachments);
  void read_tags(const AccountText& text, const JsonNode* list, AccountPrincipal& principal);
  void read_instance_profiles(const AccountText& text, const JsonNode* list,
                              AccountPrincipal& principal);
  std::optional<IamArn> read_arn(const AccountText& text, const JsonNode& object,
                                 const JsonNode* arn, const JsonNode* name, std::string_view type);
  std::optional<AccountPrincipal> read_principal(const AccountText& text, const JsonNode& node,
                                                 std::span<const JsonNode* const> nodes,
                                                 AccountPrincipalKind kind,
                                                 Attachments& attachments);
  void add_principal(const AccountText& text, const JsonNode& node, AccountPrincipal principal,
                     Attachments attachments);
  void see_account(std::string_view account);
  void end_page(const AccountText& text, const JsonNode* truncated);

  // account_organization-inl.h
  void read_organization(const AccountFile& file);
  void read_unit(const AccountText& text, const JsonNode& node, std::vector<Level>& levels,
                 const std::string& path);
  void read_place(const AccountText& text, const JsonNode& node, std::vector<Level>& levels,
                  const std::string& path);
  Level read_level(const AccountText& text, const JsonNode& node, const JsonNode* scps,
                   const JsonNode* rcps);
  std::vector<std::uint32_t> read_level_policies(const AccountText& text, const JsonNode* list,
                                                 PolicyType type);
  std::uint32_t organization_policy(const AccountText& text, const JsonNode& use, PolicyType type);
  void read_resources(const AccountFile& file);
  void read_resource(const AccountText& text, const JsonNode& node);

  // account-inl.h
  std::uint32_t add_policy(AccountPolicy policy, AccountDocument document);
  PolicySet compile(const AccountPolicy& policy, const AccountPlaceInFile& place, PolicyType type);
  void link();
  void link_principal(AccountPrincipal& principal, const Attachments& attachments);
  void link_policies(const Attachments& attachments, std::vector<std::uint32_t>& policies);
  void link_places();
  void sort_roles();
  void link_pages();
  void fail(const AccountPlaceInFile& place, std::string message,
            ErrorCode code = ErrorCode::InvalidInput);
  /// Counts them; at the limit it complains once, and returns false from then on.
  bool count_links(std::size_t links, const AccountPlaceInFile& place);
  /// Begins a set of policies.
  void clear_marks();
  /// Whether it is new in the set.
  bool mark(std::uint32_t policy);

  AccountOptions options_;
  AccountComplaints complaints_;
  Account account_;
  std::vector<AccountPlaceInFile> places_;  // of account_.policies_
  std::vector<std::uint32_t> marks_;  // of account_.policies_: the set that it was last seen in
  std::uint32_t marked_set_ = 0;
  std::size_t links_ = 0;
  std::size_t bytes_ = 0;  // of the files
  bool has_too_many_links_ = false;
  std::vector<Attachments> principal_links_;                       // of account_.principals_
  std::vector<Attachments> group_links_;                           // of account_.groups_
  std::map<std::string, std::uint32_t, std::less<>> managed_;      // by ARN
  std::set<std::string, std::less<>> refused_;                     // managed ones that are not good
  std::map<std::string, std::uint32_t, std::less<>> group_names_;  // ACCOUNT/name in lower case
  std::set<std::string, std::less<>> user_names_;                  // likewise
  std::set<std::string, std::less<>> role_names_;                  // likewise
  std::map<std::string, Pages, std::less<>> pages_;  // by account; empty: of a page without any
  std::set<std::string, std::less<>> page_accounts_;
  std::map<std::string, const JsonNode*, std::less<>> organization_documents_;
  std::map<std::pair<PolicyType, std::string>, NamedPolicy> organization_policies_;
  std::set<std::string, std::less<>> used_documents_;
  std::string management_account_;
  std::optional<AccountPlaceInFile> organization_place_;
  std::optional<AccountPlaceInFile> level_with_scps_;
  std::optional<AccountPlaceInFile> level_without_scps_;
};

}  // namespace detail
}  // namespace writ::inline v0
