#include "portal/portal_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/portal_policies.h"

namespace writ::portal::testing {

std::string read_project_file(std::string_view path) {
  std::ifstream file(std::string(WRIT_SOURCE_DIR) + "/" + std::string(path), std::ios::binary);
  EXPECT_TRUE(file.good()) << "cannot read " << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> project_files(std::string_view directory, std::string_view ending) {
  std::vector<std::string> files;
  std::error_code error;
  const std::filesystem::path root = std::filesystem::path(WRIT_SOURCE_DIR) / directory;
  for (const auto& entry : std::filesystem::directory_iterator(root, error)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(ending)) files.push_back(std::string(directory) + "/" + name);
  }
  std::ranges::sort(files);
  return files;
}

namespace {

const cli::PortalTexts& portal_texts() {
  static const cli::PortalTexts kTexts = [] {
    cli::Console console(stdin, stdout, stderr);
    Result<cli::PortalTexts, cli::Problem> loaded =
        cli::load_portal_texts(console, std::string(WRIT_SOURCE_DIR) + "/policies");
    EXPECT_TRUE(loaded.has_value());
    return loaded ? *std::move(loaded) : cli::PortalTexts();
  }();
  return kTexts;
}

}  // namespace

const PolicyTexts& policy_texts() { return portal_texts().policies; }

std::span<const MenuItem> menu_items() {
  static const Result<MenuFile> kMenu = MenuFile::parse(portal_texts().menu);
  EXPECT_TRUE(kMenu.has_value());
  return kMenu->items();
}

const PortalPolicies& policies() {
  static const Result<PortalPolicies> kPolicies =
      PortalPolicies::load(RoleCatalog::standard(), policy_texts());
  EXPECT_TRUE(kPolicies.has_value()) << (kPolicies ? "" : kPolicies.error().to_string());
  return *kPolicies;
}

ScenarioWorld scenario_world() { return {policies(), menu_items()}; }

PortalUser make_user(std::string_view id, std::string_view email, std::string_view roles) {
  PortalUser user;
  user.id = id;
  user.email = email;
  user.name = email.substr(0, email.find('@'));
  user.last_sign_in = 1736935200;
  user.sealed_password = MemoryHost().seal("Start_123");
  while (!roles.empty()) {
    const std::size_t comma = roles.find(',');
    const std::uint32_t role = policies().catalog().find(roles.substr(0, comma));
    EXPECT_NE(role, RoleCatalog::kNone) << roles;
    user.roles |= RoleCatalog::bit(role);
    roles.remove_prefix(comma == std::string_view::npos ? roles.size() : comma + 1);
  }
  return user;
}

PartnerCompany make_company() {
  PartnerCompany company;
  company.id = "2345678";
  company.legal_name = "Acme";
  company.domains = {"acme.io"};
  company.stage = "validated";
  company.paths = {"software"};
  company.mfa = Mfa::Disabled;
  return company;
}

AcmePortal::AcmePortal(Options options, LinkState link)
    : portal(policies(), host.host(), std::move(options)) {
  PartnerCompany company = make_company();
  company.link.state = link;
  if (link != LinkState::Unlinked) company.link.aws_account = "111122223333";
  if (link == LinkState::UnlinkPending) {
    SupportCase opened;
    opened.id = "unlink-1";
    opened.owner = "005000000000000001";
    company.link.unlink_case = opened.id;
    company.cases.push_back(opened);
  }
  const Result<bool> added = portal.add_company(
      std::move(company), {make_user("005000000000000001", "ada@acme.io", "allianceLead"),
                           make_user("005000000000000002", "tia@acme.io", "allianceTeam"),
                           make_user("005000000000000003", "cy@acme.io", "cloudAdmin"),
                           make_user("005000000000000004", "mia@acme.io", "marketingStaff"),
                           make_user("005000000000000005", "ben@acme.io", ""),
                           make_user("005000000000000006", "bea@acme.io", "aceUser")});
  EXPECT_TRUE(added.has_value()) << (added ? "" : added.error().to_string());
  host.counts[static_cast<std::size_t>(IdKind::PartnerUser)] = 100;
  host.counts[static_cast<std::size_t>(IdKind::Case)] = 100;
}

Session AcmePortal::as(std::string_view name) {
  const std::optional<Session> session = portal.open_session(std::string(name) + "@acme.io");
  EXPECT_TRUE(session.has_value()) << name;
  return session.value_or(Session());
}

}  // namespace writ::portal::testing
