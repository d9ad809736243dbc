// Not API, may change in any release. Registration of companies and users, domains (R-REG).
#pragma once

#include <fmt/format.h>

#include "writ/portal/impl/call.h"
#include "writ/portal/impl/text.h"

namespace writ::inline v0 {
namespace portal {
namespace detail {

/// What a mailed code is for.
enum CodePurpose : std::uint32_t { kForRegistration, kForPassword };

}  // namespace detail

WRIT_FUNC void Portal::mail_code(std::uint32_t purpose, const std::string& email) {
  detail::MailedCode& mailed = codes_[purpose][email];  // a newer code voids the older (R-REG-5)
  mailed = {host_.codes.next(), host_.clock.now(), 0};
  const bool registering = purpose == detail::kForRegistration;
  host_.outbox.send({.kind = registering ? "securityCode" : "passwordCode",
                     .from = "apn-no-reply@amazon.com",
                     .to = email,
                     .subject = registering ? "AWS Partner Central security code"
                                            : "AWS Partner Network Email Verification",
                     .text = "Your code is " + mailed.code,
                     .code = mailed.code});
}

WRIT_FUNC bool Portal::take_code(std::uint32_t purpose, const std::string& email,
                                 std::string_view code) {
  const auto found = codes_[purpose].find(email);
  if (found == codes_[purpose].end()) return false;
  detail::MailedCode& mailed = found->second;
  if (host_.clock.now() - mailed.time > options_.code_lifetime_seconds) {
    codes_[purpose].erase(found);
    return false;
  }
  if (mailed.code != code) {
    if (++mailed.tries >= options_.code_tries) codes_[purpose].erase(found);
    return false;
  }
  codes_[purpose].erase(found);
  return true;
}

WRIT_FUNC Answer Portal::request_code(std::string_view email) {
  detail::Call call(*this, "RequestCode");
  call.parameter("email", email);
  if (!detail::is_email(email)) {
    return call.refuse(Code::InvalidInput, "this is no email address");
  }
  const std::string address = detail::lower(email);
  if (is_personal(detail::domain_of(address))) {
    return call.refuse(Code::InvalidInput, "personal domains are refused; use a business address");
  }
  mail_code(detail::kForRegistration, address);
  return call.done();
}

namespace detail {

/// The checks that both registrations share; empty when all is well.
[[nodiscard]] inline std::string registration_problem(std::string_view email, bool personal,
                                                      std::string_view name,
                                                      std::string_view password) {
  if (!is_email(email)) return "this is no email address";
  if (personal) return "personal domains are refused; use a business address";
  if (name.empty()) return "a name is missing";
  return std::string(password_problem(password));
}

}  // namespace detail

WRIT_FUNC Answer Portal::register_company(const CompanyRegistration& form) {
  detail::Call call(*this, "RegisterCompany");
  call.parameter("email", form.email).parameter("legalName", form.legal_name);
  const std::string email = detail::lower(form.email);
  const std::string domain(detail::domain_of(email));
  std::string problem =
      detail::registration_problem(email, is_personal(domain), form.name, form.password);
  if (problem.empty() && !form.acknowledged) problem = "the acknowledgement is missing";
  if (problem.empty() && !form.captcha) problem = "the CAPTCHA was not passed";
  if (problem.empty() && !form.main_contact) {
    problem = "whoever registers a company is its main contact and alliance lead";
  }
  if (problem.empty() && form.legal_name.empty()) problem = "the company's legal name is missing";
  const bool software = form.offering == "software products";
  if (problem.empty() && !software && form.offering != "consulting services") {
    problem = "the primary offering is `software products` or `consulting services`";
  }
  if (!problem.empty()) return call.refuse(Code::InvalidInput, problem);

  const auto owner = companies_by_domain_.find(domain);
  if (owner != companies_by_domain_.end()) {
    // R-REG-8: the domain has an account, so that the person joins it.
    return register_person({form.email, form.name, form.code, form.password}, call, "true");
  }
  if (users_by_email_.contains(email)) {
    return call.refuse(Code::Conflict, "a user has this address already; sign in");
  }
  if (!take_code(detail::kForRegistration, email, form.code)) {
    return call.refuse(Code::InvalidInput, "the security code is wrong; ask for a new one");
  }
  const std::optional<std::string> account = unused_id(IdKind::PartnerAccount);
  const std::optional<std::string> id = unused_id(IdKind::PartnerUser);
  if (!account || !id) return call.refuse(Code::Conflict, "the id source gives ids in use");
  PartnerCompany company;
  company.id = *account;
  company.legal_name = form.legal_name;
  company.domains = {domain};
  company.paths = {software ? "software" : "services"};  // R-REG-6
  PortalUser user;
  user.id = *id;
  user.email = email;
  user.name = form.name;
  user.sealed_password = host_.passwords.seal(form.password);
  user.roles = RoleCatalog::bit(catalog().with(RoleDuty::AllianceLead));  // R-REG-7
  user.company = insert_company(std::move(company));
  insert_user(std::move(user));
  call.concerns(companies_.back());
  call.result("partnerAccountId", *account).result("partnerUserId", *id).result("joined", "false");
  return call.done();
}

WRIT_FUNC Answer Portal::register_user(const UserRegistration& form) {
  detail::Call call(*this, "RegisterUser");
  call.parameter("email", form.email);
  const std::string email = detail::lower(form.email);
  const std::string problem = detail::registration_problem(
      email, is_personal(detail::domain_of(email)), form.name, form.password);
  if (!problem.empty()) return call.refuse(Code::InvalidInput, problem);
  return register_person(form, call, {});
}

WRIT_FUNC Answer Portal::register_person(const UserRegistration& form, detail::Call& call,
                                         std::string_view joined) {
  const std::string email = detail::lower(form.email);
  const auto owner = companies_by_domain_.find(std::string(detail::domain_of(email)));
  if (owner == companies_by_domain_.end()) {
    return call.refuse(Code::InvalidInput,
                       "no account has this domain; register the company first");
  }
  PartnerCompany& company = companies_[owner->second];
  call.concerns(company);
  if (users_by_email_.contains(email)) {
    return call.refuse(Code::Conflict, "a user has this address already; sign in");
  }
  const auto invitation = std::ranges::find_if(
      company.invitations,
      [&email](const Invitation& mine) { return mine.email == email && !mine.accepted; });
  const bool invited = invitation != company.invitations.end();
  const bool was_removed = std::ranges::any_of(company.users, [&](std::uint32_t index) {
    return users_[index].email == email && users_[index].status == UserStatus::Removed;
  });
  if (was_removed && !invited) {  // R-REG-13
    return call.refuse(Code::NotEligible, "this person was removed; an invitation is needed");
  }
  if (!take_code(detail::kForRegistration, email, form.code)) {
    return call.refuse(Code::InvalidInput, "the security code is wrong; ask for a new one");
  }
  const std::optional<std::string> id = unused_id(IdKind::PartnerUser);
  if (!id) return call.refuse(Code::Conflict, "the id source gives ids in use");
  PortalUser user;
  user.id = *id;
  user.email = email;
  user.name = form.name;
  user.sealed_password = host_.passwords.seal(form.password);
  user.company = owner->second;
  if (invited) {
    // R-INV-5, R-ASG-8: the invitation has kept a place.
    for (std::uint32_t role = 0; role < catalog().roles().size(); ++role) {
      const std::uint32_t cap = catalog().roles()[role].cap;
      const bool fits = cap == 0 || holders(company, role, email) < cap;
      if ((invitation->roles & RoleCatalog::bit(role)) != 0 && fits) {
        user.roles |= RoleCatalog::bit(role);
      }
    }
    invitation->accepted = true;
  }
  insert_user(std::move(user));
  call.result("partnerAccountId", company.id).result("partnerUserId", *id);
  if (!joined.empty()) call.result("joined", joined);
  return call.done();
}

WRIT_FUNC Answer Portal::add_domain(Session session, std::string_view domain) {
  detail::Call call(*this, "AddDomain", session);
  call.parameter("domain", domain);
  if (!call.open_and_may("portal:AddDomain")) return call.refused();
  const std::string name = detail::lower(domain);
  if (!detail::is_domain(name)) return call.refuse(Code::InvalidInput, "this is no domain");
  if (is_personal(name)) {
    return call.refuse(Code::InvalidInput, "personal domains are refused");
  }
  const auto [place, is_new] = companies_by_domain_.try_emplace(name, call.user().company);
  if (!is_new) {
    return call.refuse(Code::Conflict, place->second == call.user().company
                                           ? "the account has this domain already"
                                           : "another account has this domain");
  }
  call.company().domains.push_back(name);
  return call.done();
}

}  // namespace portal
}  // namespace writ::inline v0
