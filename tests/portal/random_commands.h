// Random commands by random callers over a few companies, deterministic for a seed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "portal/portal_world.h"
#include "writ/portal/commands.h"

namespace writ::portal::testing {

/// SplitMix64: small, fast, the same everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
  bool one_in(std::size_t count) { return below(count) == 0; }

 private:
  std::uint64_t state_;
};

/// What one random command was and came to.
struct WalkStep {
  const CommandInfo* command = nullptr;
  std::string caller_company;  ///< partnerAccountId; empty for callers without a session
  std::string touched;         ///< the company that a call without a session may change
  bool silent = false;         ///< an operation that only reads
  Answer answer;
};

/// Companies and their people, and commands at random. The walker draws everything that it does
/// from its own chance and from the portal's state, so that two walkers of one seed over equal
/// portals do the same.
class Walker {
 public:
  static constexpr std::size_t kCompanies = 5;

  explicit Walker(std::uint64_t seed) : random_(seed) {}

  /// Five companies: linked, unlinked, pending; with roles, tasks and records.
  static void fill(Portal& portal);

  WalkStep step(Portal& portal, MemoryHost& host);

 private:
  [[nodiscard]] const PartnerCompany& any_company(const Portal& portal);
  /// A user's id or email, mostly of the company, sometimes of another one or of nobody.
  [[nodiscard]] std::string any_user(const Portal& portal, const PartnerCompany& company);
  [[nodiscard]] std::string any_role(const Portal& portal);
  [[nodiscard]] std::string any_iam_role(const Portal& portal, const PartnerCompany& company);
  template <class Records>
  [[nodiscard]] std::string any_id(const Records& records);
  [[nodiscard]] Session any_session(Portal& portal, const PartnerCompany& company,
                                    std::string_view command);
  Answer call(Portal& portal, MemoryHost& host, std::string_view name, Session session,
              const PartnerCompany& company, WalkStep& step);

  Random random_;
  std::vector<Session> sessions_;
  std::vector<Session> waiting_;  // for their code
  Session linking_;               // in the steps of linking
};

/// Everything of a company that a command may change, users and sessions aside from codes.
[[nodiscard]] std::uint64_t company_digest(const Portal& portal, const PartnerCompany& company);

}  // namespace writ::portal::testing
