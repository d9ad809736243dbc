// Batteries against worst cases.
#include "session.h"

namespace writ::bench {
namespace {

void worst_family(Session& session) {
  for (const char* variant : {"same_prefix", "nested_prefixes", "leading_stars", "forty_stars"}) {
    if (!session.wants_variant(variant)) continue;
    for (const std::size_t n : session.sizes({10, 100, 1000}, {10, 1000})) {
      session.run(worst(variant, n), {});
    }
  }
}

const Registration registration("worst", 80, worst_family);

}  // namespace
}  // namespace writ::bench
