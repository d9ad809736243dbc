// The compiled library's copy of batch.
#include "writ/impl/batch-inl.h"
