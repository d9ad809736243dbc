// Not API, may change in any release. The table of the checks that `lint_policy` knows: those of
// IAM Access Analyzer (docs/lint.md) and two that only the grammar names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "writ/config.h"
#include "writ/lint.h"

namespace writ::inline v0 {
namespace detail {

enum class LintSource : std::uint8_t {
  Finding,     // the document loads, the check is ours
  Refusal,     // the document is refused, and the refusal is the finding
  Either,      // the one or the other, by kind of policy or by how bad it is
  Catalogue,   // skipped: needs the catalogue of actions, resource types and keys
  Superseded,  // never reported: the rule behind it is gone (G-30)
};

struct LintCheck {
  std::string_view rule;
  std::string_view code;
  FindingSeverity severity;  // of a finding; refusals are `Refusal`
  LintSource source;
};

namespace lint {
inline constexpr FindingSeverity kError = FindingSeverity::Error;
inline constexpr FindingSeverity kSecurity = FindingSeverity::SecurityWarning;
inline constexpr FindingSeverity kWarning = FindingSeverity::Warning;
inline constexpr FindingSeverity kSuggestion = FindingSeverity::Suggestion;

inline constexpr LintCheck kChecks[] = {
    {"A-101", "JSON_SYNTAX_ERROR", kError, LintSource::Refusal},
    {"A-102", "DATA_TYPE_MISMATCH", kError, LintSource::Refusal},
    {"A-103", "DUPLICATE_KEYS_WITH_DIFFERENT_CASE", kError, LintSource::Refusal},
    {"A-104", "INVALID_POLICY_ELEMENT", kError, LintSource::Refusal},
    {"A-105", "INVALID_VERSION", kError, LintSource::Refusal},
    {"A-106", "MISSING_STATEMENT", kError, LintSource::Refusal},
    {"A-107", "MISSING_EFFECT", kError, LintSource::Refusal},
    {"A-108", "INVALID_EFFECT", kError, LintSource::Refusal},
    {"A-109", "MISSING_ACTION", kError, LintSource::Refusal},
    {"A-110", "MISSING_RESOURCE", kError, LintSource::Refusal},
    {"A-111", "MISSING_PRINCIPAL", kError, LintSource::Refusal},
    {"A-112", "UNSUPPORTED_PRINCIPAL", kError, LintSource::Refusal},
    {"A-113", "UNSUPPORTED_ELEMENT_COMBINATION", kError, LintSource::Refusal},
    {"A-114", "UNIQUE_SIDS_REQUIRED", kError, LintSource::Refusal},
    {"A-115", "UNSUPPORTED_SID", kError, LintSource::Refusal},
    {"A-116", "INVALID_PRINCIPAL_FORMAT", kError, LintSource::Refusal},
    {"A-117", "INVALID_PRINCIPAL_KEY", kError, LintSource::Refusal},
    {"A-118", "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", kError, LintSource::Refusal},
    {"A-119", "INVALID_SERVICE_PRINCIPAL_FORMAT", kError, LintSource::Finding},
    {"A-120", "FEDERATED_PRINCIPAL_NOT_SUPPORTED", kError, LintSource::Finding},
    {"A-121", "INVALID_ACTION", kError, LintSource::Catalogue},
    {"A-122", "INVALID_SERVICE_IN_ACTION", kError, LintSource::Catalogue},
    {"A-123", "UNSUPPORTED_ACTION_IN_POLICY", kError, LintSource::Catalogue},
    {"A-124", "UNSUPPORTED_ACTION_FOR_CONDITION_KEY", kError, LintSource::Catalogue},
    {"A-125", "MISSING_ACTION_FOR_CONDITION_KEY", kError, LintSource::Catalogue},
    {"A-126", "INVALID_ARN_PREFIX", kError, LintSource::Refusal},
    {"A-127", "MISSING_ARN_FIELD", kError, LintSource::Either},
    {"A-128", "INVALID_ARN_SERVICE_CASE", kError, LintSource::Finding},
    {"A-129", "INVALID_ARN_ACCOUNT", kError, LintSource::Finding},
    {"A-130", "MISSING_ARN_ACCOUNT", kError, LintSource::Catalogue},
    {"A-131", "ARN_ACCOUNT_NOT_ALLOWED", kError, LintSource::Catalogue},
    {"A-132", "INVALID_ARN_REGION", kError, LintSource::Catalogue},
    {"A-133", "MISSING_ARN_REGION", kError, LintSource::Catalogue},
    {"A-134", "ARN_REGION_NOT_ALLOWED", kError, LintSource::Catalogue},
    {"A-135", "INVALID_ARN_RESOURCE", kError, LintSource::Catalogue},
    {"A-136", "INVALID_PARTITION", kError, LintSource::Catalogue},
    {"A-137", "INVALID_SERVICE", kError, LintSource::Catalogue},
    {"A-138", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY", kError, LintSource::Catalogue},
    {"A-139", "INVALID_REGION", kError, LintSource::Finding},
    {"A-140", "INVALID_CONDITION_OPERATOR", kError, LintSource::Refusal},
    {"A-141", "INVALID_CONDITION_KEY_FORMAT", kError, LintSource::Refusal},
    {"A-142", "INVALID_CONDITION_DATA_TYPE", kError, LintSource::Finding},
    {"A-143", "INVALID_CONDITION_MULTIPLE_BOOLEAN", kError, LintSource::Finding},
    {"A-144", "INVALID_GLOBAL_CONDITION_KEY", kError, LintSource::Finding},
    {"A-145", "UNSUPPORTED_GLOBAL_CONDITION_KEY", kError, LintSource::Finding},
    {"A-146", "INVALID_SERVICE_CONDITION_KEY", kError, LintSource::Catalogue},
    {"A-147", "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", kError, LintSource::Finding},
    {"A-148", "MISSING_QUALIFIER", kError, LintSource::Finding},
    {"A-149", "NULL_WITH_IF_EXISTS", kError, LintSource::Refusal},
    {"A-150", "MISSING_TAG_KEY_IN_CONDITION", kError, LintSource::Finding},
    {"A-151", "INVALID_VPC_FORMAT", kError, LintSource::Finding},
    {"A-152", "INVALID_VPCE_FORMAT", kError, LintSource::Finding},
    {"A-153", "INVALID_KMS_KEY_VALUE", kError, LintSource::Catalogue},
    {"A-154", "TYPE_MISMATCH_IP_RANGE", kError, LintSource::Refusal},
    {"A-155", "PRIVATE_IP_ADDRESS", kError, LintSource::Finding},
    {"A-156", "PRIVATE_NOT_IP_ADDRESS", kError, LintSource::Finding},
    {"A-157", "INVALID_VARIABLE_FOR_OPERATOR", kError, LintSource::Refusal},
    {"A-158", "MISSING_BRACE_IN_VARIABLE", kError, LintSource::Refusal},
    {"A-159", "MISSING_QUOTE_IN_VARIABLE", kError, LintSource::Refusal},
    {"A-160", "UNSUPPORTED_SPACE_IN_VARIABLE", kError, LintSource::Refusal},
    {"A-161", "EMPTY_VARIABLE", kError, LintSource::Refusal},
    {"A-162", "VARIABLE_UNSUPPORTED_IN_ELEMENT", kError, LintSource::Either},
    {"A-163", "VARIABLE_UNSUPPORTED_IN_VERSION", kError, LintSource::Finding},
    {"A-164", "VARIABLE_USAGE_TOO_PERMISSIVE", kError, LintSource::Finding},
    {"A-165", "WILDCARD_USAGE_TOO_PERMISSIVE", kError, LintSource::Finding},
    {"A-166", "POLICY_SIZE_EXCEEDS_SCP_QUOTA", kError, LintSource::Finding},
    {"A-167", "POLICY_SIZE_EXCEEDS_RCP_QUOTA", kError, LintSource::Finding},
    {"A-168", "SCP_SYNTAX_ERROR_PRINCIPAL", kError, LintSource::Refusal},
    {"A-169", "SCP_SYNTAX_ERROR_ACTION_WILDCARD", kError, LintSource::Superseded},
    {"A-170", "SCP_SYNTAX_ERROR_ALLOW_CONDITION", kError, LintSource::Superseded},
    {"A-171", "SCP_SYNTAX_ERROR_ALLOW_NOTACTION", kError, LintSource::Superseded},
    {"A-172", "SCP_SYNTAX_ERROR_ALLOW_RESOURCE", kError, LintSource::Superseded},
    {"A-173", "SCP_SYNTAX_ERROR_NOTRESOURCE", kError, LintSource::Superseded},
    {"A-174", "RCP_SYNTAX_ERROR_PRINCIPAL", kError, LintSource::Refusal},
    {"A-175", "RCP_SYNTAX_ERROR_ALLOW", kError, LintSource::Refusal},
    {"A-176", "RCP_SYNTAX_ERROR_NOTACTION", kError, LintSource::Refusal},
    {"A-177", "RCP_SYNTAX_ERROR_ACTION", kError, LintSource::Either},
    {"A-178", "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", kError, LintSource::Refusal},
    {"A-179", "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", kError, LintSource::Finding},
    {"A-180", "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", kError, LintSource::Refusal},
    {"A-181", "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", kError,
     LintSource::Either},
    {"A-182", "MISMATCHED_ACTION_FOR_PRINCIPAL", kError, LintSource::Finding},
    {"A-183", "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", kError, LintSource::Finding},
    {"A-184", "ALLOW_WITH_NOT_PRINCIPAL", kSecurity, LintSource::Refusal},
    {"A-185", "FORALLVALUES_WITH_SINGLE_VALUED_KEY", kSecurity, LintSource::Finding},
    {"A-186", "PASS_ROLE_WITH_STAR_IN_RESOURCE", kSecurity, LintSource::Finding},
    {"A-187", "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", kSecurity, LintSource::Finding},
    {"A-188", "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", kSecurity, LintSource::Finding},
    {"A-189", "PASS_ROLE_WITH_NOT_RESOURCE", kSecurity, LintSource::Finding},
    {"A-190", "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", kSecurity, LintSource::Finding},
    {"A-191", "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", kSecurity, LintSource::Finding},
    {"A-192", "MISSING_PAIRED_CONDITION_KEYS", kSecurity, LintSource::Finding},
    {"A-193", "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", kSecurity,
     LintSource::Catalogue},
    {"A-194", "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", kSecurity,
     LintSource::Catalogue},
    {"A-195", "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", kSecurity, LintSource::Finding},
    {"A-196", "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", kSecurity, LintSource::Finding},
    {"A-197", "MISSING_GITHUB_REPO_CONDITION_KEY", kSecurity, LintSource::Finding},
    {"A-198", "CREATE_SLR_WITH_NOT_RESOURCE", kWarning, LintSource::Finding},
    {"A-199", "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", kWarning, LintSource::Finding},
    {"A-200", "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", kWarning, LintSource::Finding},
    {"A-201", "CREATE_SLR_WITH_STAR_IN_RESOURCE", kWarning, LintSource::Finding},
    {"A-202", "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", kWarning, LintSource::Finding},
    {"A-203", "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", kWarning, LintSource::Finding},
    {"A-204", "DEPRECATED_GLOBAL_CONDITION_KEY", kWarning, LintSource::Finding},
    {"A-205", "INVALID_DATE_VALUE", kWarning, LintSource::Finding},
    {"A-206", "INVALID_ROLE_REFERENCE", kWarning, LintSource::Finding},
    {"A-207", "INVALID_USER_REFERENCE", kWarning, LintSource::Finding},
    {"A-208", "MISSING_VERSION", kWarning, LintSource::Either},
    {"A-209", "UNIQUE_SIDS_RECOMMENDED", kWarning, LintSource::Finding},
    {"A-210", "WILDCARD_WITHOUT_LIKE_OPERATOR", kWarning, LintSource::Finding},
    {"A-211", "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", kWarning, LintSource::Finding},
    {"A-212", "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", kWarning, LintSource::Finding},
    {"A-213", "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", kWarning, LintSource::Finding},
    {"A-214", "TYPE_MISMATCH", kWarning, LintSource::Finding},
    {"A-215", "TYPE_MISMATCH_BOOLEAN", kWarning, LintSource::Refusal},
    {"A-216", "TYPE_MISMATCH_DATE", kWarning, LintSource::Refusal},
    {"A-217", "TYPE_MISMATCH_NUMBER", kWarning, LintSource::Refusal},
    {"A-218", "TYPE_MISMATCH_STRING", kWarning, LintSource::Refusal},
    {"A-219", "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", kWarning, LintSource::Finding},
    {"A-220", "EMPTY_ARRAY_ACTION", kSuggestion, LintSource::Finding},
    {"A-221", "EMPTY_ARRAY_CONDITION", kSuggestion, LintSource::Finding},
    {"A-222", "EMPTY_ARRAY_CONDITION_FORALLVALUES", kSuggestion, LintSource::Finding},
    {"A-223", "EMPTY_ARRAY_CONDITION_FORANYVALUE", kSuggestion, LintSource::Finding},
    {"A-224", "EMPTY_ARRAY_CONDITION_IFEXISTS", kSuggestion, LintSource::Finding},
    {"A-225", "EMPTY_ARRAY_PRINCIPAL", kSuggestion, LintSource::Finding},
    {"A-226", "EMPTY_ARRAY_RESOURCE", kSuggestion, LintSource::Finding},
    {"A-227", "EMPTY_OBJECT_CONDITION", kSuggestion, LintSource::Finding},
    {"A-228", "EMPTY_OBJECT_PRINCIPAL", kSuggestion, LintSource::Finding},
    {"A-229", "EMPTY_SID_VALUE", kSuggestion, LintSource::Finding},
    {"A-230", "IMPROVE_IP_RANGE", kSuggestion, LintSource::Finding},
    {"A-231", "NULL_WITH_QUALIFIER", kSuggestion, LintSource::Finding},
    {"A-232", "PRIVATE_IP_ADDRESS_SUBSET", kSuggestion, LintSource::Finding},
    {"A-233", "PRIVATE_NOT_IP_ADDRESS_SUBSET", kSuggestion, LintSource::Finding},
    {"A-234", "REDUNDANT_ACTION", kSuggestion, LintSource::Finding},
    {"A-235", "REDUNDANT_CONDITION_VALUE_NUM", kSuggestion, LintSource::Finding},
    {"A-236", "REDUNDANT_RESOURCE", kSuggestion, LintSource::Finding},
    {"A-237", "REDUNDANT_STATEMENT", kSuggestion, LintSource::Finding},
    {"A-238", "WILDCARD_IN_SERVICE_NAME", kSuggestion, LintSource::Finding},
    {"A-239", "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", kSuggestion,
     LintSource::Catalogue},
    {"A-240", "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", kSuggestion,
     LintSource::Catalogue},
    {"A-241", "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", kSuggestion, LintSource::Finding},
    {"A-242", "IRRELEVANT_CONDITION_KEY_IN_POLICY", kSuggestion, LintSource::Catalogue},
    {"A-243", "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY", kSuggestion, LintSource::Finding},
    {"A-244", "CONFIRM_AUDIENCE_CLAIM_TYPE", kSuggestion, LintSource::Finding},
    {"A-245", "EQUIVALENT_TO_NULL_TRUE", kSuggestion, LintSource::Finding},
    {"A-246", "EQUIVALENT_TO_NULL_FALSE", kSuggestion, LintSource::Finding},
    // Findings of the grammar without a code of IAM's: the names are ours.
    {"G-16", "UNSUPPORTED_ID", kWarning, LintSource::Finding},
    {"V-7", "INVALID_VARIABLE_NAME", kWarning, LintSource::Finding},
};

// The check of that code. A code that is not in the table does not compile.
[[nodiscard]] consteval const LintCheck* check(std::string_view code) {
  for (const LintCheck& entry : kChecks) {
    if (entry.code == code) return &entry;
  }
  __builtin_unreachable();
}

}  // namespace lint
}  // namespace detail
}  // namespace writ::inline v0
