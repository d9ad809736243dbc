// writ context-keys: GetContextKeysForCustomPolicy as a command.
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/compiled_files.h"
#include "cli/json_output.h"
#include "cli/missing_keys.h"

namespace writ::cli {
namespace {

constexpr Option kOptions[] = {kKindOption};

int run_context_keys(const Arguments& arguments, Console& console) {
  const std::optional<PolicyType> kind = policy_kind(arguments, console, kContextKeysCommand);
  if (!kind) return kExitBadInput;
  const std::optional<std::vector<PolicyDocument>> documents =
      parse_files(arguments.operands(), *kind, console, kContextKeysCommand);
  if (!documents) return kExitBadInput;
  MissingKeys keys({});
  for (const PolicyDocument& document : *documents) {
    for (const Statement& statement : document.statements()) keys.add(document, statement);
  }
  PrettyJson json;
  json.begin_object();
  json.strings("ContextKeyNames", keys.sorted());
  json.end_object();
  console.write(std::string(json.text()) + '\n');
  return kExitYes;
}

}  // namespace

constinit const Command kContextKeysCommand = {
    .name = "context-keys",
    .operands = "FILE...",
    .summary = "list the condition keys of policies as IAM's GetContextKeysForCustomPolicy does",
    .details =
        R"(Prints the JSON output of IAM's GetContextKeysForCustomPolicy: the keys of all conditions, and of
variables without a default in values and resources, each once, sorted, spelled as first seen.
Without --kind a file is an identity-based policy.)",
    .exit_codes = "0 listed, 2 bad usage, or a file that cannot be read or is refused",
    .options = kOptions,
    .min_operands = 1,
    .max_operands = static_cast<std::size_t>(-1),
    .run = &run_context_keys,
};

}  // namespace writ::cli
