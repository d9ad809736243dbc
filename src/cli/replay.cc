// writ replay: what a change of policies means for the calls of a log.
#include <fmt/format.h>

#include <string>

#include "cli/catalogue.h"
#include "cli/commands.h"
#include "cli/event_splitter.h"
#include "cli/files.h"
#include "cli/inner_place.h"
#include "cli/json_output.h"
#include "cli/log_file.h"
#include "cli/number_options.h"
#include "cli/replay_decider.h"
#include "cli/replay_policies.h"
#include "cli/replay_report.h"
#include "cli/replayed_event.h"

namespace writ::cli {
namespace {

constexpr std::size_t kShownMistakes = 20;
constexpr std::size_t kDefaultLimit = 50;

class Replayer {
 public:
  /// Borrows all; without a catalogue every name of an event is taken for an action's.
  Replayer(Console& console, ReplayDecider& decider, const Catalogue* catalogue)
      : console_(console), decider_(decider), catalogue_(catalogue) {}

  void read_file(std::string_view path);
  [[nodiscard]] ReplayReport& report() noexcept { return report_; }

 private:
  void read_one(std::string_view path, const EventSplitter& splitter);
  void mistake(std::string_view path, const EventPlace& place, std::string message);
  void mistake(std::string_view path, std::string message);
  void tell(ReplayMistake mistake);
  void show_progress(std::string_view path, const LogFile& file);

  Console& console_;
  ReplayDecider& decider_;
  const Catalogue* catalogue_;
  ReplayReport report_;
};

void Replayer::tell(ReplayMistake mistake) {
  if (report_.mistakes() < kShownMistakes) {
    const std::string file = as_utf8(mistake.file);
    if (mistake.line == 0) {
      console_.print_error("{}: {}\n", file, as_utf8(mistake.message));
    } else {
      console_.print_error("{}:{}:{}: {} (byte {})\n", file, mistake.line, mistake.column,
                           as_utf8(mistake.message), mistake.offset);
    }
  } else if (report_.mistakes() == kShownMistakes) {
    console_.print_error("further mistakes are counted; --json lists up to 1000\n");
  }
  report_.add_mistake(std::move(mistake));
}

void Replayer::mistake(std::string_view path, const EventPlace& place, std::string message) {
  tell({std::string(display_name(path)), place.line, place.column, place.offset,
        std::move(message)});
}

void Replayer::mistake(std::string_view path, std::string message) {
  tell({std::string(display_name(path)), 0, 0, 0, std::move(message)});
}

void Replayer::read_one(std::string_view path, const EventSplitter& splitter) {
  const Result<ReplayedEvent> event = read_event(splitter.text());
  if (!event) {
    const PolicyError& error = event.error();
    mistake(path, place_inside(splitter.place(), error.position),
            fmt::format("{}: {}", to_string(error.code), error.message));
    return;
  }
  if (event->is_gap) return report_.add_lost(event->lost);
  report_.add_event();
  if (event->one_in > 1) report_.add_sampled();
  if (event->skip != Skip::None) return report_.add_skipped(event->skip);
  const LogPlace place = {display_name(path), splitter.place().line, splitter.place().column,
                          splitter.place().offset};
  for (const ReplayedRequest& asked : event->requests) {
    if (catalogue_ != nullptr && !catalogue_->has(asked.action)) {
      report_.add_skipped(Skip::NoSuchAction);
      continue;
    }
    const ReplayAnswer& answer = decider_.decide(*event, asked);
    if (answer.skip != Skip::None) {
      report_.add_skipped(answer.skip);
    } else {
      report_.add(*event, asked, answer, place);
    }
  }
}

void Replayer::show_progress(std::string_view path, const LogFile& file) {
  if (!console_.progress_is_due()) return;
  const std::string share = file.total_bytes() == 0
                                ? fmt::format("{} MiB", file.bytes_read() >> 20U)
                                : fmt::format("{} %", file.bytes_read() * 100 / file.total_bytes());
  console_.progress(fmt::format("{}: {}, {} events so far", as_utf8(display_name(path)), share,
                                report_.events()));
}

void Replayer::read_file(std::string_view path) {
  LogFile file(console_, path);
  EventSplitter splitter(file);
  const std::uint64_t events_before = report_.events();
  for (std::uint64_t read = 0;; ++read) {
    const EventSplitter::Status status = splitter.next();
    if (status == EventSplitter::Status::End) break;
    if (status == EventSplitter::Status::Event) {
      read_one(path, splitter);
    } else {
      mistake(path, splitter.place(),
              fmt::format("{}; {} bytes were passed over", splitter.mistake(),
                          splitter.skipped_bytes()));
    }
    if (read % 1024 == 0) show_progress(path, file);
  }
  if (!file.problem().empty()) {
    mistake(path, fmt::format("{}; {} events were read from it, {} bytes of text", file.problem(),
                              report_.events() - events_before, splitter.bytes()));
  }
}

// An account has several mistakes at once, a line each.
int refuse(Console& console, const Problem& problem) {
  std::string_view rest = problem.text;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    console.print_error("writ replay: {}\n", rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  return fail(console, kReplayCommand, rest);
}

int run_replay(const Arguments& arguments, Console& console) {
  const auto before = arguments.value("--old");
  const auto after = arguments.value("--new");
  if (!before || !after) return fail(console, kReplayCommand, "--old DIR and --new DIR are needed");
  const std::optional<std::size_t> limit =
      number_option(arguments, console, kReplayCommand, "--limit", {}, kDefaultLimit);
  if (!limit) return kExitBadInput;
  AtomTable table;
  Result<ReplayPolicies, Problem> old_policies = ReplayPolicies::load(std::string(*before), table);
  if (!old_policies) return refuse(console, old_policies.error());
  Result<ReplayPolicies, Problem> new_policies = ReplayPolicies::load(std::string(*after), table);
  if (!new_policies) return refuse(console, new_policies.error());
  ReplayDecider decider(*old_policies, *new_policies, table);
  std::optional<Catalogue> catalogue;
  if (const auto path = arguments.value("--catalogue")) {
    Result<Catalogue, Problem> read = Catalogue::read(console, *path);
    if (!read) return fail(console, kReplayCommand, read.error().text);
    catalogue = std::move(read).value();
  }
  Replayer replayer(console, decider, catalogue ? &*catalogue : nullptr);
  for (const std::string_view path : arguments.operands()) replayer.read_file(path);
  console.clear_progress();
  ReplayReport& report = replayer.report();
  if (arguments.json()) {
    report.print_json(console);
  } else {
    report.print_text(console, *limit);
  }
  if (report.mistakes() > 0) return kExitBadInput;
  if (report.events() == 0) {
    return fail(console, kReplayCommand, "there is no event to replay, which says nothing");
  }
  return report.changes_anything() ? kExitNo : kExitYes;
}

constexpr Option kReplayOptions[] = {
    {"--old", "DIR", Arity::One, "the policies as they are: an account, or policies for everybody"},
    {"--new", "DIR", Arity::One, "the policies as they are to be"},
    {"--catalogue", "FILE", Arity::One,
     "the actions of services (docs/accounts.md); ask about no others"},
    {"--limit", "N", Arity::One, "groups shown of each kind, 50 by default; 0 shows all"},
};

}  // namespace

constinit const Command kReplayCommand = {
    .name = "replay",
    .operands = "FILE...",
    .summary = "tell whose calls of a log a change of policies would deny or allow",
    .details =
        R"(Files are CloudTrail's logs (objects with `Records`, or JSON Lines), the portal's audit events or
decision logs, each possibly packed with gzip. They are read event by event and may be larger than
memory. Each event becomes the requests that it stands for, which are decided under both
folders' policies. Where the log does not tell a condition key, or the resource, that the answer
hangs on, the outcome is `depends on KEY`; nothing is called certain that the log does not tell.

A folder with `account*.json` is an account as `aws iam get-account-authorization-details` prints
it, any other one holds policies that apply to every caller. With bad events the exit code is 2,
and what could be read is reported all the same.)",
    .exit_codes = "0 nothing changes, 1 something would or may, 2 bad usage, policies or events",
    .options = kReplayOptions,
    .min_operands = 1,
    .max_operands = static_cast<std::size_t>(-1),
    .run = &run_replay,
};

}  // namespace writ::cli
