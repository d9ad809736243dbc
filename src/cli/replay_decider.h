// ReplayDecider: a request under old and new policies, and what the change means for it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "cli/replay_policies.h"
#include "cli/replayed_event.h"

namespace writ::cli {

/// What a change of policies means for a request. `Depends`: the log does not tell enough.
enum class Change : unsigned char {
  StillAllowed,
  StillDenied,
  SameEitherWay,  ///< allowed or denied, the log does not tell which, but the same before and after
  WouldBeDenied,
  WouldBeAllowed,
  Depends,
};
inline constexpr std::size_t kChangeCount = 6;
[[nodiscard]] std::string_view to_string(Change change) noexcept;

struct ReplayAnswer {
  Skip skip = Skip::None;
  Change change = Change::StillDenied;
  std::string keys;    ///< of `Depends`: what it depends on, `aws:SourceVpce, RESOURCE`
  std::string before;  ///< where the old decision comes from, where it is known
  std::string after;
  bool old_contradicts = false;  ///< the log says otherwise than the old policies
};

class ReplayDecider {
 public:
  /// Borrows both sides and their table.
  ReplayDecider(ReplayPolicies& before, ReplayPolicies& after, const AtomTable& table)
      : sides_{&before, &after}, table_(table) {}

  /// Answers that were given before, for the same question with the same context, are remembered
  /// within fixed memory. Valid until the next call.
  [[nodiscard]] const ReplayAnswer& decide(const ReplayedEvent& event,
                                           const ReplayedRequest& asked);

 private:
  /// Answers that are possible before and after; bit `before_allowed * 2 + after_allowed`.
  using Pairs = unsigned;
  struct Outlook {
    Pairs pairs = 0;
    std::vector<std::string> keys;
    std::array<std::optional<Decision>, 2> decisions;  // examples
  };

  void write_question(const ReplayedEvent& event, const ReplayedRequest& asked);
  [[nodiscard]] ReplayAnswer answer(const ReplayedEvent& event, const ReplayedRequest& asked);
  [[nodiscard]] ReplayAnswer answer_for_resources(const ReplayedEvent& event,
                                                  const ReplayedRequest& asked);
  [[nodiscard]] ReplayAnswer answer_for_actions(const ReplayedEvent& event,
                                                const ReplayedRequest& asked);
  [[nodiscard]] Outlook look(const std::array<ReplaySubject, 2>& subjects);
  [[nodiscard]] Outlook look_at_all(const std::array<ReplaySubject, 2>& subjects,
                                    const std::vector<std::uint32_t>& atoms);
  void name_keys(const std::array<ReplaySubject, 2>& subjects, std::uint32_t atom,
                 std::vector<std::string>& keys) const;

  std::array<ReplayPolicies*, 2> sides_;
  const AtomTable& table_;
  std::string question_;
  std::unordered_map<std::string, ReplayAnswer> memory_;
  std::size_t memory_bytes_ = 0;
};

}  // namespace writ::cli
