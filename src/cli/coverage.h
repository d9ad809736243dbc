// Coverage: which statements of policies, and which of their patterns and values, the decisions of
// tests depend on. docs/testing-policies.md says what counts.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/json_output.h"
#include "cli/report.h"
#include "writ/evaluate.h"
#include "writ/explain.h"
#include "writ/model/policy_document.h"
#include "writ/policy_set.h"
#include "writ/request.h"

namespace writ::cli {

/// A policy whose coverage is measured. Borrowed.
struct CoveredPolicy {
  std::string path;
  const PolicyDocument* document = nullptr;
};

/// A pattern of Action or Resource, or a value of a condition.
struct CoverageItem {
  enum class Kind : unsigned char { Action, Resource, Value };
  Kind kind = Kind::Action;
  std::string_view text;
  Position position;
  const ConditionTest* test = nullptr;  ///< of a value
  bool negated = false;  ///< NotAction, NotResource, negated operators: it decides by holding off
  bool covered = false;
};

struct CoveredStatement {
  const Statement* statement = nullptr;
  std::uint64_t hits = 0;  ///< decisions that it took part in
  std::vector<CoverageItem> items;
};

/// Counts for a set of policies. One thread at a time; `merge` adds another thread's.
class Coverage {
 public:
  explicit Coverage(const std::vector<CoveredPolicy>& policies);

  /// Explains the request anew and counts what its decision depends on. `policy_of` gives the index
  /// of the policy that a statement belongs to, or one beyond the last for those not measured.
  void record(const Request& request, const AppliedPolicies& policies,
              const std::function<std::uint32_t(const StatementTrace&)>& policy_of);
  void merge(const Coverage& other);

  struct Count {
    std::size_t covered = 0;
    std::size_t total = 0;
    /// Of 100; 100 for nothing.
    [[nodiscard]] double percent() const noexcept {
      return total == 0 ? 100.0 : 100.0 * static_cast<double>(covered) / static_cast<double>(total);
    }
  };
  [[nodiscard]] Count statements() const;
  [[nodiscard]] Count items(CoverageItem::Kind kind) const;

  [[nodiscard]] std::string to_table() const;
  void write_json(JsonLine& json) const;
  /// Tracefile of lcov: statements as functions, their lines, patterns and values as branches.
  [[nodiscard]] std::string to_lcov() const;
  [[nodiscard]] std::vector<ReportNote> notes() const;

 private:
  struct Policy {
    CoveredPolicy source;
    std::vector<CoveredStatement> statements;
  };

  void record_effective(Policy& policy, CoveredStatement& statement, const StatementTrace& trace,
                        const Request& request);
  void record_held_off(Policy& policy, CoveredStatement& statement, const StatementTrace& trace,
                       const Request& request);

  std::vector<Policy> policies_;
};

}  // namespace writ::cli
