// Lines of case files to cases and back.
#pragma once

#include <string>
#include <string_view>

#include "reference/case.h"

namespace writ::reference {

/// Reads one line of the case format. Throws Refused when it is not a case.
[[nodiscard]] Case read_case(std::string_view line);

/// The case as one line. `expect` is written when it is not empty.
[[nodiscard]] std::string write_case(const Case& written);

}  // namespace writ::reference
