#include "cli/file_guess.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "cli/yaml_tree.h"
#include "writ/impl/json_tree.h"

namespace writ::cli {
namespace {

using detail::JsonKind;
using detail::JsonTree;

bool has_any(const JsonTree& tree, std::initializer_list<std::string_view> names) {
  return tree.root().kind == JsonKind::Object &&
         std::ranges::any_of(names, [&tree](std::string_view name) {
           return tree.member(tree.root(), name) != nullptr;
         });
}

bool is_suite(const JsonTree& tree) {
  return has_any(tree, {"tests"}) && has_any(tree, {"policies", "suite"});
}

std::string suite_hint(std::string_view name, std::string_view ending) {
  const std::size_t slash = name.rfind('/');
  const std::string_view file = name.substr(slash == std::string_view::npos ? 0 : slash + 1);
  const std::string_view stem = file.substr(0, file.rfind('.'));
  return fmt::format("this looks like a suite; the names of suites end so: `{}{}`", stem, ending);
}

}  // namespace

bool looks_like_case(std::string_view line) {
  const Result<JsonTree> tree = JsonTree::parse(line);
  return tree && has_any(*tree, {"id", "expect", "action", "check"});
}

std::optional<std::string> guess_other_file(std::string_view name, std::string_view text) {
  if (is_yaml(name)) {
    return suite_hint(name, name.ends_with(".yml") ? ".suite.yml" : ".suite.yaml");
  }
  const Result<JsonTree> tree = JsonTree::parse(text);
  if (!tree) return std::nullopt;
  if (is_suite(*tree)) return suite_hint(name, ".suite.json");
  if (has_any(*tree, {"Statement"})) {
    return "this looks like a policy; `writ lint` checks one, a suite tests it";
  }
  if (has_any(*tree, {"start", "steps"})) {
    return "this looks like a scenario; `writ portal run` runs it";
  }
  if (has_any(*tree, {"Records"})) return "this looks like a log; `writ replay` reads it";
  if (tree->root().kind == JsonKind::Array) {
    return "this is an array; a case file has one case a line, without brackets and commas";
  }
  if (has_any(*tree, {"id", "expect"}) && text.find('\n') < text.find_last_not_of(" \r\n\t")) {
    return "this is a case over several lines; a case file has one case a line";
  }
  return std::nullopt;
}

}  // namespace writ::cli
