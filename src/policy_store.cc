// The compiled library's copy of policy_store.
#include "writ/impl/policy_store-inl.h"
