// writ who-can and writ what-can: who may do something, and what somebody may do.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <tuple>

#include "cli/account_asker.h"
#include "cli/account_files.h"
#include "cli/catalogue.h"
#include "cli/commands.h"
#include "cli/glob.h"
#include "cli/json_output.h"
#include "cli/number_options.h"
#include "cli/parallel.h"

namespace writ::cli {
namespace {

constexpr Option kCatalogueOption = {"--catalogue", "FILE", Arity::One,
                                     "the actions of services, as JSON Lines (docs/accounts.md)"};

constexpr Option kWhoCanOptions[] = {
    kAccountOption,       kCatalogueOption,       kContextOption,
    kContextListOption,   kContextFileOption,     kCompleteOption,
    kNoSessionTagsOption, kResourceAccountOption, kJobsOption,
};

constexpr Option kWhatCanOptions[] = {
    kAccountOption,
    kCatalogueOption,
    {"--action", "PATTERN", Arity::Each, "only actions that match; may be repeated"},
    {"--resource", "ARN", Arity::Each,
     "may be repeated; by default `*` and the resources of resources.json"},
    kContextOption,
    kContextListOption,
    kContextFileOption,
    kCompleteOption,
    kNoSessionTagsOption,
    kResourceAccountOption,
    kJobsOption,
};

// Why a number of answers are what they are.
struct Cause {
  static constexpr std::uint32_t kNone = 0xffffffffU;

  Verdict verdict = Verdict::Denied;
  std::uint32_t policy = kNone;  // place in Account::all_policies
  std::uint32_t statement = 0;
  Reason reason = Reason::NoIdentityAllow;

  // What is allowed comes first.
  [[nodiscard]] auto order() const {
    return std::tuple(verdict != Verdict::Allowed, policy, statement, reason);
  }
  friend bool operator<(const Cause& a, const Cause& b) { return a.order() < b.order(); }
};

// One action on one resource that a principal can do, or may be able to.
struct Hit {
  std::uint32_t resource = 0;
  std::uint32_t action = 0;
  Cause cause;
  std::uint32_t keys = Cause::kNone;  // place in Hits::keys
};
struct Hits {
  std::vector<Hit> list;
  std::vector<std::vector<std::string>> keys;  // of answers that depend on them, each list once
  std::string problem;

  std::uint32_t place_of(std::vector<std::string> list) {
    const auto found = std::ranges::find(keys, list);
    const auto place = static_cast<std::uint32_t>(found - keys.begin());
    if (found == keys.end()) keys.push_back(std::move(list));
    return place;
  }
};

// What is asked, in the two commands alike. Borrows all texts.
struct Asked {
  std::vector<std::string_view> principals;  // ARNs
  std::vector<ActionName> actions;
  std::vector<std::string_view> resources;
};

Hits ask_principal(const AccountAsker& asker, const Asked& asked, const ActionList& actions,
                   std::string_view principal) {
  Hits hits;
  std::vector<Answer> answers(actions.size());
  const AccountPolicy* policies = asker.account().all_policies().data();
  for (std::uint32_t r = 0; r < asked.resources.size(); ++r) {
    const Result<AccountAsker::Subject> subject = asker.subject(principal, asked.resources[r]);
    if (!subject) {
      hits.problem = subject.error().message;
      return hits;
    }
    asker.ask(*subject, actions, answers);
    for (std::uint32_t a = 0; a < answers.size(); ++a) {
      const Answer& answer = answers[a];
      if (answer.verdict == Verdict::Denied) continue;
      Hit hit{r,
              a,
              {answer.verdict, Cause::kNone, answer.decision.statement.statement,
               answer.decision.reason},
              Cause::kNone};
      if (const AccountPolicy* policy =
              subject->find_policy(asker.account(), actions.actions()[a], answer.decision)) {
        hit.cause.policy = static_cast<std::uint32_t>(policy - policies);
      }
      if (answer.verdict == Verdict::Depends) {
        hit.keys = hits.place_of(asker.keys_of(*subject, actions.actions()[a]));
      }
      hits.list.push_back(hit);
    }
  }
  return hits;
}

// Loads, checks and asks; the commands differ in what they make of the answers.
class Survey {
 public:
  Survey(const Arguments& arguments, Console& console, const Command& command)
      : arguments_(arguments), console_(console), command_(command) {}

  // False when something is wrong, which has then been reported.
  bool load() {
    const std::optional<std::size_t> jobs = jobs_option(arguments_, console_, command_);
    if (!jobs) return false;
    jobs_ = *jobs;
    account_ = load_account(arguments_, console_, command_);
    if (!account_) return false;
    Result<OwnedQuestion, Problem> context = read_context_options(arguments_, console_);
    if (!context) return report(context.error().text);
    context_ = std::move(context).value();
    asker_.emplace(*account_, ask_options(arguments_, context_));
    if (!arguments_.has("--catalogue")) return true;
    Result<Catalogue, Problem> catalogue =
        Catalogue::read(console_, *arguments_.value("--catalogue"));
    if (!catalogue) return report(catalogue.error().text);
    catalogue_ = std::move(catalogue).value();
    return true;
  }

  // One action, or those of the catalogue that a pattern matches.
  bool add_actions(std::string_view pattern) {
    if (!has_wildcards(pattern)) {
      asked.actions.emplace_back(pattern);
      return true;
    }
    if (!catalogue_) {
      return report(fmt::format("`{}` needs --catalogue, a file of all actions", pattern));
    }
    const Result<std::vector<ActionName>, Problem> matching = catalogue_->matching(pattern);
    if (!matching) return report(matching.error().text);
    for (const ActionName& action : *matching) {
      if (seen_.insert(action.text()).second) asked.actions.push_back(action);
    }
    return true;
  }

  bool ask() {
    Result<ActionList> actions = ActionList::make(asked.actions);
    if (!actions) return report(actions.error().message);
    for (const std::string_view resource : asked.resources) {
      const std::optional<Problem> problem = asker_->prepare(resource);
      if (problem) return report(problem->text);
    }
    hits.resize(asked.principals.size());
    in_parallel(jobs_, hits.size(), console_, "principals", [&](std::size_t, std::size_t i) {
      hits[i] = ask_principal(*asker_, asked, *actions, asked.principals[i]);
    });
    for (std::size_t i = 0; i < hits.size(); ++i) {
      if (hits[i].problem.empty()) continue;
      return report(fmt::format("{}: {}", asked.principals[i], hits[i].problem));
    }
    return true;
  }

  bool report(std::string_view problem) {
    fail(console_, command_, problem);
    return false;
  }
  [[nodiscard]] const Account& account() const { return *account_; }
  [[nodiscard]] bool has_catalogue() const { return catalogue_.has_value(); }

  // `arn:aws:iam::aws:policy/ReadOnlyAccess statement 2 `Sid` (account.json:4:7)`
  [[nodiscard]] std::string describe(const Cause& cause) {
    if (cause.policy == Cause::kNone) return std::string(to_string(cause.reason));
    const AccountPolicy& policy = account_->all_policies()[cause.policy];
    const StatementPlace& place = place_of(cause);
    std::string text = fmt::format("{} statement {}", policy.id, cause.statement + 1);
    if (!place.sid.empty()) text += fmt::format(" `{}`", place.sid);
    if (!place.file.empty()) {
      text += fmt::format(" ({}:{}:{})", place.file, place.position.line, place.position.column);
    }
    return text;
  }
  void write(JsonLine& json, const Cause& cause, std::span<const std::string> keys) {
    json.member("verdict", to_string(cause.verdict));
    if (cause.verdict == Verdict::Depends) json.strings("keys", keys);
    json.member("reason", name_of(cause.reason));
    json.member("rule", rule_of(cause.reason));
    if (cause.policy == Cause::kNone) return;
    const StatementPlace& place = place_of(cause);
    json.member("policy", account_->all_policies()[cause.policy].id);
    json.member("statement", cause.statement);
    json.member("sid", place.sid);
    json.member("file", place.file);
    json.member("line", place.position.line);
    json.member("column", place.position.column);
  }

  Asked asked;
  std::vector<Hits> hits;  // by principal

 private:
  const StatementPlace& place_of(const Cause& cause) {
    const auto [entry, is_new] = places_.try_emplace({cause.policy, cause.statement});
    if (is_new) entry->second = locate(account_->all_policies()[cause.policy], cause.statement);
    return entry->second;
  }

  const Arguments& arguments_;
  Console& console_;
  const Command& command_;
  std::size_t jobs_ = 1;
  std::optional<Account> account_;
  OwnedQuestion context_;
  std::optional<Catalogue> catalogue_;
  std::set<std::string_view> seen_;  // actions of the catalogue that are asked for
  std::optional<AccountAsker> asker_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, StatementPlace> places_;
};

// What principals or actions have in common: the cause, and the keys that it depends on. Borrows
// the keys of the hits.
struct Common {
  Cause cause;
  std::span<const std::string> keys;

  friend bool operator<(const Common& a, const Common& b) {
    if (a.cause < b.cause || b.cause < a.cause) return a.cause < b.cause;
    return std::ranges::lexicographical_compare(a.keys, b.keys);
  }
};
using Groups = std::map<Common, std::vector<std::uint32_t>>;

void add(Groups& groups, const Hits& hits, const Hit& hit, std::uint32_t member) {
  Common common{hit.cause, {}};
  if (hit.keys != Cause::kNone) common.keys = hits.keys[hit.keys];
  groups[common].push_back(member);
}

// How many of those asked for are in the groups, and how many are not.
struct Tally {
  std::size_t allowed = 0;
  std::size_t depends = 0;
  std::size_t denied = 0;

  Tally(const Groups& groups, std::size_t asked) {
    for (const auto& [common, members] : groups) {
      (common.cause.verdict == Verdict::Allowed ? allowed : depends) += members.size();
    }
    denied = asked - allowed - depends;
  }
  [[nodiscard]] bool has_any() const { return allowed + depends > 0; }
};

// The answers to one question as text; `lines_of` names a group's members.
template <class LinesOf>
void print_groups(Console& console, Survey& survey, std::string_view indent,
                  std::string_view question, const Groups& groups, const Tally& tally,
                  const LinesOf& lines_of) {
  console.print("{}{}: {} allowed, {} depends, {} denied\n", indent, question, tally.allowed,
                tally.depends, tally.denied);
  for (const auto& [common, members] : groups) {
    const auto& [cause, keys] = common;
    const bool is_allowed = cause.verdict == Verdict::Allowed;
    console.print(
        "{}  {} by {}\n", indent,
        console.paint(is_allowed ? Colour::Green : Colour::Yellow, to_string(cause.verdict)),
        survey.describe(cause));
    if (!is_allowed)
      console.print("{}    on {}\n", indent, fmt::format("{}", fmt::join(keys, ", ")));
    for (const auto& line : lines_of(members)) console.print("{}    {}\n", indent, line);
  }
}

// The same as members of a JSON object.
template <class NameOf>
void write_groups(JsonLine& json, Survey& survey, const Groups& groups, const Tally& tally,
                  std::string_view what, const NameOf& name_of) {
  json.member("allowed", std::uint64_t{tally.allowed});
  json.member("depends", std::uint64_t{tally.depends});
  json.member("denied", std::uint64_t{tally.denied});
  json.key("groups");
  json.begin_array();
  for (const auto& [common, members] : groups) {
    json.begin_object();
    survey.write(json, common.cause, common.keys);
    json.strings(what, members, name_of);
    json.end_object();
  }
  json.end_array();
}

// who-can

int run_who_can(const Arguments& arguments, Console& console) {
  Survey survey(arguments, console, kWhoCanCommand);
  if (!survey.load() || !survey.add_actions(arguments.operands().front())) return kExitBadInput;
  for (const std::string_view resource : arguments.operands().subspan(1)) {
    survey.asked.resources.push_back(resource);
  }
  for (const AccountPrincipal& principal : survey.account().principals()) {
    survey.asked.principals.push_back(principal.arn);
  }
  if (!survey.ask()) return kExitBadInput;
  const Asked& asked = survey.asked;
  std::vector<Groups> results(asked.resources.size() * asked.actions.size());
  for (std::uint32_t p = 0; p < survey.hits.size(); ++p) {
    for (const Hit& hit : survey.hits[p].list) {
      add(results[hit.resource * asked.actions.size() + hit.action], survey.hits[p], hit, p);
    }
  }
  if (std::ranges::find(asked.resources, "*") != asked.resources.end()) {
    console.write_error(
        "`*` stands for calls that have no resource, not for any resource: only statements for "
        "all\nresources allow them (M-22); give an ARN to ask who may act on that\n");
  }
  bool found = false;
  JsonLine json;
  json.begin_object();
  json.key("results");
  json.begin_array();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Groups& groups = results[i];
    const std::string_view action = asked.actions[i % asked.actions.size()].text();
    const std::string_view resource = asked.resources[i / asked.actions.size()];
    const Tally tally(groups, asked.principals.size());
    found = found || tally.has_any();
    const auto arn_of = [&asked](std::uint32_t p) { return asked.principals[p]; };
    if (!arguments.json()) {
      // Of many actions only those that somebody can do.
      if (!tally.has_any() && results.size() > 1) continue;
      print_groups(console, survey, "", fmt::format("{} on {}", action, resource), groups, tally,
                   [&](const std::vector<std::uint32_t>& members) {
                     std::vector<std::string_view> arns;
                     std::ranges::transform(members, std::back_inserter(arns), arn_of);
                     return arns;
                   });
      continue;
    }
    json.begin_object();
    json.member("action", action);
    json.member("resource", resource);
    write_groups(json, survey, groups, tally, "principals", arn_of);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  if (arguments.json()) {
    console.print("{}\n", json.text());
  } else if (!found && results.size() > 1) {
    console.print("nobody can do any of {} actions on {} resources\n", asked.actions.size(),
                  asked.resources.size());
  }
  return found ? kExitYes : kExitNo;
}

// what-can

// `s3: GetObject, PutObject`, `sqs: all 20`: by service, in the order of the actions.
std::vector<std::string> describe_actions(const Asked& asked,
                                          const std::map<std::string, std::size_t>& service_sizes,
                                          const std::vector<std::uint32_t>& members) {
  std::map<std::string, std::vector<std::string_view>> services;
  for (const std::uint32_t action : members) {
    const ActionName& name = asked.actions[action];
    services[std::string(name.service())].push_back(name.text().substr(name.service().size() + 1));
  }
  std::vector<std::string> lines;
  for (const auto& [service, names] : services) {
    const bool all = names.size() > 1 && service_sizes.at(service) == names.size();
    lines.push_back(all ? fmt::format("{}: all {}", service, names.size())
                        : fmt::format("{}: {}", service, fmt::join(names, ", ")));
  }
  return lines;
}

bool choose(const Arguments& arguments, Survey& survey) {
  if (!survey.has_catalogue() && !arguments.has("--action")) {
    return survey.report("give --catalogue, a file of all actions, or --action");
  }
  if (arguments.has("--action")) {
    for (const std::string_view pattern : arguments.values("--action")) {
      if (!survey.add_actions(pattern)) return false;
    }
  } else if (!survey.add_actions("*")) {
    return false;
  }
  const Account& account = survey.account();
  for (const std::string_view arn : arguments.operands()) {
    if (account.find_principal(arn) == nullptr) {
      return survey.report(fmt::format("`{}` is no user, role or session of the account", arn));
    }
    survey.asked.principals.push_back(arn);
  }
  if (arguments.operands().empty()) {
    for (const AccountPrincipal& principal : account.principals()) {
      survey.asked.principals.push_back(principal.arn);
    }
  }
  for (const std::string_view resource : arguments.values("--resource")) {
    survey.asked.resources.push_back(resource);
  }
  if (survey.asked.resources.empty()) {
    survey.asked.resources.emplace_back("*");
    for (const AccountResource& resource : account.resources()) {
      survey.asked.resources.push_back(resource.arn);
    }
  }
  return true;
}

int run_what_can(const Arguments& arguments, Console& console) {
  Survey survey(arguments, console, kWhatCanCommand);
  if (!survey.load() || !choose(arguments, survey) || !survey.ask()) return kExitBadInput;
  const Asked& asked = survey.asked;
  std::map<std::string, std::size_t> service_sizes;
  for (const ActionName& action : asked.actions) ++service_sizes[std::string(action.service())];
  bool found = false;
  JsonLine json;
  json.begin_object();
  json.member("actions", std::uint64_t{asked.actions.size()});
  json.key("principals");
  json.begin_array();
  for (std::size_t p = 0; p < survey.hits.size(); ++p) {
    std::vector<Groups> results(asked.resources.size());
    for (const Hit& hit : survey.hits[p].list) {
      add(results[hit.resource], survey.hits[p], hit, hit.action);
    }
    if (!arguments.json()) console.print("{}\n", asked.principals[p]);
    json.begin_object();
    json.member("principal", asked.principals[p]);
    json.key("resources");
    json.begin_array();
    for (std::size_t r = 0; r < results.size(); ++r) {
      const Tally tally(results[r], asked.actions.size());
      found = found || tally.has_any();
      if (!arguments.json()) {
        print_groups(console, survey, "  ", asked.resources[r], results[r], tally,
                     [&](const std::vector<std::uint32_t>& members) {
                       return describe_actions(asked, service_sizes, members);
                     });
        continue;
      }
      json.begin_object();
      json.member("resource", asked.resources[r]);
      write_groups(json, survey, results[r], tally, "actions",
                   [&](std::uint32_t a) { return asked.actions[a].text(); });
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  if (arguments.json()) console.print("{}\n", json.text());
  return found ? kExitYes : kExitNo;
}

}  // namespace

constinit const Command kWhoCanCommand = {
    .name = "who-can",
    .operands = "ACTION RESOURCE...",
    .summary = "tell who of an account may do something",
    .details =
        R"(Asks for every user and role of the account whether it may do ACTION on each RESOURCE, and groups
the answers by the statement that decides. An ACTION with wildcards stands for the actions of the
catalogue that it matches. Besides allowed and denied there is `depends`: the answer turns on
condition keys that were not given, which are listed. --complete takes keys that are not given for
absent, so that nothing depends. docs/accounts.md tells which keys the account itself gives.)",
    .exit_codes = "0 somebody can or may be able to, 1 nobody can, 2 bad usage or input",
    .options = kWhoCanOptions,
    .min_operands = 2,
    .max_operands = static_cast<std::size_t>(-1),
    .run = &run_who_can,
};

constinit const Command kWhatCanCommand = {
    .name = "what-can",
    .operands = "[PRINCIPAL...]",
    .summary = "tell what principals of an account may do",
    .details =
        R"(Asks for every action of the catalogue, or those of --action, whether the principals (ARNs of users,
roles or sessions; everybody by default) may do it on each resource, and groups the answers by the
statement that decides. For `depends` and --complete see `writ help who-can`.)",
    .exit_codes = "0 something is allowed or depends, 1 nothing is, 2 bad usage or input",
    .options = kWhatCanOptions,
    .min_operands = 0,
    .max_operands = static_cast<std::size_t>(-1),
    .run = &run_what_can,
};

}  // namespace writ::cli
