// The compiled library's copy of the portal's answer.
#include "writ/portal/impl/answer-inl.h"
