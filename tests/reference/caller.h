// Who calls, and which principal entries match him (P-1 to P-64).
#pragma once

#include <optional>
#include <string>

#include "reference/case.h"
#include "reference/document.h"

namespace writ::reference {

/// The kinds of caller (P-1).
struct Caller {
  enum class Kind {
    Anonymous,
    Root,
    User,
    Session,
    Role,  // P-2
    FederatedUser,
    Service,
    Federated,
    CanonicalUser,
  };
  Kind kind = Kind::Anonymous;
  std::string id;  // ARN, service, provider, folded canonical id
  std::string partition;
  std::string account;
  std::string name;
  std::string role_arn;  // of a session or role, when it is known
  std::string issuer;    // of a federated user, when it is known
  bool issued_by_root = false;
  std::string unique_id;  // P-31; empty when the request carries none
  bool has_boundary = false;

  [[nodiscard]] bool is_session() const { return kind == Kind::Session || kind == Kind::Role; }
  [[nodiscard]] bool is_service_linked() const;  // E-34
};

/// Nothing when the request is invalid (P-1).
[[nodiscard]] std::optional<Caller> read_caller(const Question& question, const Context& context);

/// Section 3.4, weakest first.
enum class MatchClass { None, Account, ViaEntity, Role, Direct };

/// What a statement's principal test is about.
struct PrincipalTest {
  Effect effect = Effect::Deny;
  PolicyType type = PolicyType::ResourceBased;
  bool is_assume_role = false;  // the action is sts:AssumeRole (E-82)
};

/// The strongest class in which the statement's Principal, or NotPrincipal, matches (P-12).
[[nodiscard]] MatchClass match_principal(const Statement& statement, const Caller& caller,
                                         const PrincipalTest& test);

}  // namespace writ::reference
