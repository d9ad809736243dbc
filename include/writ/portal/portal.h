// Portal: companies, users, roles and account linking, each call decided by the engine. Start at
// docs/portal.md; how a call runs is told in portal/impl/call.h.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "writ/batch.h"
#include "writ/config.h"
#include "writ/portal/answer.h"
#include "writ/portal/audits.h"
#include "writ/portal/host.h"
#include "writ/portal/host_records.h"
#include "writ/portal/permission.h"
#include "writ/portal/policies.h"
#include "writ/portal/records.h"
#include "writ/portal/roles.h"
#include "writ/request.h"
#include "writ/result.h"

namespace writ::inline v0 {
namespace portal {

/// What a host may set. Lists lengthen what the model has, they never shorten it.
struct Options {
  std::uint32_t code_tries = 5;               ///< R-SIGN-3
  std::uint32_t code_lifetime_seconds = 600;  ///< R-SIGN-3
  /// Answers carry the engine's explanation and all Sids of a refusal (R-ARCH-8). Without it a
  /// refusal costs no more than an allowed call.
  bool explain_refusals = true;
  std::vector<std::string> personal_domains;  ///< besides R-REG-2's own
  std::vector<std::string> unlink_reasons;    ///< empty: any text will do (R-UNLINK-1)
};

/// The form of a company's registration (R-REG-1).
struct CompanyRegistration {
  std::string_view email;       ///< whose domain becomes the account's
  std::string_view name;        ///< of the person
  std::string_view code;        ///< mailed by request_code
  std::string_view password;    ///< by R-PWD-1
  std::string_view legal_name;  ///< of the company
  std::string_view offering;    ///< `software products` or `consulting services` (R-REG-6)
  bool acknowledged = false;    ///< must be true
  bool captcha = false;         ///< whether it was passed: must be true
  bool main_contact = false;    ///< R-REG-4
};

/// The form of a user's registration (R-REG-11).
struct UserRegistration {
  std::string_view email;     ///< of a domain that belongs to an account
  std::string_view name;      ///< of the person
  std::string_view code;      ///< mailed by request_code
  std::string_view password;  ///< by R-PWD-2
};

/// A row of AssignRole and UnassignRole. Users are named by email or partnerUserId.
struct RoleChange {
  std::string_view user;                    ///< email or partnerUserId
  std::span<const std::string_view> roles;  ///< ids of roles
};

/// A row of InviteUser.
struct InvitationRow {
  std::string_view email;                   ///< who is invited
  std::span<const std::string_view> roles;  ///< ids of roles
};

/// Step 1 of linking (R-LINK-3, R-LINK-5).
struct LinkRequest {
  std::string_view principal;                   ///< ARN of an IAM user or role
  std::span<const std::string_view> documents;  ///< its identity policies
  std::string_view seller_legal_name;           ///< as AWS Marketplace has it
  bool registered = true;                       ///< as a seller of AWS Marketplace
};

/// The form of a support case (R-CASE-1).
struct CaseForm {
  std::string_view type;                          ///< of the case
  std::string_view question;                      ///< what it is about
  std::string_view specific;                      ///< what of that
  std::string_view subject;                       ///< one line
  std::string_view description;                   ///< the text
  std::span<const std::string_view> attachments;  ///< names of files
};

/// A new session, or why there is none.
struct SignInAnswer {
  Answer answer;    ///< ok, CODE_REQUIRED or the refusal
  Session session;  ///< valid for ok and CODE_REQUIRED
};

/// One condition key of `decide`.
struct ContextKey {
  std::string_view name;                     ///< of the key
  std::string_view value;                    ///< of a single-valued key
  std::span<const std::string_view> values;  ///< of a multi-valued key
  bool multivalued = false;                  ///< which of the two counts
};

/// The items of a menu as resources of one partner account. Movable; owns its texts.
/// Thread-safety: const access from any number of threads.
class AccountMenu {
 public:
  /// Errors: `InvalidRequest`, M-32, when an id makes no ARN.
  [[nodiscard]] static Result<AccountMenu> make(std::string_view partner_account,
                                                std::span<const std::string_view> menu_ids);
  /// The items, in the order given.
  [[nodiscard]] const ResourceList& resources() const noexcept WRIT_LIFETIME_BOUND {
    return resources_;
  }
  /// Number of items.
  [[nodiscard]] std::size_t size() const noexcept { return resources_.size(); }

 private:
  std::vector<std::string> arns_;  // what `resources_` borrows
  ResourceList resources_;
};

namespace detail {
class Call;
struct NamedUser;
class SnapshotReader;
class SnapshotWriter;
struct Engine;

/// Steps 1 and 2 of a linking in progress (R-LINK-6); nothing else knows of it.
struct LinkDraft {
  std::string principal;
  std::vector<std::string> documents;
  std::string seller_legal_name;
  bool registered = true;
  bool roles_shown = false;
  bool bulk_alliance = false;
  bool bulk_ace = false;
};

enum class SessionState : std::uint8_t { Ended, Open, AwaitsCode, Locked };

struct SessionRecord {
  std::uint32_t index = 0;
  std::uint64_t serial = 0;
  std::uint32_t user = 0;
  SessionState state = SessionState::Ended;
  std::uint32_t tries = 0;
  std::string address;
  std::string code;
  std::int64_t code_time = 0;
  std::optional<LinkDraft> draft;
  std::string principal;  // ARN; `caller` borrows it
  Caller caller;
};

/// A code that was mailed to an address (R-REG-5, R-PWD-3).
struct MailedCode {
  std::string code;
  std::int64_t time = 0;
  std::uint32_t tries = 0;
};
}  // namespace detail

/// A partner portal. Every call by a session is decided by the engine over the portal's policies
/// before it reads or changes anything (R-ARCH-1, R-ARCH-6); a refused call changes nothing but the
/// audit log (R-ARCH-8); a row of a batch is done wholly or not at all. Commands are the functions
/// that are not const; commands.h lists each with its arguments, codes, action and event.
///
/// Cost: a permission check is one `evaluate` and no allocation; caps and lists are linear in the
/// users of one company; everything else is by hash.
/// Thread-safety: const functions from any number of threads; a command needs the portal alone.
/// ConcurrentPortal (concurrent_portal.h) arranges that.
/// Lifetime: the host's interfaces must outlive the portal. Movable, not copyable: see snapshot.h.
class Portal {
 public:
  /// A portal without companies.
  Portal(PortalPolicies policies, Host host, Options options = {});
  /// Moves.
  Portal(Portal&&) noexcept = default;
  Portal& operator=(Portal&&) = delete;
  Portal(const Portal&) = delete;
  Portal& operator=(const Portal&) = delete;
  ~Portal() = default;

  // --- Permission -------------------------------------------------------------------------------

  /// Whether the session may do the action on the target. No allocation, for ids of up to about 150
  /// bytes, catalogues of up to 16 roles and companies of up to four paths.
  [[nodiscard]] Permit check(Session session, const ActionName& action,
                             const PermissionTarget& target = {}) const noexcept;
  /// The same as an answer: what all "permission only" actions of the table call.
  [[nodiscard]] Answer authorize(Session session, const ActionName& action,
                                 const PermissionTarget& target = {}) const;
  /// The menu items that the caller may open, of those given: one decision each (R-MENU-2).
  /// `allowed[i]` is set for item i; the spans have one length. Returns what stands in the way of
  /// the whole call. No allocation.
  [[nodiscard]] Permit check_menu(Session session, std::span<const std::string_view> menu_ids,
                                  std::span<bool> allowed) const noexcept;
  /// The same for a menu that is made once for an account and asked again and again: the work that
  /// the items share is done once. Made for another account than the caller's, nothing is open:
  /// `ForeignPartner` denies it. No allocation for up to 64 items.
  [[nodiscard]] Permit check_menu(Session session, const AccountMenu& menu,
                                  std::span<bool> allowed) const noexcept;
  /// Asks about any action with keys replaced or left out; for tests of policies. `resource` is an
  /// ARN, or what stands below the caller's account.
  [[nodiscard]] Answer decide(Session session, std::string_view action, std::string_view resource,
                              std::span<const ContextKey> keys,
                              std::span<const std::string_view> without) const;

  // --- Registration and domains (R-REG) ---------------------------------------------------------

  /// Mails a security code to an address; a newer code voids the older one.
  Answer request_code(std::string_view email);
  /// Registers a company with its alliance lead; where the domain has an account already, the
  /// person joins that one as a standard user.
  Answer register_company(const CompanyRegistration& form);
  /// Registers a person into the account that owns the domain, with the roles of a pending
  /// invitation.
  Answer register_user(const UserRegistration& form);
  /// Adds a domain to the account.
  Answer add_domain(Session session, std::string_view domain);

  // --- Sign-in (R-SIGN, R-MFA, R-PWD) -----------------------------------------------------------

  /// Email and password; opens a session, or asks for the mailed code.
  SignInAnswer sign_in(std::string_view email, std::string_view password,
                       std::string_view address = {});
  /// The mailed code; works in a session that waits for it.
  Answer enter_code(Session session, std::string_view code);
  /// Mails a new code and voids the older.
  Answer resend_code(Session session);
  /// Back or refresh on the code page: locks the attempt.
  Answer go_back(Session session);
  /// Ends the session.
  Answer sign_out(Session session);
  /// The public form for those who are locked out.
  Answer contact_form(std::string_view email, std::string_view text);
  /// Mails a code; the answer is the same for an unknown address, which gets no mail.
  Answer request_password_reset(std::string_view email);
  /// Sets a new password by a mailed code; ends the user's sessions.
  Answer reset_password(std::string_view email, std::string_view code, std::string_view password);
  /// Turns the second factor on or off for later sign-ins.
  Answer manage_mfa(Session session, std::string_view mfa);

  // --- Own profile (R-ROLE-9) -------------------------------------------------------------------

  /// The caller's own record.
  [[nodiscard]] Answer view_own_profile(Session session) const;
  /// Changes the caller's name.
  Answer update_own_profile(Session session, std::string_view name);
  /// Changes the password; ends the caller's other sessions.
  Answer change_own_password(Session session, std::string_view password,
                             std::string_view new_password);
  /// Who is alliance lead.
  [[nodiscard]] Answer view_alliance_lead(Session session) const;
  /// Asks for another alliance lead: opens a case and changes no role.
  Answer request_alliance_lead_change(Session session, std::string_view text);

  // --- Users and roles (R-INV, R-ASG, R-LEAD, R-USER, R-AUD) ------------------------------------

  /// The users of the account.
  [[nodiscard]] Answer list_users(Session session) const;
  /// Gives roles to up to ten users; a row is one user and one role.
  Answer invite_users(Session session, std::span<const InvitationRow> invitations);
  /// Gives roles to up to ten users; a row is one user and one role.
  Answer assign_roles(Session session, std::span<const RoleChange> changes);
  /// Takes roles from up to ten users; a row is one user and one role.
  Answer unassign_roles(Session session, std::span<const RoleChange> changes);
  /// Hands the cloud admin role on from its holder to another user.
  Answer reassign_cloud_admin(Session session, std::string_view from, std::string_view to);
  /// Hands the alliance lead over to another active user.
  Answer reassign_alliance_lead(Session session, std::string_view to, std::string_view confirm);
  /// Removes a user for good.
  Answer remove_user(Session session, std::string_view user, std::string_view confirm);
  /// Deactivates a generic login.
  Answer deactivate_user(Session session, std::string_view user);
  /// Findings at `now`, seconds since 1970.
  [[nodiscard]] Answer run_audit(Session session, const AuditInput& input) const;

  // --- Account linking (R-LINK, R-UNLINK) -------------------------------------------------------

  /// Step 1: the principal that works in the AWS account, and the seller; stores nothing.
  Answer start_link(Session session, const LinkRequest& request);
  /// Step 2: shows the three roles and ticks the bulk mapping; stores nothing.
  Answer choose_bulk_mapping(Session session, bool alliance, bool ace);
  /// Step 3: checks everything, creates the roles and links the account.
  Answer submit_link(Session session);
  /// Leaves the steps midway; nothing has been stored.
  Answer leave_link(Session session);
  /// The link record and the roles of the linked account.
  [[nodiscard]] Answer view_linked_account(Session session) const;
  /// Asks support to unlink; opens a case.
  Answer request_unlink(Session session, std::string_view reason, std::string_view confirm);
  /// Resolves the unlink case: linked as before.
  Answer cancel_unlink(Session session);
  /// AWS support completes the unlinking of a partner account.
  Answer complete_unlink(std::string_view partner_account);

  // --- Mapping (R-MAP, R-CRM) -------------------------------------------------------------------

  /// Maps up to ten users to a role of the linked account.
  Answer map_iam_role(Session session, std::span<const std::string_view> users,
                      std::string_view role);
  /// Unmaps up to ten users.
  Answer unmap_iam_role(Session session, std::span<const std::string_view> users);
  /// Maps the CRM integration to a role of the linked account.
  Answer map_crm_role(Session session, std::string_view role);
  /// Unmaps the CRM integration.
  Answer unmap_crm_role(Session session);
  /// What a role may do in its AWS account (R-MAP-10).
  [[nodiscard]] Answer evaluate_iam_role(std::string_view role_arn, std::string_view action,
                                         std::string_view resource,
                                         std::span<const ContextKey> keys) const;

  // --- Features of a linked account (R-LINK-20 to R-LINK-24, R-AST) -----------------------------

  /// Whether the caller may go on to the marketplace portal now.
  [[nodiscard]] Answer single_sign_on(Session session) const;
  /// Links an opportunity to a private offer.
  Answer link_offer(Session session, std::string_view opportunity, std::string_view offer,
                    std::string_view owner = {});
  /// Links a marketplace product to a solution.
  Answer link_product(Session session, std::string_view product, std::string_view solution);
  /// Opens the seller insights.
  [[nodiscard]] Answer view_seller_insights(Session session) const;

  // --- Tasks (R-TASK) ---------------------------------------------------------------------------

  /// One task.
  [[nodiscard]] Answer view_task(Session session, std::string_view task) const;
  /// The tasks that the caller may view: one decision each.
  [[nodiscard]] Answer list_tasks(Session session) const;
  /// The number of the caller's own open tasks by type: one decision each.
  [[nodiscard]] Answer count_tasks(Session session) const;
  /// Submits the form of a form task.
  Answer submit_task(Session session, std::string_view task);
  /// Confirms a task: a form task must have been submitted.
  Answer complete_task(Session session, std::string_view task);
  /// Gives a task back to the alliance lead, with a reason.
  Answer dismiss_task(Session session, std::string_view task, std::string_view reason);
  /// Assigns a task to an active user of the account.
  Answer assign_task(Session session, std::string_view task, std::string_view to);

  // --- Support cases (R-CASE) -------------------------------------------------------------------

  /// Opens a case.
  Answer create_support_case(Session session, const CaseForm& form);
  /// One case with its correspondence.
  [[nodiscard]] Answer view_support_case(Session session, std::string_view id) const;
  /// The cases that the caller may view: one decision each.
  [[nodiscard]] Answer list_support_cases(Session session) const;
  /// Adds to the correspondence.
  Answer reply_support_case(Session session, std::string_view id, std::string_view text);

  // --- Home page, search, news (R-HOME, R-SRCH, R-NEWS) -----------------------------------------

  /// The menu items that the caller may open: one decision each.
  [[nodiscard]] Answer list_menu(Session session, std::span<const MenuItem> items) const;
  /// Searches what the host holds: one decision for the search and one for each candidate, before
  /// five of a type are shown.
  [[nodiscard]] Answer search(Session session, const SearchQuery& query,
                              std::span<const SearchRecord> candidates) const;
  /// Feeds as of `now`, seconds since 1970.
  [[nodiscard]] Answer read_news(Session session, const NewsQuery& query,
                                 std::span<const NewsEntry> entries, std::int64_t now) const;

  // --- ACE (R-ACE) ------------------------------------------------------------------------------

  /// Views, edits, accepts, rejects or transfers an opportunity or a lead; the portal keeps the
  /// owner only; `view` appends no event.
  Answer manage_ace_record(Session session, std::string_view record, std::string_view operation,
                           std::string_view to = {});
  /// Imports, exports, updates or transfers opportunities: one decision each; `export` appends no
  /// event.
  Answer bulk_opportunities(Session session, std::span<const std::string_view> records,
                            std::string_view operation, std::string_view to = {});
  /// Transfers leads: one decision each.
  Answer bulk_transfer_leads(Session session, std::span<const std::string_view> records,
                             std::string_view to);
  /// Exports leads: one decision each.
  [[nodiscard]] Answer bulk_export_leads(Session session,
                                         std::span<const std::string_view> records) const;

  // --- For the host: no engine call, no event ---------------------------------------------------

  /// Opens a session for a user whom the host has authenticated itself, by email or partnerUserId;
  /// nothing for an unknown one. What the user may do in it is decided as ever.
  [[nodiscard]] std::optional<Session> open_session(std::string_view user,
                                                    std::string_view address = {});
  /// Adds a company, with users, as a host that moves its data here has them: indices, `account`
  /// and `policies` are filled in. Errors, `InvalidInput`: an invariant would not hold; nothing is
  /// then added. Emails and domains are taken in lower case.
  [[nodiscard]] Result<bool> add_company(PartnerCompany company, std::vector<PortalUser> users);
  /// Adds an account of AWS, or replaces it. Errors: those of parse_policy for its documents.
  [[nodiscard]] Result<bool> put_aws_account(AwsAccount account);
  /// Adds or replaces a task or an ACE record. Errors, `InvalidInput`: no such company or user.
  [[nodiscard]] Result<bool> put_task(std::string_view partner_account, Task task);
  /// As put_task, for a lead or an opportunity.
  [[nodiscard]] Result<bool> put_record(std::string_view partner_account, AceRecord record);
  /// Puts a message about a lead or an opportunity into the outbox for each active holder of a role
  /// that is notified (R-ROLE-5). Returns how many.
  std::size_t notify_role_holders(std::string_view partner_account, std::string_view subject,
                                  std::string_view text);
  /// Changes growth data. False: no such company.
  [[nodiscard]] bool set_stage(std::string_view partner_account, std::string_view stage);
  /// Likewise, of the paths.
  [[nodiscard]] bool set_paths(std::string_view partner_account, std::vector<std::string> paths);

  // --- Looking at the state; pointers are valid until the next command --------------------------

  /// By partnerUserId or email; null when there is none.
  [[nodiscard]] const PortalUser* find_user(std::string_view id_or_email) const noexcept;
  /// By partnerAccountId; null when there is none.
  [[nodiscard]] const PartnerCompany* find_company(std::string_view partner_account) const noexcept;
  /// By its 12 digits; null when there is none.
  [[nodiscard]] const AwsAccount* find_aws_account(std::string_view id) const noexcept;
  /// All users, removed ones too.
  [[nodiscard]] const std::deque<PortalUser>& users() const noexcept { return users_; }
  /// All companies.
  [[nodiscard]] const std::deque<PartnerCompany>& companies() const noexcept { return companies_; }
  /// All accounts of AWS.
  [[nodiscard]] const std::deque<AwsAccount>& aws_accounts() const noexcept {
    return aws_accounts_;
  }
  /// Cases of the contact form.
  [[nodiscard]] const std::vector<SupportCase>& public_cases() const noexcept {
    return public_cases_;
  }
  /// The lead of a company. Exactly one exists (R-LEAD-1).
  [[nodiscard]] const PortalUser& lead_of(const PartnerCompany& company) const noexcept;
  /// The roles.
  [[nodiscard]] const RoleCatalog& catalog() const noexcept {
    return compiled_.policies().catalog();
  }
  /// The policies that decide.
  [[nodiscard]] const PortalPolicies& policies() const noexcept { return compiled_.policies(); }
  /// The set that decides for a combination of roles, if it is in use.
  [[nodiscard]] const PolicySet& policy_set(const PortalUser& user) const noexcept {
    return compiled_.set(user.policies);
  }
  /// Number of sets compiled for combinations of roles.
  [[nodiscard]] std::size_t compiled_combinations() const noexcept { return compiled_.size(); }
  /// The user of an open session, or null.
  [[nodiscard]] const PortalUser* user_of(Session session) const noexcept;

  /// What is wrong with the state, invariant by invariant; empty when all hold. For tests.
  [[nodiscard]] std::vector<std::string> broken_invariants() const;

 private:
  friend class detail::Call;
  friend class detail::SnapshotReader;
  friend class detail::SnapshotWriter;
  friend struct detail::Engine;

  using Index = std::unordered_map<std::string_view, std::uint32_t>;  // keys borrow from records

  // Finding and changing records: impl/state-inl.h.
  [[nodiscard]] const detail::SessionRecord* session_record(Session session) const noexcept;
  [[nodiscard]] detail::SessionRecord* session_record(Session session) noexcept;
  [[nodiscard]] Session new_session(std::uint32_t user, std::string_view address,
                                    detail::SessionState state);
  void end_session(detail::SessionRecord& session);
  void end_sessions_of(std::uint32_t user, const detail::SessionRecord* but = nullptr);
  [[nodiscard]] std::uint32_t find_in_company(const PartnerCompany& company,
                                              std::string_view id_or_email) const noexcept;
  [[nodiscard]] std::uint32_t lead_index(const PartnerCompany& company) const noexcept;
  [[nodiscard]] std::uint32_t holders(const PartnerCompany& company, std::uint32_t role,
                                      std::string_view but_invited = {}) const noexcept;
  [[nodiscard]] std::optional<std::string> unused_id(
      IdKind kind, const std::vector<SupportCase>* cases = nullptr);
  [[nodiscard]] bool is_personal(std::string_view domain) const;
  std::uint32_t insert_user(PortalUser user);
  std::uint32_t insert_company(PartnerCompany company);
  [[nodiscard]] Result<bool> insert_checked(PartnerCompany company, std::vector<PortalUser> users);
  void set_roles(std::uint32_t user, RoleSet roles);
  void drop_unfitting_mapping(detail::Call& call, std::uint32_t user);
  void retire(detail::Call& call, std::uint32_t user, UserStatus status);
  [[nodiscard]] const AwsAccount* linked_account(const PartnerCompany& company) const noexcept;

  // Shared by commands.
  [[nodiscard]] bool take_code(std::uint32_t purpose, const std::string& email,
                               std::string_view code);
  void mail_code(std::uint32_t purpose, const std::string& email);
  Answer register_person(const UserRegistration& form, detail::Call& call, std::string_view joined);
  Answer change_roles(Session session, std::span<const RoleChange> changes, bool give);
  [[nodiscard]] Answer change_role(detail::Call& call, const detail::NamedUser& named,
                                   std::string_view id, bool give);
  [[nodiscard]] Answer invite_one(detail::Call& call, const InvitationRow& invitation);
  Answer retire_named(detail::Call& call, const detail::NamedUser& named, UserStatus status);
  [[nodiscard]] Code check_link_draft(const detail::LinkDraft& draft, const PartnerCompany& company,
                                      Answer& answer) const;
  std::vector<std::string> create_default_roles(const std::string& account_id,
                                                std::string_view partner);
  [[nodiscard]] std::optional<Answer> begin_mapping(detail::Call& call,
                                                    std::span<const std::string_view> users,
                                                    std::string_view role);
  [[nodiscard]] Answer map_one(detail::Call& call, const detail::NamedUser& named,
                               const IamRole* role, std::string_view arn);
  [[nodiscard]] Answer unmap_one(detail::Call& call, const detail::NamedUser& named);
  [[nodiscard]] const IamRole* mapped_role(const PortalUser& user, Answer& answer) const;
  Answer link_pair(detail::Call& call, bool offers, std::string_view left, std::string_view right);
  void audit_user(const PortalUser& user, const AuditInput& input, Answer& answer) const;
  void audit_used(const PortalUser& user, const AuditInput& input, Answer& answer) const;
  void audit_generic_login(const PartnerCompany& company, const AuditInput& input,
                           Answer& answer) const;
  void audit_roles(const PartnerCompany& company, Answer& answer) const;
  Answer open_case(detail::Call& call, SupportCase opened);
  [[nodiscard]] Answer transfer(PartnerCompany& company, AceRecord& record,
                                std::string_view to) const;
  Answer bulk(Session session, std::string_view command, AceKind kind,
              std::span<const std::string_view> records, std::string_view operation,
              std::string_view to);

  CompiledRoles compiled_;
  Host host_;
  Options options_;
  std::deque<PartnerCompany> companies_;  // deques: the indices borrow strings from the records
  std::deque<PortalUser> users_;
  std::deque<AwsAccount> aws_accounts_;
  std::deque<detail::SessionRecord> sessions_;
  std::vector<std::uint32_t> free_sessions_;
  std::uint64_t next_serial_ = 1;
  std::vector<SupportCase> public_cases_;
  std::unordered_map<std::string, detail::MailedCode> codes_[2];  // by email; for what: CodePurpose
  Index users_by_id_;
  Index users_by_email_;  // without removed ones (R-REG-13)
  Index companies_by_id_;
  std::unordered_map<std::string, std::uint32_t> companies_by_domain_;
  std::unordered_map<std::string, std::uint32_t> companies_by_aws_account_;
  Index aws_accounts_by_id_;
};

}  // namespace portal
}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/portal/impl/portal-inl.h"
#endif
