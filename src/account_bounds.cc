// The compiled library's copy of account_bounds.
#include "writ/impl/account_bounds-inl.h"
