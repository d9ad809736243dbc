#include "cli/portal_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "writ/portal/memory_host.h"
#include "writ/portal/portal.h"

namespace writ::cli {
namespace {

using portal::PermissionTarget;
using portal::PortalUser;
using portal::RoleCatalog;
using portal::RoleDuty;
using portal::RoleSet;

constexpr MatrixTask kTasks[] = {
    {"reassignAllianceLead", "Reassign alliance lead role", "portal:ReassignAllianceLead"},
    {"assignFourRoles", "Assign ACE manager, ACE user, marketing and technical staff roles",
     "portal:AssignRole"},
    {"removeUsers", "Remove users", "portal:RemoveUser"},
    {"submitAceOpportunities", "Submit ACE opportunities", "portal:SubmitOpportunity"},
    {"manageAllAce", "Manage all ACE opportunities and leads", "portal:ManageAceRecord"},
    {"manageOwnedAce", "Manage owned ACE opportunities and leads", "portal:ManageAceRecord"},
    {"manageSolutionFinderListing", "Manage AWS Partner Solution Finder listing",
     "portal:ManageSolutionFinderListing"},
    {"accessTrainingAndCertificationData", "Access training and certification data",
     "portal:ViewCompanyCertifications"},
    {"applyToCompetencyProgram", "Apply to an AWS Competency Program",
     "portal:SubmitProgramApplication"},
    {"manageOfferings", "Manage offerings", "portal:ManageOfferings"},
    {"buildWellArchitectedWorkloads", "Build Well-Architected workloads",
     "portal:BuildWellArchitectedWorkload"},
    {"buildCaseStudies", "Build case studies", "portal:BuildCaseStudy"},
    {"buildWithMarketingToolkit", "Build with the APN Marketing Toolkit",
     "portal:UseMarketingToolkit"},
    {"managePublicReferences", "Manage public references", "portal:ManagePublicReferences"},
    {"accessBadgeManager", "Access APN Badge Manager", "portal:UseBadgeManager"},
    {"manageProgramApplications", "Manage program applications", "portal:ManageProgramApplication"},
};

/// A company with an alliance lead, another user, and the caller; where the caller's roles are the
/// alliance lead's, the caller is the lead.
struct Company {
  portal::MemoryHost host;
  std::unique_ptr<portal::Portal> portal;
  portal::Session session;
};

constexpr std::string_view kCaller = "005000000000000001";
constexpr std::string_view kOther = "005000000000000002";

Result<std::unique_ptr<Company>> make_company(const portal::PortalPolicies& policies, RoleSet roles,
                                              std::string_view stage,
                                              std::span<const std::string_view> paths) {
  auto made = std::make_unique<Company>();
  made->portal = std::make_unique<portal::Portal>(policies, made->host.host());
  const RoleCatalog& catalog = policies.catalog();
  const RoleSet lead = RoleCatalog::bit(catalog.with(RoleDuty::AllianceLead));
  portal::PartnerCompany company;
  company.id = "2345678";
  company.domains = {"acme.io"};
  company.stage = stage;
  company.paths.assign(paths.begin(), paths.end());
  const auto user = [](std::string_view id, std::string_view email, RoleSet held) {
    PortalUser made_user;
    made_user.id = id;
    made_user.email = email;
    made_user.name = email;
    made_user.roles = held;
    return made_user;
  };
  std::vector<PortalUser> users = {user(kCaller, "caller@acme.io", roles),
                                   user(kOther, "other@acme.io", 0)};
  if ((roles & lead) == 0) users.push_back(user("005000000000000003", "lead@acme.io", lead));
  const Result<bool> added = made->portal->add_company(std::move(company), std::move(users));
  if (!added) return added.error();
  made->session = *made->portal->open_session(kCaller);
  return made;
}

}  // namespace

std::span<const MatrixTask> matrix_tasks() { return kTasks; }

Result<std::vector<bool>> decide_matrix(const portal::PortalPolicies& policies,
                                        std::string_view role) {
  constexpr std::string_view kPaths[] = {"software"};
  const RoleCatalog& catalog = policies.catalog();
  const std::uint32_t index = catalog.find(role);
  const RoleSet roles = index == RoleCatalog::kNone ? 0 : RoleCatalog::bit(index);
  Result<std::unique_ptr<Company>> company = make_company(policies, roles, "validated", kPaths);
  if (!company) return std::move(company).error();
  const auto may = [&](std::string_view action, const PermissionTarget& target) {
    return (*company)->portal->check((*company)->session, ActionName(action), target).ok();
  };
  PermissionTarget other;
  other.kind = "user";
  other.id = kOther;
  other.target_is_self = portal::Fact::No;
  other.target_roles = RoleCatalog::bit(catalog.with(RoleDuty::EveryUser));
  other.has_target_roles = true;
  std::vector<bool> marks;
  for (const MatrixTask& task : kTasks) {
    if (task.id == "assignFourRoles") {
      bool all = true;
      for (const std::string_view given :
           {"aceManager", "aceUser", "marketingStaff", "technicalStaff"}) {
        other.target_role = given;
        all = all && may(task.action, other);
      }
      other.target_role = {};
      marks.push_back(all);
    } else if (task.id == "reassignAllianceLead" || task.id == "removeUsers") {
      marks.push_back(may(task.action, other));
    } else if (task.id == "manageAllAce" || task.id == "manageOwnedAce") {
      PermissionTarget record;
      record.kind = "opportunity";
      record.id = "O1";
      record.owner = task.id == "manageAllAce" ? kOther : kCaller;
      marks.push_back(may(task.action, record));
    } else {
      marks.push_back(may(task.action, {}));
    }
  }
  return marks;
}

Result<std::vector<bool>> decide_menu(const portal::PortalPolicies& policies,
                                      std::span<const portal::MenuItem> items,
                                      std::span<const std::string_view> roles,
                                      std::string_view stage,
                                      std::span<const std::string_view> paths) {
  const RoleCatalog& catalog = policies.catalog();
  RoleSet held = 0;
  for (const std::string_view role : roles) {
    const std::uint32_t index = catalog.find(role);
    if (index != RoleCatalog::kNone) held |= RoleCatalog::bit(index);
  }
  Result<std::unique_ptr<Company>> company = make_company(policies, held, stage, paths);
  if (!company) return std::move(company).error();
  std::vector<std::string_view> ids;
  for (const portal::MenuItem& item : items) ids.push_back(item.id);
  const auto allowed = std::make_unique<bool[]>(ids.size());
  static_cast<void>((*company)->portal->check_menu((*company)->session, ids,
                                                   std::span(allowed.get(), ids.size())));
  return std::vector<bool>(allowed.get(), allowed.get() + ids.size());
}

}  // namespace writ::cli
