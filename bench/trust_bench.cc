// Roles with trust policies, assumed by services, users and other accounts.
#include "session.h"

namespace writ::bench {
namespace {

void trust_family(Session& session) {
  for (const std::size_t n : session.sizes({1000}, {1000})) session.run(trust(n), {});
}

const Registration registration("trust", 50, trust_family);

}  // namespace
}  // namespace writ::bench
