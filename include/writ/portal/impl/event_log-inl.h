// Not API, may change in any release. Where events are kept.
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "writ/portal/event_log.h"

namespace writ::inline v0 {
namespace portal {

WRIT_FUNC std::vector<const AuditEvent*> EventLog::find(const EventQuery& query) const {
  std::vector<const AuditEvent*> found;
  for (const AuditEvent& event : events_) {
    const auto names_user = [&query](const auto& parameter) {
      return parameter.first == "partnerUserId" && parameter.second == query.user;
    };
    const bool by_user = query.user.empty() || event.user_identity.principal_id == query.user ||
                         event.user_identity.arn == query.user ||
                         std::ranges::any_of(event.request_parameters, names_user);
    if (by_user && (query.name.empty() || event.name == query.name) && event.time >= query.from &&
        event.time <= query.to) {
      found.push_back(&event);
    }
  }
  return found;
}

WRIT_FUNC std::string EventLog::to_json() const {
  std::string text = "{\"Records\":[";
  for (const AuditEvent& event : events_) {
    if (&event != &events_.front()) text += ',';
    text += event.to_json();
  }
  return text + "]}";
}

namespace detail {

/// Reads what stands behind the last line break of a file; the offset of it in `begin`.
[[nodiscard]] inline bool read_tail(int file, off_t size, off_t& begin, std::string& tail) {
  char block[4096];
  begin = size;
  while (begin > 0) {
    const auto count = static_cast<std::size_t>(std::min<off_t>(begin, sizeof block));
    const off_t from = begin - static_cast<off_t>(count);
    if (pread(file, block, count, from) != static_cast<ssize_t>(count)) return false;
    const std::string_view text(block, count);
    const std::size_t line_break = text.rfind('\n');
    if (line_break != std::string_view::npos) {
      tail.insert(0, text.substr(line_break + 1));
      begin = from + static_cast<off_t>(line_break) + 1;
      return true;
    }
    tail.insert(0, text);
    begin = from;
  }
  return true;
}

}  // namespace detail

WRIT_FUNC Result<JsonLinesSink> JsonLinesSink::open(const std::string& path) {
  PolicyError error;
  error.code = ErrorCode::InvalidInput;
  error.rule = "R-EVT-9";
  JsonLinesSink sink;
  sink.file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  struct stat status = {};
  if (sink.file_ < 0 || fstat(sink.file_, &status) != 0) {
    error.message = fmt::format("cannot open `{}`: {}", path, std::strerror(errno));
    return error;
  }
  off_t begin = 0;
  if (!detail::read_tail(sink.file_, status.st_size, begin, sink.torn_) ||
      (!sink.torn_.empty() && ftruncate(sink.file_, begin) != 0)) {
    error.message = fmt::format("cannot mend `{}`: {}", path, std::strerror(errno));
    return error;
  }
  return sink;
}

WRIT_FUNC JsonLinesSink::JsonLinesSink(JsonLinesSink&& other) noexcept { *this = std::move(other); }

WRIT_FUNC JsonLinesSink& JsonLinesSink::operator=(JsonLinesSink&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(torn_, other.torn_);
  std::swap(problem_, other.problem_);
  std::swap(lost_, other.lost_);
  return *this;
}

WRIT_FUNC JsonLinesSink::~JsonLinesSink() {
  if (file_ >= 0) close(file_);
}

WRIT_FUNC void JsonLinesSink::append(const AuditEvent& event) {
  const std::string line = event.to_json() + "\n";
  struct stat before = {};
  const bool known = fstat(file_, &before) == 0;
  ssize_t written = -1;
  do {
    written = write(file_, line.data(), line.size());
  } while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(line.size())) return;
  ++lost_;
  problem_ = written < 0 ? std::strerror(errno) : "the system took only part of a line";
  if (written > 0 && (!known || ftruncate(file_, before.st_size) != 0)) {
    problem_ += "; the part could not be cut off";
  }
}

}  // namespace portal
}  // namespace writ::inline v0
