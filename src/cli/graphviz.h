// Graphviz, run as a program.
#pragma once

#include <string>
#include <string_view>

#include "cli/console.h"
#include "writ/result.h"

namespace writ::cli {

/// What `dot` makes of a graph: SVG. Problems are sentences for the user: `dot` is not installed,
/// fails, or takes longer than `seconds`. `program` is looked for in PATH; no shell is involved.
[[nodiscard]] Result<std::string, Problem> draw_svg(std::string_view dot, int seconds = 60,
                                                    const char* program = "dot");

}  // namespace writ::cli
