// PolicyStack: the owning form of AppliedPolicies, for tools, tests and small services.
#pragma once

#include <string_view>
#include <vector>

#include "writ/config.h"
#include "writ/evaluate.h"
#include "writ/explain.h"
#include "writ/policy_set.h"
#include "writ/result.h"

namespace writ::inline v0 {

/// Owns the sets that apply to a request and evaluates against them.
///
///     PolicyStack stack;
///     stack.add(PolicyType::IdentityBased, "ReadReports", text);
///     Decision decision = stack.evaluate(request);
///
/// Thread-safety: const access from any number of threads.
class PolicyStack {
 public:
  /// Parses, compiles and adds one document. A boundary, session or endpoint policy makes its layer
  /// present; organization policies go to `level` (0 is the root's), making all levels up to it
  /// present; a second resource policy is an error. Errors: as parse_policy, `LimitExceeded`.
  [[nodiscard]] Result<bool> add(PolicyType type, std::string_view name, std::string_view text,
                                 std::uint32_t level = 0);
  /// Adds a compiled set to the layer of its type, as the other `add` does. Errors:
  /// `DataTypeMismatch` for an empty handle, which has no kind (D-5), `LimitExceeded`.
  [[nodiscard]] Result<bool> add(const PolicySet& set, std::uint32_t level = 0);
  /// Makes a layer present without adding to it: it then allows nothing (E-1). `level` counts for
  /// organization policies; above 65535 it is taken for that.
  void make_present(PolicyType type, std::uint32_t level = 0);

  /// Views of what is owned here; valid until the stack is changed or moved.
  [[nodiscard]] const AppliedPolicies& applied() const noexcept WRIT_LIFETIME_BOUND {
    return applied_;
  }
  /// PolicySet::warm of all sets owned here.
  void warm() const noexcept;
  /// As writ::evaluate, against the sets owned here.
  [[nodiscard]] Decision evaluate(const Request& request,
                                  const EvaluateOptions& options = {}) const noexcept {
    return writ::evaluate(request, applied_, options);
  }
  /// As writ::explain, against the sets owned here.
  [[nodiscard]] Explanation explain(const Request& request,
                                    const EvaluateOptions& options = {}) const;

  PolicyStack() = default;
  /// Takes the sets over; `other` is left empty.
  PolicyStack(PolicyStack&& other) noexcept;
  /// Takes the sets over; `other` is left empty.
  PolicyStack& operator=(PolicyStack&& other) noexcept;
  PolicyStack(const PolicyStack&) = delete;
  PolicyStack& operator=(const PolicyStack&) = delete;
  ~PolicyStack() = default;

 private:
  struct Layer {
    std::vector<PolicySet> sets;
    bool present = false;
  };
  using Levels = std::vector<Layer>;

  [[nodiscard]] Layer& layer(PolicyType type, std::uint32_t level);
  void refresh();

  Layer identity_;
  Layer boundary_;
  Layer session_;
  Layer resource_;
  Layer endpoint_;
  Levels service_control_;
  Levels resource_control_;
  std::vector<PolicyLayer> service_control_views_;
  std::vector<PolicyLayer> resource_control_views_;
  AppliedPolicies applied_;
};

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/policy_stack-inl.h"
#endif
