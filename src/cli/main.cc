#include <string_view>
#include <vector>

#include "cli/commands.h"

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  writ::cli::Console console = writ::cli::Console::standard();
  return writ::cli::run_tool(arguments, console);
}
