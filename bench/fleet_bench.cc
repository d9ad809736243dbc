// Many principals that share documents.
#include "session.h"

namespace writ::bench {
namespace {

void fleet_family(Session& session) {
  for (const std::size_t n : session.sizes({100000}, {1000})) session.run(fleet(n), {.cold = true});
}

const Registration registration("fleet", 40, fleet_family);

}  // namespace
}  // namespace writ::bench
