// Callers of other accounts at a bucket with a long policy.
#include "session.h"

namespace writ::bench {
namespace {

void cross_account_family(Session& session) {
  for (const std::size_t n : session.sizes({10, 100, 1000}, {10, 1000})) {
    session.run(cross_account(n), {});
  }
}

const Registration registration("cross_account", 60, cross_account_family);

}  // namespace
}  // namespace writ::bench
