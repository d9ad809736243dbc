// A policy document as the reference sees it, and the loader that refuses what G-1 to G-62 refuse.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference/pattern.h"
#include "reference/values.h"
#include "writ/model/vocabulary.h"

namespace writ::reference {

/// One entry of Principal or NotPrincipal (P-10).
struct PrincipalEntry {
  enum class Kind {
    Everyone,       // "*"
    AwsStar,        // {"AWS": "*"}
    Account,        // twelve digits, or a root ARN
    User,           // by ARN
    Role,           // by ARN
    Session,        // by ARN
    FederatedUser,  // by ARN
    UserId,         // AIDA...
    RoleId,         // AROA...
    OriginAccess,   // a CloudFront identity: matches no caller
    Service,
    Federated,
    CanonicalUser,
  };
  Kind kind = Kind::Everyone;
  std::string text;       // as written; the account for Account; folded for CanonicalUser
  std::string partition;  // of an ARN; empty for twelve digits
};

/// One pattern of Resource or NotResource, translated as M-25 says.
struct ResourcePattern {
  bool is_star = false;  // M-21: `*` alone
  Symbols symbols;
  std::vector<Variable> variables;
  bool variable_before_resource_field = false;  // G-37
};

/// The type and comparison of a base operator (C-1).
struct Operator {
  enum class Type { String, StringIgnoringCase, Glob, Numeric, Date, Bool, Binary, Ip, Arn, Null };
  enum class Order { Equal, Less, LessOrEqual, Greater, GreaterOrEqual };
  std::string name;  // folded
  Type type = Type::String;
  bool negated = false;
  Order order = Order::Equal;
};
/// The operator of that folded name, or null.
[[nodiscard]] const Operator* find_operator(const std::string& folded_name);

/// A policy's value, read as its operator's type.
struct PolicyValue {
  Pattern pattern;                  // String, Arn, Bool
  std::vector<Symbols> arn_fields;  // Arn: six, or none for a literal `*` (C-69a)
  Decimal number;
  Instant date;
  IpRange range;
  std::string bytes;
  bool truth = false;  // Null
};

/// One key under one operator.
struct ConditionTerm {
  enum class Quantifier { None, ForAllValues, ForAnyValue };
  const Operator* op = nullptr;
  Quantifier quantifier = Quantifier::None;
  bool if_exists = false;
  std::string key;  // folded
  std::vector<PolicyValue> values;
};

struct Statement {
  Effect effect = Effect::Deny;
  bool has_principal = false;
  bool not_principal = false;
  std::vector<PrincipalEntry> principals;
  bool not_action = false;
  std::vector<Symbols> actions;  // of folded text
  bool has_resource = false;
  bool not_resource = false;
  std::vector<ResourcePattern> resources;
  std::vector<ConditionTerm> condition;
};

struct Document {
  PolicyType type = PolicyType::IdentityBased;
  std::vector<Statement> statements;
};

/// Throws Refused, with the rule that refuses.
[[nodiscard]] Document load_document(std::string_view text, PolicyType type);

// Parts of the loader, told in load_*.cc.
struct Json;
[[nodiscard]] std::vector<std::string> list_of_strings(const Json& value, const char* rule);
[[nodiscard]] std::vector<PrincipalEntry> load_principals(const Json& value, bool negated);
[[nodiscard]] std::vector<ConditionTerm> load_condition(const Json& value, bool variables_active);
[[nodiscard]] ResourcePattern load_resource(const std::string& text, PolicyType type,
                                            bool variables_active);

/// `aws` or `aws-...` (G-40, P-10).
[[nodiscard]] bool is_partition(std::string_view text);
/// Twelve digits.
[[nodiscard]] bool is_account(std::string_view text);
/// letters, digits and `+=,.@_-`, not empty.
[[nodiscard]] bool is_name(std::string_view text);
/// G-50.
[[nodiscard]] bool is_service_name(std::string_view text);
/// G-52.
[[nodiscard]] bool is_canonical_id(std::string_view text);
/// M-14, G-25: `prefix:name` of the characters of an action; `wildcards` may be `*?`.
[[nodiscard]] bool is_action(std::string_view text, std::string_view wildcards);

/// An identity ARN in its parts; also what a caller is read with (P-1).
struct IdentityArn {
  PrincipalEntry::Kind kind = PrincipalEntry::Kind::User;  // Account stands for root
  std::string partition;
  std::string account;
  std::string name;  // of the user, role (for sessions too) or federated user
  std::string path;  // before the name, with its slashes
};
[[nodiscard]] std::optional<IdentityArn> parse_identity_arn(std::string_view text);

}  // namespace writ::reference
