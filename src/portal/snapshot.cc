// The compiled library's copy of the portal's snapshot.
#include "writ/portal/impl/snapshot-inl.h"
