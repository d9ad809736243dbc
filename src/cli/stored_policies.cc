#include "cli/stored_policies.h"

namespace writ::cli {
namespace {

// S-15; the input's reader knows the other words.
std::string_view type_of(PolicySource source) {
  switch (source) {
    case PolicySource::AwsManaged:
      return "aws-managed";
    case PolicySource::CustomerManaged:
      return "user-managed";
    case PolicySource::UserInline:
      return "user";
    case PolicySource::GroupInline:
      return "group";
    case PolicySource::RoleInline:
      return "role";
    case PolicySource::Trust:
    case PolicySource::Organization:
    case PolicySource::Resource:
      break;  // no policies of a principal
  }
  return "none";
}

void add_organization(const Account& account, std::string_view id, SimulateInput& input) {
  if (input.has_organization) return;
  const AccountPlace* place = account.find_place(id);
  if (place == nullptr || place->is_management) return;  // E-20
  for (const std::vector<std::uint32_t>& level : place->service_control) {
    std::vector<std::string_view>& texts = input.organization.emplace_back();
    for (const std::uint32_t policy : level) {
      texts.push_back(account.all_policies()[policy].text);
    }
  }
}

}  // namespace

bool add_stored_policies(const Account& account, SimulateInput& input) {
  const AccountPrincipal* principal = account.find_principal(input.source_arn);
  const AccountGroup* group = account.find_group(input.source_arn);
  if (principal == nullptr && group == nullptr) return false;
  std::vector<std::string_view> texts;
  for (const std::uint32_t place : principal != nullptr ? principal->policies : group->policies) {
    const AccountPolicy& policy = account.all_policies()[place];
    texts.push_back(policy.text);
    input.stored.push_back({policy.name, type_of(policy.source)});
  }
  input.policies.insert(input.policies.begin(), texts.begin(), texts.end());
  if (principal != nullptr && !input.boundary &&
      principal->boundary_policy != AccountPrincipal::kNone) {
    input.boundary = account.all_policies()[principal->boundary_policy].text;
  }
  add_organization(account, principal != nullptr ? principal->account : group->account, input);
  return true;
}

}  // namespace writ::cli
