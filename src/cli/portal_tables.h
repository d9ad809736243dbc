// The role comparison and the menu table, as the engine decides them.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "writ/portal/host_records.h"
#include "writ/portal/policies.h"
#include "writ/result.h"

namespace writ::cli {

/// A row of the role comparison, with the rule of its place in the guide's table.
struct MatrixTask {
  std::string_view id;
  std::string_view task;
  std::string_view action;
};

/// The 16 tasks, in the guide's order.
[[nodiscard]] std::span<const MatrixTask> matrix_tasks();

/// Which of the tasks a user may do who holds one role only, in an account of stage `validated` and
/// path `software` (R-MAT-3). One entry for each task.
[[nodiscard]] Result<std::vector<bool>> decide_matrix(const portal::PortalPolicies& policies,
                                                      std::string_view role);

/// Which of the items a user may open who holds the roles, in an account of the stage and paths;
/// an empty stage is none. One entry for each item.
[[nodiscard]] Result<std::vector<bool>> decide_menu(const portal::PortalPolicies& policies,
                                                    std::span<const portal::MenuItem> items,
                                                    std::span<const std::string_view> roles,
                                                    std::string_view stage,
                                                    std::span<const std::string_view> paths);

}  // namespace writ::cli
