// Account: the users, groups, roles and policies of one account, or of several of one organization,
// loaded from a folder and ready to be asked. The files and what they mean: docs/accounts.md.
// Not part of writ.h: include it where it is needed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "writ/config.h"
#include "writ/decision.h"
#include "writ/document_error.h"
#include "writ/evaluate.h"
#include "writ/policy_set.h"
#include "writ/request.h"
#include "writ/result.h"

namespace writ::inline v0 {
namespace detail {
class AccountLoader;
}

/// Where a policy of an account comes from.
enum class PolicySource : std::uint8_t {
  AwsManaged,
  CustomerManaged,
  UserInline,
  GroupInline,
  RoleInline,
  Trust,
  Organization,  ///< a service control or resource control policy
  Resource,
};

/// One document of an account, compiled once however many principals have it.
struct AccountPolicy {
  std::string name;   ///< as the account calls it: `ReadReports`
  std::string id;     ///< unique in the account; explanations print it. Managed: the ARN
  std::string owner;  ///< of an inline policy, a trust or a resource policy: the ARN it belongs to
  PolicySource source = PolicySource::CustomerManaged;  ///< where it came from
  PolicyType type = PolicyType::IdentityBased;          ///< of the document
  std::string text;                                     ///< the document, as JSON
  std::string file;          ///< that it was read from; empty for the organization's own ones
  Position position;         ///< of the document in the file
  std::string json_pointer;  ///< of the document in the file
  bool is_string = false;    ///< it is a string in the file, so its lines are not the file's
  PolicySet set;             ///< compiled as `type`
  PolicySet boundary;        ///< compiled as a boundary; an empty handle if it is nobody's
};

/// A tag of a principal.
struct AccountTag {
  std::string name;   ///< of the condition key: `aws:PrincipalTag/team`
  std::string value;  ///< its value
};

/// A group of users.
struct AccountGroup {
  std::string arn;                      ///< of the group
  std::string name;                     ///< without path
  std::string account;                  ///< twelve digits
  std::vector<std::uint32_t> policies;  ///< inline, then attached: places in Account::all_policies
};

enum class AccountPrincipalKind : std::uint8_t { User, Role };

/// A user or a role with everything that it brings to a request.
struct AccountPrincipal {
  static constexpr std::uint32_t kNone = 0xffffffffU;  ///< no policy

  AccountPrincipalKind kind = AccountPrincipalKind::User;  ///< user or role
  std::string arn;                                         ///< of the user or role
  std::string name;                                        ///< without path
  std::string path;                                        ///< ends with `/`
  std::string unique_id;                                   ///< `AIDA…` or `AROA…`; may be empty
  std::string account;                                     ///< twelve digits
  std::vector<AccountTag> tags;                            ///< in the order of the export
  std::vector<std::uint32_t> groups;                       ///< places in Account::groups
  std::vector<std::string> instance_profiles;              ///< ARNs
  /// Places in Account::all_policies, in the order of `identity`: place n is document n of the
  /// identity layer. Inline, attached, then those of the groups.
  std::vector<std::uint32_t> policies;
  std::vector<PolicySet> identity;        ///< one document each
  std::uint32_t boundary_policy = kNone;  ///< index of its permissions boundary, or kNone
  std::vector<PolicySet> boundary;        ///< none or one
  std::uint32_t trust_policy = kNone;     ///< index of the role's trust policy, or kNone
};

/// An account's place in its organization.
struct AccountPlace {
  std::string account;  ///< twelve digits
  std::string name;     ///< may be empty
  std::string path;  ///< `o-…/r-…/ou-…/`: the value of `aws:PrincipalOrgPaths`; may be empty
  /// The organization's management account: its service control policies do not bind (E-20).
  bool is_management = false;
  /// By level, root first: places in Account::all_policies, and the same compiled.
  std::vector<std::vector<std::uint32_t>> service_control;
  /// Likewise, of resource control policies.
  std::vector<std::vector<std::uint32_t>> resource_control;
  std::vector<std::vector<PolicySet>> service_control_sets;   ///< by level, compiled
  std::vector<std::vector<PolicySet>> resource_control_sets;  ///< by level, compiled
  std::vector<PolicyLayer> service_control_layers;            ///< views of the sets
  std::vector<PolicyLayer> resource_control_layers;           ///< views of the sets
};

/// A resource that resources.json speaks of.
struct AccountResource {
  static constexpr std::uint32_t kNone = 0xffffffffU;  ///< no policy

  std::string arn;               ///< of the resource
  std::string account;           ///< who owns it; empty if nobody is known to
  std::uint32_t policy = kNone;  ///< index of its policy, or kNone
};

/// A condition key that an account knows the value of. Views into it, or into `owned`.
struct AccountKey {
  ConditionKey key;                          ///< borrows the name
  std::string_view value;                    ///< of a single-valued key
  std::span<const std::string_view> values;  ///< of a multi-valued key
  bool multivalued = false;                  ///< the key has a list of values (C-13)
  /// What `value` views when it is put together (`aws:userid` of a session); copies share it.
  std::shared_ptr<const std::string> owned = nullptr;
};

/// What applies to one request, and whose it is: views into the account.
struct AccountPolicies {
  AppliedPolicies applied;  ///< what `evaluate` takes; views into the account

  /// The policy that a statement of these belongs to, or null. O(1).
  [[nodiscard]] const AccountPolicy* find(const StatementId& id) const noexcept;

  std::span<const AccountPolicy> all_policies;  ///< what the indices of policies count
  /// Whose identity policies apply: the caller, its role, or the user who issued the session of a
  /// federated user (E-44). Null when it is none of the account's.
  const AccountPrincipal* principal = nullptr;
  /// The caller's account in the organization; null when not known.
  const AccountPlace* caller_place = nullptr;
  const AccountPlace* owner_place = nullptr;       ///< likewise, of the resource's account
  const AccountPolicy* resource_policy = nullptr;  ///< or a role's trust policy
};

/// Limits of loading.
struct AccountOptions {
  /// Of each file; larger ones are refused with LimitExceeded.
  std::size_t max_file_bytes = std::size_t{256} << 20U;
  /// Of all files together; more is refused with LimitExceeded.
  std::size_t max_total_bytes = std::size_t{1} << 30U;
  /// JSON values of each file: 160 bytes of memory each while it is read. LimitExceeded beyond.
  std::size_t max_values = std::size_t{8} << 20U;
  /// Policies that principals have from their groups and accounts from the levels above them, each
  /// counted as often as it is had, and eight for each level: 16 bytes of memory each.
  /// LimitExceeded beyond.
  std::size_t max_links = std::size_t{16} << 20U;
  /// Mistakes are counted, not listed, beyond this number.
  std::size_t max_errors = 1000;
};

/// All that is wrong with an account's files, in the order of reading. Never empty.
using AccountErrors = std::vector<DocumentError>;

/// The files of a folder as texts. Borrowed during the call.
struct AccountFile {
  std::string_view name;  ///< for messages
  std::string_view text;  ///< all of it
};
/// The files that an account is loaded from.
struct AccountFiles {
  /// What `aws iam get-account-authorization-details` prints, one an account.
  std::vector<AccountFile> exports;
  /// The organization's accounts and their control policies.
  std::optional<AccountFile> organization;
  std::optional<AccountFile> resources;  ///< resources with their policies
};

/// What was loaded, in numbers.
struct AccountStats {
  std::uint32_t accounts = 0;          ///< exports read
  std::uint32_t users = 0;             ///< of all exports
  std::uint32_t roles = 0;             ///< of all exports
  std::uint32_t managed_policies = 0;  ///< of all exports
  std::uint32_t inline_policies = 0;   ///< of all exports
  std::uint32_t unused_versions = 0;   ///< of managed policies: not the default one
};

/// See the top of the file. Immutable. Thread-safety: const access from any number of threads.
/// Lifetime: everything it returns points into it; moving keeps the pointers valid.
class Account {
 public:
  /// Moves.
  Account(Account&&) noexcept = default;
  Account& operator=(Account&&) noexcept = default;  ///< Moves.
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;
  ~Account() = default;

  /// Reads a folder. Errors: `InvalidFile` for what cannot be read or is not there; otherwise as
  /// the other overload. O(n log n) in the size of the files.
  [[nodiscard]] static Result<Account, AccountErrors> load(const std::string& folder,
                                                           const AccountOptions& options = {});
  /// Reads texts. Errors: as parse_policy for every document; `JsonSyntaxError`, `DuplicateMember`,
  /// `DataTypeMismatch`, `InvalidInput` (a member is missing, repeated, names what is not there),
  /// `LimitExceeded`. All of them together.
  [[nodiscard]] static Result<Account, AccountErrors> load(const AccountFiles& files,
                                                           const AccountOptions& options = {});

  /// Users and roles, in the order of the files.
  [[nodiscard]] std::span<const AccountPrincipal> principals() const noexcept WRIT_LIFETIME_BOUND {
    return principals_;
  }
  /// All groups, in the order of the exports.
  [[nodiscard]] std::span<const AccountGroup> groups() const noexcept WRIT_LIFETIME_BOUND {
    return groups_;
  }
  /// All policies; indices of policies count these.
  [[nodiscard]] std::span<const AccountPolicy> all_policies() const noexcept WRIT_LIFETIME_BOUND {
    return policies_;
  }
  /// All resources that the resources' file speaks of.
  [[nodiscard]] std::span<const AccountResource> resources() const noexcept WRIT_LIFETIME_BOUND {
    return resources_;
  }
  /// Accounts that the organization file lists.
  [[nodiscard]] std::span<const AccountPlace> places() const noexcept WRIT_LIFETIME_BOUND {
    return places_;
  }
  /// `o-...`, or empty when no organization was given.
  [[nodiscard]] std::string_view organization_id() const noexcept WRIT_LIFETIME_BOUND {
    return organization_id_;
  }
  /// Accounts that the exports speak of, sorted.
  [[nodiscard]] std::span<const std::string> account_ids() const noexcept WRIT_LIFETIME_BOUND {
    return account_ids_;
  }
  /// What is odd and was left out: members that the API does not have, files that are not read,
  /// policies of the organization that nobody uses. Whoever meant them to count gets other answers
  /// than expected, so they should be shown.
  [[nodiscard]] std::span<const DocumentError> findings() const noexcept WRIT_LIFETIME_BOUND {
    return findings_;
  }
  /// What was loaded, in numbers.
  [[nodiscard]] const AccountStats& stats() const noexcept WRIT_LIFETIME_BOUND { return stats_; }

  /// The user or role of that ARN, or the role of that session's ARN (P-22: role names are unique
  /// in an account). Null if there is none. O(log principals).
  [[nodiscard]] const AccountPrincipal* find_principal(std::string_view arn) const noexcept
      WRIT_LIFETIME_BOUND;
  /// The same of a group.
  [[nodiscard]] const AccountGroup* find_group(std::string_view arn) const noexcept
      WRIT_LIFETIME_BOUND;
  /// The entry whose policy is that of the resource: of the ARN itself or the nearest one above it
  /// that has a policy. Null if there is none. O(segments × log resources).
  [[nodiscard]] const AccountResource* find_resource(std::string_view arn) const noexcept
      WRIT_LIFETIME_BOUND;
  /// Where an account stands in the organization, or null.
  [[nodiscard]] const AccountPlace* find_place(std::string_view account) const noexcept
      WRIT_LIFETIME_BOUND;
  /// Who owns a resource: what its ARN says, or else the nearest entry, its own or one above it,
  /// that has an account; empty if none does (E-80).
  [[nodiscard]] std::string_view owner_of(std::string_view arn) const noexcept WRIT_LIFETIME_BOUND;

  /// The caller of that ARN; a session of a role of the account knows the role's ARN. Borrows
  /// `arn`. Errors: as Caller::from_arn.
  [[nodiscard]] Result<Caller> caller(std::string_view arn WRIT_LIFETIME_BOUND) const
      WRIT_LIFETIME_BOUND;
  /// The condition keys whose values the account knows (docs/accounts.md lists them).
  [[nodiscard]] std::vector<AccountKey> known_keys(
      const Caller& caller, const AccountPrincipal* principal,
      std::string_view resource) const WRIT_LIFETIME_BOUND;
  /// Sets those, but for the ones in `given`, and the owner of the resource. Borrows the account,
  /// the caller's strings and the result, which has to live as long as the request.
  [[nodiscard]] std::vector<AccountKey> set_keys(
      RequestBuilder& builder, const Caller& caller, const AccountPrincipal* principal,
      std::string_view resource,
      std::span<const std::string_view> given = {}) const WRIT_LIFETIME_BOUND;
  /// Everything that applies to a request of this principal. For null of somebody else: of the user
  /// who issued the session of a federated user, if the caller says so (E-44), or nobody's identity
  /// policies. No allocation.
  [[nodiscard]] AccountPolicies policies(const AccountPrincipal* principal,
                                         const Request& request) const noexcept WRIT_LIFETIME_BOUND;

 private:
  friend class detail::AccountLoader;
  Account() = default;
  // The nearest entry, of the ARN itself or above it, that `speaks`.
  template <class Speaks>
  const AccountResource* climb(std::string_view arn, const Speaks& speaks) const noexcept;
  using Index = std::map<std::string, std::uint32_t, std::less<>>;

  std::vector<AccountPrincipal> principals_;
  std::vector<AccountGroup> groups_;
  std::vector<AccountPolicy> policies_;
  std::vector<AccountResource> resources_;
  std::vector<AccountPlace> places_;
  std::vector<std::string> account_ids_;
  std::vector<DocumentError> findings_;
  std::string organization_id_;
  AccountStats stats_;
  Index principals_by_arn_;
  Index groups_by_arn_;
  std::vector<std::uint32_t> roles_by_name_;  // sorted by account and name (P-22)
  Index resources_by_arn_;
  Index places_by_account_;
  std::vector<std::string_view> organization_paths_;  // place by place: values of multi-valued keys
};

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/account-inl.h"
#endif
