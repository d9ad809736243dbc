// The compiled library's copy of policy_set.
#include "writ/impl/policy_set-inl.h"
