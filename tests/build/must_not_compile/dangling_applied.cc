// The policies that a stack owns, returned without the stack.
#include "writ/policy_stack.h"

#if defined(WRIT_BAD_LINE)
const writ::AppliedPolicies& applied() {
  writ::PolicyStack stack;
  return stack.applied();
}
#else
const writ::AppliedPolicies& applied(const writ::PolicyStack& stack) { return stack.applied(); }
#endif
