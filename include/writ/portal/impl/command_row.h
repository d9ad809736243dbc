// Not API, may change in any release. The words that the rows of commands.h are written in.
#pragma once

#include "writ/portal/commands.h"

namespace writ::inline v0 {
// The enumerators' short names stay in here.
namespace portal::detail::command_table {

using enum ArgumentKind;
using enum CallerNeed;
using enum EventRule;

inline constexpr bool kOptional = false;

}  // namespace portal::detail::command_table
}  // namespace writ::inline v0
