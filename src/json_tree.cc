// The compiled library's copy of the text room.
#include "writ/impl/json_tree-inl.h"
