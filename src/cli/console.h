// Console: where a command reads and writes, and how text looks there.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

namespace writ::cli {

/// Exit codes. 1 is an answer ("denied", "some failed"), 2 is a question that could not be asked.
inline constexpr int kExitYes = 0;
inline constexpr int kExitNo = 1;
inline constexpr int kExitBadInput = 2;

/// Why something cannot be done: a sentence for the user.
struct Problem {
  std::string text;
};

enum class Colour : unsigned char { None, Red, Green, Yellow, Bold };

/// The three streams of a command. Commands never touch stdin, stdout and stderr themselves, so
/// tests give them memory. One thread at a time.
class Console {
 public:
  Console(std::FILE* in, std::FILE* out, std::FILE* err) noexcept : in_(in), out_(out), err_(err) {}
  /// Standard streams; colours and progress only on a terminal, no colours with NO_COLOR.
  [[nodiscard]] static Console standard() noexcept;

  [[nodiscard]] std::FILE* in() const noexcept { return in_; }

  void write(std::string_view text) { std::fwrite(text.data(), 1, text.size(), out_); }
  void write_error(std::string_view text);

  template <class... Args>
  void print(fmt::format_string<Args...> format, Args&&... args) {
    write(fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void print_error(fmt::format_string<Args...> format, Args&&... args) {
    write_error(fmt::format(format, std::forward<Args>(args)...));
  }

  /// `text` in colour when standard output takes colours.
  [[nodiscard]] std::string paint(Colour colour, std::string_view text) const;

  /// Shows one line that the next one replaces, on standard error and on a terminal only.
  void progress(std::string_view line);
  void clear_progress();
  [[nodiscard]] bool shows_progress() const noexcept { return shows_progress_; }
  /// Whether progress is shown, and has not been due for the last tenth of a second.
  [[nodiscard]] bool progress_is_due();

  /// Standard input can be read once: false from the second call on.
  [[nodiscard]] bool claim_input() noexcept;
  /// Whether all output has been written.
  [[nodiscard]] bool flush() noexcept;

 private:
  std::FILE* in_;
  std::FILE* out_;
  std::FILE* err_;
  bool colours_ = false;
  bool shows_progress_ = false;
  bool progress_visible_ = false;
  bool input_claimed_ = false;
  std::chrono::steady_clock::time_point progress_due_;  // the last time that it was
};

}  // namespace writ::cli
