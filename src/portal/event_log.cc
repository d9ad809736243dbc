// The compiled library's copy of the portal's event_log.
#include "writ/portal/impl/event_log-inl.h"
