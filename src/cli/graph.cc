// writ graph: the compiled decision tree of policy documents as a picture.
#include "writ/graph.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <string>

#include "cli/commands.h"
#include "cli/compiled_files.h"
#include "cli/files.h"
#include "cli/graphviz.h"
#include "cli/json_output.h"

namespace writ::cli {
namespace {

constexpr Option kOptions[] = {
    kKindOption,
    {"--dot", "", Arity::Flag, "print Graphviz's language instead of SVG"},
    {"--statements", "N", Arity::One, "draw at most so many statements, the first; 100 by default"},
    {"-o", "FILE", Arity::One, "write to a file instead of standard output"},
};

std::optional<std::uint32_t> statement_limit(const Arguments& arguments, Console& console) {
  GraphOptions options;
  const std::optional<std::string_view> word = arguments.value("--statements");
  if (!word) return options.max_statements;
  std::uint32_t limit = 0;
  const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), limit);
  if (error == std::errc() && end == word->data() + word->size() && limit != 0) return limit;
  fail(console, kGraphCommand, fmt::format("`--statements {}`: write a number above 0", *word));
  return std::nullopt;
}

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
  const std::optional<std::uint32_t> limit = statement_limit(arguments, console);
  if (!limit) return kExitBadInput;
  const std::optional<PolicySet> set =
      compile_files(arguments.operands(), *kind, console, kGraphCommand);
  if (!set) return kExitBadInput;
  GraphOptions options;
  options.max_statements = *limit;
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
  const std::optional<std::string_view> path = arguments.value("-o");
  if (!path || *path == "-") {
    console.write(picture);
    return kExitYes;
  }
  if (write_file(*path, picture)) return kExitYes;
  console.print_error("writ graph: cannot write `{}`: {}\n", *path, std::strerror(errno));
  return kExitBadInput;
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
