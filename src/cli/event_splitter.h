// EventSplitter: a log as the texts of its events, whichever way they are put together.
//
// One event an object: one behind the other (JSON Lines, or over several lines), as elements of an
// array, or as elements of the member `Records` (CloudTrail's files) or `Events` of an object. Only
// brackets and strings are looked at; whether an event is JSON is found out by who reads it.
//
// After a mistake reading goes on at the next line, behind the beginning of the event, that begins
// with `{` or `[`; so a line that was cut off costs nothing but itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/log_file.h"

namespace writ::cli {

/// Where a text stands in the log, unpacked.
struct EventPlace {
  std::uint64_t offset = 0;  ///< bytes, from 0
  std::uint64_t line = 1;
  std::uint64_t column = 1;
};

class EventSplitter {
 public:
  enum class Status : unsigned char { Event, Mistake, End };
  static constexpr std::size_t kMaxEventBytes = std::size_t{1} << 20U;

  /// Borrows the file.
  explicit EventSplitter(LogFile& file) noexcept : file_(file) {}

  [[nodiscard]] Status next();
  /// The event's text, valid until the next call of `next`.
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  /// Where the event begins, or where the mistake is.
  [[nodiscard]] const EventPlace& place() const noexcept { return place_; }
  /// What is wrong, as half a sentence, and how many bytes were passed over.
  [[nodiscard]] std::string_view mistake() const noexcept { return mistake_; }
  [[nodiscard]] std::uint64_t skipped_bytes() const noexcept { return skipped_; }
  /// Bytes unpacked so far.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return base_ + at_; }

 private:
  static constexpr std::size_t kMaxDepth = 64;
  /// What stands around the events.
  enum class Frame : unsigned char { None, Array, Member };

  /// More of the log behind the buffer, whose first `keep_` bytes go; false at the end.
  [[nodiscard]] bool fill();
  /// The byte at `at_`, or -1 at the end.
  [[nodiscard]] int peek();
  /// Moves on, counting lines.
  void advance(std::size_t to);
  void skip_space();
  [[nodiscard]] EventPlace place_at(std::size_t at) const;
  [[nodiscard]] Status take_event();
  [[nodiscard]] Status fail(std::string_view mistake, std::size_t at);
  [[nodiscard]] bool enter_member();
  void leave_object();

  LogFile& file_;
  std::string buffer_;
  std::uint64_t base_ = 0;  // offset of buffer_[0] in the log
  std::size_t at_ = 0;      // where reading stands in buffer_
  std::uint64_t line_ = 1;
  std::uint64_t line_begin_ = 0;  // offset in the log
  bool file_ended_ = false;
  bool tolerant_ = false;     // behind a mistake: closing brackets and commas of a lost frame
  bool has_element_ = false;  // of the frame, and no comma behind it
  Frame frame_ = Frame::None;
  std::string_view text_;
  EventPlace place_;
  std::string_view mistake_;
  std::uint64_t skipped_ = 0;
};

}  // namespace writ::cli
