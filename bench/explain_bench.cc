// What an explanation costs: the decision again, with every step written down. It allocates.
#include "questions.h"
#include "session.h"

namespace writ::bench {
namespace {

void explain_workload(Session& session, const Workload& work) {
  const CompiledPolicies policies(work);
  const Questions questions(work, policies);
  LoopOptions loop = session.loop();
  loop.budget_seconds /= 3;
  const Series series = measure(
      questions.size(), loop, [&](std::size_t i) { questions.touch_request(i); },
      [&](std::size_t i) {
        return explain(questions.request(i), questions.applied(i)).decision().outcome;
      });
  Row row;
  row.family = "explain";
  row.variant = work.family;
  row.subject = "writ";
  row.n = work.statements;
  row.requests = series.request.size();
  row.runs = series.runs;
  row.p50_ns = series.percentile(0.5);
  row.p99_ns = series.percentile(0.99);
  row.mean_ns = series.mean_ns;
  row.allocations = series.allocations;
  session.add(std::move(row));
}

void explain_family(Session& session) {
  for (const std::size_t n : session.sizes({10, 1000}, {10})) {
    explain_workload(session, one_user("mixed", n));
  }
  explain_workload(session, managed());
}

const Registration registration("explain", 90, explain_family);

}  // namespace
}  // namespace writ::bench
