// Not API, may change in any release. Writing and reading snapshots.
#pragma once

#include <fmt/format.h>

#include <utility>

#include "writ/portal/impl/iam.h"
#include "writ/portal/impl/json_in.h"
#include "writ/portal/impl/json_text.h"
#include "writ/portal/snapshot.h"

namespace writ::inline v0 {
namespace portal {
namespace detail {

class SnapshotWriter {
 public:
  explicit SnapshotWriter(const Portal& portal) : portal_(portal) {}

  [[nodiscard]] std::string write() {
    json_.begin_object();
    json_.count("writSnapshot", kSnapshotVersion);
    json_.count("nextSerial", static_cast<std::int64_t>(portal_.next_serial_));
    list("awsAccounts", portal_.aws_accounts_, [this](const AwsAccount& account) {
      json_.member("id", account.id);
      list("roles", account.roles, [this](const IamRole& role) { write(role); });
    });
    list("companies", portal_.companies_,
         [this](const PartnerCompany& company) { write(company); });
    list("publicCases", portal_.public_cases_, [this](const SupportCase& mine) { write(mine); });
    list("codes", sorted_codes(), [this](const auto& entry) {
      const auto& [purpose, email, mailed] = entry;
      json_.member("for", purpose == 0 ? "registration" : "password");
      json_.member("email", email);
      json_.member("code", mailed->code);
      json_.count("time", mailed->time);
      json_.count("tries", mailed->tries);
    });
    list("sessions", portal_.sessions_, [this](const SessionRecord& session) { write(session); });
    json_.key("freeSessions");
    json_.begin_array();
    for (const std::uint32_t index : portal_.free_sessions_) json_.number(index);
    json_.end_array();
    json_.end_object();
    return json_.take();
  }

 private:
  template <class Range, class Write>
  void list(std::string_view name, const Range& range, const Write& write) {
    json_.key(name);
    json_.begin_array();
    for (const auto& element : range) {
      json_.begin_object();
      write(element);
      json_.end_object();
    }
    json_.end_array();
  }
  void roles(std::string_view name, RoleSet set) {
    json_.key(name);
    json_.begin_array();
    for (std::uint32_t i = 0; i < portal_.catalog().roles().size(); ++i) {
      if ((set & RoleCatalog::bit(i)) != 0) json_.string(portal_.catalog().roles()[i].id);
    }
    json_.end_array();
  }

  using Code = std::tuple<std::size_t, std::string_view, const MailedCode*>;
  [[nodiscard]] std::vector<Code> sorted_codes() const {
    std::vector<Code> codes;
    for (std::size_t purpose = 0; purpose < 2; ++purpose) {
      for (const auto& [email, mailed] : portal_.codes_[purpose]) {
        codes.emplace_back(purpose, email, &mailed);
      }
    }
    std::ranges::sort(codes);
    return codes;
  }

  void write(const IamRole& role) {
    json_.member("name", role.name);
    json_.member("path", role.path);
    json_.member("trust", role.trust_text);
    list("policies", role.policies, [this](const AttachedPolicy& policy) {
      json_.member("name", policy.name);
      json_.flag("managed", policy.managed);
      json_.member("document", policy.text);
    });
  }
  void write(const AccountLink& link) {
    json_.member("state", to_string(link.state));
    json_.member("awsAccount", link.aws_account);
    json_.member("seller", link.seller_legal_name);
    json_.member("cloudAdminRole", link.cloud_admin_role);
    json_.member("crmRole", link.crm_role);
    json_.member("unlinkCase", link.unlink_case);
  }
  void write(const SupportCase& mine) {
    json_.member("id", mine.id);
    json_.member("type", mine.type);
    json_.member("question", mine.question);
    json_.member("specific", mine.specific);
    json_.member("subject", mine.subject);
    json_.member("description", mine.description);
    json_.member("owner", mine.owner);
    json_.member("email", mine.email);
    json_.strings("attachments", mine.attachments);
    list("replies", mine.replies, [this](const CaseReply& reply) {
      json_.member("by", reply.by);
      json_.member("text", reply.text);
    });
    json_.flag("open", mine.open);
  }
  void write(const Task& task) {
    json_.member("id", task.id);
    json_.member("type", task.type);
    json_.member("name", task.name);
    json_.member("assignee", task.assignee);
    json_.member("stage", task.stage);
    json_.member("solution", task.solution);
    json_.member("reason", task.reason);
    json_.member("kind", task.is_form ? "form" : "link");
    json_.member("status", to_string(task.status));
  }
  void pairs(std::string_view name, const std::vector<LinkPair>& pairs) {
    list(name, pairs, [this](const LinkPair& pair) {
      json_.member("left", pair.left);
      json_.member("right", pair.right);
    });
  }
  void write(const PortalUser& user) {
    json_.member("id", user.id);
    json_.member("email", user.email);
    json_.member("name", user.name);
    json_.member("password", user.sealed_password);
    json_.member("mappedTo", user.mapped_role);
    json_.count("lastSignIn", user.last_sign_in);
    roles("roles", user.roles);
    json_.member("status", to_string(user.status));
  }
  void write(const PartnerCompany& company) {
    json_.member("id", company.id);
    json_.member("legalName", company.legal_name);
    json_.strings("domains", company.domains);
    json_.member("stage", company.stage);
    json_.strings("paths", company.paths);
    json_.member("mfa", to_string(company.mfa));
    json_.key("link");
    json_.begin_object();
    write(company.link);
    json_.end_object();
    list("users", company.users, [this](std::uint32_t index) { write(portal_.users_[index]); });
    list("invitations", company.invitations, [this](const Invitation& invitation) {
      json_.member("email", invitation.email);
      roles("roles", invitation.roles);
      json_.member("inviter", invitation.inviter);
      json_.flag("accepted", invitation.accepted);
    });
    list("tasks", company.tasks, [this](const Task& task) { write(task); });
    list("cases", company.cases, [this](const SupportCase& mine) { write(mine); });
    list("records", company.records, [this](const AceRecord& record) {
      json_.member("id", record.id);
      json_.member("kind", to_string(record.kind));
      json_.member("owner", record.owner);
    });
    pairs("offers", company.offers);
    pairs("products", company.products);
  }
  void write(const SessionRecord& session) {
    if (session.state == SessionState::Ended) return;
    constexpr std::string_view kStates[] = {"", "open", "awaitsCode", "locked"};
    json_.member("state", kStates[static_cast<int>(session.state)]);
    json_.count("serial", static_cast<std::int64_t>(session.serial));
    json_.member("user", portal_.users_[session.user].id);
    json_.count("tries", session.tries);
    json_.member("address", session.address);
    json_.member("code", session.code);
    json_.count("codeTime", session.code_time);
    if (!session.draft) return;
    const LinkDraft& draft = *session.draft;
    json_.key("draft");
    json_.begin_object();
    json_.member("principal", draft.principal);
    json_.strings("documents", draft.documents);
    json_.member("seller", draft.seller_legal_name);
    json_.flag("registered", draft.registered);
    json_.flag("rolesShown", draft.roles_shown);
    json_.flag("alliance", draft.bulk_alliance);
    json_.flag("ace", draft.bulk_ace);
    json_.end_object();
  }

  const Portal& portal_;
  JsonText json_;
};

class SnapshotReader {
 public:
  SnapshotReader(JsonIn& in, Portal& portal) : in_(in), portal_(portal) {}

  void read() {
    const JsonNode& root = in_.root();
    if (!in_.object(root, {"writSnapshot", "nextSerial", "awsAccounts", "companies", "publicCases",
                           "codes", "sessions", "freeSessions"})) {
      return;
    }
    const JsonNode* const version = in_.required(root, "writSnapshot");
    if (version == nullptr) return;
    if (in_.number(*version) != kSnapshotVersion) {
      in_.fail(*version, fmt::format("this reads snapshots of version {}", kSnapshotVersion));
      return;
    }
    for (const JsonNode* node : in_.array(root, "awsAccounts")) read_account(*node);
    for (const JsonNode* node : in_.array(root, "companies")) read_company(*node);
    for (const JsonNode* node : in_.array(root, "publicCases")) {
      portal_.public_cases_.push_back(support_case(*node));
    }
    for (const JsonNode* node : in_.array(root, "codes")) read_code(*node);
    for (const JsonNode* node : in_.array(root, "sessions")) read_session(*node);
    read_free_sessions(root);
    portal_.next_serial_ = in_.count(root, "nextSerial", INT64_MAX);
    if (!in_.failed() && portal_.next_serial_ <= last_serial_) {
      in_.fail(root, "`nextSerial` is not above the serials of the sessions");
    }
  }

 private:
  [[nodiscard]] RoleSet roles(const JsonNode& node) {
    RoleSet set = 0;
    for (const JsonNode* child : in_.array(node, "roles")) {
      const std::uint32_t role = portal_.catalog().find(in_.string(*child));
      if (role == RoleCatalog::kNone) {
        in_.fail(*child, "there is no role of this id");
        break;
      }
      set |= RoleCatalog::bit(role);
    }
    return set;
  }
  void read_account(const JsonNode& node) {
    if (!in_.object(node, {"id", "roles"})) return;
    AwsAccount account;
    account.id = in_.required_string(node, "id");
    for (const JsonNode* child : in_.array(node, "roles")) {
      if (!in_.object(*child, {"name", "path", "trust", "policies"})) return;
      IamRole role;
      role.name = in_.required_string(*child, "name");
      role.path = in_.required_string(*child, "path");
      role.trust_text = in_.required_string(*child, "trust");
      for (const JsonNode* policy : in_.array(*child, "policies")) {
        if (!in_.object(*policy, {"name", "managed", "document"})) return;
        role.policies.push_back({in_.required_string(*policy, "name"),
                                 in_.string(*policy, "document"),
                                 in_.flag(*policy, "managed", false)});
      }
      account.roles.push_back(std::move(role));
    }
    if (in_.failed()) return;
    if (portal_.find_aws_account(account.id) != nullptr) {
      in_.fail(node, "the account occurs twice");
      return;
    }
    const Result<bool> put = portal_.put_aws_account(std::move(account));
    if (!put) in_.fail(node, put.error());
  }
  [[nodiscard]] SupportCase support_case(const JsonNode& node) {
    SupportCase read;
    if (!in_.object(node, {"id", "type", "question", "specific", "subject", "description", "owner",
                           "email", "attachments", "replies", "open"})) {
      return read;
    }
    read.id = in_.required_string(node, "id");
    read.type = in_.string(node, "type");
    read.question = in_.string(node, "question");
    read.specific = in_.string(node, "specific");
    read.subject = in_.string(node, "subject");
    read.description = in_.string(node, "description");
    read.owner = in_.string(node, "owner");
    read.email = in_.string(node, "email");
    read.attachments = in_.strings(node, "attachments");
    for (const JsonNode* child : in_.array(node, "replies")) {
      if (!in_.object(*child, {"by", "text"})) break;
      read.replies.push_back({in_.string(*child, "by"), in_.string(*child, "text")});
    }
    read.open = in_.flag(node, "open", true);
    return read;
  }
  [[nodiscard]] Task task(const JsonNode& node, const std::vector<PortalUser>& users) {
    Task read;
    if (!in_.object(node, {"id", "type", "name", "assignee", "stage", "solution", "reason", "kind",
                           "status"})) {
      return read;
    }
    read.id = in_.required_string(node, "id");
    read.type = in_.required_string(node, "type");
    read.name = in_.string(node, "name");
    read.assignee = in_.required_string(node, "assignee");
    read.stage = in_.string(node, "stage");
    read.solution = in_.string(node, "solution");
    read.reason = in_.string(node, "reason");
    read.is_form = in_.word(node, "kind", {"form", "link"}, 1) == 0;
    read.status =
        static_cast<TaskStatus>(in_.word(node, "status", {"open", "submitted", "done"}, 0));
    const auto assignee = std::ranges::find(users, read.assignee, &PortalUser::id);
    if (assignee == users.end() ||
        (read.status != TaskStatus::Done && assignee->status != UserStatus::Active)) {
      in_.fail(node, "the task is assigned to no active user of the company [R-TASK-8]");
    }
    return read;
  }
  [[nodiscard]] PortalUser user(const JsonNode& node) {
    PortalUser read;
    if (!in_.object(node, {"id", "email", "name", "password", "mappedTo", "lastSignIn", "roles",
                           "status"})) {
      return read;
    }
    read.id = in_.required_string(node, "id");
    read.email = in_.required_string(node, "email");
    read.name = in_.string(node, "name");
    read.sealed_password = in_.string(node, "password");
    read.mapped_role = in_.string(node, "mappedTo");
    read.last_sign_in = in_.number(node, "lastSignIn", 0);
    read.roles = roles(node);
    read.status =
        static_cast<UserStatus>(in_.word(node, "status", {"active", "deactivated", "removed"}, 0));
    return read;
  }
  [[nodiscard]] AccountLink link(const JsonNode& node) {
    AccountLink read;
    if (!in_.object(node,
                    {"state", "awsAccount", "seller", "cloudAdminRole", "crmRole", "unlinkCase"})) {
      return read;
    }
    read.state =
        static_cast<LinkState>(in_.word(node, "state", {"unlinked", "linked", "unlinkPending"}, 0));
    read.aws_account = in_.string(node, "awsAccount");
    read.seller_legal_name = in_.string(node, "seller");
    read.cloud_admin_role = in_.string(node, "cloudAdminRole");
    read.crm_role = in_.string(node, "crmRole");
    read.unlink_case = in_.string(node, "unlinkCase");
    return read;
  }
  [[nodiscard]] std::vector<LinkPair> pairs(const JsonNode& node, std::string_view name) {
    std::vector<LinkPair> read;
    for (const JsonNode* child : in_.array(node, name)) {
      if (!in_.object(*child, {"left", "right"})) break;
      read.push_back({in_.required_string(*child, "left"), in_.required_string(*child, "right")});
    }
    return read;
  }
  void read_company(const JsonNode& node) {
    if (!in_.object(node, {"id", "legalName", "domains", "stage", "paths", "mfa", "link", "users",
                           "invitations", "tasks", "cases", "records", "offers", "products"})) {
      return;
    }
    PartnerCompany company;
    company.id = in_.required_string(node, "id");
    company.legal_name = in_.string(node, "legalName");
    company.domains = in_.strings(node, "domains");
    company.stage = in_.string(node, "stage");
    company.paths = in_.strings(node, "paths");
    company.mfa = static_cast<Mfa>(in_.word(node, "mfa", {"enabled", "disabled"}, 0));
    if (const JsonNode* const child = in_.required(node, "link")) company.link = link(*child);
    std::vector<PortalUser> users;
    for (const JsonNode* child : in_.array(node, "users")) users.push_back(user(*child));
    for (const JsonNode* child : in_.array(node, "invitations")) {
      if (!in_.object(*child, {"email", "roles", "inviter", "accepted"})) return;
      company.invitations.push_back({in_.required_string(*child, "email"), roles(*child),
                                     in_.string(*child, "inviter"),
                                     in_.flag(*child, "accepted", false)});
    }
    for (const JsonNode* child : in_.array(node, "tasks")) {
      company.tasks.push_back(task(*child, users));
    }
    for (const JsonNode* child : in_.array(node, "cases")) {
      company.cases.push_back(support_case(*child));
    }
    for (const JsonNode* child : in_.array(node, "records")) {
      if (!in_.object(*child, {"id", "kind", "owner"})) return;
      AceRecord record;
      record.id = in_.required_string(*child, "id");
      record.kind = static_cast<AceKind>(in_.word(*child, "kind", {"opportunity", "lead"}, 0));
      record.owner = in_.string(*child, "owner");
      company.records.push_back(std::move(record));
    }
    company.offers = pairs(node, "offers");
    company.products = pairs(node, "products");
    if (in_.failed()) return;
    const Result<bool> added = portal_.insert_checked(std::move(company), std::move(users));
    if (!added) in_.fail(node, added.error());
  }
  void read_code(const JsonNode& node) {
    if (!in_.object(node, {"for", "email", "code", "time", "tries"})) return;
    const std::size_t purpose = in_.word(node, "for", {"registration", "password"}, 0);
    MailedCode mailed;
    mailed.code = in_.required_string(node, "code");
    mailed.time = in_.number(node, "time", 0);
    mailed.tries = static_cast<std::uint32_t>(in_.count(node, "tries", UINT32_MAX));
    const std::string email = in_.required_string(node, "email");
    if (!in_.failed()) portal_.codes_[purpose].insert_or_assign(email, std::move(mailed));
  }
  void read_session(const JsonNode& node) {
    if (!in_.object(node,
                    {"state", "serial", "user", "tries", "address", "code", "codeTime", "draft"})) {
      return;
    }
    const JsonNode* const state = in_.member(node, "state");
    if (state == nullptr) {  // one that has ended keeps its place
      portal_.sessions_.emplace_back();
      return;
    }
    const std::string user = in_.required_string(node, "user");
    const auto found = portal_.users_by_id_.find(user);
    const std::uint64_t serial = in_.count(node, "serial", INT64_MAX);
    if (in_.failed()) return;
    if (found == portal_.users_by_id_.end() ||
        portal_.users_[found->second].status == UserStatus::Removed) {
      in_.fail(node, "the session is of no user");
      return;
    }
    const Session session = portal_.new_session(
        found->second, in_.string(node, "address"),
        static_cast<SessionState>(1 + in_.word(*state, {"open", "awaitsCode", "locked"})));
    SessionRecord& record = portal_.sessions_[session.index];
    record.serial = serial;
    last_serial_ = std::max(last_serial_, serial);
    record.tries = static_cast<std::uint32_t>(in_.count(node, "tries", UINT32_MAX));
    record.code = in_.string(node, "code");
    record.code_time = in_.number(node, "codeTime", 0);
    const JsonNode* const draft = in_.member(node, "draft");
    if (draft == nullptr || !in_.object(*draft, {"principal", "documents", "seller", "registered",
                                                 "rolesShown", "alliance", "ace"})) {
      return;
    }
    record.draft.emplace();
    record.draft->principal = in_.required_string(*draft, "principal");
    record.draft->documents = in_.strings(*draft, "documents");
    record.draft->seller_legal_name = in_.string(*draft, "seller");
    record.draft->registered = in_.flag(*draft, "registered", true);
    record.draft->roles_shown = in_.flag(*draft, "rolesShown", false);
    record.draft->bulk_alliance = in_.flag(*draft, "alliance", false);
    record.draft->bulk_ace = in_.flag(*draft, "ace", false);
  }
  void read_free_sessions(const JsonNode& root) {
    std::vector<bool> named(portal_.sessions_.size());
    for (const JsonNode* node : in_.array(root, "freeSessions")) {
      const std::int64_t index = in_.number(*node);
      const auto place = static_cast<std::size_t>(index);
      if (index < 0 || place >= named.size() || named[place] ||
          portal_.sessions_[place].state != SessionState::Ended) {
        in_.fail(*node, "this is the place of no ended session");
        return;
      }
      named[place] = true;
      portal_.free_sessions_.push_back(static_cast<std::uint32_t>(place));
    }
    for (std::size_t place = 0; place < named.size() && !in_.failed(); ++place) {
      if (portal_.sessions_[place].state == SessionState::Ended && !named[place]) {
        in_.fail(root, fmt::format("`freeSessions` leaves out the ended session {}", place));
      }
    }
  }

  JsonIn& in_;
  Portal& portal_;
  std::uint64_t last_serial_ = 0;
};

}  // namespace detail

WRIT_FUNC std::string snapshot(const Portal& portal) {
  return detail::SnapshotWriter(portal).write();
}

WRIT_FUNC Result<Portal> restore(std::string_view text, PortalPolicies policies, Host host,
                                 Options options) {
  writ::detail::JsonOptions limits;
  limits.max_bytes = std::size_t{4} << 30U;
  const Result<writ::detail::JsonTree> tree = writ::detail::JsonTree::parse(text, limits);
  if (!tree) return tree.error();
  Portal portal(std::move(policies), host, std::move(options));
  detail::JsonIn in(text, *tree, "R-ARCH-7");
  detail::SnapshotReader(in, portal).read();
  if (in.failed()) return in.error();
  return portal;
}

}  // namespace portal
}  // namespace writ::inline v0
