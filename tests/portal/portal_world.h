// What the portal's tests run over: the policies of policies/, and files of the project.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "writ/portal/memory_host.h"
#include "writ/portal/portal.h"
#include "writ/portal/scenario.h"

namespace writ::portal::testing {

/// The text of a file of the project; fails the test when there is none.
[[nodiscard]] std::string read_project_file(std::string_view path);
/// Files of a directory of the project with an ending, sorted.
[[nodiscard]] std::vector<std::string> project_files(std::string_view directory,
                                                     std::string_view ending);

/// The texts of policies/.
[[nodiscard]] const PolicyTexts& policy_texts();
[[nodiscard]] std::span<const MenuItem> menu_items();
/// Loaded once, for the standard catalogue.
[[nodiscard]] const PortalPolicies& policies();
[[nodiscard]] ScenarioWorld scenario_world();

/// Allows everything, in an AWS account.
inline constexpr std::string_view kAdministrator =
    R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})";

/// A user for add_company.
[[nodiscard]] PortalUser make_user(std::string_view id, std::string_view email,
                                   std::string_view roles);
/// A company `2345678` of stage `validated`, path `software`, domain `acme.io`, without MFA.
[[nodiscard]] PartnerCompany make_company();

/// A portal with Ada (lead), Tia (team), Cy (cloud admin), Mia (marketing), Ben (no role), Bea (ACE
/// user) of acme.io.
struct AcmePortal {
  explicit AcmePortal(Options options = {}, LinkState link = LinkState::Unlinked);
  [[nodiscard]] Session as(std::string_view name);

  MemoryHost host;
  Portal portal;
};

}  // namespace writ::portal::testing
