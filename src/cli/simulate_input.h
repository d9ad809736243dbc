// SimulateInput: the input of IAM's SimulateCustomPolicy and SimulatePrincipalPolicy, checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "cli/question.h"
#include "writ/impl/json_tree.h"
#include "writ/result.h"

namespace writ::cli {

/// The two operations of IAM: policies that are given, or those of a principal (S-2).
enum class SimulateOperation : std::uint8_t { CustomPolicy, PrincipalPolicy };

/// How MatchedStatements calls a policy that is not of PolicyInputList (S-14, S-15).
struct StoredPolicyName {
  std::string_view id;    ///< the policy's name
  std::string_view type;  ///< `user`, `group`, `role`, `aws-managed` or `user-managed`
};

/// The members of the input (S-1 to S-4). Views into the tree it owns; movable.
struct SimulateInput {
  /// Those of the principal, once they have been added; then PolicyInputList.
  std::vector<std::string_view> policies;
  std::vector<StoredPolicyName> stored;     ///< of the first of `policies`
  std::vector<std::string_view> actions;    ///< ActionNames
  std::vector<std::string_view> resources;  ///< ResourceArns, or `*` alone
  std::optional<std::string_view> boundary;
  /// OrderedOrganizationPolicyInputList: documents by level, root first.
  std::vector<std::vector<std::string_view>> organization;
  bool has_organization = false;  ///< the member is there, be it empty
  std::optional<std::string_view> resource_policy;
  std::optional<std::string_view> resource_owner;  ///< the account's twelve digits
  std::optional<std::string_view> caller_arn;      ///< of an IAM user, group or role
  std::string_view source_arn;  ///< PolicySourceArn, likewise; the caller by default (S-2)
  std::vector<QuestionKey> context;
  std::size_t max_items = 100;
  std::size_t first_item = 0;  ///< from Marker

  detail::JsonTree tree;

  /// No resource but `*` was asked for, so results are not given by resource.
  [[nodiscard]] bool only_star() const noexcept {
    return resources.size() == 1 && resources.front() == "*";
  }
};

/// Reads the input: JSON (G-1, G-3), members, types, lengths and enumerations (S-1, S-4, S-11).
/// What needs the policies themselves is checked by `simulate`. Errors have code `InvalidInput` and
/// name the member: ``ActionNames[1]: ...``.
[[nodiscard]] Result<SimulateInput> read_simulate_input(
    std::string_view text, SimulateOperation operation = SimulateOperation::CustomPolicy);

/// The token for the page that starts with result number `first_item` (S-11).
[[nodiscard]] std::string make_marker(std::size_t first_item);

}  // namespace writ::cli
