// Not API, may change in any release. Names of error codes, and how an error reads.
#pragma once

#include <fmt/format.h>

#include "writ/error.h"

namespace writ::inline v0 {

WRIT_FUNC std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::JsonSyntaxError:
      return "JSON_SYNTAX_ERROR";
    case ErrorCode::UnsupportedCharacter:
      return "UNSUPPORTED_CHARACTER";
    case ErrorCode::DuplicateMember:
      return "DUPLICATE_MEMBER";
    case ErrorCode::DuplicateKeysWithDifferentCase:
      return "DUPLICATE_KEYS_WITH_DIFFERENT_CASE";
    case ErrorCode::InvalidPolicyElement:
      return "INVALID_POLICY_ELEMENT";
    case ErrorCode::DataTypeMismatch:
      return "DATA_TYPE_MISMATCH";
    case ErrorCode::NestingTooDeep:
      return "NESTING_TOO_DEEP";
    case ErrorCode::InvalidVersion:
      return "INVALID_VERSION";
    case ErrorCode::MissingVersion:
      return "MISSING_VERSION";
    case ErrorCode::MissingStatement:
      return "MISSING_STATEMENT";
    case ErrorCode::UnsupportedSid:
      return "UNSUPPORTED_SID";
    case ErrorCode::UniqueSidsRequired:
      return "UNIQUE_SIDS_REQUIRED";
    case ErrorCode::MissingEffect:
      return "MISSING_EFFECT";
    case ErrorCode::InvalidEffect:
      return "INVALID_EFFECT";
    case ErrorCode::MissingAction:
      return "MISSING_ACTION";
    case ErrorCode::InvalidAction:
      return "INVALID_ACTION";
    case ErrorCode::UnsupportedElementCombination:
      return "UNSUPPORTED_ELEMENT_COMBINATION";
    case ErrorCode::EmptyNotElement:
      return "EMPTY_NOT_ELEMENT";
    case ErrorCode::MissingResource:
      return "MISSING_RESOURCE";
    case ErrorCode::UnsupportedResource:
      return "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE";
    case ErrorCode::InvalidArnPrefix:
      return "INVALID_ARN_PREFIX";
    case ErrorCode::MissingArnField:
      return "MISSING_ARN_FIELD";
    case ErrorCode::InvalidArn:
      return "INVALID_ARN";
    case ErrorCode::VariableUnsupportedInElement:
      return "VARIABLE_UNSUPPORTED_IN_ELEMENT";
    case ErrorCode::InvalidVariable:
      return "INVALID_VARIABLE";
    case ErrorCode::MissingPrincipal:
      return "MISSING_PRINCIPAL";
    case ErrorCode::UnsupportedPrincipal:
      return "UNSUPPORTED_PRINCIPAL";
    case ErrorCode::InvalidPrincipalFormat:
      return "INVALID_PRINCIPAL_FORMAT";
    case ErrorCode::InvalidPrincipalKey:
      return "INVALID_PRINCIPAL_KEY";
    case ErrorCode::UnsupportedWildcardInPrincipal:
      return "UNSUPPORTED_WILDCARD_IN_PRINCIPAL";
    case ErrorCode::InvalidConditionOperator:
      return "INVALID_CONDITION_OPERATOR";
    case ErrorCode::NullWithIfExists:
      return "NULL_WITH_IF_EXISTS";
    case ErrorCode::InvalidConditionKeyFormat:
      return "INVALID_CONDITION_KEY_FORMAT";
    case ErrorCode::EmptyConditionOperator:
      return "EMPTY_CONDITION_OPERATOR";
    case ErrorCode::EmptyConditionValues:
      return "EMPTY_CONDITION_VALUES";
    case ErrorCode::InvalidConditionValue:
      return "INVALID_CONDITION_VALUE";
    case ErrorCode::InvalidVariableForOperator:
      return "INVALID_VARIABLE_FOR_OPERATOR";
    case ErrorCode::RcpSyntaxError:
      return "RCP_SYNTAX_ERROR";
    case ErrorCode::LimitExceeded:
      return "LIMIT_EXCEEDED";
    case ErrorCode::InvalidRequest:
      return "INVALID_REQUEST";
    case ErrorCode::InvalidCase:
      return "INVALID_CASE";
    case ErrorCode::InvalidInput:
      return "INVALID_INPUT";
    case ErrorCode::ImageFileError:
      return "IMAGE_FILE_ERROR";
    case ErrorCode::ImageMismatch:
      return "IMAGE_MISMATCH";
    case ErrorCode::ImageCorrupt:
      return "IMAGE_CORRUPT";
    case ErrorCode::InvalidFile:
      return "INVALID_FILE";
  }
  return "UNKNOWN";
}

WRIT_FUNC std::string PolicyError::to_string() const {
  std::string text;
  if (position.line != 0) {
    fmt::format_to(std::back_inserter(text), "{}:{}: ", position.line, position.column);
  }
  fmt::format_to(std::back_inserter(text), "{}: {}", writ::to_string(code), message);
  if (!rule.empty()) {
    fmt::format_to(std::back_inserter(text), " [{}", rule);
    if (!json_pointer.empty()) fmt::format_to(std::back_inserter(text), " at {}", json_pointer);
    text += ']';
  } else if (!json_pointer.empty()) {
    fmt::format_to(std::back_inserter(text), " [at {}]", json_pointer);
  }
  return text;
}

}  // namespace writ::inline v0
