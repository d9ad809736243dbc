// The compiled library's copy of policy_stack.
#include "writ/impl/policy_stack-inl.h"
