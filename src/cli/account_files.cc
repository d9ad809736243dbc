#include "cli/account_files.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <system_error>

#include "cli/inner_place.h"
#include "writ/parse.h"

namespace writ::cli {

namespace {

/// What the library has read, for `write_output`.
void note_files(std::string_view folder, Console& console) {
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (const std::filesystem::directory_iterator end; !error && entry != end;
       entry.increment(error)) {
    struct stat status = {};
    if (entry->path().extension() == ".json" && stat(entry->path().c_str(), &status) == 0) {
      console.note_read(status.st_dev, status.st_ino);
    }
  }
}

}  // namespace

std::optional<Account> load_account(std::string_view folder, Console& console,
                                    const Command& command) {
  if (console.shows_progress()) console.progress(fmt::format("loading {}", folder));
  Result<Account, AccountErrors> account = Account::load(std::string(folder));
  console.clear_progress();
  note_files(folder, console);
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
