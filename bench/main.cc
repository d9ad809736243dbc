// writ_bench: measures writ and the baselines. bench/run.sh is the way to the published figures.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "results.h"
#include "session.h"

#if !defined(NDEBUG)
#error "benchmarks with assertions on say nothing: build with -DNDEBUG"
#endif

namespace {

constexpr const char* kUsage = R"(usage: writ_bench [OPTION]...

  --family NAME     only this family; may be repeated
  --variant NAME    only this variant of it
  --n STATEMENTS    only this size; may be repeated
  --quick           fewer sizes and passes
  --smoke           every family for a moment; no figures worth reading
  --json FILE       write the results there
  --dump FILE       write the (last) workload there as JSON Lines, measure nothing
  --corpus FILE     JSON Lines with a `document` in each, for parse and compile
  --list            the families
)";

int usage_error(std::string_view what) {
  std::fprintf(stderr, "writ_bench: %.*s\n%s", static_cast<int>(what.size()), what.data(), kUsage);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  using writ::bench::Family;
  writ::bench::Options options;
  options.policies = WRIT_SOURCE_DIR "/policies";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--quick") {
      options.quick = true;
    } else if (argument == "--smoke") {
      options.smoke = true;
    } else if (argument == "--list") {
      for (const Family& family : writ::bench::families()) std::puts(family.name);
      return 0;
    } else if (argument == "--help") {
      std::fputs(kUsage, stdout);
      return 0;
    } else if (i + 1 == argc) {
      return usage_error("unknown option or no value: " + std::string(argument));
    } else {
      const std::string value = argv[++i];
      if (argument == "--family") {
        options.families.push_back(value);
      } else if (argument == "--variant") {
        options.variant = value;
      } else if (argument == "--n") {
        options.sizes.push_back(std::strtoull(value.c_str(), nullptr, 10));
      } else if (argument == "--json") {
        options.json_file = value;
      } else if (argument == "--dump") {
        options.dump_file = value;
      } else if (argument == "--corpus") {
        options.corpus_file = value;
      } else {
        return usage_error("unknown option: " + std::string(argument));
      }
    }
  }

  writ::bench::Session session(options);
  for (const std::string& name : options.families) {
    bool known = false;
    for (const Family& family : writ::bench::families()) known |= name == family.name;
    if (!known) return usage_error("unknown family: " + name);
  }
  for (const Family& family : writ::bench::families()) {
    bool wanted = options.families.empty();
    for (const std::string& name : options.families) wanted |= name == family.name;
    if (!wanted) continue;
    std::fprintf(stderr, "%s\n", family.name);
    family.run(session);
  }
  if (options.json_file.empty()) return 0;
  if (!writ::bench::write_results(options.json_file, options, session.rows())) {
    std::fprintf(stderr, "writ_bench: cannot write %s\n", options.json_file.c_str());
    return 2;
  }
  return 0;
}
