// The compiled library's copy of the portal's policies.
#include "writ/portal/impl/policies-inl.h"
