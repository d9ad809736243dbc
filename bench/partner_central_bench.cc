// The printed Partner Central policies.
#include "session.h"

namespace writ::bench {
namespace {

void partner_central_family(Session& session) {
  session.run(partner_central(session.options().policies), {.hand_written_partner = true});
}

const Registration registration("partner_central", 70, partner_central_family);

}  // namespace
}  // namespace writ::bench
