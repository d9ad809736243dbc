// The compiled library's copy of the table of global condition keys.
#include "writ/impl/standard_key-inl.h"
