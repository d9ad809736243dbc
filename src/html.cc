// The compiled library's copy of the pages.
#include "writ/impl/html-inl.h"
