// writ simulate: SimulateCustomPolicy as a command.
#include <string>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/json_output.h"
#include "cli/simulation.h"

namespace writ::cli {
namespace {

constexpr Option kOptions[] = {
    {"--cli-input-json", "FILE", Arity::One,
     "the input as the AWS CLI takes it; `-` for standard input"},
};

int run_simulate(const Arguments& arguments, Console& console) {
  std::optional<std::string_view> path = arguments.value("--cli-input-json");
  if (!path) return fail(console, kSimulateCommand, "`--cli-input-json` is missing");
  if (path->starts_with("file://")) path->remove_prefix(7);
  const Result<std::string, Problem> text = read_file(console, *path);
  if (!text) return fail(console, kSimulateCommand, text.error().text);
  const Result<std::string> output = simulate(*text);
  if (output) {
    console.print("{}\n", *output);
    return kExitYes;
  }
  // S-3: the answer for programs, then the same for people.
  PrettyJson json;
  json.begin_object();
  json.key("Error");
  json.begin_object();
  json.member("Code", "InvalidInput");
  json.member("Message", output.error().message);
  json.end_object();
  json.end_object();
  console.print("{}\n", json.text());
  console.print_error("writ simulate: {}: {}\n", display_name(*path), output.error().message);
  return kExitBadInput;
}

}  // namespace

constinit const Command kSimulateCommand = {
    .name = "simulate",
    .operands = "",
    .summary = "answer as IAM's SimulateCustomPolicy does",
    .details =
        R"(Reads the JSON input of IAM's SimulateCustomPolicy and prints its JSON output. Members, limits
and defaults are those of the API; docs/command-line.md tells the choices that the API leaves open.
Malformed input prints {"Error":{"Code":"InvalidInput","Message":...}}.)",
    .exit_codes = "0 evaluated, 2 bad usage or input",
    .options = kOptions,
    .min_operands = 0,
    .max_operands = 0,
    .run = &run_simulate,
};

}  // namespace writ::cli
