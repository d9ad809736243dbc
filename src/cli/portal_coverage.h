// Coverage of the portal's policies by scenarios.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/coverage.h"
#include "cli/portal_policies.h"
#include "writ/portal/host.h"

namespace writ::cli {

/// Counts what the portal decides. One thread at a time. Owns the parsed documents.
class PortalCoverage : public portal::DecisionObserver {
 public:
  PortalCoverage(portal::PolicyTexts texts, std::optional<std::string_view> directory);

  void decided(const Request& request, const AppliedPolicies& policies,
               const Decision& decision) noexcept override;
  [[nodiscard]] const Coverage& coverage() const noexcept { return *coverage_; }

 private:
  std::deque<PolicyDocument> documents_;
  std::map<std::string, std::uint32_t, std::less<>> index_;  // by the document's name
  std::optional<Coverage> coverage_;
};

}  // namespace writ::cli
