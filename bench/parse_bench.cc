// Family `parse`: the text of the managed policies to documents, and on to programs, against
// RapidJSON's own document of the same bytes (iterative, with encoding validation).
//
// The times of a shared machine drift, so `parse/ratios` takes the contestants in turn, corpus by
// corpus, and gives the medians of the ratios within one turn. The baseline is RapidJSON's fastest
// documented use that keeps the text: texts that end with a NUL, and a new document for each.
#include <benchmark/benchmark.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "support/corpus.h"
#include "writ/parse.h"
#include "writ/policy_set.h"

namespace {

std::uint64_t allocation_count = 0;
std::uint64_t allocated_bytes = 0;

}  // namespace

// Not inlined: g++ 12 takes inlined parts for mismatched.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocation_count;
  allocated_bytes += size;
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using writ::PolicyDocument;
using writ::PolicySet;
using writ::PolicySetBuilder;
using writ::PolicyType;
using writ::Result;

// The managed policies as they stand in the corpus; empty without the shared data.
const std::vector<std::string>& corpus() {
  static const std::vector<std::string> texts = [] {
    std::vector<std::string> found;
    const std::string path = writ::test::shared_file("corpus/aws-managed-policies.jsonl.gz");
    if (path.empty()) return found;
    for (const std::string& line : writ::test::read_lines(path)) {
      found.push_back(writ::test::member_source(writ::test::read_object(line), line, "document"));
    }
    return found;
  }();
  return texts;
}

std::size_t corpus_bytes() {
  std::size_t bytes = 0;
  for (const std::string& text : corpus()) bytes += text.size();
  return bytes;
}

// Each reads the whole corpus and gives a number that depends on all of it.

std::size_t read_dom() {
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  std::size_t sum = 0;
  for (const std::string& text : corpus()) {
    rapidjson::Document document;
    document.Parse<kFlags>(text.c_str());
    if (document.HasParseError()) std::abort();
    sum += document.MemberCount();
  }
  return sum;
}

std::size_t read_documents() {
  std::size_t sum = 0;
  for (const std::string& text : corpus()) {
    const Result<PolicyDocument> document = writ::parse_policy(text, PolicyType::IdentityBased);
    if (!document) std::abort();
    sum += document->statements().size();
  }
  return sum;
}

std::size_t compile_one_by_one() {
  std::size_t sum = 0;
  for (const std::string& text : corpus()) {
    const Result<PolicySet> set = writ::compile_policy(text, PolicyType::IdentityBased);
    if (!set) std::abort();
    sum += set->statement_count();
  }
  return sum;
}

std::size_t compile_together() {
  std::vector<PolicyDocument> documents;
  documents.reserve(corpus().size());
  PolicySetBuilder builder(PolicyType::IdentityBased);
  for (const std::string& text : corpus()) {
    Result<PolicyDocument> document = writ::parse_policy(text, PolicyType::IdentityBased);
    if (!document) std::abort();
    documents.push_back(std::move(document).value());
    builder.attach("policy", documents.back());
  }
  const Result<PolicySet> set = builder.build();
  if (!set) std::abort();
  return set->statement_count();
}

template <std::size_t (*Read)()>
void run(benchmark::State& state) {
  if (corpus().empty()) {
    state.SkipWithError("the corpus of managed policies is not here");
    return;
  }
  benchmark::DoNotOptimize(Read());
  const std::uint64_t count = allocation_count;
  const std::uint64_t bytes = allocated_bytes;
  for (auto _ : state) benchmark::DoNotOptimize(Read());
  const auto documents =
      static_cast<double>(state.iterations()) * static_cast<double>(corpus().size());
  state.counters["allocs/document"] = static_cast<double>(allocation_count - count) / documents;
  state.counters["allocated/byte"] =
      static_cast<double>(allocated_bytes - bytes) /
      (static_cast<double>(state.iterations()) * static_cast<double>(corpus_bytes()));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(corpus_bytes()));
}

double seconds(std::size_t (*read)()) {
  const auto begin = std::chrono::steady_clock::now();
  benchmark::DoNotOptimize(read());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void ratios(benchmark::State& state) {
  if (corpus().empty()) {
    state.SkipWithError("the corpus of managed policies is not here");
    return;
  }
  std::vector<double> parsed;
  std::vector<double> compiled;
  std::vector<double> together;
  for (auto _ : state) {
    const double dom = seconds(read_dom);
    parsed.push_back(seconds(read_documents) / dom);
    compiled.push_back(seconds(compile_one_by_one) / dom);
    together.push_back(seconds(compile_together) / dom);
  }
  state.counters["parse/dom"] = median(parsed);
  state.counters["compile/dom"] = median(compiled);
  state.counters["together/dom"] = median(together);
}

BENCHMARK_TEMPLATE(run, read_dom)->Name("parse/rapidjson_dom")->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(run, read_documents)->Name("parse/documents")->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(run, compile_one_by_one)
    ->Name("parse/compile_one_by_one")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(run, compile_together)
    ->Name("parse/compile_together")
    ->Unit(benchmark::kMillisecond);
BENCHMARK(ratios)->Name("parse/ratios")->Iterations(15)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
