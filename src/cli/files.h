// Reading files: whole, and line by line within bounded memory.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "cli/console.h"
#include "writ/result.h"

namespace writ::cli {

inline constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20U;
inline constexpr std::size_t kMaxLineBytes = std::size_t{64} << 20U;

/// The name that messages use for a path: `-` is standard input.
[[nodiscard]] std::string_view display_name(std::string_view path);

/// The whole file, `-` for standard input. Errors are sentences that name the file: it cannot be
/// read, it is longer than kMaxFileBytes, standard input was read before.
[[nodiscard]] Result<std::string, Problem> read_file(Console& console, std::string_view path);

/// Opens a file for reading; `-` is the console's, which the caller does not close. Null when that
/// cannot be had, with a sentence why not.
[[nodiscard]] std::FILE* open_input(Console& console, std::string_view path, std::string& problem);

/// Writes the whole file, or leaves the old one as it was. A symbolic link stays and its target is
/// replaced, with the target's permissions; other names of the same file (hard links) keep the old
/// text. Devices and pipes are written to. False with errno set when that fails.
[[nodiscard]] bool write_file(std::string_view path, std::string_view text);

/// Reads lines into one buffer that never grows beyond the longest line allowed, so that a file
/// may be larger than memory. Owns the file unless it is standard input. One thread at a time.
class LineReader {
 public:
  enum class Status : unsigned char { Line, TooLong, End, Failed };

  /// `-` reads standard input. See `is_open`.
  LineReader(Console& console, std::string_view path, std::size_t max_line = kMaxLineBytes);
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  ~LineReader();

  [[nodiscard]] bool is_open() const noexcept { return file_ != nullptr; }
  /// Why the file is not open, or why reading failed.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

  /// Moves to the next line. A line that is too long is skipped to its end.
  [[nodiscard]] Status next();
  /// The line without its line break; valid until the next call of `next`.
  [[nodiscard]] std::string_view line() const noexcept { return line_; }
  /// Counts from 1.
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

 private:
  [[nodiscard]] bool fill();

  std::FILE* file_ = nullptr;
  bool owned_ = false;
  bool at_end_ = false;
  std::size_t max_line_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what has not been handed out
  std::size_t end_ = 0;    // of what has been read
  std::string_view line_;
  std::uint64_t number_ = 0;
  std::string problem_;
};

}  // namespace writ::cli
