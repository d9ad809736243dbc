// Workloads: policies as JSON text and requests as strings, the same for writ, for the baselines
// and for other engines. Made by seeded generators, one a family.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/model/vocabulary.h"

namespace writ::bench {

class Random;

/// At least so many different requests make a measurement.
inline constexpr std::size_t kRequests = 8192;

struct PolicyText {
  std::string name;
  PolicyType type = PolicyType::IdentityBased;
  std::uint32_t level = 0;  ///< of organization policies
  std::string json;
};

struct ContextText {
  std::string key;
  std::vector<std::string> values;
  bool multivalued = false;
};

/// Which of a workload's policies apply to a request. Policies of one layer are compiled together,
/// except where `shared` says that principals share them.
struct AppliedText {
  std::vector<std::uint32_t> identity;
  std::vector<std::uint32_t> boundary;
  std::vector<std::vector<std::uint32_t>> service_control;
  static constexpr std::uint32_t kNone = 0xffffffffU;
  std::uint32_t resource = kNone;
};

struct RequestText {
  std::string principal;  ///< an ARN, or a service's name
  std::string action;
  std::string resource;
  std::vector<ContextText> context;
  std::string owner;          ///< the account of the resource where its ARN names none
  std::uint32_t applied = 0;  ///< index into Workload::applied
};

struct Workload {
  std::string family;
  std::string variant;
  std::size_t statements = 0;
  std::vector<PolicyText> policies;
  std::vector<AppliedText> applied;
  bool shared = false;  ///< each policy is a set of its own, which many principals hold
  std::vector<RequestText> requests;

  /// Adds one entry to `applied` under which all policies apply.
  void apply_all();
};

/// A policy document around statements.
[[nodiscard]] std::string document(const std::vector<std::string>& statements);
/// `"a","b"`: the strings need no escaping.
[[nodiscard]] std::string quoted_list(const std::vector<std::string>& values);

/// One user's set: statement i allows one action on a literal prefix if a tag of the principal
/// equals. Variants: `allowed_last`, `allowed_random`, `denied_last`, `no_match`, `mixed`; in each
/// half of the requests are not allowed.
[[nodiscard]] Workload one_user(std::string_view variant, std::size_t statements);

/// A request drawn over the catalogue of services.
[[nodiscard]] RequestText managed_request(Random& random);
/// Twenty identity documents in the manner of AWS's managed policies, a boundary and two levels of
/// service control policies; requests drawn over a catalogue of services.
[[nodiscard]] Workload managed(std::uint64_t seed = 1);
/// Documents in the manner of AWS's managed policies, by the statistics in managed_workload.cc.
[[nodiscard]] std::vector<std::string> managed_documents(std::size_t count, std::uint64_t seed);
/// The same around twenty documents of a file of real ones: JSON Lines that end in a `document`.
[[nodiscard]] Workload managed_from_corpus(const std::string& file, std::uint64_t seed = 1);
[[nodiscard]] std::vector<std::string> corpus_documents(const std::string& file);

/// Inner wildcards, variables, Not*, ForAllValues, addresses and dates. Variants: `distinct`, where
/// statements differ in service, account or first path segment, and `alike`, where they do not.
[[nodiscard]] Workload hard(std::string_view variant, std::size_t statements);

/// So many principals that share a thousand documents, boundaries and organizational units.
[[nodiscard]] Workload fleet(std::size_t principals);
/// sts:AssumeRole on so many roles with a trust policy each.
[[nodiscard]] Workload trust(std::size_t roles);
/// A bucket's policy of so many statements, callers of other accounts.
[[nodiscard]] Workload cross_account(std::size_t statements);
/// The printed Partner Central policies in the folder `policies/`.
[[nodiscard]] Workload partner_central(const std::string& folder);
/// Batteries: `same_prefix`, `nested_prefixes`, `leading_stars`, `forty_stars`.
[[nodiscard]] Workload worst(std::string_view variant, std::size_t statements);

}  // namespace writ::bench
