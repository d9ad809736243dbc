// Authorizer: answers questions by the policies in force. Everything that goes wrong is a denial.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>

#include "config.h"
#include "log_file.h"
#include "metrics.h"
#include "question.h"
#include "writ/decision.h"
#include "writ/policy_directory.h"

namespace authz {

/// A decision, or why there is none, which is a denial too.
struct Answer {
  writ::Decision decision;
  Refusal refusal = Refusal::Internal;
  bool refused = true;

  [[nodiscard]] bool is_allowed() const noexcept { return !refused && decision.is_allowed(); }

  static Answer refuse(Refusal why) noexcept { return {{}, why, true}; }
  static Answer decide(const writ::Decision& decision) noexcept { return {decision, {}, false}; }
};

/// What `work` answers; a denial when it throws.
template <class Work>
[[nodiscard]] Answer answer_or_deny(Work&& work) noexcept {
  try {
    return work();
  } catch (...) {
    return Answer::refuse(Refusal::Internal);
  }
}

/// Thread-safety: `answer` from as many threads as it was made for. Lifetime: all arguments must
/// outlive it.
class Authorizer {
 public:
  /// `log` may be null.
  Authorizer(const Config& config, writ::PolicyDirectory& directory, Metrics& metrics, LogFile* log,
             std::size_t threads);

  /// Never throws, never waits. Counted and timed.
  [[nodiscard]] Answer answer(const HttpQuestion& question) noexcept;

 private:
  [[nodiscard]] Answer decide(const HttpQuestion& question);
  /// False when the decision must not count, because it is not on record.
  [[nodiscard]] bool record(const writ::Request& request, const writ::PolicyStack& policies,
                            const writ::Decision& decision) noexcept;
  [[nodiscard]] writ::PolicyDirectory::Reader* reader_of_this_thread() noexcept;

  const Config& config_;
  Metrics& metrics_;
  LogFile* log_;
  std::deque<writ::PolicyDirectory::Reader> readers_;  // one a thread
  std::atomic<std::size_t> readers_taken_ = 0;
};

}  // namespace authz
