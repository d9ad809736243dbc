// From registering a company to linking its AWS account to mapping a user, as a service would do
// it: register_link_map POLICIES, where POLICIES is the folder policies/.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "writ/portal/memory_host.h"
#include "writ/portal/portal.h"

namespace {

using writ::portal::Answer;
using writ::portal::Code;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The host loads the documents; the portal does no input or output of its own.
writ::Result<writ::portal::PortalPolicies> load_policies(const std::string& folder) {
  writ::portal::PolicyTexts texts;
  texts.base = read_file(folder + "/portal/base.json");
  texts.guardrails = read_file(folder + "/portal/guardrails.json");
  texts.service_trust = read_file(folder + "/partner-central/iam-role-mapping-trust-policy.json");
  const writ::portal::RoleCatalog catalog = writ::portal::RoleCatalog::standard();
  for (const writ::portal::PortalRole& role : catalog.roles()) {
    texts.roles.push_back({role.id, read_file(folder + "/portal/roles/" + role.id + ".json")});
  }
  // What the CloudAdmin role may do in the AWS account. Documents of the other managed policies are
  // not needed here: without one, a policy that is attached by name grants nothing.
  const std::string association = "PartnerCentralAccountManagementUserRoleAssociation";
  texts.managed.push_back(
      {association, read_file(folder + "/partner-central/managed/" + association + ".json")});
  return writ::portal::PortalPolicies::load(catalog, std::move(texts));
}

int wrong = 0;

// Prints an answer, row by row, and compares it with what it is known to be.
void show(const char* what, const Answer& answer, Code expected) {
  const Answer& one = answer.rows.empty() ? answer : answer.rows.front();
  std::printf("%-46s %s\n", what, std::string(to_string(one.code)).c_str());
  if (!one.message.empty()) std::printf("    %s\n", one.message.c_str());
  for (const std::string& sid : one.sids) std::printf("    denied by %s\n", sid.c_str());
  if (one.code != expected) ++wrong;
}

}  // namespace

int main(int argc, char** argv) {
  const auto policies = load_policies(argc > 1 ? argv[1] : "policies");
  if (!policies) {
    std::fprintf(stderr, "%s\n", policies.error().to_string().c_str());
    return 2;
  }
  // A service passes its own clock, ids, codes, password hash, audit sink and mailer. This host
  // keeps everything in memory and its clock stands still.
  writ::portal::MemoryHost host;
  writ::portal::Portal portal(*policies, host.host());

  // Ada registers the company. The code was mailed; here it is in the outbox.
  show("Ada asks for a code", portal.request_code("ada@acme.io"), Code::Ok);
  show("Ada registers Acme",
       portal.register_company({.email = "ada@acme.io",
                                .name = "Ada",
                                .code = host.last_code("ada@acme.io"),
                                .password = "Zebra_42",
                                .legal_name = "Acme Inc.",
                                .offering = "software products",
                                .acknowledged = true,
                                .captcha = true,
                                .main_contact = true}),
       Code::Ok);

  // New accounts sign in with a second factor.
  const auto [asked, ada] = portal.sign_in("ada@acme.io", "Zebra_42");
  show("Ada signs in", asked, Code::CodeRequired);
  show("Ada gives the code", portal.enter_code(ada, host.last_code("ada@acme.io")), Code::Ok);

  // Ben is invited with a role and registers.
  const std::string_view ace_user[] = {"aceUser"};
  const writ::portal::InvitationRow invitation = {"ben@acme.io", ace_user};
  show("Ada invites Ben as ACE user", portal.invite_users(ada, {&invitation, 1}), Code::Ok);
  show("Ben asks for a code", portal.request_code("ben@acme.io"), Code::Ok);
  show("Ben registers",
       portal.register_user({"ben@acme.io", "Ben", host.last_code("ben@acme.io"), "Zebra_43"}),
       Code::Ok);
  const writ::portal::Session ben = *portal.open_session("ben@acme.io");

  // Linking is not for an ACE user; the lead goes through the three steps. The work in the AWS
  // account is done as an IAM user, whose policies the engine is asked about.
  const std::string prerequisites =
      read_file(std::string(argc > 1 ? argv[1] : "policies") +
                "/partner-central/account-linking-prerequisites.json");
  const std::string_view documents[] = {prerequisites};
  const writ::portal::LinkRequest link = {
      "arn:aws:iam::111122223333:user/Ada", documents, {}, true};
  show("Ben begins to link", portal.start_link(ben, link), Code::ImplicitDeny);
  show("Ada begins to link", portal.start_link(ada, link), Code::Ok);
  show("Ada ticks no bulk mapping", portal.choose_bulk_mapping(ada, false, false), Code::Ok);
  show("Ada submits", portal.submit_link(ada), Code::Ok);

  // Mapping: guardrails, the role's name, PassRole and the trust policy, all decided by the engine.
  const std::string_view to_map[] = {"ben@acme.io"};
  show("Ada maps Ben to a role of another name", portal.map_iam_role(ada, to_map, "Admin"),
       Code::ExplicitDeny);
  show("Ada maps Ben to the Ace role",
       portal.map_iam_role(ada, to_map, "PartnerCentralRoleForAce-1000001"), Code::Ok);
  show("Ben goes on to the marketplace portal", portal.single_sign_on(ben), Code::Ok);

  std::printf("\n%zu audit events, the last one:\n%s\n", host.log.events().size(),
              host.log.events().back().to_json().c_str());
  return wrong == 0 ? 0 : 1;
}
