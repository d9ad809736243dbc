// Reading documents: all of a corpus of managed policies, against RapidJSON's own document object
// model with the flags that are safe for bytes of strangers.
#include <rapidjson/document.h>

#include "google_benchmark.h"
#include "questions.h"
#include "session.h"

namespace writ::bench {
namespace {

// Of the bytes of a set those that evaluation may read, where the library tells them apart.
template <class Set>
double hot_bytes(const Set& set) {
  if constexpr (requires { set.hot_size_bytes(); }) {
    return static_cast<double>(set.hot_size_bytes());
  } else {
    return -1;
  }
}

void parse_family(Session& session) {
  struct Source {
    const char* variant;
    std::vector<std::string> documents;
  };
  std::vector<Source> sources;
  sources.push_back({"generated", managed_documents(session.options().smoke ? 20 : 1000, 99)});
  if (!session.options().corpus_file.empty()) {
    sources.push_back({"corpus", corpus_documents(session.options().corpus_file)});
  }
  const double seconds = session.seconds();
  for (const Source& source : sources) {
    if (!session.wants_variant(source.variant)) continue;
    std::size_t bytes = 0;
    std::size_t statements = 0;
    for (const std::string& json : source.documents) {
      bytes += json.size();
      const auto read = parse_policy(json, PolicyType::IdentityBased);
      if (!read) give_up(source.variant, read.error().to_string());
      statements += read->statements().size();
    }
    const auto add = [&](const char* subject, const Timing& timing, double compiled, double hot) {
      Row row;
      row.family = "parse";
      row.variant = source.variant;
      row.subject = subject;
      row.n = statements;
      row.mean_ns = timing.ns;
      row.more = {{"documents", static_cast<double>(source.documents.size())},
                  {"bytes", static_cast<double>(bytes)},
                  {"megabytes_per_second", static_cast<double>(bytes) / timing.ns * 1e3}};
      if (compiled >= 0) row.more.emplace_back("compiled_bytes", compiled);
      if (hot >= 0) row.more.emplace_back("hot_bytes", hot);
      session.add(std::move(row));
    };
    add("_RapidJsonDom",
        run_google_benchmark(
            "BM_RapidJsonDom", seconds, 1,
            [&](benchmark::State& state) {
              for (auto _ : state) {
                for (const std::string& json : source.documents) {
                  rapidjson::Document dom;
                  dom.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
                      json.data(), json.size());
                  if (dom.HasParseError()) state.SkipWithError("RapidJSON refuses a document");
                  benchmark::DoNotOptimize(dom);
                }
              }
            }),
        -1, -1);
    add("writ parse",
        run_google_benchmark("BM_Parse", seconds, 1,
                             [&](benchmark::State& state) {
                               for (auto _ : state) {
                                 for (const std::string& json : source.documents) {
                                   benchmark::DoNotOptimize(
                                       parse_policy(json, PolicyType::IdentityBased));
                                 }
                               }
                             }),
        -1, -1);
    // A set for each document, as principals share them; and all documents in one set.
    double compiled = 0;
    double hot = 0;
    for (const std::string& json : source.documents) {
      const PolicySet set = compile_policy(json, PolicyType::IdentityBased).value();
      compiled += static_cast<double>(set.size_bytes());
      hot += hot_bytes(set);
    }
    add("writ apart",
        run_google_benchmark("BM_ParseCompileApart", seconds, 1,
                             [&](benchmark::State& state) {
                               for (auto _ : state) {
                                 for (const std::string& json : source.documents) {
                                   benchmark::DoNotOptimize(
                                       compile_policy(json, PolicyType::IdentityBased));
                                 }
                               }
                             }),
        compiled, hot);
    const auto together = [&source] {
      std::vector<PolicyDocument> texts;
      texts.reserve(source.documents.size());
      PolicySetBuilder builder(PolicyType::IdentityBased);
      for (const std::string& json : source.documents) {
        texts.push_back(parse_policy(json, PolicyType::IdentityBased).value());
        builder.attach("managed", texts.back());
      }
      return builder.build().value();
    };
    const PolicySet all = together();
    compiled = static_cast<double>(all.size_bytes());
    hot = hot_bytes(all);
    add("writ together",
        run_google_benchmark("BM_ParseCompileTogether", seconds, 1,
                             [&](benchmark::State& state) {
                               for (auto _ : state) {
                                 benchmark::DoNotOptimize(together());
                               }
                             }),
        compiled, hot);
  }
}

const Registration registration("parse", 100, parse_family);

}  // namespace
}  // namespace writ::bench
