#include "cli/account_asker.h"

#include <fmt/format.h>

#include <algorithm>

#include "writ/hash.h"
#include "writ/parse.h"

namespace writ::cli {

AccountAsker::As AccountAsker::kind_of(const Caller& caller) noexcept {
  return caller.kind() == CallerKind::Role          ? As::Role
         : caller.kind() == CallerKind::RoleSession ? As::Session
                                                    : As::User;
}

KnownKeys AccountAsker::known_keys(As as, bool owner_known, bool owner_in_place) const {
  const bool is_role = as != As::User;
  KnownKeys known;
  if (options_.complete) known.add_all();
  for (const QuestionKey& key : options_.context) known.add(key.name);
  for (const std::string_view key :
       {"aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType",
        "aws:PrincipalIsAWSService", "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList",
        "aws:username"}) {
    known.add(key);
  }
  const auto has_id = [is_role](const AccountPrincipal& principal) {
    const bool is_other = (principal.kind == AccountPrincipalKind::Role) != is_role;
    return is_other || !principal.unique_id.empty();
  };
  // `AROA…:SESSION` of a role, whose sessions have any name.
  const auto is_id = [](const QuestionKey& key) { return equals_folded(key.name, "aws:userid"); };
  if (as == As::Role && std::ranges::none_of(options_.context, is_id)) {
    known.forget("aws:userid");
  } else if (std::ranges::all_of(account_.principals(), has_id)) {
    known.add("aws:userid");
  }
  if (!is_role || !options_.session_tags) known.add_family("aws:PrincipalTag/");
  const auto has_path = [](const AccountPlace& place) { return !place.path.empty(); };
  const bool all_placed = !account_.places().empty();
  const bool paths = all_placed && std::ranges::all_of(account_.places(), has_path);
  const bool org_known = all_placed && !account_.organization_id().empty();
  if (org_known) known.add("aws:PrincipalOrgID");
  if (paths) known.add("aws:PrincipalOrgPaths");
  if (owner_known) known.add("aws:ResourceAccount");
  if (owner_in_place && org_known) known.add("aws:ResourceOrgID");
  if (owner_in_place && paths) known.add("aws:ResourceOrgPaths");
  return known;
}

KnownKeys AccountAsker::known_keys_of_outsiders() const {
  KnownKeys known;
  if (options_.complete) known.add_all();
  for (const QuestionKey& key : options_.context) known.add(key.name);
  known.add("aws:PrincipalIsAWSService");
  known.add("aws:ResourceAccount");
  return known;
}

std::string_view AccountAsker::owner_of(std::string_view resource) const noexcept {
  if (resource == "*") return {};
  const std::string_view owner = account_.owner_of(resource);
  if (!owner.empty() || !options_.resource_account.empty()) {
    return owner.empty() ? options_.resource_account : owner;
  }
  return account_.account_ids().size() == 1 ? std::string_view(account_.account_ids().front())
                                            : std::string_view();
}

namespace {

unsigned number_of(unsigned as, bool owner_known, bool owner_in_place) {
  return as << 2U | (owner_known ? 1U : 0U) | (owner_in_place ? 2U : 0U);
}

Answer answer_within(const Request& request, const BoundedPolicies& bounded) {
  Answer answer;
  answer.decision = evaluate(request, bounded.least);
  if (answer.decision.is_allowed()) {
    answer.verdict = Verdict::Allowed;
  } else if (!bounded.is_certain) {
    answer.decision = evaluate(request, bounded.most);
    if (answer.decision.is_allowed()) answer.verdict = Verdict::Depends;
  }
  return answer;
}

// The answer to a role of whose sessions one gets the other.
void join(Answer& all, const Answer& one) {
  if (all.verdict == one.verdict) return;
  if (all.verdict == Verdict::Denied) all.decision = one.decision;
  all.verdict = Verdict::Depends;
}

constexpr std::string_view kAllowAll =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";

}  // namespace

std::optional<Problem> AccountAsker::prepare(std::string_view resource) {
  const Result<ResourceList> list = ResourceList::make(std::span(&resource, 1));
  if (!list) return Problem{fmt::format("`{}`: {}", resource, list.error().message)};
  const std::string_view owner = owner_of(resource);
  if (owner.empty() && resource != "*") {
    return Problem{fmt::format(
        "nobody knows which account owns `{}`; say so with --resource-account or in resources.json",
        resource)};
  }
  const bool owner_in_place = !owner.empty() && account_.find_place(owner) != nullptr;
  if (!sessions_found_) find_sessions();
  sessions_found_ = true;
  for (const As as : {As::User, As::Role, As::Session}) {
    if (as == As::Session && sessions_.empty() && !options_.sessions) continue;
    if (auto problem = make_bounds(as, !owner.empty(), owner_in_place)) return problem;
  }
  if (auto problem = make_bounds(As::Outsider, false, false)) return problem;
  const Result<PolicySet> all = compile_policy(kAllowAll, PolicyType::IdentityBased);
  if (all && allow_all_.program() == nullptr) allow_all_ = *all;
  return std::nullopt;
}

std::optional<Problem> AccountAsker::make_bounds(As as, bool owner_known, bool owner_in_place) {
  const unsigned number = number_of(static_cast<unsigned>(as), owner_known, owner_in_place);
  if (bounds_.contains(number)) return std::nullopt;
  Result<AccountBounds> bounds = AccountBounds::make(
      account_,
      as == As::Outsider ? known_keys_of_outsiders() : known_keys(as, owner_known, owner_in_place));
  if (!bounds) return Problem{bounds.error().to_string()};
  bounds_.emplace(number, std::move(bounds).value());
  return std::nullopt;
}

// Only principals of these policies can name a session (P-23); conditions ask keys.
void AccountAsker::find_sessions() {
  for (const AccountPolicy& policy : account_.all_policies()) {
    if (policy.type != PolicyType::ResourceBased && policy.type != PolicyType::RoleTrust) continue;
    const bool may_name = policy.text.find("assumed-role") != std::string::npos ||
                          policy.text.find('\\') != std::string::npos;
    if (!may_name) continue;
    const Result<PolicyDocument> document = parse_policy(policy.text, policy.type);
    if (!document) continue;  // the account has loaded it
    for (const Statement& statement : document->statements()) {
      for (const PrincipalMember& member : statement.principal.members) {
        for (const Text& value : member.values) {
          const AccountPrincipal* principal = account_.find_principal(value.value);
          if (principal == nullptr || principal->arn == value.value) continue;
          sessions_[principal].emplace(value.value);
        }
      }
    }
  }
}

const AccountBounds* AccountAsker::find_bounds(As as, std::string_view resource) const {
  const std::string_view owner = owner_of(resource);
  const bool owner_in_place = !owner.empty() && account_.find_place(owner) != nullptr;
  const auto found =
      bounds_.find(number_of(static_cast<unsigned>(as), !owner.empty(), owner_in_place));
  return found == bounds_.end() ? nullptr : &found->second;
}

Result<Request> AccountAsker::request(const Subject& subject, const ActionName& action) const {
  RequestBuilder builder(subject.caller_, action, subject.resource_);
  for (const QuestionKey& key : options_.context) {
    if (key.multivalued) {
      builder.set_list(key.name, key.values);
    } else {
      builder.set(key.name, key.single);
    }
  }
  const auto is_given = [this](const AccountKey& known) {
    return std::ranges::any_of(options_.context, [&known](const QuestionKey& given) {
      return equals_folded(given.name, known.key.name());
    });
  };
  for (const AccountKey& key : subject.keys_) {
    if (is_given(key)) continue;
    if (key.multivalued) {
      builder.set_list(key.key, key.values);
    } else {
      builder.set(key.key, key.value);
    }
  }
  const std::string_view owner = owner_of(subject.resource_);
  if (!owner.empty()) builder.resource_account(owner);
  return builder.build();
}

Result<AccountAsker::Subject> AccountAsker::subject(std::string_view arn,
                                                    std::string_view resource) const {
  Subject subject;
  Result<Caller> caller = account_.caller(arn);
  if (!caller) return std::move(caller).error();
  subject.caller_ = *caller;
  subject.resource_ = resource;
  const AccountPrincipal* principal = account_.find_principal(arn);
  subject.keys_ = account_.known_keys(*caller, principal, resource);
  const std::string_view owner = owner_of(resource);
  const auto is_owner = [](const AccountKey& key) {
    return equals_folded(key.key.name(), "aws:ResourceAccount");
  };
  if (!owner.empty() && std::ranges::none_of(subject.keys_, is_owner)) {
    subject.keys_.push_back({"aws:ResourceAccount", owner, {}, false});
    const AccountPlace* place = account_.find_place(owner);
    if (place != nullptr && !account_.organization_id().empty()) {
      subject.keys_.push_back({"aws:ResourceOrgID", account_.organization_id(), {}, false});
    }
    if (place != nullptr && !place->path.empty()) {
      // As known_keys does for an owner that the account knows of.
      const std::vector<AccountKey> of_owner =
          account_.known_keys(*caller, principal, fmt::format("arn:aws:sts::{}:self", owner));
      for (const AccountKey& key : of_owner) {
        if (equals_folded(key.key.name(), "aws:ResourceOrgPaths")) subject.keys_.push_back(key);
      }
    }
  }
  Result<Request> request = this->request(subject, "sts:GetCallerIdentity");
  if (!request) return std::move(request).error();
  subject.request_ = std::move(request).value();
  subject.is_role_ = subject.request_.resource_field(2) == "iam" &&
                     subject.request_.resource_field(5).starts_with("role/");
  subject.bounds_ = find_bounds(kind_of(*caller), resource);
  subject.policies_ = account_.policies(principal, subject.request_);
  if (subject.bounds_ != nullptr) subject.bounded_ = subject.bounds_->bound(subject.policies_);
  const auto sessions =
      caller->kind() == CallerKind::Role ? sessions_.find(principal) : sessions_.end();
  if (sessions == sessions_.end()) return subject;
  for (const std::string& session : sessions->second) {
    Result<Subject> named = this->subject(session, resource);
    if (!named) return std::move(named).error();
    subject.sessions_.push_back(std::move(named).value());
  }
  return subject;
}

const AccountPolicy* AccountAsker::Subject::find_policy(const Account& account,
                                                        const ActionName& action,
                                                        const Decision& decision) const {
  if (!is_role_) return policies_.find(decision.statement);
  const Result<Request> request = RequestBuilder(caller_, action, resource_).build();
  if (!request) return nullptr;
  return account.policies(policies_.principal, *request).find(decision.statement);
}

Answer AccountAsker::ask_one(const Subject& subject, const ActionName& action) const {
  const Result<Request> request = this->request(subject, action);
  if (!request || subject.bounds_ == nullptr) return {};  // fail closed
  const AccountPolicies policies = account_.policies(subject.policies_.principal, *request);
  return answer_within(*request, subject.bounds_->bound(policies));
}

void AccountAsker::ask_one(const Subject& subject, const ActionList& actions,
                           std::span<Answer> answers) const {
  if (subject.is_role_) {
    for (std::size_t i = 0; i < actions.size(); ++i)
      answers[i] = ask_one(subject, actions.actions()[i]);
    return;
  }
  std::vector<Decision> decisions(actions.size());
  if (subject.bounds_ == nullptr) {
    std::ranges::fill(answers, Answer{});
    return;
  }
  evaluate_actions(subject.request_, actions, subject.bounded_.least, decisions);
  for (std::size_t i = 0; i < actions.size(); ++i) {
    answers[i].decision = decisions[i];
    answers[i].verdict = decisions[i].is_allowed() ? Verdict::Allowed : Verdict::Denied;
  }
  if (subject.bounded_.is_certain) return;
  evaluate_actions(subject.request_, actions, subject.bounded_.most, decisions);
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (answers[i].verdict == Verdict::Allowed) continue;
    answers[i].decision = decisions[i];
    if (decisions[i].is_allowed()) answers[i].verdict = Verdict::Depends;
  }
}

Answer AccountAsker::ask(const Subject& subject, const ActionName& action) const {
  Answer answer = ask_one(subject, action);
  for (const Subject& session : subject.sessions_) join(answer, ask_one(session, action));
  return answer;
}

void AccountAsker::ask(const Subject& subject, const ActionList& actions,
                       std::span<Answer> answers) const {
  ask_one(subject, actions, answers);
  std::vector<Answer> of_session(subject.sessions_.empty() ? 0 : answers.size());
  for (const Subject& session : subject.sessions_) {
    ask_one(session, actions, of_session);
    for (std::size_t i = 0; i < answers.size(); ++i) join(answers[i], of_session[i]);
  }
}

Answer AccountAsker::ask_outsider(const Caller& caller, const ActionName& action,
                                  std::string_view resource, std::vector<std::string>& keys) const {
  Subject subject;
  subject.caller_ = caller;
  subject.resource_ = resource;
  subject.keys_.push_back({"aws:PrincipalIsAWSService",
                           caller.kind() == CallerKind::Service ? "true" : "false",
                           {},
                           false});
  const std::string_view owner = owner_of(resource);
  if (!owner.empty()) subject.keys_.push_back({"aws:ResourceAccount", owner, {}, false});
  const Result<Request> request = this->request(subject, action);
  const auto bounds = bounds_.find(number_of(static_cast<unsigned>(As::Outsider), false, false));
  if (!request || bounds == bounds_.end()) return {};  // fail closed
  const AccountPolicies policies = account_.policies(nullptr, *request);
  BoundedPolicies bounded = bounds->second.bound(policies);
  if (caller.has_account()) {
    bounded.least.identity = std::span(&allow_all_, 1);
    bounded.most.identity = std::span(&allow_all_, 1);
  }
  const Answer answer = answer_within(*request, bounded);
  if (answer.verdict == Verdict::Depends) keys = bounds->second.keys_of(*request, policies);
  return answer;
}

std::vector<std::string> AccountAsker::keys_of(const Subject& subject,
                                               const ActionName& action) const {
  std::set<std::string> keys;
  const Verdict verdict = ask_one(subject, action).verdict;
  const auto add = [&](const Subject& one, Verdict its_verdict) {
    if (its_verdict != verdict) keys.emplace(kSessionName);
    if (its_verdict != Verdict::Depends) return;
    const Result<Request> request = this->request(one, action);
    if (!request || one.bounds_ == nullptr) return;
    const std::vector<std::string> list =
        one.bounds_->keys_of(*request, account_.policies(one.policies_.principal, *request));
    keys.insert(list.begin(), list.end());
  };
  add(subject, verdict);
  for (const Subject& session : subject.sessions_) add(session, ask_one(session, action).verdict);
  return {keys.begin(), keys.end()};
}

AskOptions ask_options(const Arguments& arguments, const OwnedQuestion& context) {
  AskOptions options;
  options.context = context.flags.context;
  options.complete = arguments.has("--complete");
  const auto names_session = [](std::string_view text) {
    return text.find(":assumed-role/") != std::string_view::npos;
  };
  options.sessions = std::ranges::any_of(arguments.operands(), names_session);
  options.session_tags = !arguments.has("--no-session-tags");
  options.resource_account = arguments.value("--resource-account").value_or("");
  return options;
}

}  // namespace writ::cli
