// The compiled library's copy of the document room's checks.
#include "writ/impl/lint-inl.h"
