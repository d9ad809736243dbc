// Twenty managed policies, a boundary and two levels of service control policies.
#include "session.h"

namespace writ::bench {
namespace {

void managed_family(Session& session) {
  Session::Against against;
  if (session.wants_variant("generated")) {
    against.cold = true;
    session.run(managed(), against);
  }
  against.cold = false;
  if (session.wants_variant("corpus") && !session.options().corpus_file.empty()) {
    session.run(managed_from_corpus(session.options().corpus_file), against);
  }
}

const Registration registration("managed", 20, managed_family);

}  // namespace
}  // namespace writ::bench
