// The page of `writ report`: who can do what over an account. docs/pictures.md tells what is on it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "writ/account.h"

namespace writ::cli {

struct ReportOptions {
  std::vector<std::string_view> actions;    ///< asked for each principal and resource
  std::vector<std::string_view> resources;  ///< `*` when there are none
  std::size_t max_rows = 20'000;            ///< of each table; what is left out is told
};

struct Report {
  std::string html;
  std::size_t statements = 0;  ///< rows: a statement that reaches a principal
  std::size_t decisions = 0;   ///< rows: a question that was decided
  std::size_t left_out = 0;    ///< rows of both beyond the limit
};

/// One self-contained page. Everything of the account is escaped. Errors: the first question that
/// is no request. O(principals × (statements + questions)).
[[nodiscard]] Result<Report> make_report(const Account& account, const ReportOptions& options);

}  // namespace writ::cli
