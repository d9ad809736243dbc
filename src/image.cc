// The compiled library's copy of image.
#include "writ/impl/image-inl.h"
