// The compiled library's copy of the portal's records.
#include "writ/portal/impl/records-inl.h"
