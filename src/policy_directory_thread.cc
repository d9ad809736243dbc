// The compiled library's copy of policy_directory_thread.
#include "writ/impl/policy_directory_thread-inl.h"
