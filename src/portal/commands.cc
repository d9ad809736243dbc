// The compiled library's copy of the portal's commands.
#include "writ/portal/impl/commands-inl.h"
