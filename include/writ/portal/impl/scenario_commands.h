// Not API, may change in any release. From a step's command and arguments to the portal's function.
#pragma once

#include <span>
#include <string_view>

#include "writ/portal/impl/scenario_arguments.h"
#include "writ/portal/portal.h"

namespace writ::inline v0 {
namespace portal::detail {

/// What a handler works with.
struct StepContext {
  Portal& portal;
  Session session;
  const CommandInfo& command;
  StepArguments& arguments;
  std::int64_t now = 0;
  std::span<const MenuItem> menu = {};
  Session opened = {};  ///< out of SignIn
};

/// Runs the command of a step. Every command of the table has a branch; a test holds them together.
[[nodiscard]] Answer run_command(StepContext& step);

}  // namespace portal::detail
}  // namespace writ::inline v0
