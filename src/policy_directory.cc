// The compiled library's copy of policy_directory.
#include "writ/impl/policy_directory-inl.h"
