// A project that links the portal.
#include <writ/portal/commands.h>
#include <writ/portal/memory_host.h>
#include <writ/portal/portal.h>

int main() {
  constexpr const char* kAllow =
      R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "portal:ViewTerms", "Resource": "*"}})";
  constexpr const char* kDeny =
      R"({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "portal:AddDomain", "Resource": "*"}})";
  constexpr const char* kTrust =
      R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}})";
  writ::portal::PolicyTexts texts;
  texts.base = kAllow;
  texts.guardrails = kDeny;
  texts.service_trust = kTrust;
  const writ::portal::RoleCatalog catalog = writ::portal::RoleCatalog::standard();
  for (const writ::portal::PortalRole& role : catalog.roles()) {
    texts.roles.push_back({role.id, kAllow});
  }
  const auto policies = writ::portal::PortalPolicies::load(catalog, std::move(texts));
  if (!policies) return 1;
  writ::portal::MemoryHost host;
  writ::portal::Portal portal(*policies, host.host());
  if (!portal.request_code("ada@acme.io").ok()) return 2;
  if (!portal
           .register_company({"ada@acme.io", "Ada", host.last_code("ada@acme.io"), "Zebra_42",
                              "Acme", "software products", true, true, true})
           .ok()) {
    return 3;
  }
  const auto ada = portal.open_session("ada@acme.io");
  if (!ada || !portal.check(*ada, "portal:ViewTerms").ok()) return 4;
  return portal.add_domain(*ada, "acme.de").code == writ::portal::Code::ExplicitDeny ? 0 : 5;
}
