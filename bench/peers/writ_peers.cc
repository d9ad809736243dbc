// writ_peers: writes the workload files that other engines read, and runs writ over them by the
// same protocol (README.md). run.sh is the way to a table.
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../latency.h"
#include "../questions.h"
#include "../random.h"
#include "../results.h"
#include "../workload.h"
#include "writ/config.h"

namespace writ::bench {
namespace {

constexpr const char* kUsage = R"(usage: writ_peers write VARIANT STATEMENTS FILE
       writ_peers measure FILE

write     the family one_user as JSON Lines, with writ's answers; `allowed_random`, `mixed`, ...
measure   decides the file's requests and prints a line of figures for each way to do so
)";

int write(const std::string& variant, std::size_t statements, const std::string& file) {
  const Workload work = one_user(variant, statements);
  const CompiledPolicies policies(work);
  const Questions questions(work, policies);
  if (!write_workload(file, work, questions)) give_up(file, "cannot be written");
  return 0;
}

// A workload file, read back.
struct WorkloadFile {
  Workload work;
  std::vector<std::string> expect;
};

std::string text_of(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  if (found == object.MemberEnd() || !found->value.IsString()) give_up(name, "no such string");
  return {found->value.GetString(), found->value.GetStringLength()};
}

std::string json_of(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

rapidjson::Document object_of(const std::string& file, const std::string& line) {
  rapidjson::Document document;
  document.Parse(line.data(), line.size());
  if (document.HasParseError() || !document.IsObject()) give_up(file, "not JSON Lines of objects");
  return document;
}

// The account of a user's ARN: the objects asked for are that account's.
std::string account_of(const std::string& principal) {
  std::size_t begin = 0;
  for (int field = 0; field < 4; ++field) {
    begin = principal.find(':', begin);
    if (begin == std::string::npos) give_up(principal, "not an ARN");
    ++begin;
  }
  return principal.substr(begin, principal.find(':', begin) - begin);
}

WorkloadFile read_workload(const std::string& file) {
  WorkloadFile read;
  std::ifstream lines(file);
  std::string line;
  if (!std::getline(lines, line)) give_up(file, "cannot be read");
  const rapidjson::Document header = object_of(file, line);
  read.work.family = text_of(header, "family");
  read.work.variant = text_of(header, "variant");
  const auto policies = header.FindMember("policies");
  const auto statements = header.FindMember("statements");
  if (policies == header.MemberEnd() || !policies->value.IsArray() ||
      statements == header.MemberEnd() || !statements->value.IsUint64()) {
    give_up(file, "no policies, or not how many statements");
  }
  read.work.statements = statements->value.GetUint64();
  for (const rapidjson::Value& policy : policies->value.GetArray()) {
    if (!policy.IsObject() || !policy.HasMember("document") ||
        text_of(policy, "type") != to_string(PolicyType::IdentityBased)) {
      give_up(file, "a policy that is no identity policy");
    }
    read.work.policies.push_back(
        {text_of(policy, "name"), PolicyType::IdentityBased, 0, json_of(policy["document"])});
  }
  read.work.apply_all();
  while (std::getline(lines, line)) {
    const rapidjson::Document from = object_of(file, line);
    RequestText request;
    request.principal = text_of(from, "principal");
    request.action = text_of(from, "action");
    request.resource = text_of(from, "resource");
    request.owner = account_of(request.principal);
    const auto context = from.FindMember("context");
    if (context == from.MemberEnd() || !context->value.IsObject()) give_up(file, "no context");
    for (const auto& entry : context->value.GetObject()) {
      ContextText& key = request.context.emplace_back();
      key.key = entry.name.GetString();
      key.multivalued = entry.value.IsArray();
      if (entry.value.IsString()) {
        key.values.emplace_back(entry.value.GetString());
      } else if (key.multivalued) {
        for (const rapidjson::Value& value : entry.value.GetArray()) {
          if (!value.IsString()) give_up(file, "a context value that is no string");
          key.values.emplace_back(value.GetString());
        }
      } else {
        give_up(file, "a context value that is no string");
      }
    }
    read.work.requests.push_back(std::move(request));
    read.expect.push_back(text_of(from, "expect"));
  }
  if (read.expect.empty()) give_up(file, "no requests");
  return read;
}

// What a service does that has nothing but strings.
Outcome build_and_evaluate(const PlainRequest& plain, const AppliedPolicies& applied) {
  const Result<Caller> caller = Caller::from_arn(plain.principal);
  if (!caller) return Outcome::ImplicitDeny;
  RequestBuilder builder(*caller, plain.action, plain.resource);
  builder.resource_account(plain.owner);
  for (const PlainEntry& entry : plain.context) {
    if (entry.multivalued) {
      builder.set_list(entry.key, entry.values);
    } else {
      builder.set(entry.key, entry.single);
    }
  }
  const Result<Request> request = builder.build();
  return request ? writ::evaluate(*request, applied).outcome : Outcome::ImplicitDeny;
}

struct Figures {
  double mean_ns = 0;
  std::vector<double> least_ns;  // of each request
};

constexpr int kPasses = 15;

// The loop of the other engines' runners: whole passes without a timer, then each request's least.
// Unlike writ_bench, it does not read a request before the clock starts, since they do not.
template <class Decide>
Figures measure_requests(std::size_t count, Decide&& decide) {
  const Clock& clock = Clock::calibrated();
  const auto overhead = static_cast<double>(clock.overhead_ticks);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random(count);
  for (int pass = 0; pass < kPasses; ++pass) {
    for (const std::size_t i : order) keep(decide(i));
  }
  std::vector<double> means;
  for (int round = 0; round < kPasses / 3; ++round) {
    random.shuffle(order);
    const std::uint64_t start = start_ticks();
    for (const std::size_t i : order) keep(decide(i));
    const auto ticks = static_cast<double>(stop_ticks() - start);
    means.push_back(ticks * clock.ns_per_tick / static_cast<double>(count));
  }
  Figures figures;
  figures.mean_ns = Series::percentile_of(means, 0.5);
  figures.least_ns.assign(count, std::numeric_limits<double>::max());
  for (int pass = 0; pass < kPasses; ++pass) {
    random.shuffle(order);
    for (const std::size_t i : order) {
      const std::uint64_t start = start_ticks();
      keep(decide(i));
      const double ticks = static_cast<double>(stop_ticks() - start) - overhead;
      figures.least_ns[i] = std::min(figures.least_ns[i], std::max(0.0, ticks) * clock.ns_per_tick);
    }
  }
  return figures;
}

template <class Decide>
bool run(const WorkloadFile& read, const char* form, Decide&& decide) {
  const std::size_t count = read.expect.size();
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < count; ++i) {
    wrong += to_string(decide(i)) == read.expect[i] ? 0 : 1;
  }
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  const auto put = [&writer](const char* name, const std::string& value) {
    writer.Key(name);
    writer.String(value.c_str());
  };
  const auto put_count = [&writer](const char* name, std::size_t value) {
    writer.Key(name);
    writer.Uint64(value);
  };
  const auto put_number = [&writer](const char* name, double value) {
    writer.Key(name);
    writer.Double(value);
  };
  writer.StartObject();
  put("peer", "writ");
  put("form", form);
  put("version", std::to_string(WRIT_VERSION_MAJOR) + "." + std::to_string(WRIT_VERSION_MINOR) +
                     "." + std::to_string(WRIT_VERSION_PATCH));
  put("family", read.work.family);
  put("variant", read.work.variant);
  put_count("statements", read.work.statements);
  put_count("wrong", wrong);
  if (wrong == 0) {
    const Figures figures = measure_requests(count, decide);
    const auto allowed = static_cast<std::size_t>(
        std::count(read.expect.begin(), read.expect.end(), to_string(Outcome::Allowed)));
    put_count("requests", count);
    put_count("not_allowed", count - allowed);
    put_count("passes", static_cast<std::size_t>(kPasses));
    put_number("mean_ns", figures.mean_ns);
    put_number("p50_ns", Series::percentile_of(figures.least_ns, 0.5));
    put_number("p99_ns", Series::percentile_of(figures.least_ns, 0.99));
  }
  writer.EndObject();
  std::puts(buffer.GetString());
  return wrong == 0;
}

int measure_file(const std::string& file) {
  const WorkloadFile read = read_workload(file);
  const CompiledPolicies policies(read.work);
  const Questions questions(read.work, policies);
  bool right = run(read, "evaluate", [&](std::size_t i) { return questions.evaluate(i).outcome; });
  right &= run(read, "build and evaluate", [&](std::size_t i) {
    return build_and_evaluate(questions.plain(i), questions.applied(i));
  });
  return right ? 0 : 1;
}

}  // namespace
}  // namespace writ::bench

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::size_t count = arguments.size();
  if (count == 4 && arguments[0] == "write") {
    return writ::bench::write(arguments[1], std::strtoull(arguments[2].c_str(), nullptr, 10),
                              arguments[3]);
  }
  if (count == 2 && arguments[0] == "measure") return writ::bench::measure_file(arguments[1]);
  std::fputs(writ::bench::kUsage, stderr);
  return 2;
}
