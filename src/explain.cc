// The compiled library's copy of the explanations.
#include "writ/impl/explain-inl.h"
