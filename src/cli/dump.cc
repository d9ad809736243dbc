// writ dump: the compiled program of policy documents as text.
#include <fmt/format.h>

#include <string>

#include "cli/commands.h"
#include "cli/compiled_files.h"
#include "cli/json_output.h"

namespace writ::cli {
namespace {

constexpr Option kOptions[] = {kKindOption};

int run_dump(const Arguments& arguments, Console& console) {
  const std::optional<PolicyType> kind = policy_kind(arguments, console, kDumpCommand);
  if (!kind) return kExitBadInput;
  const std::optional<PolicySet> set =
      compile_files(arguments.operands(), *kind, console, kDumpCommand);
  if (!set) return kExitBadInput;
  const std::string text = set->dump();
  if (!arguments.json()) {
    console.write(text.ends_with('\n') ? text : text + '\n');
    return kExitYes;
  }
  JsonLine json;
  json.begin_object();
  json.member("kind", to_string(*kind));
  json.member("documents", set->document_count());
  json.member("statements", set->statement_count());
  json.member("bytes", static_cast<std::uint64_t>(set->size_bytes()));
  json.member("program", text);
  json.end_object();
  console.print("{}\n", json.text());
  return kExitYes;
}

}  // namespace

constinit const Command kDumpCommand = {
    .name = "dump",
    .operands = "FILE...",
    .summary = "print the program that policy documents compile to",
    .details =
        R"(Compiles the documents as one set and prints the program: its interned strings, conditions,
statements and dispatch tables. For people who work on writ, and for bug reports. Without --kind a
file is an identity-based policy.)",
    .exit_codes = "0 done, 2 a file cannot be read or is no policy",
    .options = kOptions,
    .min_operands = 1,
    .max_operands = static_cast<std::size_t>(-1),
    .run = &run_dump,
};

}  // namespace writ::cli
