// The compiled library's copy of standard_keys.
#include "writ/impl/standard_keys-inl.h"
