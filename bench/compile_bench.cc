// Compiling a parsed document into a set.
#include "google_benchmark.h"
#include "questions.h"
#include "session.h"

namespace writ::bench {
namespace {

void compile_family(Session& session) {
  for (const std::size_t n : session.sizes({10, 100, 1000, 10000, 100000}, {10, 1000})) {
    for (const char* family : {"one_user", "hard"}) {
      if (!session.wants_variant(family)) continue;
      const bool is_hard = std::string_view(family) == "hard";
      if (is_hard && n > 10000) continue;
      const Workload work = is_hard ? hard("distinct", n) : one_user("mixed", n);
      const PolicyDocument text = parsed(work.policies.front());
      PolicySetBuilder builder(PolicyType::IdentityBased);
      builder.attach("policy", text);
      const Timing timing =
          run_google_benchmark("BM_Compile", session.seconds(), 1, [&](benchmark::State& state) {
            for (auto _ : state) benchmark::DoNotOptimize(builder.build());
          });
      const Timing whole = run_google_benchmark(
          "BM_ParseCompile", session.seconds(), 1, [&](benchmark::State& state) {
            for (auto _ : state) {
              const PolicyDocument read = parsed(work.policies.front());
              PolicySetBuilder fresh(PolicyType::IdentityBased);
              fresh.attach("policy", read);
              benchmark::DoNotOptimize(fresh.build());
            }
          });
      Row row;
      row.family = "compile";
      row.variant = family;
      row.subject = "writ";
      row.n = n;
      row.mean_ns = timing.ns;
      row.more = {
          {"with_parsing_ns", whole.ns},
          {"bytes_per_statement",
           static_cast<double>(builder.build().value().size_bytes()) / static_cast<double>(n)},
          {"json_bytes_per_statement",
           static_cast<double>(work.policies.front().json.size()) / static_cast<double>(n)}};
      session.add(std::move(row));
    }
  }
}

const Registration registration("compile", 110, compile_family);

}  // namespace
}  // namespace writ::bench
