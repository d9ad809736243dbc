// Not API, may change in any release. The entry to the walk that decide.h tells.
#pragma once

#include "writ/evaluate.h"
#include "writ/impl/decide.h"

namespace writ::inline v0 {

WRIT_FUNC Decision evaluate(const Request& request, const AppliedPolicies& policies,
                            const EvaluateOptions& options) noexcept {
  detail::IndexScan scan(request.facts());
  return detail::decide(request.facts(), policies, options, scan);
}

}  // namespace writ::inline v0
