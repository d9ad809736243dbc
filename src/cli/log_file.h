// LogFile: the bytes of a log, unpacked when it is packed with gzip, in chunks.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"

namespace writ::cli {

/// Reads a file from its beginning to its end within fixed memory; gzip is recognised by its first
/// bytes, several members behind one another are one text. One thread at a time.
class LogFile {
 public:
  /// `-` reads standard input. See `problem`.
  LogFile(Console& console, std::string_view path);
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile();

  /// The next bytes; empty at the end and after a problem. Valid until the next call.
  [[nodiscard]] std::string_view next();
  /// Why the file cannot be opened, read or unpacked further: a sentence. Empty when all is well.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
  /// Bytes taken from the file; of a packed one they are fewer than those given out.
  [[nodiscard]] std::uint64_t bytes_read() const noexcept { return bytes_read_; }
  [[nodiscard]] bool is_packed() const noexcept { return unpacker_ != nullptr; }
  /// The file's size, or 0 where nobody knows it.
  [[nodiscard]] std::uint64_t total_bytes() const noexcept { return total_bytes_; }

 private:
  struct Unpacker;

  [[nodiscard]] bool fill();
  [[nodiscard]] std::string_view unpack();

  std::FILE* file_ = nullptr;
  bool owned_ = false;
  bool started_ = false;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t total_bytes_ = 0;
  std::vector<char> input_;
  std::string_view pending_;  // of input_, not given out
  std::vector<char> output_;
  std::unique_ptr<Unpacker> unpacker_;
  std::string problem_;
};

}  // namespace writ::cli
