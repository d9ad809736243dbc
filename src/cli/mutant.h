// Mutants: a policy changed in one small step at a time, to see whether any test notices.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "writ/model/policy_document.h"

namespace writ::cli {

/// What a step does to the policy.
enum class MutationKind : unsigned char {
  DropStatement,
  FlipEffect,
  RemovePattern,
  WidenPattern,
  NarrowPattern,
  DropCondition,
  NegateOperator,
  SwapQuantifier,
  RemoveValue,
  WidenPrincipal,
  RemovePrincipal,
};
[[nodiscard]] std::string_view to_string(MutationKind kind) noexcept;

/// One changed policy.
struct Mutant {
  MutationKind kind = MutationKind::DropStatement;
  Position position;      ///< in the policy, of what is changed
  std::string statement;  ///< `statement 3 `Sid``
  std::string what;       ///< `Action `s3:Get*` becomes `s3:*``
  std::string text;       ///< of the changed document, canonical
};

/// All mutants of a policy that parse_policy accepts as the same kind, each different from the
/// policy and from each other in canonical form: a step that changes nothing, or that the language
/// does not allow, gives none. `text` is what `document` was read from. O(steps × size).
[[nodiscard]] std::vector<Mutant> mutants_of(std::string_view text, const PolicyDocument& document);

}  // namespace writ::cli
