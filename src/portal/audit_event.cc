// The compiled library's copy of the portal's audit_event.
#include "writ/portal/impl/audit_event-inl.h"
