// The compiled library's copy of evaluate.
#include "writ/impl/evaluate-inl.h"
