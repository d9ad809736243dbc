// What a change of policies means for the calls of a log: deciding alone, the log being read.
//
// Each run begins with a decider that remembers nothing. `told`: the log has every key that the
// policies ask about. `depends`: it lacks one, and what that may be is tried out. `repeated`: as
// `told`, but each question was asked before, as most of a real log are.
#include <fmt/format.h>

#include <cstdlib>
#include <deque>
#include <iostream>
#include <memory>

#include "cli/replay_decider.h"
#include "session.h"
#include "support/temporary_folder.h"

namespace writ::bench {
namespace {

constexpr std::size_t kStatements = 100;

/// Each bucket is open to an address; `denied` buckets are closed by the change.
std::string policy(std::string_view key, std::string_view value, std::size_t denied) {
  std::string text = R"({"Version":"2012-10-17","Statement":[)";
  for (std::size_t i = 0; i < kStatements; ++i) {
    text += fmt::format(
        R"({}{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-{}/*",)"
        R"("Condition":{{"{}":{}}}}})",
        i == 0 ? "" : ",", i, key, value);
  }
  for (std::size_t i = 0; i < denied; ++i) {
    text += fmt::format(
        R"(,{{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::bucket-{}/*"}})", 3 * i);
  }
  return text + "]}";
}

// Events refer to themselves: they stay where they are.
std::deque<cli::ReplayedEvent> events(std::size_t count) {
  Random random(21);
  std::deque<cli::ReplayedEvent> events;
  for (std::size_t i = 0; i < count; ++i) {
    // Half of them are not allowed: no bucket, or no address of ours.
    const std::string text = fmt::format(
        R"({{"userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/u{}"}},)"
        R"("eventTime":"2026-01-02T03:04:05Z","eventSource":"s3.amazonaws.com",)"
        R"("eventName":"GetObject","sourceIPAddress":"{}.0.2.{}",)"
        R"("requestParameters":{{"bucketName":"bucket-{}","key":"home/{}"}}}})",
        random.below(1000), random.per_mille(250) ? 192 : 10, random.below(256),
        random.below(kStatements + kStatements / 2), i);
    Result<cli::ReplayedEvent> event = cli::read_event(text);
    if (!event || event->requests.size() != 1) {
      std::cerr << "the benchmark's event is none: " << text << '\n';
      std::exit(1);
    }
    events.push_back(*std::move(event));
  }
  return events;
}

void replay_variant(Session& session, const std::string& variant) {
  if (!session.wants_variant(variant)) return;
  const bool depends = variant == "depends";
  const std::string_view key = depends ? "StringEquals" : "IpAddress";
  const std::string_view value =
      depends ? R"({"aws:PrincipalTag/team":"a"})" : R"({"aws:SourceIp":"10.0.0.0/8"})";
  const test::TemporaryFolder folder;
  folder.write("old/p.json", policy(key, value, 0));
  folder.write("new/p.json", policy(key, value, kStatements / 3));
  cli::AtomTable table;
  auto before = cli::ReplayPolicies::load(folder.path("old"), table);
  auto after = cli::ReplayPolicies::load(folder.path("new"), table);
  if (!before || !after) {
    std::cerr << "the benchmark's policies do not load\n";
    std::exit(1);
  }
  const std::deque<cli::ReplayedEvent> log = events(session.options().smoke ? 64 : 8192);
  const int runs = session.options().smoke ? 1 : 15;
  const Clock& clock = Clock::calibrated();
  std::vector<double> ns(log.size(), 0);
  double least = 0;
  std::size_t changed = 0;
  std::unique_ptr<cli::ReplayDecider> decider;
  for (int run = 0; run < runs; ++run) {
    if (decider == nullptr || variant != "repeated") {
      decider = std::make_unique<cli::ReplayDecider>(*before, *after, table);
    }
    changed = 0;
    double sum = 0;
    for (std::size_t i = 0; i < log.size(); ++i) {
      const std::uint64_t start = start_ticks();
      const cli::ReplayAnswer& answer = decider->decide(log[i], log[i].requests[0]);
      const double ticks = static_cast<double>(stop_ticks() - start) - clock.overhead_ticks;
      changed +=
          answer.change == cli::Change::WouldBeDenied || answer.change == cli::Change::Depends ? 1
                                                                                               : 0;
      const double cost = ticks * clock.ns_per_tick;
      sum += cost;
      if (run == 0 || cost < ns[i]) ns[i] = cost;
    }
    const double mean = sum / static_cast<double>(log.size());
    // The first run of `repeated` asks for the first time.
    if (run == 0 || mean < least) least = mean;
  }
  Row row;
  row.family = "replay";
  row.variant = variant;
  row.subject = "writ";
  row.n = kStatements;
  row.requests = log.size();
  row.runs = runs;
  row.p50_ns = Series::percentile_of(ns, 0.5);
  row.p99_ns = Series::percentile_of(ns, 0.99);
  row.mean_ns = least;
  row.more = {{"events_per_second", 1e9 / least},
              {"changed", static_cast<double>(changed) / static_cast<double>(log.size())}};
  session.add(std::move(row));
}

void replay_family(Session& session) {
  for (const std::string variant : {"told", "depends", "repeated"}) {
    replay_variant(session, variant);
  }
}

const Registration registration("replay", 135, replay_family);

}  // namespace
}  // namespace writ::bench
