// The compiled library's copy of the portal.
#include "writ/portal/impl/portal-inl.h"
