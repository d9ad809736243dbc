// The text of a time that is gone.
#include "writ/standard_keys.h"

int main() {
#if defined(WRIT_BAD_LINE)
  const std::string_view text = writ::RequestTime(0).iso8601();
#else
  const writ::RequestTime time(0);
  const std::string_view text = time.iso8601();
#endif
  return static_cast<int>(text.size());
}
