// writ simulate and writ simulate-principal: SimulateCustomPolicy and SimulatePrincipalPolicy as
// commands.
#include <fmt/format.h>

#include <string>

#include "cli/account_files.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/json_output.h"
#include "cli/simulation.h"
#include "cli/stored_policies.h"

namespace writ::cli {
namespace {

constexpr Option kInputOption = {"--cli-input-json", "FILE", Arity::One,
                                 "the input as the AWS CLI takes it; `-` for standard input"};

constexpr Option kOptions[] = {kInputOption};
constexpr Option kPrincipalOptions[] = {kAccountOption, kInputOption};

// S-3: the answer for programs, then the same for people.
int refuse(Console& console, const Command& command, std::string_view path, std::string_view code,
           std::string_view message) {
  PrettyJson json;
  json.begin_object();
  json.key("Error");
  json.begin_object();
  json.member("Code", code);
  json.member("Message", message);
  json.end_object();
  json.end_object();
  console.write(std::string(json.text()) + '\n');
  console.print_error("writ {}: {}: {}\n", command.name, path, message);
  return kExitBadInput;
}

// `account` is null for SimulateCustomPolicy.
int run(const Arguments& arguments, Console& console, const Command& command,
        const Account* account) {
  std::optional<std::string_view> path = arguments.value("--cli-input-json");
  if (!path) return fail(console, command, "`--cli-input-json` is missing");
  if (path->starts_with("file://")) path->remove_prefix(7);
  const Result<std::string, Problem> text = read_file(console, *path);
  if (!text) return fail(console, command, text.error().text);
  const auto refused = [&](std::string_view code, std::string_view message) {
    return refuse(console, command, display_name(*path), code, message);
  };
  Result<SimulateInput> input =
      read_simulate_input(*text, account == nullptr ? SimulateOperation::CustomPolicy
                                                    : SimulateOperation::PrincipalPolicy);
  if (!input) return refused("InvalidInput", input.error().message);
  if (account != nullptr && !add_stored_policies(*account, *input)) {
    return refused("NoSuchEntity",
                   fmt::format("PolicySourceArn: the account has no `{}`", input->source_arn));
  }
  const Result<std::string> output = simulate(*input);
  if (!output) return refused("InvalidInput", output.error().message);
  console.write(*output + '\n');
  return kExitYes;
}

int run_simulate(const Arguments& arguments, Console& console) {
  return run(arguments, console, kSimulateCommand, nullptr);
}

int run_simulate_principal(const Arguments& arguments, Console& console) {
  const std::optional<Account> account =
      load_account(arguments, console, kSimulatePrincipalCommand);
  if (!account) return kExitBadInput;
  return run(arguments, console, kSimulatePrincipalCommand, &*account);
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

constinit const Command kSimulatePrincipalCommand = {
    .name = "simulate-principal",
    .operands = "",
    .summary = "answer as IAM's SimulatePrincipalPolicy does",
    .details =
        R"(Reads the JSON input of IAM's SimulatePrincipalPolicy and prints its JSON output. The policies of
PolicySourceArn, a user, group or role, come from the account's export in DIR: inline, attached and
groups' policies, the boundary, and the organization's service control policies. A principal that is
not there prints {"Error":{"Code":"NoSuchEntity","Message":...}}, malformed input `InvalidInput`.
docs/accounts.md tells what DIR holds, docs/command-line.md the choices that the API leaves open.)",
    .exit_codes = "0 evaluated, 2 bad usage or input",
    .options = kPrincipalOptions,
    .min_operands = 0,
    .max_operands = 0,
    .run = &run_simulate_principal,
};

}  // namespace writ::cli
