// Whether readers notice that policies change: decisions through a published value, with and
// without a writer on another thread.
//
// Unlike the other families this one keeps every single time that it takes, and not the least of
// many passes: what a writer costs a reader now and then is exactly what the least would hide. With
// and without are measured in turn, a few times, and medians are taken.
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "questions.h"
#include "random.h"
#include "session.h"
#include "writ/policy_store.h"
#include "writ/published.h"

namespace writ::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// Programs that were built beforehand and are published in turn.
constexpr std::size_t kPrograms = 4;
constexpr std::size_t kStatementsPerDocument = 10;

/// Does something so often a second on a thread of its own, until it is destroyed.
class Writer {
 public:
  template <class Act>
  Writer(int per_second, Act act)
      : thread_([this, per_second, act = std::move(act)]() mutable {
          const auto period = std::chrono::nanoseconds(1'000'000'000 / per_second);
          for (auto next = SteadyClock::now(); !stop_; next += period) {
            std::this_thread::sleep_until(next);
            const auto began = SteadyClock::now();
            act();
            busy_ += SteadyClock::now() - began;
            ++acts_;
          }
        }) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { stop(); }
  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

  /// After `stop`.
  [[nodiscard]] int acts() const { return acts_; }
  [[nodiscard]] double busy_ms() const {
    return std::chrono::duration<double, std::milli>(busy_).count();
  }

 private:
  std::atomic<bool> stop_ = false;
  int acts_ = 0;
  SteadyClock::duration busy_{};
  std::thread thread_;
};

/// What every decision of one stretch of time took.
struct Stretch {
  double p50_ns = 0;
  double p99_ns = 0;
  double p999_ns = 0;
  double mean_ns = 0;
};

/// `decide(i)` pins, decides request i and unpins.
template <class Decide>
Stretch read(const Questions& questions, double seconds, Decide&& decide) {
  const Clock& clock = Clock::calibrated();
  std::vector<std::size_t> order(questions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random(order.size());
  random.shuffle(order);
  std::vector<double> ns;
  ns.reserve(static_cast<std::size_t>(seconds * 5e6) + order.size());
  const auto end = SteadyClock::now() + std::chrono::duration<double>(seconds);
  while (SteadyClock::now() < end && ns.size() + order.size() <= ns.capacity()) {
    for (const std::size_t i : order) {
      questions.touch_request(i);
      const std::uint64_t start = start_ticks();
      keep(decide(i));
      const std::uint64_t ticks = stop_ticks() - start;
      const double own = static_cast<double>(ticks) - static_cast<double>(clock.overhead_ticks);
      ns.push_back(std::max(0.0, own) * clock.ns_per_tick);
    }
  }
  Stretch result;
  result.mean_ns = std::accumulate(ns.begin(), ns.end(), 0.0) / static_cast<double>(ns.size());
  result.p50_ns = Series::percentile_of(ns, 0.5);
  result.p99_ns = Series::percentile_of(ns, 0.99);
  result.p999_ns = Series::percentile_of(std::move(ns), 0.999);
  return result;
}

/// Measures `decide` with and without `act` going on so often a second.
template <class Decide, class Act>
void compare(Session& session, const char* variant, std::size_t n, const Questions& questions,
             int per_second, Decide&& decide, Act&& act) {
  const bool smoke = session.options().smoke;
  const double seconds = smoke ? 0.02 : session.options().quick ? 0.5 : 1.5;
  const int rounds = smoke ? 1 : 5;
  std::vector<Stretch> alone;
  std::vector<Stretch> beside;
  int acts = 0;
  double busy_ms = 0;
  double elapsed = 0;
  static_cast<void>(read(questions, seconds / 5, decide));  // warms
  for (int round = 0; round < rounds; ++round) {
    alone.push_back(read(questions, seconds, decide));
    const auto began = SteadyClock::now();
    Writer writer(per_second, act);
    beside.push_back(read(questions, seconds, decide));
    writer.stop();
    elapsed += std::chrono::duration<double>(SteadyClock::now() - began).count();
    acts += writer.acts();
    busy_ms += writer.busy_ms();
  }
  const auto median = [](const std::vector<Stretch>& stretches, double Stretch::*figure) {
    std::vector<double> values;
    for (const Stretch& stretch : stretches) values.push_back(stretch.*figure);
    return Series::percentile_of(std::move(values), 0.5);
  };
  const auto row = [&](const char* subject, const std::vector<Stretch>& stretches) {
    Row result;
    result.family = "reload";
    result.variant = variant;
    result.subject = subject;
    result.n = n;
    result.requests = questions.size();
    result.runs = rounds;
    result.p50_ns = median(stretches, &Stretch::p50_ns);
    result.p99_ns = median(stretches, &Stretch::p99_ns);
    result.mean_ns = median(stretches, &Stretch::mean_ns);
    result.more = {{"p999_ns", median(stretches, &Stretch::p999_ns)}};
    return result;
  };
  session.add(row("_WithoutWriter", alone));
  Row written = row("writ", beside);
  std::vector<double> ratios;
  for (std::size_t i = 0; i < alone.size(); ++i) {
    ratios.push_back(beside[i].p99_ns / alone[i].p99_ns);
  }
  written.more.insert(written.more.end(),
                      {{"p99_ratio", Series::percentile_of(std::move(ratios), 0.5)},
                       {"changes_per_second", acts / elapsed},
                       {"ms_per_change", acts == 0 ? 0 : busy_ms / acts}});
  session.add(std::move(written));
}

/// Programs built beforehand, 1,000 publications a second.
void publications(Session& session, std::size_t n) {
  const Workload work = one_user("mixed", n);
  std::vector<std::unique_ptr<CompiledPolicies>> programs;
  for (std::size_t i = 0; i < kPrograms; ++i) {
    programs.push_back(std::make_unique<CompiledPolicies>(work));
  }
  const Questions questions(work, *programs[0]);
  using Sets = std::vector<PolicySet>;
  const auto sets = [&](std::size_t i) {
    const std::span<const PolicySet> identity = programs[i % kPrograms]->applied(0).identity;
    return Sets(identity.begin(), identity.end());
  };
  Published<Sets> published(sets(0));
  auto reader = published.reader();
  const auto decide = [&](std::size_t i) {
    const auto snapshot = reader.pin();
    AppliedPolicies policies;
    policies.identity = *snapshot;
    return evaluate(questions.request(i), policies).outcome;
  };
  // What publication costs by itself: the same handles again and again, nothing else grows cold.
  compare(session, "same_program", n, questions, 1000, decide, [&] { published.publish(sets(0)); });
  std::size_t next = 0;
  compare(session, "publications_cold", n, questions, 1000, decide,
          [&] { published.publish(sets(++next)); });
  // As docs/reload.md says: whoever publishes warms.
  compare(session, "publications", n, questions, 1000, decide, [&] {
    Sets list = sets(++next);
    for (const PolicySet& set : list) set.warm();
    published.publish(std::move(list));
  });
}

/// The statements of the workload's only policy, as documents of a few.
std::vector<std::string> documents_of(const Workload& work) {
  const PolicyDocument whole = parsed(work.policies.front());
  const std::string& text = work.policies.front().json;
  std::vector<std::string> documents;
  std::vector<std::string> statements;
  for (const Statement& statement : whole.statements()) {
    statements.push_back(
        text.substr(statement.begin.offset, statement.end.offset - statement.begin.offset));
    if (statements.size() < kStatementsPerDocument) continue;
    documents.push_back(document(statements));
    statements.clear();
  }
  if (!statements.empty()) documents.push_back(document(statements));
  return documents;
}

/// A store that changes ten times a second, at one place or at another place each time.
void segments(Session& session, std::size_t n) {
  const Workload work = one_user("mixed", n);
  const CompiledPolicies policies(work);
  const Questions questions(work, policies);
  const std::vector<std::string> documents = documents_of(work);
  const auto name_of = [](std::size_t i) { return std::to_string(10'000'000 + i); };
  std::vector<PolicyChange> changes;
  for (std::size_t i = 0; i < documents.size(); ++i) changes.push_back({name_of(i), documents[i]});
  PolicyStore store(PolicyType::IdentityBased);
  if (const auto put = store.apply(std::move(changes)); !put) {
    give_up("reload", put.error().to_string());
  }
  PolicyStore::Reader reader = store.reader();
  const auto decide = [&](std::size_t i) {
    const auto snapshot = reader.pin();
    AppliedPolicies applied;
    applied.identity = snapshot->sets();
    return evaluate(questions.request(i), applied).outcome;
  };
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (decide(i) != questions.evaluate(i).outcome)
      give_up("reload", "the store decides otherwise");
  }
  // One document of the middle, with and without a statement more.
  const std::size_t changed = documents.size() / 2;
  std::string other = documents[changed];
  other.insert(other.rfind(']'),
               R"(,{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"})");
  bool longer = false;
  const auto put = [&](std::size_t document, const std::string& text) {
    if (const auto done = store.put(name_of(document), text); !done) {
      give_up("reload", done.error().to_string());
    }
  };
  compare(session, "segments", n, questions, 10, decide, [&] {
    longer = !longer;
    put(changed, longer ? other : documents[changed]);
  });
  Random random(n);
  compare(session, "segments_anywhere", n, questions, 10, decide, [&] {
    const std::size_t document = random.below(documents.size());
    put(document, documents[document] + ' ');
    put(document, documents[document]);
  });
}

void reload_family(Session& session) {
  if (session.wants_variant("publications")) {
    for (const std::size_t n : session.sizes({1000}, {1000})) publications(session, n);
  }
  if (session.wants_variant("segments")) {
    for (const std::size_t n : session.sizes({100'000}, {100'000})) segments(session, n);
  }
}

const Registration registration("reload", 130, reload_family);

}  // namespace
}  // namespace writ::bench
