// The folder of an account for commands: loaded, its mistakes told, its statements found in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/commands.h"
#include "writ/account.h"

namespace writ::cli {

inline constexpr Option kAccountOption = {
    "--account", "DIR", Arity::One, "the folder with the account's exports (docs/accounts.md)"};

/// Loads an account. Nothing when it is refused; that, and what else there is to tell of it, has
/// then been reported.
[[nodiscard]] std::optional<Account> load_account(std::string_view folder, Console& console,
                                                  const Command& command);
/// The account of `--account`, which has to be given.
[[nodiscard]] std::optional<Account> load_account(const Arguments& arguments, Console& console,
                                                  const Command& command);

/// Where a statement of an account's policy is.
struct StatementPlace {
  std::string sid;
  std::string file;
  Position position;  ///< in the file
};
[[nodiscard]] StatementPlace locate(const AccountPolicy& policy, std::uint32_t statement);

}  // namespace writ::cli
