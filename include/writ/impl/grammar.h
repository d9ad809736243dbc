// Not API, may change in any release. The grammar of single strings: actions, ARNs, principals,
// condition operators, keys and values. Each check gives nothing, or why the string is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "writ/config.h"
#include "writ/error.h"
#include "writ/model/policy_document.h"
#include "writ/model/vocabulary.h"

namespace writ::inline v0 {
namespace detail {

struct Refusal {
  ErrorCode code = ErrorCode::JsonSyntaxError;
  std::string_view rule;  // static storage
  std::string message;
};

// User text for a message: in backticks, and not longer than a line.
[[nodiscard]] std::string quoted(std::string_view text);

// G-22 to G-25, G-27; `type` for the service prefix that resource control policies need (G-29).
[[nodiscard]] std::optional<Refusal> check_action(std::string_view text, PolicyType type);

// G-33 to G-40, V-7. `variables`: whether `${...}` is a variable in the document (G-14).
[[nodiscard]] std::optional<Refusal> check_resource(std::string_view text, PolicyType type,
                                                    bool variables);

// G-49 to G-52, P-10.
[[nodiscard]] std::optional<Refusal> check_principal(PrincipalKind kind, std::string_view text);

// V-7.
[[nodiscard]] std::optional<Refusal> check_variables_of(std::string_view text);

// G-57, G-58: sets `op`, `quantifier` and `if_exists`.
[[nodiscard]] std::optional<Refusal> parse_condition_operator(std::string_view text,
                                                              ConditionTest& test);

// G-59.
[[nodiscard]] std::optional<Refusal> check_condition_key(std::string_view text);

// G-62, V-3, V-4, V-21.
[[nodiscard]] std::optional<Refusal> check_condition_value(ConditionOperator op,
                                                           const ConditionValue& value,
                                                           bool variables);

// Legal characters of a Sid where they are limited (G-18).
[[nodiscard]] bool is_plain_sid(std::string_view text) noexcept;

}  // namespace detail
}  // namespace writ::inline v0
