// The compiled library's copy of account.
#include "writ/impl/account-inl.h"
