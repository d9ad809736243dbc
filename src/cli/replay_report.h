// ReplayReport: what a replay has found, grouped by principal and action, as text or JSON.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cli/console.h"
#include "cli/replay_decider.h"
#include "cli/replayed_event.h"

namespace writ::cli {

/// Where an event stands in the logs.
struct LogPlace {
  std::string_view file;
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  std::uint64_t offset = 0;  ///< of the byte in the unpacked log
};

/// What could not be read: a line, or the rest of a file.
struct ReplayMistake {
  std::string file;
  std::uint64_t line = 0;  ///< 0: the file as a whole
  std::uint64_t column = 0;
  std::uint64_t offset = 0;
  std::string message;
};

class ReplayReport {
 public:
  static constexpr std::size_t kMaxGroups = 100'000;
  static constexpr std::size_t kMaxMistakes = 1000;

  void add(const ReplayedEvent& event, const ReplayedRequest& asked, const ReplayAnswer& answer,
           const LogPlace& place);
  void add_event() noexcept { ++events_; }
  void add_skipped(Skip skip) noexcept { ++skipped_[static_cast<std::size_t>(skip)]; }
  void add_lost(std::uint64_t decisions) noexcept { lost_ += decisions; }
  void add_sampled() noexcept { ++sampled_; }
  void add_mistake(ReplayMistake mistake);

  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }
  [[nodiscard]] std::uint64_t mistakes() const noexcept { return mistake_count_; }
  [[nodiscard]] std::uint64_t count(Change change) const noexcept {
    return counts_[static_cast<std::size_t>(change)];
  }
  /// Whether the change would, or may, alter an answer.
  [[nodiscard]] bool changes_anything() const noexcept {
    return count(Change::WouldBeDenied) + count(Change::WouldBeAllowed) + count(Change::Depends) >
           0;
  }

  /// Groups in the order of their counts; `limit` of each kind, 0 for all.
  void print_text(Console& console, std::size_t limit);
  void print_json(Console& console);

 private:
  struct Group {
    Change change = Change::Depends;
    std::string principal;
    std::string action;
    std::string keys;
    std::string before;
    std::string after;
    std::uint64_t count = 0;
    std::string first;
    std::string last;
    std::string resource;  // of the first request
    std::string file;
    std::uint64_t line = 0;
  };

  void sort_groups();
  void print_groups(Console& console, Change change, std::string_view title, std::size_t limit);
  void print_summary(Console& console) const;

  std::uint64_t events_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t contradicted_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t sampled_ = 0;
  std::uint64_t mistake_count_ = 0;
  std::uint64_t ungrouped_ = 0;  // requests of groups beyond kMaxGroups
  std::array<std::uint64_t, kChangeCount> counts_ = {};
  std::array<std::uint64_t, kSkipCount> skipped_ = {};
  std::vector<Group> groups_;
  std::unordered_map<std::string, std::size_t> groups_by_name_;
  std::vector<ReplayMistake> mistakes_;
  std::string name_;
};

}  // namespace writ::cli
