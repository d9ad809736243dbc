// ReplayPolicies: one side of a replay, the policies of a folder: whose they are, and what they are
// under assumptions.
//
// A folder with `account*.json` is an account (docs/accounts.md). Any other holds policy documents
// that apply to every caller (cli/policy_folder.h).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cli/policy_assumptions.h"
#include "cli/replayed_event.h"
#include "writ/account.h"
#include "writ/evaluate.h"
#include "writ/impl/folder_layout.h"

namespace writ::cli {

/// What is known of the keys of the table for one request.
enum class KeyState : char { Unknown = '?', Absent = '-', Known = '=' };

/// One request as this side sees it: texts and keys are borrowed.
struct ReplaySubject {
  Request request;
  AppliedPolicies applied;
  std::vector<KeyState> states;  ///< by key of the table
  bool resource_known = true;
  bool caller_known = true;  ///< false: the account should have the caller, and has not
};

class ReplayPolicies {
 public:
  ReplayPolicies(ReplayPolicies&&) noexcept = default;
  ReplayPolicies& operator=(ReplayPolicies&&) noexcept = default;

  /// Problems are sentences with file, line and column. Borrows the table, which grows.
  [[nodiscard]] static Result<ReplayPolicies, Problem> load(const std::string& folder,
                                                            AtomTable& table);

  /// The request of an event. Nothing when it is none (M-14, M-32).
  [[nodiscard]] std::optional<ReplaySubject> subject(const ReplayedEvent& event,
                                                     const ReplayedRequest& asked) const;

  /// ARNs of what has a policy of its own and may be what the action was asked for: resources of
  /// its service, or roles. Valid as long as this.
  [[nodiscard]] std::vector<std::string_view> resources_with_policies(
      std::string_view action) const;

  /// Whether the atom's answer is not known for a subject.
  [[nodiscard]] bool is_unknown(std::uint32_t atom, const ReplaySubject& subject) const;

  /// What is assumed of an atom; `helps`: the caller gains by its being true. It does in an Allow
  /// statement and in a Deny's NotResource.
  using Assume = Assumed (*)(const void* context, std::uint32_t atom, bool helps);
  /// Decides with assumptions for what is not known. Nothing when a document does not compile.
  [[nodiscard]] std::optional<Decision> decide(const ReplaySubject& subject, const void* context,
                                               Assume assume);
  /// Whether anything that applies asks about what is not known.
  [[nodiscard]] bool has_unknown(const ReplaySubject& subject) const;
  /// The unknown atoms of statements that would apply otherwise: those that can matter.
  [[nodiscard]] std::vector<std::uint32_t> relevant_atoms(const ReplaySubject& subject) const;
  /// Where a decision comes from, for people.
  [[nodiscard]] std::string because(const ReplaySubject& subject, const Decision& decision) const;

 private:
  struct Held {
    AssumableDocument document;
    std::string file;
    std::string name;    ///< of an account's policy; else empty
    Position base;       ///< of the document in its file
    bool is_raw = true;  ///< written as JSON, not as a string
  };
  struct Substituted;

  explicit ReplayPolicies(AtomTable& table) : table_(&table) {}
  [[nodiscard]] std::optional<Problem> load_account(const std::string& folder);
  [[nodiscard]] std::optional<Problem> load_folder(const std::string& folder);
  [[nodiscard]] std::optional<Problem> hold(std::string_view text, PolicyType type,
                                            const PolicySet& set, Held held);
  [[nodiscard]] const Held* find(const PolicySet& set) const;
  [[nodiscard]] const Held* find(const AppliedPolicies& applied, const StatementId& id) const;
  template <class Each>
  void for_each_set(const AppliedPolicies& applied, Each each) const;

  AtomTable* table_;
  std::optional<Account> account_;
  std::vector<std::unique_ptr<Held>> documents_;
  std::unordered_map<const void*, std::size_t> by_program_;
  // Of a plain folder: one set a document. A layer that is there may be empty.
  struct Plain {
    std::map<detail::FolderLayer, std::vector<PolicySet>> sets;
    std::vector<PolicyLayer> service_control;
    std::vector<PolicyLayer> resource_control;
  };
  std::unique_ptr<Plain> plain_;
};

}  // namespace writ::cli
