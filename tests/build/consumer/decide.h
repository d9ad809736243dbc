// What the consumer's two files share: fwd.h suffices to name the library's types.
#pragma once

#include <writ/fwd.h>

bool decide(const writ::PolicyStack& policies, const writ::Request& request);
