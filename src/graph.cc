// The compiled library's copy of the graphs.
#include "writ/impl/graph-inl.h"
