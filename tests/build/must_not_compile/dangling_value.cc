// A view into the value of a temporary Result.
#include "writ/result.h"

#include <string_view>

writ::Result<writ::Position> make() { return writ::Position{1, 2, 3}; }

int main() {
#if defined(WRIT_BAD_LINE)
  const writ::Position& position = make().value();
#else
  const writ::Result<writ::Position> result = make();
  const writ::Position& position = result.value();
#endif
  return static_cast<int>(position.line) - 2;
}
