// The compiled library's copy of the error room.
#include "writ/impl/error-inl.h"
