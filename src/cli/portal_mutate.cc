#include "cli/portal_mutate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/parallel.h"
#include "writ/impl/json_tree.h"
#include "writ/parse.h"

namespace writ::cli {
namespace {

struct Step {
  std::string document;  // its name
  MutantRun run;
  bool is_mutant = true;
};

/// Whether each scenario of the file holds; an error of the file is none that holds.
bool holds(const std::string& text, const portal::ScenarioWorld& world) {
  const Result<std::vector<portal::ScenarioResult>> results = portal::run_scenarios(text, world);
  return results && std::ranges::all_of(*results, &portal::ScenarioResult::passed);
}

/// The scenarios of a file one by one, so that a run can stop at the first that fails.
void split(const std::string& text, std::vector<std::string>& scenarios) {
  const Result<detail::JsonTree> tree = detail::JsonTree::parse(text);
  if (!tree) return;  // the file holds, so it is JSON
  const auto add = [&](const detail::JsonNode& node) {
    scenarios.push_back(text.substr(node.begin.offset, node.end.offset - node.begin.offset));
  };
  if (tree->root().kind != detail::JsonKind::Array) return add(tree->root());
  for (const detail::JsonNode* node = tree->first_child(tree->root()); node != nullptr;
       node = tree->next(*node)) {
    add(*node);
  }
}

std::vector<Step> steps_of(portal::PolicyTexts texts, std::optional<std::string_view> directory,
                           std::size_t every) {
  std::vector<Step> steps;
  std::size_t count = 0;
  for (const PortalDocument& one : portal_documents(texts, directory)) {
    const Result<PolicyDocument> document = parse_policy(*one.text, PolicyType::IdentityBased);
    if (!document) continue;  // it was loaded, so it parses
    for (Mutant& mutant : mutants_of(*one.text, *document)) {
      if (count++ % every == 0) steps.push_back({one.name, {one.path, std::move(mutant)}});
    }
  }
  return steps;
}

/// Runs the mutant over the scenarios, first over the one that noticed the worker's last mutant:
/// the next step of the same statement is mostly noticed by the same.
void run_step(Step& step, const PortalMutation& mutation, const std::vector<std::string>& scenarios,
              std::vector<std::uint32_t>& order) {
  portal::PolicyTexts changed = mutation.texts.policies;
  for (const PortalDocument& one : portal_documents(changed, mutation.directory)) {
    if (one.name == step.document) *one.text = step.run.mutant.text;
  }
  Result<portal::PortalPolicies> loaded =
      portal::PortalPolicies::load(mutation.policies.catalog(), std::move(changed));
  // Refused when the portal starts (an Allow among the guardrails): nobody could run it.
  step.is_mutant = loaded.has_value();
  if (!loaded) return;
  const portal::ScenarioWorld world = {*std::move(loaded), mutation.menu};
  const auto fails =
      std::ranges::find_if(order, [&](std::uint32_t i) { return !holds(scenarios[i], world); });
  step.run.noticed = fails != order.end();
  if (step.run.noticed) std::rotate(order.begin(), fails, fails + 1);
}

}  // namespace

int mutate_portal(const PortalMutation& mutation, const MutationOptions& options,
                  Console& console) {
  std::vector<std::string> scenarios;
  for (const std::string_view path : mutation.files) {
    Result<std::string, Problem> text = read_file(console, path);
    if (!text) return fail(console, kPortalCommand, text.error().text);
    if (!holds(*text, {mutation.policies, mutation.menu})) {
      return fail(console, kPortalCommand,
                  fmt::format("`{}` fails over the policies as they are; `writ portal run` tells "
                              "where",
                              display_name(path)));
    }
    split(*text, scenarios);
  }
  if (scenarios.empty()) {
    return fail(console, kPortalCommand, "there is no scenario that could notice a change");
  }
  std::vector<Step> steps = steps_of(mutation.texts.policies, mutation.directory, mutation.every);
  std::ranges::stable_sort(scenarios, {}, &std::string::size);  // the quick ones first
  std::vector<std::uint32_t> order(scenarios.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::vector<std::vector<std::uint32_t>> orders(options.jobs, order);
  in_parallel(options.jobs, steps.size(), console, "mutants",
              [&](std::size_t worker, std::size_t i) {
                run_step(steps[i], mutation, scenarios, orders[worker]);
              });
  std::vector<MutantRun> runs;
  for (Step& step : steps) {
    if (step.is_mutant) runs.push_back(std::move(step.run));
  }
  return report_mutants(runs, options, console);
}

}  // namespace writ::cli
