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

/// A user's state.
enum class UserStatus : std::uint8_t { Active, Deactivated, Removed };
/// Whether the partner's AWS account is linked.
enum class LinkState : std::uint8_t { Unlinked, Linked, UnlinkPending };
/// Whether a user signs in with a second factor.
enum class Mfa : std::uint8_t { Enabled, Disabled };
/// How far a task is.
enum class TaskStatus : std::uint8_t { Open, Submitted, Done };
/// What an ACE record is.
enum class AceKind : std::uint8_t { Opportunity, Lead };

/// `active`, `linked`, `enabled`, `open`, `opportunity` and so on.
[[nodiscard]] std::string_view to_string(UserStatus status) noexcept;
[[nodiscard]] std::string_view to_string(LinkState state) noexcept;
[[nodiscard]] std::string_view to_string(Mfa mfa) noexcept;
[[nodiscard]] std::string_view to_string(TaskStatus status) noexcept;
[[nodiscard]] std::string_view to_string(AceKind kind) noexcept;

/// A person with an account.
struct PortalUser {
  std::string id;                          ///< partnerUserId
  std::string email;                       ///< in lower case
  std::string name;                        ///< for people
  std::string sealed_password;             ///< as PasswordHash made it
  std::string mapped_role;                 ///< ARN, or empty (R-MAP-7)
  std::int64_t last_sign_in = 0;           ///< 0: never
  RoleSet roles = 0;                       ///< without the role that everybody holds
  std::uint32_t company = 0;               ///< index
  std::uint32_t policies = 0;              ///< index of the compiled set
  UserStatus status = UserStatus::Active;  ///< whether the user can sign in
};

/// An invitation to register (R-INV).
struct Invitation {
  std::string email;      ///< in lower case
  RoleSet roles = 0;      ///< given at registration
  std::string inviter;    ///< partnerUserId
  bool accepted = false;  ///< the person has registered
};

/// A company's link to an account of AWS (R-LINK).
struct AccountLink {
  LinkState state = LinkState::Unlinked;  ///< what of it is in force
  std::string aws_account;                ///< 12 digits
  std::string seller_legal_name;          ///< as AWS Marketplace has it
  std::string cloud_admin_role;           ///< ARN
  std::string crm_role;                   ///< ARN, or empty
  std::string unlink_case;                ///< id, or empty
};

/// A task of the home page (R-TASK).
struct Task {
  std::string id;                        ///< unique
  std::string type;                      ///< `account`, `solution` or `program`
  std::string name;                      ///< for people
  std::string assignee;                  ///< partnerUserId
  std::string stage;                     ///< of solution tasks
  std::string solution;                  ///< type of the solution
  std::string reason;                    ///< of the last dismissal
  bool is_form = false;                  ///< else a link (R-TASK-4)
  TaskStatus status = TaskStatus::Open;  ///< what has become of it
};

/// A reply in a support case.
struct CaseReply {
  std::string by;    ///< partnerUserId
  std::string text;  ///< as written
};

/// A support case (R-CASE).
struct SupportCase {
  std::string id;                        ///< unique
  std::string type;                      ///< of the case
  std::string question;                  ///< what it is about
  std::string specific;                  ///< what of that
  std::string subject;                   ///< one line
  std::string description;               ///< the text
  std::string owner;                     ///< partnerUserId; empty for the contact form
  std::string email;                     ///< of the contact form
  std::vector<std::string> attachments;  ///< names of files
  std::vector<CaseReply> replies;        ///< in order
  bool open = true;                      ///< else closed
};

/// What the portal keeps of an opportunity or a lead: whose it is.
struct AceRecord {
  std::string id;                       ///< unique
  std::string owner;                    ///< partnerUserId
  AceKind kind = AceKind::Opportunity;  ///< opportunity or lead
};

/// An opportunity with its private offer, or a product with its solution.
struct LinkPair {
  std::string left;   ///< the opportunity, or the product
  std::string right;  ///< the private offer, or the solution
};

/// A partner account: a company.
struct PartnerCompany {
  std::string id;                       ///< partnerAccountId
  std::string account;                  ///< the same with zeros to 12 digits (R-ARCH-2)
  std::string legal_name;               ///< as registered
  std::vector<std::string> domains;     ///< in lower case
  std::string stage = "registered";     ///< of the partner's growth
  std::vector<std::string> paths;       ///< `software` and so on
  Mfa mfa = Mfa::Enabled;               ///< whether signing in asks for a code
  AccountLink link;                     ///< to an account of AWS
  std::vector<Invitation> invitations;  ///< accepted ones too
  std::vector<Task> tasks;              ///< all, done ones too
  std::vector<SupportCase> cases;       ///< support cases
  std::vector<AceRecord> records;       ///< opportunities and leads
  std::vector<LinkPair> offers;         ///< opportunities with their private offers
  std::vector<LinkPair> products;       ///< products with their solutions
  std::vector<std::uint32_t> users;     ///< indices, removed ones too, in the order of registration
};

/// A policy of an IAM role.
struct AttachedPolicy {
  std::string name;      ///< without path
  std::string text;      ///< empty: held by name only, grants nothing (R-POL-1)
  bool managed = false;  ///< else inline
};

/// A role of an AWS account, with what the engine needs to decide about it.
struct IamRole {
  std::string name;                      ///< without path
  std::string path = "/";                ///< begins and ends with `/`
  std::string arn;                       ///< of the role
  std::string trust_text;                ///< who may assume it
  std::vector<AttachedPolicy> policies;  ///< attached and inline
  PolicySet trust;                       ///< compiled from `trust_text`
  PolicySet identity;                    ///< compiled from `policies`
};

/// An account of AWS, as far as linking needs it.
struct AwsAccount {
  std::string id;              ///< 12 digits
  std::vector<IamRole> roles;  ///< of the account

  /// By ARN or by name; null when there is none.
  [[nodiscard]] const IamRole* find(std::string_view role) const noexcept WRIT_LIFETIME_BOUND;
};

}  // namespace portal
}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/portal/impl/records-inl.h"
#endif
