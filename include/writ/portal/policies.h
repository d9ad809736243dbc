// PortalPolicies: the documents that decide who may, compiled once for each combination of roles.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "writ/config.h"
#include "writ/policy_set.h"
#include "writ/portal/roles.h"
#include "writ/result.h"

namespace writ::inline v0 {
namespace portal {

/// A document's text under a name.
struct NamedDocument {
  std::string name;  ///< of the role
  std::string text;  ///< its policy document
};

/// A document that the host adds (R-ARCH-4).
struct HostDocument {
  std::string name;                ///< of the policy
  std::string text;                ///< its document
  std::vector<std::string> roles;  ///< for holders of one of these; empty: for everybody
};

/// What the host loads from files and hands over: the text of identity-based policies, but for
/// `service_trust`.
struct PolicyTexts {
  std::string base;                    ///< of every user (R-ROLE-9)
  std::string guardrails;              ///< Deny statements only (R-ARCH-3)
  std::vector<NamedDocument> roles;    ///< by role id: one for each role of the catalogue
  std::vector<HostDocument> added;     ///< R-ARCH-4
  std::vector<NamedDocument> managed;  ///< documents of managed policies by name (R-POL-1)
  std::string service_trust;  ///< trust policy of the roles that linking creates (R-LINK-11)
};

/// The parsed documents of a portal. Immutable; copies share them.
/// Thread-safety: const access from any number of threads.
class PortalPolicies {
 public:
  /// Errors: those of parse_policy, with the document's name at the head of the message;
  /// `InvalidInput` (R-ARCH-3, R-ARCH-4) when a role has no document, a document no role, the
  /// guardrails are missing, or hold an Allow.
  [[nodiscard]] static Result<PortalPolicies> load(RoleCatalog catalog, PolicyTexts texts);

  /// The roles that it was loaded with.
  [[nodiscard]] const RoleCatalog& catalog() const noexcept WRIT_LIFETIME_BOUND;
  /// What it was loaded from.
  [[nodiscard]] const PolicyTexts& texts() const noexcept WRIT_LIFETIME_BOUND;
  /// Text of a managed policy, or null: it then grants nothing (R-POL-1).
  [[nodiscard]] const std::string* managed(std::string_view name) const noexcept
      WRIT_LIFETIME_BOUND;
  /// One set for a combination of roles: base, a document for each role, what the host added, the
  /// guardrails. Allocates.
  [[nodiscard]] PolicySet compile(RoleSet roles) const;

  /// Whether all that the Allow statements of `role` name is named by statements of `rest` or of
  /// the base too, statement by statement (R-AUD-3). May say no where a cleverer proof says yes.
  [[nodiscard]] bool adds_nothing(std::uint32_t role, RoleSet rest) const;

 private:
  struct Parsed;
  std::shared_ptr<const Parsed> parsed_;
};

/// Sets by combination of roles, made on first need and shared by all who hold it (R-ARCH-3).
/// Thread-safety: `set` is const; `index_of` is for one thread at a time.
class CompiledRoles {
 public:
  /// Nothing is compiled yet.
  explicit CompiledRoles(PortalPolicies policies) : policies_(std::move(policies)) {}

  /// The index of a combination's set, which is compiled where it is new.
  [[nodiscard]] std::uint32_t index_of(RoleSet roles);
  /// The set of that index.
  [[nodiscard]] const PolicySet& set(std::uint32_t index) const noexcept WRIT_LIFETIME_BOUND {
    return sets_[index];
  }
  /// Number of combinations compiled so far.
  [[nodiscard]] std::size_t size() const noexcept { return sets_.size(); }
  /// What is compiled.
  [[nodiscard]] const PortalPolicies& policies() const noexcept WRIT_LIFETIME_BOUND {
    return policies_;
  }

 private:
  PortalPolicies policies_;
  std::deque<PolicySet> sets_;  // addresses stay
  std::unordered_map<RoleSet, std::uint32_t> index_;
};

}  // namespace portal
}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/portal/impl/policies-inl.h"
#endif
