// The records of a portal (section 1 of the model): companies, users, links, IAM roles, tasks,
// cases.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "writ/config.h"
#include "writ/policy_set.h"
#include "writ/portal/roles.h"

namespace writ::inline v0 {
namespace portal {

enum class UserStatus : std::uint8_t { Active, Deactivated, Removed };
enum class LinkState : std::uint8_t { Unlinked, Linked, UnlinkPending };
enum class Mfa : std::uint8_t { Enabled, Disabled };
enum class TaskStatus : std::uint8_t { Open, Submitted, Done };
enum class AceKind : std::uint8_t { Opportunity, Lead };

/// `active`, `linked`, `enabled`, `open`, `opportunity` and so on.
[[nodiscard]] std::string_view to_string(UserStatus status) noexcept;
[[nodiscard]] std::string_view to_string(LinkState state) noexcept;
[[nodiscard]] std::string_view to_string(Mfa mfa) noexcept;
[[nodiscard]] std::string_view to_string(TaskStatus status) noexcept;
[[nodiscard]] std::string_view to_string(AceKind kind) noexcept;

struct PortalUser {
  std::string id;     ///< partnerUserId
  std::string email;  ///< in lower case
  std::string name;
  std::string sealed_password;
  std::string mapped_role;        ///< ARN, or empty (R-MAP-7)
  std::int64_t last_sign_in = 0;  ///< 0: never
  RoleSet roles = 0;              ///< without the role that everybody holds
  std::uint32_t company = 0;      ///< index
  std::uint32_t policies = 0;     ///< index of the compiled set
  UserStatus status = UserStatus::Active;
};

struct Invitation {
  std::string email;
  RoleSet roles = 0;
  std::string inviter;  ///< partnerUserId
  bool accepted = false;
};

struct AccountLink {
  LinkState state = LinkState::Unlinked;
  std::string aws_account;  ///< 12 digits
  std::string seller_legal_name;
  std::string cloud_admin_role;  ///< ARN
  std::string crm_role;          ///< ARN, or empty
  std::string unlink_case;       ///< id, or empty
};

struct Task {
  std::string id;
  std::string type;  ///< `account`, `solution` or `program`
  std::string name;
  std::string assignee;  ///< partnerUserId
  std::string stage;     ///< of solution tasks
  std::string solution;  ///< type of the solution
  std::string reason;    ///< of the last dismissal
  bool is_form = false;  ///< else a link (R-TASK-4)
  TaskStatus status = TaskStatus::Open;
};

struct CaseReply {
  std::string by;  ///< partnerUserId
  std::string text;
};

struct SupportCase {
  std::string id;
  std::string type;
  std::string question;
  std::string specific;
  std::string subject;
  std::string description;
  std::string owner;  ///< partnerUserId; empty for the contact form
  std::string email;  ///< of the contact form
  std::vector<std::string> attachments;
  std::vector<CaseReply> replies;
  bool open = true;
};

/// What the portal keeps of an opportunity or a lead: whose it is.
struct AceRecord {
  std::string id;
  std::string owner;  ///< partnerUserId
  AceKind kind = AceKind::Opportunity;
};

/// An opportunity with its private offer, or a product with its solution.
struct LinkPair {
  std::string left;
  std::string right;
};

struct PartnerCompany {
  std::string id;       ///< partnerAccountId
  std::string account;  ///< the same with zeros to 12 digits (R-ARCH-2)
  std::string legal_name;
  std::vector<std::string> domains;  ///< in lower case
  std::string stage = "registered";
  std::vector<std::string> paths;
  Mfa mfa = Mfa::Enabled;
  AccountLink link;
  std::vector<Invitation> invitations;
  std::vector<Task> tasks;
  std::vector<SupportCase> cases;
  std::vector<AceRecord> records;
  std::vector<LinkPair> offers;
  std::vector<LinkPair> products;
  std::vector<std::uint32_t> users;  ///< indices, removed ones too, in the order of registration
};

struct AttachedPolicy {
  std::string name;
  std::string text;  ///< empty: held by name only, grants nothing (R-POL-1)
  bool managed = false;
};

/// A role of an AWS account, with what the engine needs to decide about it.
struct IamRole {
  std::string name;
  std::string path = "/";
  std::string arn;
  std::string trust_text;
  std::vector<AttachedPolicy> policies;
  PolicySet trust;     ///< compiled from `trust_text`
  PolicySet identity;  ///< compiled from `policies`
};

struct AwsAccount {
  std::string id;  ///< 12 digits
  std::vector<IamRole> roles;

  /// By ARN or by name; null when there is none.
  [[nodiscard]] const IamRole* find(std::string_view role) const noexcept WRIT_LIFETIME_BOUND;
};

}  // namespace portal
}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/portal/impl/records-inl.h"
#endif
