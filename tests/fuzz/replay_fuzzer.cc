// Any bytes as a log: it is split into events and mistakes whose places lie in it, every event is
// read or refused with a place inside it, and what is read can be decided.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "cli/event_splitter.h"
#include "cli/log_file.h"
#include "cli/replay_decider.h"
#include "cli/replayed_event.h"
#include "fuzz/require.h"
#include "support/temporary_folder.h"

namespace {

using writ::fuzz::require;

constexpr std::string_view kOld = R"({"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Action":"*","Resource":"*"},
  {"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::${aws:username}/*",
   "Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}}]})";
constexpr std::string_view kNew = R"({"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Action":["s3:*","portal:*"],"NotResource":"arn:aws:s3:::secret/*",
   "Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}},
  {"Effect":"Deny","Action":"*","Resource":"*",
   "Condition":{"ForAnyValue:StringLike":{"aws:TagKeys":"x*"},"Bool":{"aws:ViaAWSService":"true"}}}]})";

writ::cli::ReplayPolicies load(std::string_view text, writ::cli::AtomTable& table) {
  const writ::test::TemporaryFolder folder;
  folder.write("p.json", text);
  auto policies = writ::cli::ReplayPolicies::load(folder.path(), table);
  require(policies.has_value(), "the policies load", std::string(text));
  return std::move(policies).value();
}

struct Sides {
  writ::cli::AtomTable table;
  writ::cli::ReplayPolicies before = load(kOld, table);
  writ::cli::ReplayPolicies after = load(kNew, table);
  writ::cli::ReplayDecider decider{before, after, table};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using writ::cli::EventSplitter;
  if (size == 0) return 0;  // fmemopen takes no empty memory
  static Sides sides;
  std::string input(reinterpret_cast<const char*>(data), size);
  std::FILE* in = fmemopen(input.data(), input.size(), "r");
  writ::cli::Console console(in, nullptr, nullptr);
  writ::cli::LogFile source(console, "-");
  EventSplitter splitter(source);
  // Each mistake passes over a line at least, so no text is split without end.
  for (std::size_t steps = 0;; ++steps) {
    require(steps <= 128 * (size + 1024) || source.is_packed(), "splitting ends", input);
    const EventSplitter::Status status = splitter.next();
    if (status == EventSplitter::Status::End) break;
    require(splitter.place().offset <= size || source.is_packed(), "places lie in it", input);
    require(splitter.place().line > 0 && splitter.place().column > 0, "places are places", input);
    if (status == EventSplitter::Status::Mistake) {
      require(!splitter.mistake().empty(), "a mistake says what it is", input);
      continue;
    }
    const std::string text(splitter.text());
    const auto event = writ::cli::read_event(text);
    if (!event) {
      require(event.error().position.offset <= text.size(), "mistakes lie in the event", text);
      require(!event.error().message.empty(), "a refusal says why", text);
      continue;
    }
    for (const writ::cli::ReplayedRequest& asked : event->requests) {
      const writ::cli::ReplayAnswer& answer = sides.decider.decide(*event, asked);
      const bool depends = answer.change == writ::cli::Change::Depends;
      require(answer.skip != writ::cli::Skip::None || depends == !answer.keys.empty(),
              "what depends says on what", text);
    }
  }
  std::fclose(in);
  return 0;
}
