#include "session.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "hand_written.h"
#include "hand_written_partner.h"
#include "hash_lookup.h"
#include "linear_scan.h"
#include "questions.h"
#include "results.h"

namespace writ::bench {

namespace {

std::vector<Family>& registered() {
  static std::vector<Family> list;
  return list;
}

// The medians of allowed and of other requests apart: no match must cost no more than a match.
void split(Row& row, const Series& series, const std::vector<Outcome>& answers) {
  std::vector<double> allowed;
  std::vector<double> others;
  for (std::size_t i = 0; i < series.request.size(); ++i) {
    (answers[series.request[i]] == Outcome::Allowed ? allowed : others).push_back(series.ns[i]);
  }
  if (!allowed.empty()) row.p50_allowed_ns = Series::percentile_of(allowed, 0.5);
  if (!others.empty()) row.p50_not_allowed_ns = Series::percentile_of(others, 0.5);
}

Row row_of(const Workload& work, std::string subject, const Series& series,
           const std::vector<Outcome>& answers, bool cold) {
  Row row;
  row.family = work.family;
  row.variant = work.variant;
  row.subject = std::move(subject);
  row.n = work.statements;
  row.cold = cold;
  row.requests = series.request.size();
  row.runs = series.runs;
  row.p50_ns = series.percentile(0.5);
  row.p99_ns = series.percentile(0.99);
  if (!cold) {
    row.mean_ns = series.mean_ns;
    row.allocations = series.allocations;
  }
  split(row, series, answers);
  return row;
}

}  // namespace

void Session::dump(const Workload& work, const Questions& questions) const {
  if (!write_workload(options_.dump_file, work, questions)) {
    give_up(options_.dump_file, "cannot be written");
  }
  std::fprintf(stderr, "  %s %s %zu: %s\n", work.family.c_str(), work.variant.c_str(),
               work.statements, options_.dump_file.c_str());
}

Registration::Registration(const char* name, int order, void (*run)(Session&)) {
  registered().push_back({name, order, run});
}

std::vector<Family> families() {
  std::vector<Family> list = registered();
  std::sort(list.begin(), list.end(),
            [](const Family& a, const Family& b) { return a.order < b.order; });
  return list;
}

void Session::add(Row row) {
  std::fprintf(stderr, "  %-15s %-16s %8zu  %-16s%s", row.family.c_str(), row.variant.c_str(),
               row.n, row.subject.c_str(), row.cold ? " cold" : "     ");
  if (row.p50_ns >= 0) std::fprintf(stderr, "  p50 %9.1f  p99 %9.1f", row.p50_ns, row.p99_ns);
  if (row.mean_ns >= 0) std::fprintf(stderr, "  mean %9.1f ns", row.mean_ns);
  if (row.allocations > 0) std::fprintf(stderr, "  allocations %.2f", row.allocations);
  for (const auto& [name, value] : row.more) std::fprintf(stderr, "  %s %.4g", name.c_str(), value);
  std::fprintf(stderr, "\n");
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Session::sizes(std::vector<std::size_t> full,
                                        std::vector<std::size_t> quick) const {
  if (!options_.sizes.empty()) return options_.sizes;
  if (options_.smoke && quick.size() > 2) quick.resize(2);
  return options_.quick || options_.smoke ? quick : full;
}

double Session::seconds() const noexcept {
  return options_.smoke ? 0.001 : options_.quick ? 0.05 : 0.4;
}

LoopOptions Session::loop() const {
  LoopOptions loop;
  loop.budget_seconds = options_.quick ? 0.2 : 0.4;
  if (options_.smoke) {
    loop.budget_seconds = 0.002;
    loop.runs = 2;
  }
  return loop;
}

void Session::run(const Workload& work, const Against& against) {
  const CompiledPolicies policies(work);
  const Questions questions(work, policies);
  std::vector<Outcome> answers(questions.size());
  std::size_t allowed = 0;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    answers[i] = questions.evaluate(i).outcome;
    allowed += answers[i] == Outcome::Allowed ? 1 : 0;
  }
  if (!options_.dump_file.empty()) return dump(work, questions);
  const double share = static_cast<double>(allowed) / static_cast<double>(questions.size());
  if (questions.size() < kRequests || share > 0.55 || (share < 0.3 && work.statements > 1)) {
    give_up(
        work.family + " " + work.variant,
        std::to_string(questions.size()) + " requests, of them allowed " + std::to_string(allowed));
  }
  if (std::getenv("WRIT_BENCH_VERBOSE") != nullptr) {
    std::fprintf(stderr, "  %s: %.3f allowed\n", work.family.c_str(), share);
  }

  const LoopOptions loop = this->loop();
  const auto measure_writ = [&](const LoopOptions& options) {
    return measure(
        questions.size(), options, [&](std::size_t i) { questions.touch_request(i); },
        [&](std::size_t i) { return questions.evaluate(i).outcome; });
  };
  Row row = row_of(work, "writ", measure_writ(loop), answers, false);
  row.more.emplace_back("bytes_per_statement", static_cast<double>(policies.size_bytes()) /
                                                   static_cast<double>(policies.statements()));
  std::size_t applied = 0;
  for (std::size_t i = 0; i < questions.size(); ++i) applied += statements_of(questions.applied(i));
  row.more.emplace_back("statements_per_request",
                        static_cast<double>(applied) / static_cast<double>(questions.size()));
  row.more.emplace_back("allowed_share", share);
  if (work.shared) row.more.emplace_back("bytes_per_principal", policies.bytes_per_applied());
  add(std::move(row));
  LoopOptions cold = loop;
  cold.cold = true;
  cold.budget_seconds = options_.smoke ? 0.01 : options_.quick ? 0.5 : 2;
  // What the request's builder works out beforehand is not free: the same with its cost.
  add(row_of(work, "writ from strings",
             measure(
                 questions.size(), loop, [&](std::size_t i) { questions.touch_plain(i); },
                 [&](std::size_t i) { return questions.evaluate_strings(i).outcome; }),
             answers, false));
  if (against.cold) add(row_of(work, "writ", measure_writ(cold), answers, true));

  // The baselines take the request's strings. Each is checked before it is timed.
  const auto baseline = [&](const char* name, bool exact, bool also_cold, auto&& decide) {
    std::size_t checked = questions.size();
    if (work.statements > 10000 && exact && std::string_view(name) == "_LinearScan") checked = 64;
    for (std::size_t i = 0; i < checked; ++i) {
      const Outcome theirs = decide(questions.plain(i));
      const bool same = exact ? theirs == answers[i]
                              : (theirs == Outcome::Allowed) == (answers[i] == Outcome::Allowed);
      if (same) continue;
      const PlainRequest& request = questions.plain(i);
      give_up(work.family + " " + work.variant + " " + name,
              "says " + std::string(to_string(theirs)) + ", writ says " +
                  std::string(to_string(answers[i])) + ": " + std::string(request.principal) + " " +
                  std::string(request.action) + " " + std::string(request.resource));
    }
    const auto run = [&](const LoopOptions& options) {
      return measure(
          questions.size(), options, [&](std::size_t i) { questions.touch_plain(i); },
          [&](std::size_t i) { return decide(questions.plain(i)); });
    };
    add(row_of(work, name, run(loop), answers, false));
    if (also_cold) add(row_of(work, name, run(cold), answers, true));
  };
  if (against.hand_written_homes) {
    const HandWrittenHomes homes(work);
    baseline("_HandWrittenCpp", true, against.cold,
             [&](const PlainRequest& request) { return homes.evaluate(request); });
  }
  if (against.hand_written_partner) {
    baseline("_HandWrittenCpp", true, false, HandWrittenPartnerCentral::evaluate);
  }
  const HashLookup table(questions);
  baseline("_HashLookup", false, false, [&](const PlainRequest& request) {
    return table.allows(request) ? Outcome::Allowed : Outcome::ImplicitDeny;
  });
  if (against.linear_scan && work.statements <= 100000) {
    const LinearScan scan(work);
    baseline("_LinearScan", true, false,
             [&](const PlainRequest& request) { return scan.evaluate(request); });
  }
}

}  // namespace writ::bench
