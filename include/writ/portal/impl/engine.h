// Not API, may change in any release. How the portal asks the engine: the request of R-ARCH-2 and
// R-ARCH-5, put together on the stack.
#pragma once

#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "writ/batch.h"
#include "writ/evaluate.h"
#include "writ/explain.h"
#include "writ/portal/portal.h"

namespace writ::inline v0 {
namespace portal::detail {

inline constexpr std::uint32_t kNoIndex = 0xffffffffU;

inline constexpr ConditionKey kUserIdKey("aws:userid");
inline constexpr ConditionKey kPartnerAccountKey("portal:PartnerAccountId");
inline constexpr ConditionKey kUserStatusKey("portal:UserStatus");
inline constexpr ConditionKey kPartnerStageKey("portal:PartnerStage");
inline constexpr ConditionKey kPartnerPathKey("portal:PartnerPath");
inline constexpr ConditionKey kLinkStateKey("portal:LinkState");
inline constexpr ConditionKey kTargetRoleKey("portal:TargetRole");
inline constexpr ConditionKey kTargetIsSelfKey("portal:TargetIsSelf");
inline constexpr ConditionKey kTargetRolesKey("portal:TargetRoles");
inline constexpr ConditionKey kOwnerKey("portal:OwnerId");
inline constexpr ConditionKey kAssigneeKey("portal:AssigneeId");
inline constexpr ConditionKey kIamRoleNameKey("portal:IamRoleName");
inline constexpr ConditionKey kTargetIsCloudAdminKey("portal:TargetIsCloudAdmin");
inline constexpr ConditionKey kIamRoleIsCloudAdminKey("portal:IamRoleIsCloudAdmin");

/// A resource's ARN. On the stack for ids of ordinary length.
class ResourceArn {
 public:
  ResourceArn(std::string_view partner, std::string_view kind, std::string_view id) {
    constexpr std::string_view kHead = "arn:aws:portal:::partner/";
    const std::size_t size =
        kHead.size() + partner.size() + (kind.empty() ? 0 : kind.size() + id.size() + 2);
    char* out = inline_.data();
    if (size > inline_.size()) {
      spilled_.resize(size);
      out = spilled_.data();
    }
    text_ = {out, size};
    const auto put = [&out](std::string_view part) {
      if (!part.empty()) std::memcpy(out, part.data(), part.size());
      out += part.size();
    };
    put(kHead);
    put(partner);
    if (kind.empty()) return;
    put("/");
    put(kind);
    put("/");
    put(id);
  }
  ResourceArn(const ResourceArn&) = delete;
  ResourceArn& operator=(const ResourceArn&) = delete;

  [[nodiscard]] std::string_view text() const noexcept { return text_; }

 private:
  std::array<char, 192> inline_;
  std::string spilled_;
  std::string_view text_;
};

/// Lists that a request borrows. On the stack for the usual few; all else spills.
class KeyLists {
 public:
  [[nodiscard]] std::span<const std::string_view> paths(const PartnerCompany& company) {
    const std::vector<std::string>& paths = company.paths;
    if (paths.size() > few_paths_.size()) {
      spilled_paths_.assign(paths.begin(), paths.end());
      return spilled_paths_;
    }
    for (std::size_t i = 0; i < paths.size(); ++i) few_paths_[i] = paths[i];
    return {few_paths_.data(), paths.size()};
  }
  [[nodiscard]] std::span<const std::string_view> role_names(const RoleCatalog& catalog,
                                                             RoleSet set) {
    const std::vector<PortalRole>& roles = catalog.roles();
    if (roles.size() > few_roles_.size()) spilled_roles_.resize(roles.size());
    std::string_view* const names =
        spilled_roles_.empty() ? few_roles_.data() : spilled_roles_.data();
    std::size_t count = 0;
    for (std::size_t i = 0; i < roles.size(); ++i) {
      if ((set & RoleCatalog::bit(static_cast<std::uint32_t>(i))) != 0)
        names[count++] = roles[i].id;
    }
    return {names, count};
  }

 private:
  std::array<std::string_view, 4> few_paths_;
  std::array<std::string_view, 16> few_roles_;
  std::vector<std::string_view> spilled_paths_;
  std::vector<std::string_view> spilled_roles_;
};

/// A key as `decide` edits it.
struct PortalKey {
  ConditionKey key;
  std::string_view value;
  std::span<const std::string_view> values;
  bool multivalued = false;
};

/// Takes the keys of a request one by one.
class PortalKeys {
 public:
  void set(const ConditionKey& key, std::string_view value) {
    keys_.push_back({key, value, {}, false});
  }
  void set_list(const ConditionKey& key, std::span<const std::string_view> values) {
    keys_.push_back({key, {}, values, true});
  }
  [[nodiscard]] const std::vector<PortalKey>& keys() const noexcept { return keys_; }

 private:
  std::vector<PortalKey> keys_;
};

/// Friend of the portal: reads its state and asks.
struct Engine {
  /// Gives the keys of R-ARCH-5 to a RequestBuilder, or to PortalKeys.
  template <class Keys>
  static void fill(const Portal& portal, const PortalUser& user, const PartnerCompany& company,
                   const PermissionTarget& target, KeyLists& lists, Keys& keys) {
    const auto set = [&keys](const ConditionKey& key, std::string_view value) {
      if (!value.empty()) keys.set(key, value);
    };
    const auto set_fact = [&keys](const ConditionKey& key, Fact known) {
      if (known != Fact::Absent) keys.set(key, known == Fact::Yes ? "true" : "false");
    };
    keys.set(kUserIdKey, user.id);
    keys.set(kPartnerAccountKey, company.id);
    keys.set(kUserStatusKey, to_string(user.status));
    set(kPartnerStageKey, company.stage);
    if (!company.paths.empty()) keys.set_list(kPartnerPathKey, lists.paths(company));
    keys.set(kLinkStateKey, to_string(company.link.state));
    set(kTargetRoleKey, target.target_role);
    set_fact(kTargetIsSelfKey, target.target_is_self);
    if (target.has_target_roles && target.target_roles != 0) {
      keys.set_list(kTargetRolesKey, lists.role_names(portal.catalog(), target.target_roles));
    }
    set(kOwnerKey, target.owner);
    set(kAssigneeKey, target.assignee);
    set(kIamRoleNameKey, target.iam_role_name);
    set_fact(kTargetIsCloudAdminKey, target.target_is_cloud_admin);
    set_fact(kIamRoleIsCloudAdminKey, target.iam_role_is_cloud_admin);
  }

  /// Builds the request and calls `use(request, policies)`; `broken` is returned for what cannot
  /// be asked at all, which is none of the portal's own actions and ARNs.
  template <class Use, class Answer>
  static auto ask(const Portal& portal, const SessionRecord& session, const ActionName& action,
                  const PermissionTarget& target, const Use& use, Answer broken) {
    const PortalUser& user = portal.users_[session.user];
    const PartnerCompany& company = portal.companies_[user.company];
    const ResourceArn resource(
        target.partner.empty() ? std::string_view(company.id) : target.partner, target.kind,
        target.id);
    KeyLists lists;
    RequestBuilder builder(session.caller, action, resource.text());
    builder.resource_account(company.account);
    fill(portal, user, company, target, lists, builder);
    const Result<Request> request = builder.build();
    if (!request) return broken;
    AppliedPolicies policies;
    policies.identity = std::span(&portal.policy_set(user), 1);
    return use(*request, policies);
  }

  /// What `writ::evaluate` says, told to the observer.
  static Decision evaluate(const Portal& portal, const Request& request,
                           const AppliedPolicies& policies) noexcept {
    const Decision decision = writ::evaluate(request, policies);
    if (portal.host_.decisions != nullptr) {
      portal.host_.decisions->decided(request, policies, decision);
    }
    return decision;
  }

  /// Tells the observer of a batch: each resource with its decision.
  static void tell_each(const Portal& portal, const SessionRecord& session,
                        const ActionName& action, const ResourceList& resources,
                        std::span<const Decision> decisions) {
    const PortalUser& user = portal.users_[session.user];
    const PartnerCompany& company = portal.companies_[user.company];
    AppliedPolicies policies;
    policies.identity = std::span(&portal.policy_set(user), 1);
    for (std::size_t i = 0; i < decisions.size(); ++i) {
      KeyLists lists;
      RequestBuilder builder(session.caller, action, resources[i]);
      builder.resource_account(company.account);
      fill(portal, user, company, {}, lists, builder);
      const Result<Request> request = builder.build();
      if (request) portal.host_.decisions->decided(*request, policies, decisions[i]);
    }
  }

  static Decision decide(const Portal& portal, const SessionRecord& session,
                         const ActionName& action, const PermissionTarget& target) {
    return ask(
        portal, session, action, target,
        [&portal](const Request& request, const AppliedPolicies& policies) {
          return evaluate(portal, request, policies);
        },
        Decision());
  }

  static Explanation explain(const Portal& portal, const SessionRecord& session,
                             const ActionName& action, const PermissionTarget& target) {
    return ask(
        portal, session, action, target,
        [](const Request& request, const AppliedPolicies& policies) {
          return writ::explain(request, policies);
        },
        Explanation());
  }

  static const SessionRecord* session(const Portal& portal, Session session) noexcept {
    return portal.session_record(session);
  }
  static const PartnerCompany& company(const Portal& portal, const SessionRecord& session) {
    return portal.companies_[portal.users_[session.user].company];
  }
  static const PortalUser& user(const Portal& portal, const SessionRecord& session) {
    return portal.users_[session.user];
  }
};

/// What the session alone says (R-SIGN-2, R-SIGN-4).
[[nodiscard]] inline Code session_code(const SessionRecord* session) noexcept {
  if (session == nullptr) return Code::NotSignedIn;
  switch (session->state) {
    case SessionState::Open:
      return Code::Ok;
    case SessionState::AwaitsCode:
      return Code::CodeRequired;
    case SessionState::Locked:
      return Code::SessionLocked;
    case SessionState::Ended:
      break;
  }
  return Code::NotSignedIn;
}

[[nodiscard]] constexpr Code code_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::Allowed:
      return Code::Ok;
    case Outcome::ExplicitDeny:
      return Code::ExplicitDeny;
    case Outcome::ImplicitDeny:
      break;
  }
  return Code::ImplicitDeny;
}

/// Writes a refusal of the engine into an answer (R-ARCH-8).
inline void write_explanation(const Explanation& explanation, Answer& answer) {
  for (const LayerTrace& layer : explanation.layers()) {
    for (const StatementTrace& statement : layer.statements) {
      if (statement.applied && statement.effect == Effect::Deny && !statement.sid.empty()) {
        answer.sids.push_back(statement.sid);
      }
    }
  }
  answer.explanation = explanation.to_string();
}

/// The checks that every call by a session begins with: session, then engine.
class Gate {
 public:
  Gate(const Portal& portal, Session session, bool explain)
      : portal_(portal), session_(Engine::session(portal, session)), explain_(explain) {}

  /// R-ARCH-6: the session.
  [[nodiscard]] bool open() {
    answer.code = session_code(session_);
    switch (answer.code) {
      case Code::CodeRequired:
        answer.message = "the code that was mailed is still to be given";
        break;
      case Code::SessionLocked:
        answer.message = "this attempt to sign in is locked; begin a new one";
        break;
      case Code::NotSignedIn:
        answer.message = "there is no such session, or it has ended; sign in";
        break;
      default:
        break;
    }
    return answer.ok();
  }

  /// R-ARCH-6: the engine.
  [[nodiscard]] bool may(const ActionName& action, const PermissionTarget& target = {}) {
    return may(action, target, answer);
  }
  [[nodiscard]] bool may(const ActionName& action, const PermissionTarget& target, Answer& into) {
    into.decision = Engine::decide(portal_, *session_, action, target);
    into.code = code_of(into.decision.outcome);
    if (into.ok()) return true;
    into.message = std::string(action.text()) + (into.code == Code::ExplicitDeny
                                                     ? " is denied by a policy"
                                                     : " is allowed by no policy of the caller");
    if (explain_) {
      write_explanation(Engine::explain(portal_, *session_, action, target), into);
    }
    return false;
  }

  Answer refuse(Code code, std::string message) {
    answer.code = code;
    answer.message = std::move(message);
    return std::move(answer);
  }

  [[nodiscard]] const SessionRecord& session() const noexcept { return *session_; }
  [[nodiscard]] const PortalUser& user() const noexcept { return Engine::user(portal_, *session_); }
  [[nodiscard]] const PartnerCompany& company() const noexcept {
    return Engine::company(portal_, *session_);
  }

  Answer answer;

 private:
  const Portal& portal_;
  const SessionRecord* session_;
  bool explain_;
};

}  // namespace portal::detail
}  // namespace writ::inline v0
