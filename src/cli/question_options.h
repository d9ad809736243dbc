// The options that put a question together: those of `writ eval` and `writ explain`, and what other
// commands share of them.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/case_reader.h"
#include "cli/console.h"
#include "cli/question.h"

namespace writ::cli {

inline constexpr Option kContextOption = {
    "--context", "KEY=VALUE", Arity::Each,
    "a condition key; KEY=@[a,b] for a multi-valued key. May be repeated"};
inline constexpr Option kContextListOption = {"--context-list", "KEY=A,B", Arity::Each,
                                              "a multi-valued key; `KEY=` has no values"};
inline constexpr Option kContextFileOption = {"--context-file", "FILE", Arity::One,
                                              "JSON object: key to string or array of strings"};

// Policies of a kind, by level where there are levels.
inline constexpr Option kIdentityOption = {"--identity", "FILE...", Arity::Many,
                                           "identity-based policies of the caller"};
inline constexpr Option kBoundaryOption = {"--boundary", "FILE...", Arity::Many,
                                           "permissions boundaries"};
inline constexpr Option kSessionOption = {"--session", "FILE...", Arity::Many, "session policies"};
inline constexpr Option kServiceControlOption = {
    "--scp", "FILE,...", Arity::Each,
    "service control policies of one level; repeat for each, root first"};
inline constexpr Option kResourceControlOption = {"--rcp", "FILE,...", Arity::Each,
                                                  "resource control policies, in the same way"};
inline constexpr Option kEndpointOption = {"--endpoint", "FILE...", Arity::Many,
                                           "VPC endpoint policies"};

inline constexpr Option kQuestionOptions[] = {
    {"--action", "ACTION", Arity::One, "the action, e.g. s3:GetObject"},
    {"--principal", "WHO", Arity::One,
     "ARN, `*` (default), Service=NAME, Federated=NAME, CanonicalUser=ID"},
    {"--resource", "ARN", Arity::One, "the resource; `*` by default"},
    {"--resource-account", "ID", Arity::One, "its owner, when the ARN names none"},
    {"--role-arn", "ARN", Arity::One, "for a role session: the ARN of its role"},
    {"--issuer", "ARN", Arity::One, "for a federated user: who issued the session"},
    kContextOption,
    kContextListOption,
    kContextFileOption,
    kIdentityOption,
    {"--resource-policy", "FILE", Arity::One,
     "the resource's policy; of a role asked for by STS its trust policy"},
    kBoundaryOption,
    kSessionOption,
    kServiceControlOption,
    kResourceControlOption,
    kEndpointOption,
    {"--policies", "DIR", Arity::One,
     "instead: all of them, in folders identity, scp/0, resource ..."},
    {"--case", "FILE", Arity::One, "one case in the case format instead of all of the above"},
};

/// A question with the texts that it borrows. Movable: the texts stay where they are.
struct OwnedQuestion {
  std::deque<std::string> texts;
  std::vector<detail::JsonTree> trees;
  std::optional<Case> asked;  ///< from --case
  Question flags;             ///< from all other options

  [[nodiscard]] const Question& question() const noexcept {
    return asked ? asked->question : flags;
  }
};

/// Reads the options and the files they name. Problems are sentences for the user.
[[nodiscard]] Result<OwnedQuestion, Problem> read_question(const Arguments& arguments,
                                                           Console& console);

/// The context alone, as `flags.context`, for commands that take the rest from elsewhere.
[[nodiscard]] Result<OwnedQuestion, Problem> read_context_options(const Arguments& arguments,
                                                                  Console& console);

/// Where a mistake in a question is, for the user: `FILE:LINE:COLUMN: CODE: ...`.
[[nodiscard]] std::string describe_error(const OwnedQuestion& owned, const Arguments& arguments,
                                         const QuestionError& error);

}  // namespace writ::cli
