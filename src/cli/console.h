// Console: where a command reads and writes, and how text looks there.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "writ/impl/visible_text.h"

namespace writ::cli {

using detail::visible_text;

/// Exit codes. 1 is an answer ("denied", "some failed"), 2 is a question that could not be asked.
inline constexpr int kExitYes = 0;
inline constexpr int kExitNo = 1;
inline constexpr int kExitBadInput = 2;

/// Why something cannot be done: a sentence for the user.
struct Problem {
  std::string text;
};

enum class Colour : unsigned char { None, Red, Green, Yellow, Bold };

/// What terminals are given beside plain text.
struct ConsoleLook {
  bool colours = false;
  bool progress = false;

  /// Colours and progress each on a terminal only, none on a dumb one, no colours with NO_COLOR.
  /// `term` and `no_color` are these variables of the environment, null where they are not set.
  [[nodiscard]] static ConsoleLook of(bool out_is_terminal, bool err_is_terminal, const char* term,
                                      const char* no_color) noexcept;
};

/// Text that `Console::paint` made: what it says is visible text already.
struct PaintedText {
  std::string text;
};

/// An argument of `Console::print` as it is printed: texts are visible text, whatever they hold.
template <class T>
[[nodiscard]] auto printed(const T& value) {
  if constexpr (std::is_same_v<T, PaintedText>) {
    return value.text;
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return visible_text(value);
  } else {
    static_assert(std::is_arithmetic_v<T>, "turn this into text first");
    return value;
  }
}
template <class T>
using Printed = decltype(printed(std::declval<const std::remove_cvref_t<T>&>()));

/// The three streams of a command. Commands never touch stdin, stdout and stderr themselves, so
/// tests give them memory. One thread at a time.
class Console {
 public:
  Console(std::FILE* in, std::FILE* out, std::FILE* err, ConsoleLook look = {}) noexcept
      : in_(in), out_(out), err_(err), look_(look) {}
  /// The standard streams, with the look that they take.
  [[nodiscard]] static Console standard() noexcept;

  [[nodiscard]] std::FILE* in() const noexcept { return in_; }

  /// Exactly these bytes: for JSON, for files, and for text whose lines were made safe to show.
  void write(std::string_view text) {
    clear_progress();
    std::fwrite(text.data(), 1, text.size(), out_);
  }
  void write_error(std::string_view text);

  /// From now on what `print_error` says is one JSON object a line: `level` (`error`, or `note` for
  /// what begins so), `message`, and `hint` where lines follow the first.
  void tell_errors_as_json() noexcept { errors_are_json_ = true; }

  /// For people: arguments that are text cannot break the line, steer the terminal, or be taken for
  /// a command by the build server that keeps the output. JSON texts of one line keep their
  /// meaning.
  template <class... Args>
  void print(fmt::format_string<Printed<Args>...> format, Args&&... args) {
    write(without_commands(fmt::format(format, printed(args)...)));
  }
  template <class... Args>
  void print_error(fmt::format_string<Printed<Args>...> format, Args&&... args) {
    write_error(error_line(fmt::format(format, printed(args)...)));
  }

  /// `text` as visible text, in colour when standard output takes colours.
  [[nodiscard]] PaintedText paint(Colour colour, std::string_view text) const;

  /// Shows one line that the next one replaces, on standard error and on a terminal only.
  void progress(std::string_view line);
  void clear_progress() {
    if (progress_visible_) erase_progress();
  }
  [[nodiscard]] bool shows_progress() const noexcept { return look_.progress; }
  /// Whether progress is shown, and has not been due for the last tenth of a second.
  [[nodiscard]] bool progress_is_due();

  /// Standard input can be read once: false from the second call on.
  [[nodiscard]] bool claim_input() noexcept;
  /// Remembers a file that was read, so that no output takes its place.
  void note_read(std::uint64_t device, std::uint64_t inode) { read_.emplace(device, inode); }
  [[nodiscard]] bool has_read(std::uint64_t device, std::uint64_t inode) const {
    return read_.contains({device, inode});
  }
  /// Begins anew: what was read before may be gone, and its number another file's.
  void forget_read() noexcept { read_.clear(); }
  /// Whether all output has been written.
  [[nodiscard]] bool flush() noexcept;

 private:
  [[nodiscard]] static std::string without_commands(std::string line);
  [[nodiscard]] std::string error_line(std::string text) const;
  void erase_progress();

  std::FILE* in_;
  std::FILE* out_;
  std::FILE* err_;
  ConsoleLook look_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> read_;
  bool progress_visible_ = false;
  bool input_claimed_ = false;
  bool errors_are_json_ = false;
  std::chrono::steady_clock::time_point progress_due_;  // the last time that it was
};

}  // namespace writ::cli
