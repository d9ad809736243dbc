// One user with N statements: a literal prefix and one StringEquals each.
#include "session.h"

namespace writ::bench {
namespace {

void one_user_family(Session& session) {
  for (const std::size_t n :
       session.sizes({1, 10, 100, 1000, 10000, 100000, 1000000}, {1, 10, 100, 1000, 10000})) {
    for (const char* variant :
         {"mixed", "allowed_last", "allowed_random", "denied_last", "no_match"}) {
      if (!session.wants_variant(variant)) continue;
      const bool mixed = std::string_view(variant) == "mixed";
      // The largest set takes seconds to build: the variants are told apart below it.
      if (n > 100000 && !mixed && session.options().variant.empty()) continue;
      Session::Against against;
      against.hand_written_homes = true;
      against.cold = mixed && (n == 10 || n == 1000 || n == 1000000);
      session.run(one_user(variant, n), against);
    }
  }
}

const Registration registration("one_user", 10, one_user_family);

}  // namespace
}  // namespace writ::bench
