// The compiled library's copy of the requests.
#include "writ/impl/request-inl.h"
