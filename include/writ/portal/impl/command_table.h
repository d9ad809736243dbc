// Not API, may change in any release. All rows of commands.h, in the order of the documents.
#pragma once

#include <algorithm>
#include <array>
#include <iterator>

#include "writ/portal/impl/command_table_linking.h"
#include "writ/portal/impl/command_table_people.h"
#include "writ/portal/impl/command_table_work.h"

namespace writ::inline v0 {
namespace portal::detail::command_table {

inline constexpr auto kCommands = [] {
  std::array<CommandInfo,
             std::size(kPeopleCommands) + std::size(kLinkingCommands) + std::size(kWorkCommands)>
      all;
  auto* to = std::copy(std::begin(kPeopleCommands), std::end(kPeopleCommands), all.data());
  to = std::copy(std::begin(kLinkingCommands), std::end(kLinkingCommands), to);
  std::copy(std::begin(kWorkCommands), std::end(kWorkCommands), to);
  return all;
}();

}  // namespace portal::detail::command_table
}  // namespace writ::inline v0
