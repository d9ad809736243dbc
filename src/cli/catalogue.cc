#include "cli/catalogue.h"

#include <fmt/format.h>

#include <set>

#include "cli/files.h"
#include "cli/json_output.h"
#include "writ/batch.h"
#include "writ/impl/fold.h"
#include "writ/impl/json_tree.h"
#include "writ/policy_set.h"

namespace writ::cli {
namespace {

using detail::folded;
using detail::JsonKind;
using detail::JsonNode;
using detail::JsonTree;

}  // namespace

Result<Catalogue, Problem> Catalogue::read(Console& console, std::string_view path) {
  LineReader reader(console, path);
  if (!reader.is_open()) return Problem{reader.problem()};
  Catalogue catalogue;
  std::set<std::string> seen;
  for (;;) {
    const LineReader::Status status = reader.next();
    if (status == LineReader::Status::End) break;
    if (status == LineReader::Status::Failed) return Problem{reader.problem()};
    const auto problem = [&](std::uint32_t column, std::string_view message) {
      return Problem{
          fmt::format("{}:{}:{}: {}", display_name(path), reader.number(), column, message)};
    };
    if (status == LineReader::Status::TooLong) return problem(1, "the line is too long");
    if (reader.line().find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const Result<JsonTree> tree = JsonTree::parse(reader.line());
    if (!tree) return problem(tree.error().position.column, tree.error().message);
    const JsonNode& root = tree->root();
    const JsonNode* service =
        root.kind == JsonKind::Object ? tree->member(root, "service") : nullptr;
    const JsonNode* actions =
        root.kind == JsonKind::Object ? tree->member(root, "actions") : nullptr;
    if (service == nullptr || service->kind != JsonKind::String || actions == nullptr ||
        (actions->kind != JsonKind::Object && actions->kind != JsonKind::Array)) {
      return problem(root.begin.column,
                     "a service is an object with `service`, a string, and `actions`, an object or "
                     "an array of names");
    }
    for (const JsonNode* action = tree->first_child(*actions); action != nullptr;
         action = tree->next(*action)) {
      const bool is_list = actions->kind == JsonKind::Array;
      if (is_list && action->kind != JsonKind::String) {
        return problem(action->begin.column, "the name of an action has to be a string");
      }
      std::string name = fmt::format("{}:{}", service->text, is_list ? action->text : action->name);
      const ActionName checked(name);
      const Result<ActionList> list = ActionList::make(std::span(&checked, 1));
      if (!list) return problem(action->begin.column, list.error().message);
      catalogue.folded_.insert(folded(name));
      if (seen.insert(name).second) catalogue.actions_.push_back(std::move(name));
    }
  }
  if (catalogue.actions_.empty()) {
    return Problem{fmt::format("{}: the catalogue has no actions", display_name(path))};
  }
  return catalogue;
}

bool Catalogue::has(std::string_view action) const { return folded_.contains(folded(action)); }

Result<std::vector<ActionName>, Problem> Catalogue::matching(std::string_view pattern) const {
  // A policy with this pattern tells: there is one way to match actions.
  JsonLine json;
  json.begin_object();
  json.key("Statement");
  json.begin_object();
  json.member("Effect", "Allow");
  json.member("Action", pattern);
  json.member("Resource", "*");
  json.end_object();
  json.end_object();
  const Result<PolicySet> set = compile_policy(json.text(), PolicyType::IdentityBased);
  if (!set) return Problem{fmt::format("`{}`: {}", pattern, set.error().message)};
  const std::vector<ActionName> names(actions_.begin(), actions_.end());
  const Result<ActionList> list = ActionList::make(names);
  const Result<Caller> caller = Caller::from_arn("arn:aws:iam::123456789012:user/catalogue");
  if (!list || !caller) return Problem{"the catalogue holds what is no action"};
  const Result<Request> request = RequestBuilder(*caller, "sts:GetCallerIdentity").build();
  if (!request) return Problem{request.error().message};
  AppliedPolicies applied;
  applied.identity = std::span(&*set, 1);
  std::vector<Decision> decisions(names.size());
  evaluate_actions(*request, *list, applied, decisions);
  std::vector<ActionName> matching;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (decisions[i].is_allowed()) matching.push_back(names[i]);
  }
  if (matching.empty()) {
    return Problem{fmt::format("the catalogue has no action that `{}` matches", pattern)};
  }
  return matching;
}

}  // namespace writ::cli
