// The compiled library's copy of decision_log.
#include "writ/impl/decision_log-inl.h"
