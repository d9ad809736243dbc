// Not API, may change in any release. Running a step's command.
#pragma once

#include <algorithm>
#include <iterator>

#include "writ/portal/impl/scenario_handlers.h"

namespace writ::inline v0 {
namespace portal::detail {

WRIT_FUNC Answer run_command(StepContext& step) {
  const auto found = std::ranges::find(kHandlers, step.command.name, &CommandHandler::name);
  // What has no line of its own asks for its action and does nothing more.
  return found == std::end(kHandlers) ? run_permission(step) : found->run(step);
}

}  // namespace portal::detail
}  // namespace writ::inline v0
