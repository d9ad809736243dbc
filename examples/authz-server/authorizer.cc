#include "authorizer.h"

#include <charconv>
#include <chrono>
#include <iterator>

namespace authz {

Authorizer::Authorizer(const Config& config, writ::PolicyDirectory& directory, Metrics& metrics,
                       LogFile* log, std::size_t threads)
    : config_(config), metrics_(metrics), log_(log) {
  for (std::size_t i = 0; i < threads; ++i) readers_.push_back(directory.reader());
}

writ::PolicyDirectory::Reader* Authorizer::reader_of_this_thread() noexcept {
  // There is one authorizer in a process, so the number of a thread's reader never changes.
  thread_local const std::size_t mine = readers_taken_.fetch_add(1);
  return mine < readers_.size() ? &readers_[mine] : nullptr;
}

Answer Authorizer::decide(const HttpQuestion& question) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  RequestTexts texts(std::chrono::duration_cast<std::chrono::seconds>(now).count());
  const auto request = config_.mapping.request(question, texts);
  if (!request) return Answer::refuse(request.error());
  writ::PolicyDirectory::Reader* reader = reader_of_this_thread();
  if (reader == nullptr) return Answer::refuse(Refusal::Internal);
  const auto policies = reader->pin();
  const writ::Decision decision = policies->evaluate(*request);
  if (!record(*request, *policies, decision)) return Answer::refuse(Refusal::NotRecorded);
  return Answer::decide(decision);
}

bool Authorizer::record(const writ::Request& request, const writ::PolicyStack& policies,
                        const writ::Decision& decision) noexcept {
  if (log_ == nullptr) return true;
  char version[24];
  const char* end = std::to_chars(version, std::end(version), metrics_.policy_version()).ptr;
  const bool recorded = log_->log().record(request, policies.applied(), decision,
                                           {version, static_cast<std::size_t>(end - version)}) &&
                        log_->takes_lines();
  return recorded || !config_.log_required;
}

Answer Authorizer::answer(const HttpQuestion& question) noexcept {
  const auto begin = std::chrono::steady_clock::now();
  const Answer answer = answer_or_deny([&] { return decide(question); });
  if (answer.refused) {
    metrics_.count(answer.refusal);
  } else {
    metrics_.count(answer.decision.outcome);
  }
  const auto took = std::chrono::steady_clock::now() - begin;
  metrics_.observe(static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(took).count()));
  return answer;
}

}  // namespace authz
