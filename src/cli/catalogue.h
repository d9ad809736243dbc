// Catalogue: the actions that services have, from a file of the user's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "cli/console.h"
#include "writ/request.h"
#include "writ/result.h"

namespace writ::cli {

/// Actions such as `s3:GetObject`, in the order of the file, each once. Owns its texts; movable.
class Catalogue {
 public:
  /// Reads JSON Lines: one object a service, `{"service": "s3", "actions": {"GetObject": ...}}`;
  /// `actions` may be an array of names, too. Other members are left alone (docs/accounts.md).
  /// Problems name file, line and column.
  [[nodiscard]] static Result<Catalogue, Problem> read(Console& console, std::string_view path);

  /// Whether it has an action, `s3:GetObject`. Names match without regard to case (M-10).
  [[nodiscard]] bool has(std::string_view action) const;

  /// Those that an Action element with this pattern would match (M-10 to M-14).
  [[nodiscard]] Result<std::vector<ActionName>, Problem> matching(std::string_view pattern) const;

 private:
  std::vector<std::string> actions_;
  std::unordered_set<std::string> folded_;  // in lower case
};

}  // namespace writ::cli
