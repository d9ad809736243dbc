// The library's umbrella header. Start at evaluate.h for the decision, parse.h for reading
// policies. Opt-in, because not every file needs them: account.h and account_bounds.h (whole
// accounts), batch.h, decision_log.h, document_error.h, graph.h and html.h (pictures), image.h,
// published.h, policy_store.h, policy_directory.h and policy_directory_thread.h (reload), c.h,
// portal/, testing/.
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
