// Not API, may change in any release. Linter: the checks of one document. A check is a method that
// looks at one element and reports; lint_checks.h lists them, lint_tables.h holds what they know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "writ/config.h"
#include "writ/impl/json_tree.h"
#include "writ/impl/lint_checks.h"
#include "writ/impl/policy_reader.h"
#include "writ/lint.h"
#include "writ/model/policy_document.h"
#include "writ/model/standard_key.h"

namespace writ::inline v0 {
namespace detail {

class Linter {
 public:
  // `reader` has read the text, collecting everything.
  Linter(std::string_view text, PolicyType type, PolicyReader& reader);

  // Once. In order of position, refusals before findings at the same place.
  [[nodiscard]] std::vector<Finding> run();

 private:
  using Check = const LintCheck*;

  // How a statement's action element covers an action.
  enum class Coverage : std::uint8_t { None, Named, Wildcard, NotAction };
  // The checks of an action that hands out power, by Coverage and by resource element.
  struct PowerChecks {
    std::string_view action;
    std::string_view role_path;  // what the wide resources begin with
    Check star[3];
    Check not_resource[3];
  };

  // lint-inl.h
  void add_refusals();
  [[nodiscard]] std::string_view code_of(const PolicyError& refusal) const;
  [[nodiscard]] std::string_view code_of_value(const JsonNode& value) const;
  void check_document();
  void check_size();
  void check_sids();

  // lint_statements-inl.h
  void check_statement(const Statement& statement);
  void check_actions(const Statement& statement);
  void check_resources(const Statement& statement);
  void check_resource(const Text& resource);
  void check_variables(std::string_view text, Position position);
  void check_power(const Statement& statement, const PowerChecks& checks);
  [[nodiscard]] static Coverage coverage(const PatternList& list, std::string_view action);
  [[nodiscard]] bool is_wide(std::string_view resource, std::string_view role_path) const;

  // lint_principals-inl.h
  void check_principals(const Statement& statement);
  void check_aws_principals(const Statement& statement, const PrincipalMember& member);
  void check_service_principal(const Statement& statement, const Text& principal);
  void check_federated_principal(const Statement& statement, const Text& principal);
  void check_oidc_conditions(const Text& principal, std::string_view provider);
  void check_federated_action(const Statement& statement, std::string_view wanted);
  void check_roles_anywhere();

  // lint_conditions-inl.h
  void check_conditions(const Statement& statement);
  void check_test(const Statement& statement, const ConditionTest& test);
  void check_key(const ConditionTest& test, const StandardKey* key);
  void check_paired_keys(const ConditionTest& test);
  void check_key_of_services(const Statement& statement, const ConditionTest& test);
  void check_empty_values(const ConditionTest& test);
  void check_value_kinds(const ConditionTest& test);
  void check_github_subject(const Statement& statement, const ConditionTest& test);
  void collect_keys(const Statement& statement);
  // Whether the statement at hand has a condition on that key. A name that ends in `:` or `/` is a
  // prefix.
  [[nodiscard]] bool has_key(std::string_view name) const;

  // lint_values-inl.h
  void check_values(const ConditionTest& test, const StandardKey* key);
  void check_string_values(const ConditionTest& test, const StandardKey* key);
  void check_permissive(const ConditionTest& test, const StandardKey& key,
                        const ConditionValue& value);
  void check_known_format(const ConditionTest& test, const ConditionValue& value);
  void check_equivalent_to_null(const ConditionTest& test);
  void check_ip_values(const ConditionTest& test);
  void check_numeric_values(const ConditionTest& test);

  // lint_redundancy-inl.h
  void check_redundant_patterns(const PatternList& list, bool actions);
  void check_redundant_statements();
  [[nodiscard]] bool covers_resource(std::string_view general, std::string_view specific);

  // Nothing is reported at a token that is refused: what is wrong with it is said already.
  void report(Check check, Position position, std::string message);
  // The node that begins at a position, or whose name does; null if there is none.
  [[nodiscard]] const JsonNode* node_at(Position position) const;
  [[nodiscard]] bool is_refused(Position position) const;
  [[nodiscard]] bool is_identity() const noexcept {
    return type_ == PolicyType::IdentityBased || type_ == PolicyType::PermissionsBoundary ||
           type_ == PolicyType::Session;
  }
  [[nodiscard]] bool is_guardrail() const noexcept {
    return type_ == PolicyType::ServiceControl || type_ == PolicyType::ResourceControl;
  }

  std::string_view text_;
  PolicyType type_;
  const PolicyReader& reader_;
  PolicyDocument document_;             // owns what the tree's views point into
  std::vector<std::uint32_t> refused_;  // offsets, sorted
  // Steps that comparing patterns with patterns may still take in this document.
  std::size_t steps_ = 8'000'000;
  std::vector<std::string> keys_;  // condition keys of the statement at hand, folded and sorted
  std::vector<Finding> findings_;
};

// Whether a condition key is that key. A name that ends in `:` or `/` is a prefix.
[[nodiscard]] bool is_condition_key(std::string_view key, std::string_view name);

// The offset of the first wildcard outside variables, and of the first variable; npos if none.
[[nodiscard]] std::size_t find_wildcard(std::string_view text, bool variables) noexcept;
[[nodiscard]] std::size_t find_variable(std::string_view text, bool variables) noexcept;

// Whether every text that the pattern `specific` matches is matched by `general`. Says no when it
// has taken all of `steps`.
[[nodiscard]] bool pattern_covers(std::string_view general, std::string_view specific, bool fold,
                                  std::size_t& steps) noexcept;

}  // namespace detail
}  // namespace writ::inline v0
