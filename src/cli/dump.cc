// writ dump: the compiled program of policy documents as text.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/json_output.h"
#include "writ/parse.h"
#include "writ/policy_set.h"

namespace writ::cli {
namespace {

constexpr Option kOptions[] = {kKindOption};

int run_dump(const Arguments& arguments, Console& console) {
  const std::optional<PolicyType> kind = policy_kind(arguments, console, kDumpCommand);
  if (!kind) return kExitBadInput;
  std::vector<PolicyDocument> documents;
  documents.reserve(arguments.operands().size());
  PolicySetBuilder builder(*kind);
  for (const std::string_view path : arguments.operands()) {
    const Result<std::string, Problem> text = read_file(console, path);
    if (!text) {
      console.print_error("writ dump: {}\n", text.error().text);
      return kExitBadInput;
    }
    Result<PolicyDocument> document = parse_policy(*text, *kind);
    if (!document) {
      console.print_error("{}:{}\n", display_name(path), document.error().to_string());
      return kExitBadInput;
    }
    documents.push_back(std::move(document).value());
    builder.attach(display_name(path), documents.back());
  }
  const Result<PolicySet> set = builder.build();
  if (!set) {
    console.print_error("writ dump: {}\n", set.error().to_string());
    return kExitBadInput;
  }
  const std::string text = set->dump();
  if (!arguments.json()) {
    console.print("{}{}", text, text.ends_with('\n') ? "" : "\n");
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
