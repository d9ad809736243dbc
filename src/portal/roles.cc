// The compiled library's copy of the portal's roles.
#include "writ/portal/impl/roles-inl.h"
