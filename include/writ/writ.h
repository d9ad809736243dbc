// The library's umbrella header. Start at evaluate.h for the decision, parse.h for reading
// policies. Opt-in, because not every file needs them: batch.h, image.h, published.h,
// policy_store.h, policy_directory.h, portal/, testing/.
#pragma once

#include "writ/decision.h"
#include "writ/error.h"
#include "writ/evaluate.h"
#include "writ/explain.h"
#include "writ/lint.h"
#include "writ/parse.h"
#include "writ/policy_set.h"
#include "writ/policy_stack.h"
#include "writ/request.h"
#include "writ/result.h"
#include "writ/standard_keys.h"
#include "writ/write.h"
