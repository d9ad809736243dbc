// The compiled library's copy of the document room's writer.
#include "writ/impl/write-inl.h"
