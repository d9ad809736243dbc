#include "metrics.h"

#include <chrono>

#include "writ/config.h"
// The library's own, like the reader in config.cc. It is no API.
#include "writ/impl/utf8.h"

namespace authz {
namespace {

constexpr writ::Outcome kOutcomes[] = {writ::Outcome::Allowed, writ::Outcome::ExplicitDeny,
                                       writ::Outcome::ImplicitDeny};

/// A label's value, escaped. Names of files are any bytes, the text is UTF-8.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : writ::detail::as_utf8(text)) {
    if (c == '\n') {
      result += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

/// Seconds since 1970.
std::int64_t now() {
  const auto time = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

void head(std::string& text, std::string_view name, std::string_view type, std::string_view help) {
  text.append("# HELP ").append(name).append(" ").append(help);
  text.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void line(std::string& text, std::string_view name, std::string_view labels, std::string value) {
  text.append(name).append(labels).append(" ").append(value).append("\n");
}

std::string number(const std::atomic<std::uint64_t>& counter) {
  return std::to_string(counter.load(std::memory_order_relaxed));
}

}  // namespace

void Metrics::observe(std::uint64_t nanoseconds) noexcept {
  std::size_t bucket = 0;
  while (bucket < kBounded && nanoseconds > kBounds[bucket].nanoseconds) ++bucket;
  buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
  nanoseconds_.fetch_add(nanoseconds, std::memory_order_relaxed);
}

Metrics::Metrics() : last_reload_(now()) {}

void Metrics::reloaded(bool published, const std::vector<writ::DocumentError>& errors) {
  const std::lock_guard lock(reloads_mutex_);
  errors_ = errors;
  if (published) {
    version_.fetch_add(1, std::memory_order_relaxed);
    last_reload_ = now();
  } else {
    ++refused_reloads_;
  }
}

std::string Metrics::to_string(const writ::DecisionLogCounts* log) const {
  std::string text;
  head(text, "writ_build_info", "gauge", "The version of writ.");
  line(text, "writ_build_info",
       "{version=\"" + std::to_string(WRIT_VERSION_MAJOR) + '.' +
           std::to_string(WRIT_VERSION_MINOR) + '.' + std::to_string(WRIT_VERSION_PATCH) + "\"}",
       "1");

  head(text, "writ_decisions_total", "counter", "Questions decided by the policies.");
  for (const writ::Outcome outcome : kOutcomes) {
    line(text, "writ_decisions_total", "{outcome=" + quoted(writ::to_string(outcome)) + '}',
         number(decisions_[static_cast<std::size_t>(outcome)]));
  }
  head(text, "writ_refusals_total", "counter", "Questions denied before the policies were asked.");
  for (std::size_t i = 0; i < kRefusalCount; ++i) {
    line(text, "writ_refusals_total",
         "{reason=" + quoted(authz::to_string(static_cast<Refusal>(i))) + '}',
         number(refusals_[i]));
  }

  head(text, "writ_answer_seconds", "histogram", "From a question's headers to its answer.");
  std::uint64_t total = 0;
  for (std::size_t i = 0; i <= kBounded; ++i) {
    total += buckets_[i].load(std::memory_order_relaxed);
    line(text, "writ_answer_seconds_bucket",
         std::string("{le=\"") + (i == kBounded ? "+Inf" : kBounds[i].seconds) + "\"}",
         std::to_string(total));
  }
  line(text, "writ_answer_seconds_sum", "",
       std::to_string(static_cast<double>(nanoseconds_.load(std::memory_order_relaxed)) / 1e9));
  line(text, "writ_answer_seconds_count", "", std::to_string(total));

  if (log != nullptr) {
    head(text, "writ_log_lines_total", "counter",
         "Decisions that the log took, and those it lost.");
    line(text, "writ_log_lines_total", "{result=\"written\"}", std::to_string(log->lines_written));
    line(text, "writ_log_lines_total", "{result=\"lost\"}", std::to_string(log->lines_lost));
    line(text, "writ_log_lines_total", "{result=\"dropped\"}",
         std::to_string(log->dropped_full + log->dropped_overlong + log->dropped_closed));
  }

  const std::lock_guard lock(reloads_mutex_);
  head(text, "writ_policy_reloads_total", "counter",
       "Policies taken over since the start, and changes refused.");
  line(text, "writ_policy_reloads_total", "{result=\"published\"}",
       std::to_string(policy_version() - 1));
  line(text, "writ_policy_reloads_total", "{result=\"refused\"}", std::to_string(refused_reloads_));
  head(text, "writ_policy_version", "gauge",
       "Which policies are in force: 1 after the start, one more with each reload.");
  line(text, "writ_policy_version", "", std::to_string(policy_version()));
  head(text, "writ_policy_reload_timestamp_seconds", "gauge", "When this process took them over.");
  line(text, "writ_policy_reload_timestamp_seconds", "", std::to_string(last_reload_));
  head(text, "writ_policy_errors", "gauge", "Policy files that are refused at present.");
  line(text, "writ_policy_errors", "", std::to_string(errors_.size()));
  head(text, "writ_policy_error", "gauge", "Each of them, with the place of its mistake.");
  for (const writ::DocumentError& error : errors_) {
    line(text, "writ_policy_error",
         "{file=" + quoted(error.document) + ",line=\"" +
             std::to_string(error.error.position.line) + "\",column=\"" +
             std::to_string(error.error.position.column) +
             "\",code=" + quoted(writ::to_string(error.error.code)) + '}',
         "1");
  }
  return text;
}

}  // namespace authz
