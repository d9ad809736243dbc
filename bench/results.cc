#include "results.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <thread>

#include "questions.h"

namespace writ::bench {

namespace {

template <class Writer>
void put(Writer& writer, const char* name, std::string_view value) {
  writer.Key(name);
  writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}
template <class Writer>
void put_number(Writer& writer, const char* name, double value) {
  if (value < 0) return;
  writer.Key(name);
  writer.Double(value);
}
template <class Writer>
void put_count(Writer& writer, const char* name, std::size_t value) {
  writer.Key(name);
  writer.Uint64(value);
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

std::string compiler() {
#if defined(__clang__)
  return std::string("clang ") + __clang_version__;
#else
  return std::string("g++ ") + __VERSION__;
#endif
}

bool write_file(const std::string& file, std::string_view text) {
  const auto close = [](std::FILE* handle) { std::fclose(handle); };
  std::unique_ptr<std::FILE, decltype(close)> handle(std::fopen(file.c_str(), "wb"), close);
  return handle != nullptr && std::fwrite(text.data(), 1, text.size(), handle.get()) == text.size();
}

}  // namespace

bool write_results(const std::string& file, const Options& options, const std::vector<Row>& rows) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 1);
  writer.SetMaxDecimalPlaces(4);
  writer.StartObject();
  put(writer, "mode", options.smoke ? "smoke" : options.quick ? "quick" : "full");
  put(writer, "processor", processor());
  put_count(writer, "processors", std::thread::hardware_concurrency());
  put(writer, "compiler", compiler());
  put(writer, "clock", kCycleClock ? "cycle counter" : "steady clock");
  put_number(writer, "ns_per_tick", Clock::calibrated().ns_per_tick);
  put_number(writer, "timer_ns",
             Clock::calibrated().overhead_ticks * Clock::calibrated().ns_per_tick);
  writer.Key("rows");
  writer.StartArray();
  for (const Row& row : rows) {
    writer.StartObject();
    put(writer, "family", row.family);
    put(writer, "variant", row.variant);
    put(writer, "subject", row.subject);
    put_count(writer, "n", row.n);
    writer.Key("cold");
    writer.Bool(row.cold);
    put_count(writer, "requests", row.requests);
    put_count(writer, "runs", static_cast<std::size_t>(row.runs));
    put_number(writer, "p50_ns", row.p50_ns);
    put_number(writer, "p99_ns", row.p99_ns);
    put_number(writer, "mean_ns", row.mean_ns);
    put_number(writer, "p50_allowed_ns", row.p50_allowed_ns);
    put_number(writer, "p50_not_allowed_ns", row.p50_not_allowed_ns);
    put_number(writer, "allocations", row.allocations);
    for (const auto& [name, value] : row.more) put_number(writer, name.c_str(), value);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return write_file(file, {buffer.GetString(), buffer.GetSize()});
}

bool write_workload(const std::string& file, const Workload& work, const Questions& questions) {
  std::string text;
  rapidjson::StringBuffer buffer;
  {
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    writer.StartObject();
    put(writer, "family", work.family);
    put(writer, "variant", work.variant);
    put_count(writer, "statements", work.statements);
    writer.Key("policies");
    writer.StartArray();
    for (const PolicyText& policy : work.policies) {
      writer.StartObject();
      put(writer, "name", policy.name);
      put(writer, "type", to_string(policy.type));
      put_count(writer, "level", policy.level);
      writer.Key("document");
      writer.RawValue(policy.json.data(), policy.json.size(), rapidjson::kObjectType);
      writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
  }
  text.append(buffer.GetString(), buffer.GetSize());
  text += '\n';
  for (std::size_t i = 0; i < work.requests.size(); ++i) {
    const RequestText& request = work.requests[i];
    buffer.Clear();
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    writer.StartObject();
    put(writer, "principal", request.principal);
    put(writer, "action", request.action);
    put(writer, "resource", request.resource);
    writer.Key("context");
    writer.StartObject();
    for (const ContextText& entry : request.context) {
      if (!entry.multivalued) {
        put(writer, entry.key.c_str(), entry.values.front());
        continue;
      }
      writer.Key(entry.key.c_str());
      writer.StartArray();
      for (const std::string& value : entry.values) writer.String(value.c_str());
      writer.EndArray();
    }
    writer.EndObject();
    put(writer, "expect", to_string(questions.evaluate(i).outcome));
    writer.EndObject();
    text.append(buffer.GetString(), buffer.GetSize());
    text += '\n';
  }
  return write_file(file, text);
}

}  // namespace writ::bench
