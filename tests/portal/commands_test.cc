// The table of commands, what is made of it, and whether it is whole.
#include "writ/portal/commands.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "portal/portal_world.h"
#include "writ/portal/impl/scenario_handlers.h"

namespace writ::portal::testing {
namespace {

TEST(CommandsTest, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const CommandInfo& command : commands()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
    EXPECT_EQ(find_command(command.name), &command);
  }
  EXPECT_EQ(find_command("Fly"), nullptr);
}

// Every command that does more than ask runs the portal's function of its own.
TEST(CommandsTest, EveryCommandHasAHandler) {
  std::set<std::string_view> handled;
  for (const detail::CommandHandler& handler : detail::kHandlers) {
    EXPECT_NE(find_command(handler.name), nullptr) << handler.name;
    EXPECT_TRUE(handled.insert(handler.name).second) << handler.name;
  }
  for (const CommandInfo& command : commands()) {
    if (handled.contains(command.name)) continue;
    EXPECT_EQ(command.argument_count(), 0U) << command.name;
    EXPECT_EQ(command.action, "portal:" + std::string(command.name));
    EXPECT_EQ(command.event_rule, EventRule::Never) << command.name;
  }
}

TEST(CommandsTest, EveryCodeOfTheTableIsACode) {
  std::set<std::string_view> known;
  for (int i = 0; i < kCodeCount; ++i) known.insert(to_string(static_cast<Code>(i)));
  for (const CommandInfo& command : commands()) {
    std::string_view codes = command.codes;
    while (!codes.empty()) {
      const std::size_t comma = codes.find(',');
      EXPECT_TRUE(known.contains(codes.substr(0, comma))) << command.name;
      codes.remove_prefix(comma == std::string_view::npos ? codes.size() : comma + 1);
    }
  }
}

// docs/scenarios.md cannot go stale: `writ portal commands --markdown` is its second half.
TEST(CommandsTest, DocumentationIsMadeOfTheTable) {
  const std::string page = read_project_file("docs/scenarios.md");
  const std::string commands = commands_as_markdown();
  ASSERT_GE(page.size(), commands.size());
  EXPECT_EQ(page.substr(page.size() - commands.size()), commands)
      << "run: writ portal commands --markdown";
}

}  // namespace
}  // namespace writ::portal::testing
