// AccountAsker: questions about the principals of an account, many at once. Behind `writ who-can`,
// `writ what-can` and `writ can-assume`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/question.h"
#include "cli/question_options.h"
#include "writ/account.h"
#include "writ/account_bounds.h"
#include "writ/batch.h"

namespace writ::cli {

inline constexpr Option kCompleteOption = {"--complete", "", Arity::Flag,
                                           "keys that are not given are absent, not unknown"};
inline constexpr Option kNoSessionTagsOption = {
    "--no-session-tags", "", Arity::Flag, "sessions of roles have the tags of their role only"};
inline constexpr Option kResourceAccountOption = {
    "--resource-account", "ID", Arity::One,
    "who owns resources that neither their ARN nor resources.json tells"};

struct AskOptions {
  std::vector<QuestionKey> context;   ///< of every request
  bool complete = false;              ///< keys that are not given are absent
  bool session_tags = true;           ///< sessions of roles may have tags that nobody knows of
  bool sessions = false;              ///< sessions of roles are asked for by their own ARNs
  std::string_view resource_account;  ///< of resources of which nothing else tells the owner
};

/// One answer. `decision` is that of the bound that decides: the least for what is allowed, the
/// most for everything else, so its statement is the one that allows, may allow, or denies for
/// certain.
struct Answer {
  Verdict verdict = Verdict::Denied;
  Decision decision;
};

/// A role stands for all its sessions: where policies name some of them, those are asked for, too,
/// and where not all get the same answer it depends on `kSessionName`.
///
/// Borrows the account and the texts of the options. Thread-safety: `prepare` by one thread; the
/// rest, const, by any number.
class AccountAsker {
 public:
  /// What stands among the keys where the name of a role's session decides.
  static constexpr std::string_view kSessionName = "(session name)";

  AccountAsker(const Account& account, AskOptions options) noexcept
      : account_(account), options_(std::move(options)) {}

  /// Makes ready for questions about this resource. A problem is a sentence for the user: it is no
  /// ARN, nobody knows who owns it, a set outgrows its limits.
  [[nodiscard]] std::optional<Problem> prepare(std::string_view resource);

  /// A principal's requests for one resource, the action being left open.
  class Subject {
   public:
    /// The policy of the deciding statement of an answer about this action, or null.
    [[nodiscard]] const AccountPolicy* find_policy(const Account& account, const ActionName& action,
                                                   const Decision& decision) const;

   private:
    friend class AccountAsker;
    std::vector<AccountKey> keys_;
    Request request_;
    AccountPolicies policies_;
    BoundedPolicies bounded_;
    const AccountBounds* bounds_ = nullptr;
    Caller caller_;
    std::string_view resource_;
    bool is_role_ = false;  // the resource is a role: its trust policy counts for some actions only
    std::vector<Subject> sessions_;  // of a role: those that policies name
  };
  /// `arn` is the caller's, `resource` a prepared one; both are borrowed. Errors: the caller or the
  /// context is malformed.
  [[nodiscard]] Result<Subject> subject(std::string_view arn, std::string_view resource) const;
  /// One answer for each action. `answers` has as many places.
  void ask(const Subject& subject, const ActionList& actions, std::span<Answer> answers) const;
  [[nodiscard]] Answer ask(const Subject& subject, const ActionName& action) const;
  /// The answer for somebody whom the account does not know: a service, an identity provider's
  /// caller, another account's principal, whose own policies are taken to allow it. Only the keys
  /// of the context are known of them. `keys` gets what the answer depends on.
  [[nodiscard]] Answer ask_outsider(const Caller& caller, const ActionName& action,
                                    std::string_view resource,
                                    std::vector<std::string>& keys) const;
  /// The unknown keys that the answer about this action depends on.
  [[nodiscard]] std::vector<std::string> keys_of(const Subject& subject,
                                                 const ActionName& action) const;
  /// Who owns a resource, empty for `*`.
  [[nodiscard]] std::string_view owner_of(std::string_view resource) const noexcept;

  [[nodiscard]] const Account& account() const noexcept { return account_; }

 private:
  /// How a caller is asked for: what is known of it differs.
  enum class As : unsigned { User, Role, Session, Outsider };

  [[nodiscard]] static As kind_of(const Caller& caller) noexcept;
  [[nodiscard]] KnownKeys known_keys(As as, bool owner_known, bool owner_in_place) const;
  [[nodiscard]] KnownKeys known_keys_of_outsiders() const;
  [[nodiscard]] const AccountBounds* find_bounds(As as, std::string_view resource) const;
  [[nodiscard]] std::optional<Problem> make_bounds(As as, bool owner_known, bool owner_in_place);
  void find_sessions();
  [[nodiscard]] Answer ask_one(const Subject& subject, const ActionName& action) const;
  void ask_one(const Subject& subject, const ActionList& actions, std::span<Answer> answers) const;
  [[nodiscard]] Result<Request> request(const Subject& subject, const ActionName& action) const;

  const Account& account_;
  AskOptions options_;
  std::map<unsigned, AccountBounds> bounds_;  // by what is known
  bool sessions_found_ = false;
  // ARNs of the sessions that policies of resources and roles name, by their role.
  std::map<const AccountPrincipal*, std::set<std::string>> sessions_;
  PolicySet allow_all_;  // what outsiders bring
};

/// The options above. `context` is kept by the caller.
[[nodiscard]] AskOptions ask_options(const Arguments& arguments, const OwnedQuestion& context);

}  // namespace writ::cli
