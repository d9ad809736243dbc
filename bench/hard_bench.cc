// Inner wildcards, variables, Not*, ForAllValues, addresses and dates.
#include "session.h"

namespace writ::bench {
namespace {

void hard_family(Session& session) {
  for (const char* variant : {"distinct", "alike"}) {
    if (!session.wants_variant(variant)) continue;
    for (const std::size_t n : session.sizes({10, 100, 1000, 10000}, {10, 1000})) {
      session.run(hard(variant, n), {});
    }
  }
}

const Registration registration("hard", 30, hard_family);

}  // namespace
}  // namespace writ::bench
