#include "cli/portal_coverage.h"

#include <utility>

#include "writ/parse.h"

namespace writ::cli {

PortalCoverage::PortalCoverage(portal::PolicyTexts texts,
                               std::optional<std::string_view> directory) {
  std::vector<CoveredPolicy> policies;
  for (const PortalDocument& one : portal_documents(texts, directory)) {
    Result<PolicyDocument> document = parse_policy(*one.text, PolicyType::IdentityBased);
    if (!document) continue;  // PortalPolicies::load has said so
    documents_.push_back(*std::move(document));
    index_[one.name] = static_cast<std::uint32_t>(policies.size());
    policies.push_back({one.path, &documents_.back()});
  }
  coverage_.emplace(policies);
}

void PortalCoverage::decided(const Request& request, const AppliedPolicies& policies,
                             const Decision&) noexcept {
  coverage_->record(request, policies, [this](const StatementTrace& trace) {
    const auto known = index_.find(trace.policy);
    return known == index_.end() ? StatementId::kNone : known->second;
  });
}

}  // namespace writ::cli
