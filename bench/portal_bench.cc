// The portal: an authorised call against the bare evaluation of the same request, a menu in one
// batch, and what a million users weigh.
#include <malloc.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "allocations.h"
#include "google_benchmark.h"
#include "questions.h"
#include "session.h"
#include "writ/portal/memory_host.h"
#include "writ/portal/portal.h"
#include "writ/portal/scenario.h"
#include "writ/writ.h"

namespace writ::bench {
namespace {

using portal::Fact;
using portal::MemoryHost;
using portal::PermissionTarget;
using portal::Portal;
using portal::PortalPolicies;
using portal::RoleCatalog;
using portal::RoleDuty;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file.good()) give_up("portal", "cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

PortalPolicies load_policies(const std::filesystem::path& directory) {
  portal::PolicyTexts texts;
  texts.base = read_file(directory / "portal/base.json");
  texts.guardrails = read_file(directory / "portal/guardrails.json");
  texts.service_trust = read_file(directory / "partner-central/iam-role-mapping-trust-policy.json");
  const RoleCatalog catalog = RoleCatalog::standard();
  for (const portal::PortalRole& role : catalog.roles()) {
    texts.roles.push_back({role.id, read_file(directory / "portal/roles" / (role.id + ".json"))});
  }
  Result<PortalPolicies> policies = PortalPolicies::load(catalog, texts);
  if (!policies) give_up("portal", policies.error().to_string());
  return *std::move(policies);
}

/// Companies of `users` people each: a lead, a team, cloud admins, and the rest in turn.
void add_companies(Portal& portal, std::size_t companies, std::size_t users) {
  const std::size_t role_count = portal.catalog().roles().size();
  const std::uint32_t lead = portal.catalog().with(RoleDuty::AllianceLead);
  std::size_t number = 0;
  for (std::size_t c = 0; c < companies; ++c) {
    portal::PartnerCompany company;
    company.id = std::to_string(1000000 + c);
    company.legal_name = "Company " + company.id;
    company.domains = {"company" + company.id + ".io"};
    company.stage = "validated";
    company.paths = {"software"};
    std::vector<portal::PortalUser> people;
    for (std::size_t u = 0; u < users; ++u) {
      portal::PortalUser user;
      user.id = std::to_string(5000000000000000ULL + number++);
      user.id.insert(0, "00");
      user.email = "person" + std::to_string(u) + "@" + company.domains.front();
      user.name = "Person " + std::to_string(u);
      // As long as a sealed password of yescrypt.
      user.sealed_password = std::string(73, '$');
      const auto role = static_cast<std::uint32_t>(u % role_count);
      const bool fits = role != lead && (portal.catalog().roles()[role].cap == 0 || u < 100);
      user.roles = u == 0 ? RoleCatalog::bit(lead) : fits ? RoleCatalog::bit(role) : 0;
      people.push_back(std::move(user));
    }
    const Result<bool> added = portal.add_company(std::move(company), std::move(people));
    if (!added) give_up("portal", added.error().to_string());
  }
}

void add_row(Session& session, const char* variant, const char* subject, const Timing& timing,
             double allocated, std::vector<std::pair<std::string, double>> more = {}) {
  Row row;
  row.family = "portal";
  row.variant = variant;
  row.subject = subject;
  row.mean_ns = timing.ns;
  row.allocations = allocated;
  row.more = std::move(more);
  session.add(std::move(row));
}

/// Calls a function once and tells how often it allocated.
template <class Use>
double allocations_of(const Use& use) {
  const std::size_t before = allocations();
  use();
  return static_cast<double>(allocations() - before);
}

void measure_checks(Session& session, const PortalPolicies& policies) {
  MemoryHost host;
  Portal portal(policies, host.host());
  add_companies(portal, 10, 20);
  const portal::PartnerCompany& company = portal.companies().front();
  const portal::PortalUser& lead = portal.lead_of(company);
  const portal::PortalUser& other = portal.users()[5];
  const portal::Session as_lead = *portal.open_session(lead.id);
  PermissionTarget target;
  target.kind = "user";
  target.id = other.id;
  target.target_role = "aceUser";
  target.target_is_self = Fact::No;
  target.target_roles =
      other.roles | RoleCatalog::bit(policies.catalog().with(RoleDuty::EveryUser));
  target.has_target_roles = true;
  struct Case {
    const char* variant;
    ActionName action;
    PermissionTarget target;
  };
  const Case cases[] = {{"ViewScorecard", "portal:ViewScorecard", {}},
                        {"AssignRole", "portal:AssignRole", target}};
  for (const Case& one : cases) {
    if (!session.wants_variant(one.variant)) continue;
    // The same request, made once.
    const std::string principal = "arn:aws:iam::" + company.account + ":user/" + lead.id;
    const Result<Caller> caller = Caller::from_arn(principal);
    const std::string resource =
        "arn:aws:portal:::partner/" + company.id +
        (one.target.kind.empty() ? "" : "/user/" + std::string(one.target.id));
    const std::string_view paths[] = {"software"};
    std::vector<std::string_view> role_names;
    for (std::uint32_t i = 0; i < policies.catalog().roles().size(); ++i) {
      if ((one.target.target_roles & RoleCatalog::bit(i)) != 0) {
        role_names.push_back(policies.catalog().roles()[i].id);
      }
    }
    RequestBuilder builder(*caller, one.action, resource);
    builder.resource_account(company.account)
        .set("aws:userid", lead.id)
        .set("portal:PartnerAccountId", company.id)
        .set("portal:UserStatus", "active")
        .set("portal:PartnerStage", company.stage)
        .set_list("portal:PartnerPath", paths)
        .set("portal:LinkState", "unlinked");
    if (!one.target.kind.empty()) {
      builder.set("portal:TargetRole", one.target.target_role)
          .set("portal:TargetIsSelf", "false")
          .set_list("portal:TargetRoles", role_names);
    }
    const Result<Request> request = builder.build();
    AppliedPolicies applied;
    applied.identity = std::span(&portal.policy_set(lead), 1);
    if (!evaluate(*request, applied).is_allowed() ||
        !portal.check(as_lead, one.action, one.target).ok()) {
      give_up(one.variant, "is not allowed");
    }
    const auto bare = [&] { benchmark::DoNotOptimize(evaluate(*request, applied)); };
    const auto check = [&] {
      benchmark::DoNotOptimize(portal.check(as_lead, one.action, one.target));
    };
    const auto timed = [&](const char* name, const auto& function) {
      return run_google_benchmark(name, session.seconds(), 1, [&](benchmark::State& state) {
        for (auto _ : state) function();
      });
    };
    const Timing bare_time = timed("BM_Portal_BareEvaluate", bare);
    const Timing check_time = timed("BM_Portal_Check", check);
    add_row(session, one.variant, "_BareEvaluate", bare_time, allocations_of(bare));
    add_row(session, one.variant, "writ", check_time, allocations_of(check),
            {{"times_bare_evaluate", check_time.ns / bare_time.ns}});
  }
}

void measure_menu(Session& session, const PortalPolicies& policies) {
  if (!session.wants_variant("menu")) return;
  MemoryHost host;
  Portal portal(policies, host.host());
  add_companies(portal, 10, 20);
  const Result<portal::MenuFile> menu = portal::MenuFile::parse(
      read_file(std::filesystem::path(session.options().policies) / "portal/menu.json"));
  if (!menu) give_up("menu", menu.error().to_string());
  std::vector<std::string_view> ids;
  for (const portal::MenuItem& item : menu->items().first(39)) ids.push_back(item.id);
  const auto open = std::make_unique<bool[]>(ids.size());
  const portal::Session as_user = *portal.open_session(portal.users()[8].id);
  const Result<portal::AccountMenu> prepared =
      portal::AccountMenu::make(portal.companies().front().id, ids);
  if (!prepared) give_up("menu", prepared.error().to_string());
  const auto batch = [&] {
    benchmark::DoNotOptimize(
        portal.check_menu(as_user, *prepared, std::span(open.get(), ids.size())));
  };
  const Timing timing =
      run_google_benchmark("BM_Portal_Menu", session.seconds(), 1, [&](benchmark::State& state) {
        for (auto _ : state) batch();
      });
  add_row(session, "menu", "writ", timing, allocations_of(batch),
          {{"items", static_cast<double>(ids.size())},
           {"open", static_cast<double>(std::count(open.get(), open.get() + ids.size(), true))}});
}

void measure_memory(Session& session, const PortalPolicies& policies) {
  if (!session.wants_variant("memory")) return;
  const std::size_t companies = session.options().smoke   ? 10
                                : session.options().quick ? 1000
                                                          : 10000;
  const struct mallinfo2 before = mallinfo2();
  MemoryHost host;
  Portal portal(policies, host.host());
  add_companies(portal, companies, 100);
  const struct mallinfo2 after = mallinfo2();
  const double bytes = static_cast<double>(after.uordblks + after.hblkhd) -
                       static_cast<double>(before.uordblks + before.hblkhd);
  Row row;
  row.family = "portal";
  row.variant = "memory";
  row.subject = "writ";
  row.n = portal.users().size();
  row.more = {{"companies", static_cast<double>(companies)},
              {"megabytes", bytes / 1e6},
              {"bytes_per_user", bytes / static_cast<double>(portal.users().size())},
              {"compiled_sets", static_cast<double>(portal.compiled_combinations())}};
  session.add(std::move(row));
}

void portal_family(Session& session) {
  const PortalPolicies policies = load_policies(session.options().policies);
  measure_checks(session, policies);
  measure_menu(session, policies);
  measure_memory(session, policies);
}

const Registration registration("portal", 110, portal_family);

}  // namespace
}  // namespace writ::bench
