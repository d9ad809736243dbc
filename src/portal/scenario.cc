// The compiled library's copy of the portal's scenario.
#include "writ/portal/impl/scenario-inl.h"
