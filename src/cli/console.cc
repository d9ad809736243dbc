#include "cli/console.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace writ::cli {

ConsoleLook ConsoleLook::of(bool out_is_terminal, bool err_is_terminal, const char* term,
                            const char* no_color) noexcept {
  const bool is_dumb = term != nullptr && std::string_view(term) == "dumb";
  const bool no_colours = no_color != nullptr && *no_color != '\0';
  return {out_is_terminal && !is_dumb && !no_colours, err_is_terminal && !is_dumb};
}

Console Console::standard() noexcept {
  return {stdin, stdout, stderr,
          ConsoleLook::of(isatty(STDOUT_FILENO) == 1, isatty(STDERR_FILENO) == 1,
                          std::getenv("TERM"), std::getenv("NO_COLOR"))};
}

// GitHub takes a line that begins with `::` for a workflow command, and `##[` anywhere in one;
// Azure Pipelines `##vso[`. Only `write_annotation` means to say such things, and uses `write`.
std::string Console::without_commands(std::string line) {
  // Blanks of Unicode count as blanks there: whatever is no graphic character of ASCII.
  const auto first = std::ranges::find_if(line, [](char c) { return c > ' ' && c < '\x7f'; });
  const auto at = static_cast<std::size_t>(first - line.begin());
  if (line.compare(at, 2, "::") == 0) line.replace(at, 1, "\\u003a");
  for (const std::string_view opening : {"##[", "##vso["}) {
    for (std::size_t place = 0; (place = line.find(opening)) != std::string::npos;) {
      line.replace(place, 1, "\\u0023");
    }
  }
  return line;
}

// The text is visible already, so that quotes and backslashes are all there is to escape.
std::string Console::error_line(std::string text) const {
  if (!errors_are_json_) return without_commands(std::move(text));
  const auto quoted = [](std::string_view part) {
    std::string json = "\"";
    for (const char c : visible_text(part)) {
      if (c == '"' || c == '\\') json += '\\';
      json += c;
    }
    return json + '"';
  };
  while (text.ends_with('\n')) text.pop_back();
  std::string_view rest = text;
  constexpr std::string_view kNote = "note: ";
  const bool is_note = rest.starts_with(kNote);
  if (is_note) rest.remove_prefix(kNote.size());
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  std::string line = fmt::format(R"({{"level":"{}","message":{})", is_note ? "note" : "error",
                                 quoted(rest.substr(0, end)));
  if (end != rest.size()) line += ",\"hint\":" + quoted(rest.substr(end + 1));
  return line + "}\n";
}

void Console::write_error(std::string_view text) {
  clear_progress();
  std::fwrite(text.data(), 1, text.size(), err_);
}

PaintedText Console::paint(Colour colour, std::string_view text) const {
  const std::string visible = visible_text(text);
  if (!look_.colours || colour == Colour::None) return {visible};
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
  return {fmt::format("\033[{}m{}\033[0m", code, visible)};
}

void Console::progress(std::string_view line) {
  if (!look_.progress) return;
  fmt::memory_buffer buffer;
  fmt::format_to(std::back_inserter(buffer), "\r\033[K{}", visible_text(line));
  std::fwrite(buffer.data(), 1, buffer.size(), err_);
  std::fflush(err_);
  progress_visible_ = true;
}

void Console::erase_progress() {
  std::fputs("\r\033[K", err_);
  std::fflush(err_);
  progress_visible_ = false;
}

bool Console::progress_is_due() {
  if (!look_.progress) return false;
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
