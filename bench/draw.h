// Requests for given policies: some made to meet a statement, some nearly so, some at random; then
// chosen so that half of them are not allowed.
#pragma once

#include <functional>
#include <span>

#include "random.h"
#include "workload.h"
#include "writ/model/policy_document.h"

namespace writ::bench {

/// Changes a request so that it meets one statement of the document in most of its tests: its
/// action and resource are spelled from the patterns, its context from the conditions. Now and then
/// one of them is spoilt.
void aim_at(const PolicyDocument& document, Random& random, RequestText& request);

/// Fills `work.requests` with kRequests different requests from `make`, half of them allowed so far
/// as `make` gives enough of either kind, in random order.
void fill_balanced(Workload& work, Random& random, const std::function<RequestText(Random&)>& make);

}  // namespace writ::bench
