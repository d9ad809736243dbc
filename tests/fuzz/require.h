// What a fuzzer does when something does not hold: say what, and stop where the fuzzer sees it.
#pragma once

#include <cstdio>
#include <string>

namespace writ::fuzz {

inline void require(bool holds, const char* what, const std::string& details) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n%s\n", what, details.c_str());
  __builtin_trap();
}

}  // namespace writ::fuzz
