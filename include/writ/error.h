// PolicyError: what is wrong with a text, where, by which rule, and what to do about it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "writ/config.h"

namespace writ::inline v0 {

/// A place in a text. `offset` counts bytes from 0; `line` and `column` count from 1, columns in
/// bytes of the UTF-8 text. Line 0 means that there is no place to point at.
struct Position {
  std::uint32_t offset = 0;  ///< bytes from 0
  std::uint32_t line = 0;    ///< from 1; 0: no place
  std::uint32_t column = 0;  ///< from 1, in bytes

  friend bool operator==(const Position&, const Position&) = default;
};

/// What kind of mistake an error reports. The names in `to_string` are those of IAM's own policy
/// checks where such a check exists. Codes are stable, messages are not; more codes may come, so a
/// switch over them needs a `default:`.
enum class ErrorCode : std::uint8_t {
  JsonSyntaxError,                 ///< G-1: not JSON, or not UTF-8
  UnsupportedCharacter,            ///< G-2: a character that IAM does not accept
  DuplicateMember,                 ///< G-3: a member name occurs twice in an object
  DuplicateKeysWithDifferentCase,  ///< G-4
  InvalidPolicyElement,            ///< G-6: unknown element
  DataTypeMismatch,                ///< G-8, G-10, G-16 to G-18, G-55, G-60, D-5: wrong type
  NestingTooDeep,                  ///< G-11
  InvalidVersion,                  ///< G-12, G-15
  MissingVersion,                  ///< G-15: a variable in an SCP or RCP without a version
  MissingStatement,                ///< G-17
  UnsupportedSid,                  ///< G-18
  UniqueSidsRequired,              ///< G-19
  MissingEffect,                   ///< G-20
  InvalidEffect,                   ///< G-20
  MissingAction,                   ///< G-21
  InvalidAction,                   ///< G-22, G-25, G-27
  UnsupportedElementCombination,   ///< G-21, G-31, G-41, G-43: both of two exclusive elements
  EmptyNotElement,                 ///< G-26, G-39, G-48: a Not... element that lists nothing
  MissingResource,                 ///< G-31
  UnsupportedResource,             ///< G-32: Resource in a trust policy
  InvalidArnPrefix,                ///< G-33
  MissingArnField,                 ///< G-35
  InvalidArn,                      ///< G-36, G-40
  VariableUnsupportedInElement,    ///< G-25, G-37
  InvalidVariable,                 ///< V-7
  MissingPrincipal,                ///< G-43
  UnsupportedPrincipal,            ///< G-44, G-45, G-53, G-54
  InvalidPrincipalFormat,          ///< G-46, G-49 to G-52, P-10
  InvalidPrincipalKey,             ///< G-46
  UnsupportedWildcardInPrincipal,  ///< G-49, P-64
  InvalidConditionOperator,        ///< G-57
  NullWithIfExists,                ///< G-58
  InvalidConditionKeyFormat,       ///< G-59
  EmptyConditionOperator,          ///< G-56
  EmptyConditionValues,            ///< C-48
  InvalidConditionValue,           ///< G-62: a value that is not of its operator's type
  InvalidVariableForOperator,      ///< V-4, G-62
  RcpSyntaxError,                  ///< G-29, G-45, E-31
  LimitExceeded,                   ///< G-11: a limit of the options, or of 32-bit tables
  InvalidRequest,                  ///< M-14, M-32, P-1: the request itself is malformed
  InvalidCase,                     ///< a case file's line is not a case
  InvalidInput,                    ///< a simulation's input is malformed
  ImageFileError,                  ///< the system refuses to read or write an image
  ImageMismatch,                   ///< no image, or one of another version or byte order
  ImageCorrupt,                    ///< an image's checksum or structure is wrong
  InvalidFile,  ///< a file of a policy folder cannot be read, or has no place there
};

/// `"JSON_SYNTAX_ERROR"` and so on.
[[nodiscard]] std::string_view to_string(ErrorCode code) noexcept;

/// One mistake. Value type; owns its strings.
struct PolicyError {
  ErrorCode code = ErrorCode::JsonSyntaxError;  ///< which mistake; stable
  Position position;                            ///< where in the text
  std::string json_pointer;  ///< RFC 6901, e.g. `/Statement/0/Action/1`; empty for the whole text
  std::string_view rule;     ///< rule id, e.g. `G-20`; points to static storage
  std::string message;       ///< one sentence that says what to do

  /// `3:14: INVALID_EFFECT: Effect is ... [G-20 at /Statement/0/Effect]`
  [[nodiscard]] std::string to_string() const;
};

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/error-inl.h"
#endif
