#include "cli/console.h"

#include <unistd.h>

#include <cstdlib>

namespace writ::cli {

Console Console::standard() noexcept {
  Console console(stdin, stdout, stderr);
  const char* no_color = std::getenv("NO_COLOR");
  console.colours_ = isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
  console.shows_progress_ = isatty(STDERR_FILENO) == 1;
  return console;
}

void Console::write_error(std::string_view text) {
  clear_progress();
  std::fwrite(text.data(), 1, text.size(), err_);
}

std::string Console::paint(Colour colour, std::string_view text) const {
  if (!colours_ || colour == Colour::None) return std::string(text);
  const char* code = "0";
  switch (colour) {
    case Colour::None:
      break;
    case Colour::Red:
      code = "31";
      break;
    case Colour::Green:
      code = "32";
      break;
    case Colour::Yellow:
      code = "33";
      break;
    case Colour::Bold:
      code = "1";
      break;
  }
  return fmt::format("\033[{}m{}\033[0m", code, text);
}

void Console::progress(std::string_view line) {
  if (!shows_progress_) return;
  fmt::memory_buffer buffer;
  fmt::format_to(std::back_inserter(buffer), "\r\033[K{}", line);
  std::fwrite(buffer.data(), 1, buffer.size(), err_);
  std::fflush(err_);
  progress_visible_ = true;
}

void Console::clear_progress() {
  if (!progress_visible_) return;
  std::fputs("\r\033[K", err_);
  std::fflush(err_);
  progress_visible_ = false;
}

bool Console::progress_is_due() {
  if (!shows_progress_) return false;
  const auto now = std::chrono::steady_clock::now();
  if (now - progress_due_ < std::chrono::milliseconds(100)) return false;
  progress_due_ = now;
  return true;
}

bool Console::claim_input() noexcept {
  const bool first = !input_claimed_;
  input_claimed_ = true;
  return first;
}

bool Console::flush() noexcept {
  const bool failed = std::fflush(out_) != 0 || std::ferror(out_) != 0;
  std::fflush(err_);
  return !failed;
}

}  // namespace writ::cli
