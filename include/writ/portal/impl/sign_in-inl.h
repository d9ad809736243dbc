// Not API, may change in any release. Sign-in, second factor, passwords, lock-out (R-SIGN, R-MFA,
// R-PWD).
#pragma once

#include "writ/portal/impl/call.h"
#include "writ/portal/impl/text.h"

namespace writ::inline v0 {
namespace portal {
namespace detail {

/// Mails the code of a sign-in and keeps it in the session; an older one is void (R-SIGN-3).
inline void mail_sign_in_code(Host& host, SessionRecord& session, const PortalUser& user) {
  session.code = host.codes.next();
  session.code_time = host.clock.now();
  session.tries = 0;
  host.outbox.send({.kind = "signInCode",
                    .from = "apn-no-reply@amazon.com",
                    .to = user.email,
                    .subject = "AWS Partner Central verification code",
                    .text = "Your code is " + session.code,
                    .code = session.code});
}

}  // namespace detail

WRIT_FUNC SignInAnswer Portal::sign_in(std::string_view email, std::string_view password,
                                       std::string_view address) {
  detail::Call call(*this, "SignIn");
  call.parameter("email", email);
  const auto found = users_by_email_.find(detail::lower(email));
  // R-SIGN-1: one answer, whatever is wrong.
  constexpr const char* kWrong = "email and password do not belong together";
  if (found == users_by_email_.end()) {
    return {call.refuse(Code::BadCredentials, kWrong), Session()};
  }
  const std::uint32_t index = found->second;
  PortalUser& user = users_[index];
  const PartnerCompany& company = companies_[user.company];
  call.concerns(company);
  if (user.status != UserStatus::Active ||
      !host_.passwords.matches(password, user.sealed_password)) {
    return {call.refuse(Code::BadCredentials, kWrong), Session()};
  }
  // R-SIGN-5: each sign-in is a fresh attempt.
  if (company.mfa == Mfa::Enabled) {
    const Session session = new_session(index, address, detail::SessionState::AwaitsCode);
    detail::mail_sign_in_code(host_, sessions_[session.index], user);
    return {call.refuse(Code::CodeRequired, "the code that was mailed is to be given"), session};
  }
  user.last_sign_in = host_.clock.now();
  return {call.done(), new_session(index, address, detail::SessionState::Open)};
}

WRIT_FUNC Answer Portal::enter_code(Session session, std::string_view code) {
  detail::Call call(*this, "EnterCode", session);
  if (call.open()) return call.refuse(Code::InvalidInput, "this session asks for no code");
  if (call.answer().code != Code::CodeRequired) return call.refused();
  detail::SessionRecord& record = call.session();
  const bool expired =
      record.code.empty() || host_.clock.now() - record.code_time > options_.code_lifetime_seconds;
  if (!expired && record.code == code) {
    record.state = detail::SessionState::Open;
    record.code.clear();
    call.user().last_sign_in = host_.clock.now();
    return call.done();
  }
  if (expired) {
    return call.refuse(Code::CodeRequired, "the code has expired; have a new one sent");
  }
  if (++record.tries >= options_.code_tries) {
    record.state = detail::SessionState::Locked;
    return call.refuse(Code::SessionLocked, "too many wrong codes; begin a new attempt");
  }
  return call.refuse(Code::CodeRequired, "the code is wrong");
}

WRIT_FUNC Answer Portal::resend_code(Session session) {
  detail::Call call(*this, "ResendCode", session);
  if (call.open()) return call.refuse(Code::InvalidInput, "this session asks for no code");
  if (call.answer().code != Code::CodeRequired) return call.refused();
  // The number of tries is one for the whole attempt, or resending would outrun it.
  const std::uint32_t tries = call.session().tries;
  detail::mail_sign_in_code(host_, call.session(), call.user());
  call.session().tries = tries;
  return call.done();
}

WRIT_FUNC Answer Portal::go_back(Session session) {
  detail::Call call(*this, "GoBack", session);
  if (call.open()) return call.refuse(Code::InvalidInput, "this session shows no code page");
  if (call.answer().code != Code::CodeRequired) return call.refused();
  call.session().state = detail::SessionState::Locked;  // R-SIGN-4
  call.session().code.clear();
  return call.done();
}

WRIT_FUNC Answer Portal::sign_out(Session session) {
  detail::Call call(*this, "SignOut", session);
  if (!call.open_and_may("portal:SignOut")) return call.refused();
  detail::SessionRecord& record = call.session();
  Answer answer = call.done();
  end_session(record);
  return answer;
}

WRIT_FUNC Answer Portal::contact_form(std::string_view email, std::string_view text) {
  detail::Call call(*this, "ContactForm");
  call.parameter("email", email);
  if (!detail::is_email(email)) {
    return call.refuse(Code::InvalidInput, "this is no email address");
  }
  if (text.empty()) return call.refuse(Code::InvalidInput, "a text is missing");
  const std::optional<std::string> id = unused_id(IdKind::Case, &public_cases_);
  if (!id) return call.refuse(Code::Conflict, "the id source gives ids in use");
  SupportCase opened;
  opened.id = *id;
  opened.type = "Contact form";
  opened.subject = "Locked out";
  opened.description = text;
  opened.email = detail::lower(email);
  public_cases_.push_back(std::move(opened));
  call.result("caseId", *id);
  return call.done();
}

WRIT_FUNC Answer Portal::request_password_reset(std::string_view email) {
  detail::Call call(*this, "RequestPasswordReset");
  call.parameter("email", email);
  const std::string address = detail::lower(email);
  const auto found = users_by_email_.find(address);
  // R-PWD-3: whether the address is known does not show.
  if (found != users_by_email_.end() && users_[found->second].status == UserStatus::Active) {
    mail_code(detail::kForPassword, address);
  }
  return call.done();
}

WRIT_FUNC Answer Portal::reset_password(std::string_view email, std::string_view code,
                                        std::string_view password) {
  detail::Call call(*this, "ResetPassword");
  call.parameter("email", email);
  const std::string address = detail::lower(email);
  const std::string_view problem = detail::password_problem(password);
  if (!problem.empty()) return call.refuse(Code::InvalidInput, std::string(problem));
  const auto found = users_by_email_.find(address);
  const bool known =
      found != users_by_email_.end() && users_[found->second].status == UserStatus::Active;
  if (!take_code(detail::kForPassword, address, code) || !known) {
    return call.refuse(Code::InvalidInput, "the code is wrong; ask for a new one");
  }
  call.concerns(companies_[users_[found->second].company]);
  users_[found->second].sealed_password = host_.passwords.seal(password);
  end_sessions_of(found->second);
  return call.done();
}

WRIT_FUNC Answer Portal::manage_mfa(Session session, std::string_view mfa) {
  detail::Call call(*this, "ManageMfa", session);
  call.parameter("mfa", mfa);
  if (!call.open_and_may("portal:ManageMfa")) return call.refused();
  if (mfa != to_string(Mfa::Enabled) && mfa != to_string(Mfa::Disabled)) {
    return call.refuse(Code::InvalidInput, "the setting is `enabled` or `disabled`");
  }
  call.company().mfa = mfa == to_string(Mfa::Enabled) ? Mfa::Enabled : Mfa::Disabled;
  return call.done();
}

// --- Own profile (R-ROLE-9)

namespace detail {

/// What ViewOwnProfile and ListUsers show of a user.
[[nodiscard]] inline Item user_item(const RoleCatalog& catalog, const PortalUser& user) {
  Item item;
  item.values = {{"partnerUserId", user.id},
                 {"email", user.email},
                 {"name", user.name},
                 {"status", std::string(to_string(user.status))},
                 {"roles", catalog.to_string(user.roles)},
                 {"mappedTo", user.mapped_role}};
  return item;
}

[[nodiscard]] inline PermissionTarget own_record(const PortalUser& user) {
  PermissionTarget target;
  target.kind = "user";
  target.id = user.id;
  return target;
}

}  // namespace detail

WRIT_FUNC Answer Portal::view_own_profile(Session session) const {
  detail::Gate gate(*this, session, options_.explain_refusals);
  if (!gate.open() || !gate.may("portal:ViewOwnProfile", detail::own_record(gate.user()))) {
    return std::move(gate.answer);
  }
  gate.answer.result = detail::user_item(catalog(), gate.user());
  return std::move(gate.answer);
}

WRIT_FUNC Answer Portal::update_own_profile(Session session, std::string_view name) {
  detail::Call call(*this, "UpdateOwnProfile", session);
  call.parameter("name", name);
  if (!call.open() || !call.may("portal:UpdateOwnProfile", detail::own_record(call.user()))) {
    return call.refused();
  }
  if (name.empty()) return call.refuse(Code::InvalidInput, "a name is missing");
  call.user().name = name;
  return call.done();
}

WRIT_FUNC Answer Portal::change_own_password(Session session, std::string_view password,
                                             std::string_view new_password) {
  detail::Call call(*this, "ChangeOwnPassword", session);
  if (!call.open() || !call.may("portal:ChangeOwnPassword", detail::own_record(call.user()))) {
    return call.refused();
  }
  const std::string_view problem = detail::password_problem(new_password);
  if (!problem.empty()) return call.refuse(Code::InvalidInput, std::string(problem));
  if (!host_.passwords.matches(password, call.user().sealed_password)) {
    return call.refuse(Code::BadCredentials, "the present password is wrong");
  }
  call.user().sealed_password = host_.passwords.seal(new_password);
  end_sessions_of(call.user_index(), &call.session());
  return call.done();
}

WRIT_FUNC Answer Portal::view_alliance_lead(Session session) const {
  detail::Gate gate(*this, session, options_.explain_refusals);
  if (!gate.open() || !gate.may("portal:ViewAllianceLead")) return std::move(gate.answer);
  const PortalUser& lead = lead_of(gate.company());
  gate.answer.result.values = {
      {"partnerUserId", lead.id}, {"name", lead.name}, {"email", lead.email}};
  return std::move(gate.answer);
}

}  // namespace portal
}  // namespace writ::inline v0
