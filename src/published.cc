// The compiled library's copy of published.
#include "writ/impl/published-inl.h"
