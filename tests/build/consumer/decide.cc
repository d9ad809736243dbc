#include "decide.h"

#include <writ/writ.h>

bool decide(const writ::PolicyStack& policies, const writ::Request& request) {
  return policies.evaluate(request).is_allowed() &&
         policies.explain(request).decision() == policies.evaluate(request);
}
