// writ can-assume: which principals reach which roles, over any number of roles between.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "cli/account_asker.h"
#include "cli/account_files.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/number_options.h"
#include "cli/parallel.h"
#include "writ/impl/variables.h"
#include "writ/parse.h"

namespace writ::cli {
namespace {

constexpr Option kOptions[] = {
    kAccountOption,
    {"--from", "ARN", Arity::Each, "only from this user, role or outsider; may be repeated"},
    {"--to", "ARN", Arity::Each, "only to this role; may be repeated"},
    {"--dot", "", Arity::Flag, "print the direct steps as a Graphviz graph"},
    kContextOption,
    kContextListOption,
    kContextFileOption,
    kCompleteOption,
    kNoSessionTagsOption,
    kJobsOption,
};

// One step: `from` may assume the role `to`.
struct Step {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  bool certain = false;
  std::vector<std::string> keys;  // that it depends on
};

struct Graph {
  std::vector<std::string> nodes;        // principals of the account, then outsiders
  std::vector<std::vector<Step>> steps;  // by `from`
};

// A way from a principal to a role.
struct Way {
  std::vector<std::uint32_t> nodes;  // without the first one
  bool certain = false;
  std::set<std::string> keys;
};

// Whom trust policies name who is not of the account: the node's name, and who calls how.
struct Outsider {
  std::string name;
  std::string arn;  // that the caller is made of
  PrincipalKind kind = PrincipalKind::Aws;
};

// Which principals of the account a role's trust policy can match at all: without an Allow there,
// nobody assumes the role (E-81), and most trust policies name a few.
struct Trusted {
  bool anybody = false;  // it may match principals that it does not name
  std::set<std::uint32_t> named;

  [[nodiscard]] bool may_match(std::uint32_t principal) const {
    return anybody || named.contains(principal);
  }
};

class AssumeGraph {
 public:
  explicit AssumeGraph(const AccountAsker& asker) : asker_(asker), account_(asker.account()) {
    for (const AccountPrincipal& principal : account_.principals()) {
      graph.nodes.push_back(principal.arn);
      if (principal.kind == AccountPrincipalKind::Role) {
        roles_.push_back(static_cast<std::uint32_t>(graph.nodes.size() - 1));
      }
    }
    insiders_ = graph.nodes.size();
    for (const std::uint32_t role : roles_) read_trust(role, trusted_[role]);
    for (const auto& [name, outsider] : outsiders_) graph.nodes.push_back(name);
    graph.steps.resize(graph.nodes.size());
  }

  // All steps from one node; from different threads for different nodes.
  void find_steps(std::size_t from) {
    const bool is_outsider = from >= insiders_;
    for (const std::uint32_t to : roles_) {
      if (to == from) continue;
      if (!is_outsider && !trusted_.at(to).may_match(static_cast<std::uint32_t>(from))) continue;
      Step step{static_cast<std::uint32_t>(from), to, false, {}};
      const Answer answer = is_outsider ? ask_outsider(from, step) : ask_insider(from, step);
      if (answer.verdict == Verdict::Denied) continue;
      step.certain = answer.verdict == Verdict::Allowed;
      graph.steps[from].push_back(std::move(step));
    }
  }

  Graph graph;

 private:
  Answer ask_insider(std::size_t from, Step& step) const {
    const ActionName action("sts:AssumeRole");
    const Result<AccountAsker::Subject> subject =
        asker_.subject(graph.nodes[from], graph.nodes[step.to]);
    if (!subject) return {};
    Answer answer = asker_.ask(*subject, action);
    if (answer.verdict == Verdict::Depends) step.keys = asker_.keys_of(*subject, action);
    return answer;
  }

  Answer ask_outsider(std::size_t from, Step& step) const {
    const Outsider& outsider = outsiders_.at(graph.nodes[from]);
    const bool is_federated = outsider.kind == PrincipalKind::Federated;
    const Result<Caller> caller = outsider.kind == PrincipalKind::Service
                                      ? Caller::service(outsider.arn)
                                  : is_federated ? Caller::federated(outsider.arn)
                                                 : Caller::from_arn(outsider.arn);
    if (!caller) return {};
    const bool is_saml = outsider.arn.find(":saml-provider/") != std::string::npos;
    const ActionName action(!is_federated ? "sts:AssumeRole"
                            : is_saml     ? "sts:AssumeRoleWithSAML"
                                          : "sts:AssumeRoleWithWebIdentity");
    Answer answer = asker_.ask_outsider(*caller, action, graph.nodes[step.to], step.keys);
    // What another account's own policies say, nobody knows here.
    if (answer.verdict == Verdict::Allowed && outsider.kind == PrincipalKind::Aws) {
      answer.verdict = Verdict::Depends;
    }
    if (answer.verdict == Verdict::Depends && outsider.kind == PrincipalKind::Aws) {
      step.keys.emplace_back("(policies of the other account)");
    }
    return answer;
  }

  void read_trust(std::uint32_t role, Trusted& trusted) {
    const AccountPrincipal& principal = account_.principals()[role];
    const AccountPolicy& trust = account_.all_policies()[principal.trust_policy];
    const Result<PolicyDocument> document = parse_policy(trust.text, PolicyType::RoleTrust);
    if (!document) return;  // the account has loaded it
    for (const Statement& statement : document->statements()) {
      if (statement.effect != Effect::Allow) continue;
      if (statement.principal.negated) trusted.anybody = true;
      if (statement.principal.negated) continue;
      if (statement.principal.everyone) add_account_principal("*", trusted);
      for (const PrincipalMember& member : statement.principal.members) {
        for (const Text& value : member.values) {
          if (member.kind == PrincipalKind::Aws) {
            add_account_principal(value.value, trusted);
          } else if (member.kind != PrincipalKind::CanonicalUser) {
            const std::string name(value.value);
            outsiders_.try_emplace(name, Outsider{name, name, member.kind});
          }
        }
      }
    }
  }

  void add_account_principal(std::string_view value, Trusted& trusted) {
    const AccountPrincipal* insider = account_.find_principal(value);
    if (insider != nullptr && insider->arn == value) {
      trusted.named.insert(static_cast<std::uint32_t>(insider - account_.principals().data()));
      return;
    }
    if (value == "*") {
      trusted.anybody = true;
      // Anybody: a user of an account that nobody has.
      outsiders_.try_emplace("*", Outsider{"*", "arn:aws:iam::000000000000:user/anybody"});
      return;
    }
    const detail::ArnFields fields = detail::split_arn(value, false);
    const bool is_id = value.size() == 12 && fields.count == 1;
    const std::string account(is_id ? value : fields.field[4]);
    if (account.empty() || std::ranges::binary_search(account_.account_ids(), account)) {
      trusted.anybody = true;  // all of the account, a unique id, a session
      return;
    }
    const bool is_root = is_id || value.ends_with(":root");
    // A root user cannot assume roles (E-52), the others of its account can.
    const std::string arn = is_root ? fmt::format("arn:{}:iam::{}:user/anybody",
                                                  is_id ? "aws" : fields.field[1], account)
                                    : std::string(value);
    const std::string name = is_root ? account : std::string(value);
    outsiders_.try_emplace(name, Outsider{name, arn});
  }

  const AccountAsker& asker_;
  const Account& account_;
  std::vector<std::uint32_t> roles_;
  std::map<std::uint32_t, Trusted> trusted_;  // by role
  std::size_t insiders_ = 0;
  std::map<std::string, Outsider, std::less<>> outsiders_;
};

// The shortest way to every role: of certain steps where there is one, else of any.
std::map<std::uint32_t, Way> find_ways(const Graph& graph, std::uint32_t from) {
  std::map<std::uint32_t, Way> ways;
  for (const bool certain : {true, false}) {
    std::vector<std::uint32_t> queue = {from};
    std::map<std::uint32_t, const Step*> found = {{from, nullptr}};
    for (std::size_t i = 0; i < queue.size(); ++i) {
      for (const Step& step : graph.steps[queue[i]]) {
        if (certain && !step.certain) continue;
        if (found.try_emplace(step.to, &step).second) queue.push_back(step.to);
      }
    }
    for (const auto& [to, last] : found) {
      if (last == nullptr || ways.contains(to)) continue;
      Way& way = ways[to];
      way.certain = certain;
      for (const Step* step = last; step != nullptr; step = found.at(step->from)) {
        way.nodes.push_back(step->to);
        way.keys.insert(step->keys.begin(), step->keys.end());
      }
      std::ranges::reverse(way.nodes);
    }
  }
  return ways;
}

std::string dot_quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

void print_dot(Console& console, const Graph& graph) {
  std::set<std::uint32_t> used;
  console.write("digraph assume {\n  rankdir=LR;\n  node [shape=box];\n");
  for (const std::vector<Step>& steps : graph.steps) {
    for (const Step& step : steps) {
      used.insert({step.from, step.to});
      console.print("  n{} -> n{}", step.from, step.to);
      if (!step.certain) {
        console.print(" [style=dashed, label={}]",
                      dot_quote(fmt::format("{}", fmt::join(step.keys, ", "))));
      }
      console.write(";\n");
    }
  }
  for (const std::uint32_t node : used) {
    console.print("  n{} [label={}];\n", node, dot_quote(graph.nodes[node]));
  }
  console.write("}\n");
}

int run_can_assume(const Arguments& arguments, Console& console) {
  const std::optional<std::size_t> jobs = jobs_option(arguments, console, kCanAssumeCommand);
  if (!jobs) return kExitBadInput;
  const std::optional<Account> account = load_account(arguments, console, kCanAssumeCommand);
  if (!account) return kExitBadInput;
  const Result<OwnedQuestion, Problem> context = read_context_options(arguments, console);
  if (!context) return fail(console, kCanAssumeCommand, context.error().text);
  AccountAsker asker(*account, ask_options(arguments, *context));
  for (const AccountPrincipal& principal : account->principals()) {
    if (principal.kind != AccountPrincipalKind::Role) continue;
    if (const std::optional<Problem> problem = asker.prepare(principal.arn)) {
      return fail(console, kCanAssumeCommand, problem->text);
    }
  }
  AssumeGraph assume(asker);
  Graph& graph = assume.graph;
  for (const std::string_view option : {"--from", "--to"}) {
    for (const std::string_view arn : arguments.values(option)) {
      if (std::ranges::find(graph.nodes, arn) != graph.nodes.end()) continue;
      return fail(
          console, kCanAssumeCommand,
          fmt::format("`{} {}`: neither the account nor a trust policy knows it", option, arn));
    }
  }
  in_parallel(*jobs, graph.nodes.size(), console, "principals",
              [&](std::size_t, std::size_t i) { assume.find_steps(i); });
  const bool found = std::ranges::any_of(
      graph.steps, [](const std::vector<Step>& steps) { return !steps.empty(); });
  if (arguments.has("--dot")) {
    print_dot(console, graph);
    return found ? kExitYes : kExitNo;
  }
  const auto is_asked = [&](std::string_view option, std::uint32_t node) {
    const std::span<const std::string_view> list = arguments.values(option);
    return list.empty() || std::ranges::find(list, graph.nodes[node]) != list.end();
  };
  bool reached = false;
  JsonLine json;
  json.begin_object();
  json.key("ways");
  json.begin_array();
  for (std::uint32_t from = 0; from < graph.nodes.size(); ++from) {
    if (!is_asked("--from", from)) continue;
    bool named = false;
    for (const auto& [to, way] : find_ways(graph, from)) {
      if (!is_asked("--to", to)) continue;
      reached = true;
      json.begin_object();
      json.member("from", graph.nodes[from]);
      json.member("to", graph.nodes[to]);
      json.member("verdict", to_string(way.certain ? Verdict::Allowed : Verdict::Depends));
      json.strings("way", way.nodes,
                   [&](std::uint32_t node) { return std::string_view(graph.nodes[node]); });
      json.strings("keys", way.keys);
      json.end_object();
      if (arguments.json()) continue;
      if (!named) console.print("{}\n", graph.nodes[from]);
      named = true;
      console.print("  {} {}",
                    way.certain ? console.paint(Colour::Green, "allowed")
                                : console.paint(Colour::Yellow, "depends"),
                    graph.nodes[to]);
      for (std::size_t i = 0; i + 1 < way.nodes.size(); ++i) {
        console.print("{}{}", i == 0 ? " via " : ", ", graph.nodes[way.nodes[i]]);
      }
      if (!way.certain) console.print(" on {}", fmt::format("{}", fmt::join(way.keys, ", ")));
      console.write("\n");
    }
  }
  json.end_array();
  json.end_object();
  if (arguments.json()) console.print("{}\n", json.text());
  return reached ? kExitYes : kExitNo;
}

}  // namespace

constinit const Command kCanAssumeCommand = {
    .name = "can-assume",
    .operands = "",
    .summary = "tell which principals of an account reach which roles",
    .details =
        R"(Asks for every user and role whether it may assume each role, by its own policies and the role's
trust policy, and follows the roles from one to the next. Services, identity providers and other
accounts that trust policies name take part; what another account allows its own principals is not
known. `depends` turns on condition keys that were not given. docs/accounts.md tells more.)",
    .exit_codes = "0 some role is or may be reached, 1 none, 2 bad usage or input",
    .options = kOptions,
    .min_operands = 0,
    .max_operands = 0,
    .run = &run_can_assume,
};

}  // namespace writ::cli
