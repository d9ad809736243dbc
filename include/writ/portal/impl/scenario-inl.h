// Not API, may change in any release. Running scenarios step by step.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "writ/portal/impl/scenario_commands-inl.h"
#include "writ/portal/impl/scenario_start-inl.h"
#include "writ/portal/memory_host.h"
#include "writ/portal/scenario.h"
#include "writ/portal/snapshot.h"

namespace writ::inline v0 {
namespace portal {
namespace detail {

/// Whether `given` has all that `expected` names: objects as subsets, lists of strings as sets,
/// other values as they are. The path of the first difference goes to `where`.
class Comparison {
 public:
  Comparison(const JsonTree& expected, const JsonTree& given)
      : expected_(expected), given_(given) {}

  [[nodiscard]] bool holds(const JsonNode& expected, const JsonNode* given,
                           std::string& where) const {
    if (expected.kind == JsonKind::Null) {
      return same(given == nullptr || given->kind == JsonKind::Null, given, where);
    }
    if (given == nullptr || given->kind != expected.kind) return same(false, given, where);
    switch (expected.kind) {
      case JsonKind::Object:
        for (const JsonNode* child = expected_.first_child(expected); child != nullptr;
             child = expected_.next(*child)) {
          const std::string mine = where;
          where += fmt::format("/{}", child->name);
          if (!holds(*child, given_.member(*given, child->name), where)) return false;
          where = mine;
        }
        return true;
      case JsonKind::Array:
        return same(list(expected_, expected) == list(given_, *given), given, where);
      default:
        return same(expected.text == given->text, given, where);
    }
  }

 private:
  [[nodiscard]] static std::vector<std::string_view> list(const JsonTree& tree,
                                                          const JsonNode& node) {
    std::vector<std::string_view> values;
    for (const JsonNode* child = tree.first_child(node); child != nullptr;
         child = tree.next(*child)) {
      values.push_back(child->text);
    }
    std::ranges::sort(values);
    return values;
  }
  [[nodiscard]] bool same(bool equal, const JsonNode* given, std::string& where) const {
    if (equal) return true;
    if (given == nullptr) {
      where += " is absent";
    } else if (given->kind == JsonKind::Array) {
      where += fmt::format(" is [{}]", fmt::join(list(given_, *given), ", "));
    } else if (given->kind == JsonKind::Object) {
      where += " is an object";
    } else if (given->kind == JsonKind::Null) {
      where += " is null";
    } else {
      where += fmt::format(" is `{}`", given->text);
    }
    return false;
  }

  const JsonTree& expected_;
  const JsonTree& given_;
};

/// Collects Sids, texts and so on from an answer and its rows.
template <class Use>
void for_each_answer(const Answer& answer, const Use& use) {
  use(answer);
  for (const Answer& row : answer.rows) use(row);
}

class ScenarioRun : public Substitutions {
 public:
  ScenarioRun(JsonIn& in, const JsonTree& tree, const JsonNode& scenario,
              const ScenarioWorld& world)
      : in_(in), tree_(tree), scenario_(scenario), world_(world) {}

  /// Everything that can be wrong with the text itself.
  void check() {
    if (!in_.object(scenario_,
                    {"name", "rules", "clock", "start", "documents", "managedPolicies", "steps"})) {
      return;
    }
    static_cast<void>(in_.required_string(scenario_, "name"));
    static_cast<void>(in_.strings(scenario_, "rules"));
    static_cast<void>(clock());
    static_cast<void>(in_.required(scenario_, "start"));
    static_cast<void>(in_.required(scenario_, "steps"));
    for (const JsonNode* step : in_.array(scenario_, "steps")) check_step(*step);
  }

  /// Where the clock stands at the start, if the scenario says.
  [[nodiscard]] std::optional<std::int64_t> clock() {
    const JsonNode* const given = in_.member(scenario_, "clock");
    if (given == nullptr) return std::nullopt;
    const std::optional<std::int64_t> time = parse_time(in_.string(*given));
    if (!time) in_.fail(*given, "a time is written 2025-01-15T10:00:00Z");
    return time;
  }

  [[nodiscard]] ScenarioResult run() {
    ScenarioResult result;
    result.name = in_.string(scenario_, "name");
    std::optional<PortalPolicies> policies = scenario_policies(in_, scenario_, world_);
    if (!policies) return result;
    if (const std::optional<std::int64_t> time = clock()) host_.time = *time;
    host_.decisions = world_.decisions;
    portal_.emplace(*std::move(policies), host_.host());
    fill_start(in_, *in_.member(scenario_, "start"), *portal_, host_);
    if (in_.failed()) return result;
    for (const JsonNode* step : in_.array(scenario_, "steps")) {
      ++result.steps;
      const std::string problem = run_step(*step, result);
      if (in_.failed()) return result;
      if (problem.empty()) continue;
      result.position = step->begin;
      result.problem = problem;
      break;
    }
    result.passed = result.problem.empty();
    for (const AuditEvent& event : host_.log.events()) result.events += event.to_json() + "\n";
    return result;
  }

  [[nodiscard]] std::string substitute(const std::string& text) const override {
    if (text == "$code") return host_.last_code(code_address_);
    if (text == "$case") return last_case_;
    constexpr std::string_view kUser = "$user:";
    if (text.starts_with(kUser)) {
      const PortalUser* const user = portal_->find_user(text.substr(kUser.size()));
      return user == nullptr ? text : user->id;
    }
    return text;
  }

 private:
  void check_step(const JsonNode& step) {
    if (!in_.object(step,
                    {"as",     "session",  "do",    "with",      "expect",  "sid",      "check",
                     "rows",   "result",   "items", "noItems",   "count",   "warnings", "explains",
                     "events", "messages", "state", "unchanged", "advance", "note"})) {
      return;
    }
    if (in_.member(step, "advance") != nullptr) {
      static_cast<void>(in_.object(step, {"advance", "note"}));
      static_cast<void>(in_.number(step, "advance", 0));
      return;
    }
    const JsonNode* const name = in_.required(step, "do");
    const JsonNode* const expect = in_.required(step, "expect");
    if (name == nullptr || expect == nullptr) return;
    const CommandInfo* const command = find_command(in_.string(*name));
    if (command == nullptr) {
      in_.fail(*name,
               fmt::format("unknown command `{}`; docs/scenarios.md lists them", name->text));
      return;
    }
    check_code(*expect);
    for (const JsonNode* row : in_.array(step, "rows")) check_code(*row);
    const bool has_caller = in_.member(step, "as") != nullptr;
    if (command->caller == CallerNeed::Session && !has_caller) {
      in_.fail(step, fmt::format("{} is called by a user: say who as `as`", command->name));
    } else if (command->caller != CallerNeed::Session && has_caller) {
      in_.fail(step, fmt::format("{} is called by no user: leave `as` out", command->name));
    }
    for (const std::string_view text : {"as", "session", "sid", "check", "note"}) {
      static_cast<void>(in_.string(step, text));
    }
    static_cast<void>(in_.strings(step, "warnings"));
    static_cast<void>(in_.strings(step, "explains"));
    static_cast<void>(in_.flag(step, "unchanged", false));
    static_cast<void>(in_.number(step, "count", 0));
    for (const std::string_view objects : {"items", "noItems", "messages"}) {
      for (const JsonNode* node : in_.array(step, objects)) {
        if (node->kind != JsonKind::Object) in_.fail(*node, "an object is expected here");
      }
    }
    for (const JsonNode* node : in_.array(step, "events")) {
      if (node->kind != JsonKind::Object && node->kind != JsonKind::String) {
        in_.fail(*node, "the name of an event or an object is expected here");
      }
    }
    for (const std::string_view object : {"result", "state"}) {
      const JsonNode* const node = in_.member(step, object);
      if (node != nullptr && node->kind != JsonKind::Object) {
        in_.fail(*node, "an object is expected here");
      }
    }
    StepArguments::check(in_, *command, step, in_.member(step, "with"));
  }

  void check_code(const JsonNode& node) {
    const std::string word = in_.string(node);
    if (word == "allowed") return;
    for (int i = 0; i < kCodeCount; ++i) {
      if (word == to_string(static_cast<Code>(i))) return;
    }
    in_.fail(node,
             fmt::format("`{}` is no code; codes are ok, explicitDeny, implicitDeny and those "
                         "of docs/scenarios.md",
                         word));
  }

  [[nodiscard]] static bool is_code(std::string_view word, Code code) {
    return word == to_string(code) || (word == "allowed" && code == Code::Ok);
  }

  /// The session of a step: by name, opened on first use.
  [[nodiscard]] Session session_of(const JsonNode& step, std::string& problem) {
    const std::string as = in_.string(step, "as");
    const std::string name = in_.string(step, "session", as);
    const auto known = sessions_.find(lower(name));
    if (known != sessions_.end()) return known->second;
    const std::optional<Session> opened = portal_->open_session(as, "192.0.2.1");
    if (!opened) {
      problem = fmt::format("there is no user `{}`", as);
      return {};
    }
    sessions_.emplace(lower(name), *opened);
    return *opened;
  }

  [[nodiscard]] std::string run_step(const JsonNode& step, ScenarioResult& result) {
    if (in_.member(step, "advance") != nullptr) {
      // The clock of a scenario stays within the years that can be written.
      const std::int64_t seconds = in_.number(step, "advance", 0);
      if (seconds < 0 || seconds > 4'000'000'000) return "the clock goes on by up to 4000000000 s";
      host_.time = std::min<std::int64_t>(host_.time + seconds, 250'000'000'000);
      return {};
    }
    const CommandInfo& command = *find_command(in_.string(step, "do"));
    const JsonNode* const with = in_.member(step, "with");
    const std::string as = in_.string(step, "as");
    const std::string email = with == nullptr ? std::string() : email_argument(*with);
    code_address_ = lower(email.empty() ? as : email);
    std::string problem;
    Session session;
    if (command.caller == CallerNeed::Session) session = session_of(step, problem);
    if (!problem.empty()) return problem;

    const bool compares = in_.flag(step, "unchanged", false);
    const std::string before = compares ? snapshot(*portal_) : std::string();
    const std::size_t events_before = host_.log.events().size();
    const std::size_t messages_before = host_.messages.size();
    StepArguments arguments(in_, with, *this);
    StepContext context = {*portal_, session, command, arguments, host_.time, world_.menu, {}};
    const Answer answer = run_command(context);
    if (command.name == "SignIn" && (answer.ok() || answer.code == Code::CodeRequired)) {
      sessions_.insert_or_assign(lower(in_.string(step, "session", email)), context.opened);
    }
    if (!answer.result.get("caseId").empty()) last_case_ = answer.result.get("caseId");
    result.explanation = explanation_of(answer);

    problem = compare(step, answer);
    if (problem.empty()) problem = compare_events(step, events_before);
    if (problem.empty()) problem = compare_messages(step, messages_before);
    if (problem.empty() && compares && snapshot(*portal_) != before) {
      problem = "the state changed, and should not have";
    }
    if (problem.empty()) problem = compare_state(step);
    // Whatever else came out: this is a defect of the portal, not of the scenario.
    const std::vector<std::string> broken = portal_->broken_invariants();
    if (!broken.empty()) {
      result.broken_invariant = broken.front();
      problem = "an invariant is broken: " + broken.front();
    }
    return problem.empty()
               ? problem
               : fmt::format("{}{}{}: {}", as, as.empty() ? "" : " ", command.name, problem);
  }

  [[nodiscard]] std::string email_argument(const JsonNode& with) {
    const JsonNode* const node = in_.member(with, "email");
    return node != nullptr && node->kind == JsonKind::String ? std::string(node->text)
                                                             : std::string();
  }

  [[nodiscard]] static std::string explanation_of(const Answer& answer) {
    std::string text;
    for_each_answer(answer, [&text](const Answer& one) {
      if (!one.message.empty()) text += one.message + "\n";
      if (!one.explanation.empty()) text += one.explanation + "\n";
    });
    return text;
  }

  [[nodiscard]] std::string compare(const JsonNode& step, const Answer& answer) {
    const std::string expect = in_.string(step, "expect");
    if (!is_code(expect, answer.code)) {
      return fmt::format("expected {}, got {}{}{}", expect, to_string(answer.code),
                         answer.message.empty() ? "" : ": ", answer.message);
    }
    if (const JsonNode* const rows = in_.member(step, "rows")) {
      std::vector<std::string_view> given;
      for (const Answer& row : answer.rows) given.push_back(to_string(row.code));
      const std::vector<std::string> expected = in_.strings(*rows);
      bool equal = expected.size() == answer.rows.size();
      for (std::size_t i = 0; equal && i < expected.size(); ++i) {
        equal = is_code(expected[i], answer.rows[i].code);
      }
      if (!equal) {
        return fmt::format("expected rows [{}], got [{}]", fmt::join(expected, ", "),
                           fmt::join(given, ", "));
      }
    }
    const std::string sid = in_.string(step, "sid");
    std::vector<std::string> sids;
    std::vector<std::string> checks;
    std::string texts;
    for_each_answer(answer, [&](const Answer& one) {
      sids.insert(sids.end(), one.sids.begin(), one.sids.end());
      if (!one.check.empty()) checks.push_back(one.check);
      texts += one.message + "\n" + one.explanation + "\n";
    });
    if (!sid.empty() && std::ranges::find(sids, sid) == sids.end()) {
      return fmt::format("expected the Sid {}, got [{}]", sid, fmt::join(sids, ", "));
    }
    const std::string check = in_.string(step, "check");
    if (!check.empty() && std::ranges::find(checks, check) == checks.end()) {
      return fmt::format("expected the check {}, got [{}]", check, fmt::join(checks, ", "));
    }
    for (const std::string& text : in_.strings(step, "explains")) {
      if (texts.find(text) == std::string::npos) {
        return fmt::format("expected `{}` in the explanation", text);
      }
    }
    return compare_result(step, answer);
  }

  [[nodiscard]] std::string compare_result(const JsonNode& step, const Answer& answer) {
    const Result<JsonTree> given = JsonTree::parse(answer_as_json(answer));
    if (!given) return given.error().message;
    const Comparison comparison(tree_, *given);
    std::string where;
    for (const std::string_view name : {"result", "warnings"}) {
      const JsonNode* const expected = in_.member(step, name);
      where = name;
      if (expected != nullptr &&
          !comparison.holds(*expected, given->member(given->root(), name), where)) {
        return where;
      }
    }
    const JsonNode* const items = given->member(given->root(), "items");
    const auto listed = [&](const JsonNode& expected) {
      for (const JsonNode* item = given->first_child(*items); item != nullptr;
           item = given->next(*item)) {
        std::string ignored;
        if (comparison.holds(expected, item, ignored)) return true;
      }
      return false;
    };
    for (const JsonNode* expected : in_.array(step, "items")) {
      if (!listed(*expected)) return fmt::format("{} is not listed", in_.raw(*expected));
    }
    for (const JsonNode* expected : in_.array(step, "noItems")) {
      if (listed(*expected)) return fmt::format("{} is listed", in_.raw(*expected));
    }
    if (in_.member(step, "count") != nullptr) {
      const std::int64_t count = in_.number(step, "count", 0);
      if (count != static_cast<std::int64_t>(answer.items.size())) {
        return fmt::format("expected {} items, got {}", count, answer.items.size());
      }
    }
    return {};
  }

  [[nodiscard]] std::string compare_events(const JsonNode& step, std::size_t before) {
    if (in_.member(step, "events") == nullptr) return {};
    const std::vector<AuditEvent>& events = host_.log.events();
    std::vector<std::string_view> names;
    for (std::size_t i = before; i < events.size(); ++i) names.push_back(events[i].name);
    const std::vector<const JsonNode*> expected = in_.array(step, "events");
    bool equal = expected.size() == names.size();
    std::string where = "events";
    for (std::size_t i = 0; equal && i < expected.size(); ++i) {
      if (expected[i]->kind == JsonKind::String) {
        equal = expected[i]->text == names[i];
        continue;
      }
      const Result<JsonTree> given = JsonTree::parse(events[before + i].to_json());
      where = fmt::format("events/{}", i);
      if (given && !Comparison(tree_, *given).holds(*expected[i], &given->root(), where)) {
        return where;
      }
    }
    return equal ? std::string()
                 : fmt::format("other events were expected, got [{}]", fmt::join(names, ", "));
  }

  [[nodiscard]] std::string compare_messages(const JsonNode& step, std::size_t before) {
    if (in_.member(step, "messages") == nullptr) return {};
    const std::vector<const JsonNode*> expected = in_.array(step, "messages");
    const std::size_t count = host_.messages.size() - before;
    if (count != expected.size()) {
      return fmt::format("expected {} messages, got {}", expected.size(), count);
    }
    for (std::size_t i = 0; i < count; ++i) {
      const Message& message = host_.messages[before + i];
      JsonText json;
      json.begin_object();
      json.member("kind", message.kind);
      json.member("from", message.from);
      json.member("to", message.to);
      json.member("subject", message.subject);
      json.end_object();
      const Result<JsonTree> given = JsonTree::parse(json.take());
      std::string where = fmt::format("messages/{}", i);
      if (given && !Comparison(tree_, *given).holds(*expected[i], &given->root(), where)) {
        return where;
      }
    }
    return {};
  }

  [[nodiscard]] std::string compare_state(const JsonNode& step) {
    const JsonNode* const expected = in_.member(step, "state");
    if (expected == nullptr) return {};
    const Result<JsonTree> given = JsonTree::parse(state_as_json(*portal_));
    if (!given) return given.error().message;
    std::string where = "state";
    return Comparison(tree_, *given).holds(*expected, &given->root(), where) ? std::string()
                                                                             : where;
  }

  JsonIn& in_;
  const JsonTree& tree_;
  const JsonNode& scenario_;
  const ScenarioWorld& world_;
  MemoryHost host_;
  std::optional<Portal> portal_;
  std::map<std::string, Session> sessions_;
  std::string code_address_;
  std::string last_case_;
};

}  // namespace detail

WRIT_FUNC Result<std::vector<ScenarioResult>> run_scenarios(std::string_view text,
                                                            const ScenarioWorld& world) {
  const Result<writ::detail::JsonTree> tree = writ::detail::JsonTree::parse(text);
  if (!tree) return tree.error();
  detail::JsonIn in(text, *tree, "R-ARCH-6");
  std::vector<const detail::JsonNode*> scenarios = {&tree->root()};
  if (tree->root().kind == detail::JsonKind::Array) scenarios = in.children(&tree->root());
  // A file is read as a whole before anything of it runs.
  for (const detail::JsonNode* scenario : scenarios) {
    detail::ScenarioRun(in, *tree, *scenario, world).check();
  }
  if (in.failed()) return in.error();
  std::vector<ScenarioResult> results;
  for (const detail::JsonNode* scenario : scenarios) {
    detail::ScenarioRun run(in, *tree, *scenario, world);
    results.push_back(run.run());
    if (in.failed()) return in.error();
  }
  return results;
}

WRIT_FUNC Result<MenuFile> MenuFile::parse(std::string_view text) {
  Result<writ::detail::JsonTree> tree = writ::detail::JsonTree::parse(text);
  if (!tree) return std::move(tree).error();
  detail::JsonIn in(text, *tree, "R-MENU-1");
  MenuFile file;
  if (in.object(tree->root(), {"items"})) {
    for (const detail::JsonNode* node : in.array(tree->root(), "items")) {
      if (!in.object(*node, {"id", "menu", "item"})) break;
      for (const std::string_view name : {"id", "menu", "item"}) {
        static_cast<void>(in.required_string(*node, name));
      }
      if (in.failed()) break;
      file.items_.push_back({in.member(*node, "id")->text, in.member(*node, "menu")->text,
                             in.member(*node, "item")->text});
    }
  }
  if (in.failed()) return in.error();
  file.arena_ = tree->take_arena();
  return file;
}

}  // namespace portal
}  // namespace writ::inline v0
