# Writes the policies that the tool carries into a source file, so that `writ portal` needs no files.
set(policies_dir ${PROJECT_SOURCE_DIR}/policies)
file(GLOB policy_files CONFIGURE_DEPENDS RELATIVE ${policies_dir}
     ${policies_dir}/portal/*.json ${policies_dir}/portal/roles/*.json
     ${policies_dir}/partner-central/managed/*.json
     ${policies_dir}/partner-central/iam-role-mapping-trust-policy.json)
set(policy_rows "")
foreach(file ${policy_files})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${policies_dir}/${file})
  file(READ ${policies_dir}/${file} text)
  string(APPEND policy_rows "    {\"${file}\", R\"policy(${text})policy\"},\n")
endforeach()
set(policy_source ${PROJECT_BINARY_DIR}/cli/policy_files.cc)
file(CONFIGURE OUTPUT ${policy_source} @ONLY CONTENT [[
// Generated from policies/ by src/cmake/policy_files.cmake.
#include "cli/portal_policies.h"

namespace writ::cli {
namespace {
constexpr PolicyFile kFiles[] = {
@policy_rows@};
}  // namespace

std::span<const PolicyFile> policy_files() { return kFiles; }

}  // namespace writ::cli
]])
list(APPEND tool_sources ${policy_source})
