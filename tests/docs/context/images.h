#include <writ/image.h>
#include <writ/writ.h>

#include <vector>

extern const writ::PolicyStack stack;
