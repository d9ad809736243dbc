// A workload made ready: the policies compiled, the requests built, their strings packed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latency.h"
#include "workload.h"
#include "writ/writ.h"

namespace writ::bench {

/// One condition key of a request, for the baselines.
struct PlainEntry {
  std::string_view key;  ///< in lower case
  std::string_view single;
  std::span<const std::string_view> values;
  bool multivalued = false;
};

/// A request as the baselines see it: strings, nothing computed beforehand.
struct PlainRequest {
  std::string_view principal;
  std::string_view action;
  std::string_view resource;
  std::string_view owner;  ///< the account of the resource where its ARN names none
  std::span<const PlainEntry> context;
  std::uint32_t applied = 0;
};

/// The policies of a workload, compiled. Aborts with a message when writ refuses one: a workload
/// that does not load is a mistake of the benchmark.
class CompiledPolicies {
 public:
  explicit CompiledPolicies(const Workload& work);
  CompiledPolicies(const CompiledPolicies&) = delete;
  CompiledPolicies& operator=(const CompiledPolicies&) = delete;

  [[nodiscard]] const AppliedPolicies& applied(std::uint32_t index) const {
    return applied_[index];
  }
  [[nodiscard]] std::size_t size_bytes() const noexcept { return size_bytes_; }
  [[nodiscard]] std::size_t statements() const noexcept { return statements_; }
  /// Bytes that one principal's selection of shared sets takes, on average.
  [[nodiscard]] double bytes_per_applied() const noexcept;

 private:
  PolicySet compile(const Workload& work, const std::vector<std::uint32_t>& policies);
  std::span<const PolicySet> sets(const Workload& work, const std::vector<std::uint32_t>& policies);
  std::span<const PolicyLayer> levels(const Workload& work,
                                      const std::vector<std::vector<std::uint32_t>>& levels);

  // Equal lists are held once.
  std::map<std::vector<std::uint32_t>, std::span<const PolicySet>> known_sets_;
  std::map<std::vector<std::vector<std::uint32_t>>, std::span<const PolicyLayer>> known_levels_;
  std::vector<PolicySet> by_policy_;         // of shared workloads
  std::deque<std::vector<PolicySet>> sets_;  // the lists that `applied_` views
  std::deque<std::vector<PolicyLayer>> levels_;
  std::vector<AppliedPolicies> applied_;
  std::size_t size_bytes_ = 0;
  std::size_t statements_ = 0;
};

/// The requests of a workload, twice: as writ's and as plain strings. Each request's strings lie
/// together. Aborts on a request that is none.
class Questions {
 public:
  Questions(const Workload& work, const CompiledPolicies& policies);
  Questions(const Questions&) = delete;
  Questions& operator=(const Questions&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return requests_.size(); }
  [[nodiscard]] const Request& request(std::size_t i) const noexcept { return requests_[i]; }
  [[nodiscard]] const PlainRequest& plain(std::size_t i) const noexcept { return plain_[i]; }
  [[nodiscard]] const AppliedPolicies& applied(std::size_t i) const noexcept {
    return *applied_[i];
  }
  [[nodiscard]] Decision evaluate(std::size_t i) const noexcept {
    return writ::evaluate(requests_[i], *applied_[i]);
  }
  /// The whole way from strings: builds the request anew, then decides. The caller is known, as
  /// somebody who asks many times knows it, and so are the names of condition keys.
  [[nodiscard]] Decision evaluate_strings(std::size_t i) const {
    const Result<Request> request = build(i);
    return request ? writ::evaluate(*request, *applied_[i]) : Decision();
  }
  void touch_request(std::size_t i) const noexcept {
    const std::span<const ContextEntry> context = requests_[i].context();
    touch(&requests_[i], sizeof(Request));
    touch(context.data(), context.size_bytes());
    touch(text_.data() + text_range_[i].first, text_range_[i].second);
  }
  void touch_plain(std::size_t i) const noexcept {
    touch(&plain_[i], sizeof(PlainRequest));
    touch(&callers_[i], sizeof(Caller));
    touch(plain_[i].context.data(), plain_[i].context.size_bytes());
    touch(text_.data() + text_range_[i].first, text_range_[i].second);
  }

 private:
  [[nodiscard]] Result<Request> build(std::size_t i) const;

  std::vector<char> text_;
  std::vector<std::pair<std::size_t, std::size_t>> text_range_;
  std::vector<std::string_view> lists_;
  std::vector<PlainEntry> entries_;
  std::vector<Request> requests_;
  std::vector<PlainRequest> plain_;
  std::vector<Caller> callers_;
  std::vector<ConditionKey> keys_;  // of `entries_`
  std::vector<const AppliedPolicies*> applied_;
};

/// Statements of all sets that apply.
[[nodiscard]] std::size_t statements_of(const AppliedPolicies& applied) noexcept;

/// Prints and aborts.
[[noreturn]] void give_up(std::string_view what, std::string_view why);

/// Parses one policy, of any size, or gives up.
[[nodiscard]] PolicyDocument parsed(const PolicyText& policy);

}  // namespace writ::bench
