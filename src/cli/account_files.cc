#include "cli/account_files.h"

#include <fmt/format.h>

#include "cli/inner_place.h"
#include "writ/parse.h"

namespace writ::cli {

std::optional<Account> load_account(std::string_view folder, Console& console,
                                    const Command& command) {
  if (console.shows_progress()) console.progress(fmt::format("loading {}", folder));
  Result<Account, AccountErrors> account = Account::load(std::string(folder));
  console.clear_progress();
  if (!account) {
    for (const DocumentError& error : account.error()) {
      console.print_error("{}\n", error.to_string());
    }
    const std::size_t mistakes = account.error().size();
    console.print_error("writ {}: the account is refused: {} mistake{}\n", command.name, mistakes,
                        mistakes == 1 ? "" : "s");
    return std::nullopt;
  }
  for (const DocumentError& finding : account->findings()) {
    console.print_error("note: {}\n", finding.to_string());
  }
  return std::move(account).value();
}

std::optional<Account> load_account(const Arguments& arguments, Console& console,
                                    const Command& command) {
  const std::optional<std::string_view> folder = arguments.value("--account");
  if (folder) return load_account(*folder, console, command);
  fail(console, command, "`--account` is missing");
  return std::nullopt;
}

StatementPlace locate(const AccountPolicy& policy, std::uint32_t statement) {
  StatementPlace place;
  place.file = policy.file;
  place.position = policy.position;
  const Result<PolicyDocument> document = parse_policy(policy.text, policy.type);
  if (!document || statement >= document->statements().size()) return place;
  const Statement& found = document->statements()[statement];
  place.sid = found.sid.value;
  if (!policy.is_string && !policy.file.empty()) {
    place.position = place_inside(policy.position, found.begin);
  }
  return place;
}

}  // namespace writ::cli
