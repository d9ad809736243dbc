// The compiled library's copy of the document room's reader.
#include "writ/impl/parse-inl.h"
