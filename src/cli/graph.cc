// writ graph: the compiled decision tree of policy documents as a picture.
#include "writ/graph.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <string>

#include "cli/commands.h"
#include "cli/compiled_files.h"
#include "cli/graphviz.h"
#include "cli/json_output.h"
#include "cli/number_options.h"

namespace writ::cli {
namespace {

constexpr Option kOptions[] = {
    kKindOption,
    {"--dot", "", Arity::Flag, "print Graphviz's language instead of SVG"},
    {"--statements", "N", Arity::One, "draw at most so many statements, the first; 100 by default"},
    {"-o", "FILE", Arity::One, "write to a file instead of standard output", OptionUse::Output},
};

std::string as_json(std::string_view format, const Graph& graph, std::string_view picture) {
  JsonLine json;
  json.begin_object();
  json.member("statements", graph.statements);
  json.member("drawn", graph.drawn);
  json.member("format", format);
  json.member("picture", picture);
  json.end_object();
  return std::string(json.text()) + "\n";
}

int run_graph(const Arguments& arguments, Console& console) {
  const std::optional<PolicyType> kind = policy_kind(arguments, console, kGraphCommand);
  if (!kind) return kExitBadInput;
  GraphOptions options;
  const std::optional<std::size_t> limit =
      number_option(arguments, console, kGraphCommand, "--statements",
                    {1, std::numeric_limits<std::uint32_t>::max()}, options.max_statements);
  if (!limit) return kExitBadInput;
  const std::optional<PolicySet> set =
      compile_files(arguments.operands(), *kind, console, kGraphCommand);
  if (!set) return kExitBadInput;
  options.max_statements = static_cast<std::uint32_t>(*limit);
  const Graph graph = to_dot(*set, options);
  std::string picture = graph.dot;
  const bool is_dot = arguments.has("--dot");
  if (!is_dot) {
    Result<std::string, Problem> svg = draw_svg(graph.dot);
    if (!svg) {
      console.print_error("writ graph: {}\n", svg.error().text);
      return kExitBadInput;
    }
    picture = std::move(svg).value();
  }
  if (arguments.json()) picture = as_json(is_dot ? "dot" : "svg", graph, picture);
  if (graph.drawn != graph.statements) {
    console.print_error("writ graph: drew {} of {} statements; --statements draws more\n",
                        graph.drawn, graph.statements);
  }
  const std::string_view path = arguments.value("-o").value_or("-");
  return write_output(console, kGraphCommand, path, picture) ? kExitYes : kExitBadInput;
}

}  // namespace

constinit const Command kGraphCommand = {
    .name = "graph",
    .operands = "FILE...",
    .summary = "draw the decision tree that policy documents compile to, as SVG",
    .details =
        R"(Compiles the documents as one set and draws it with Graphviz (`dot`, package graphviz): actions
lead to classes of statements, classes to their Deny and Allow statements, statements to the
condition tests that they share. Without --kind a file is an identity-based policy.)",
    .exit_codes =
        "0 drawn, 2 a file cannot be read or is no policy, or Graphviz is missing or fails",
    .options = kOptions,
    .min_operands = 1,
    .max_operands = static_cast<std::size_t>(-1),
    .run = &run_graph,
};

}  // namespace writ::cli
