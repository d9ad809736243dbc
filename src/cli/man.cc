// writ man: the table of commands as manual pages.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "cli/commands.h"
#include "cli/json_output.h"
#include "writ/config.h"

namespace writ::cli {
namespace {

/// Text for troff: no letter of it is a command or a typographic sign of another shape.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '"':
        out += "\\(dq";
        break;
      case '.':
        // At the beginning of a line it would be a request.
        out += out.empty() || out.back() == '\n' ? "\\&." : ".";
        break;
      default:
        out += c;
    }
  }
  return out;
}

class ManPage {
 public:
  ManPage(std::string_view name, std::string_view summary) {
    std::string title(name);
    for (char& c : title) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    line(".TH {} 1 \"\" \"writ {}.{}.{}\" \"writ manual\"", escaped(title), WRIT_VERSION_MAJOR,
         WRIT_VERSION_MINOR, WRIT_VERSION_PATCH);
    section("NAME");
    line("{} \\- {}", escaped(name), escaped(summary));
  }

  void section(std::string_view name) { line(".SH \"{}\"", name); }
  void text(std::string_view words) { line("{}", escaped(words)); }
  /// A word in bold, more in italics, then what it means.
  void item(std::string_view name, std::string_view value, std::string_view meaning) {
    line(".TP");
    if (value.empty()) {
      line("\\fB{}\\fR", escaped(name));
    } else {
      line("\\fB{}\\fR \\fI{}\\fR", escaped(name), escaped(value));
    }
    text(meaning);
  }
  void options(std::span<const Option> options) {
    for (const Option& option : options) item(option.name, option.value, option.help);
  }

  /// A command's paragraphs; lines with a column of words become a list.
  void details(std::string_view lines) {
    bool in_list = false;
    while (!lines.empty()) {
      const std::size_t end = std::min(lines.find('\n'), lines.size());
      const std::string_view one = lines.substr(0, end);
      lines.remove_prefix(std::min(end + 1, lines.size()));
      const std::size_t gap = one.find("  ");
      if (gap != std::string_view::npos && gap != 0) {
        const std::size_t meaning = one.find_first_not_of(' ', gap);
        item(one.substr(0, gap), "", one.substr(std::min(meaning, one.size())));
        in_list = true;
        continue;
      }
      if (in_list || one.empty()) line(".PP");
      in_list = false;
      const std::string_view words = one.substr(std::min(one.find_first_not_of(' '), one.size()));
      if (!words.empty()) text(words);
    }
  }

  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

std::string page_name(const Command& command) { return fmt::format("writ-{}", command.name); }

std::string command_page(const Command& command) {
  ManPage page(page_name(command), command.summary);
  page.section("SYNOPSIS");
  page.line("\\fBwrit {}\\fR [\\fIOPTIONS\\fR]{}{}", escaped(command.name),
            command.operands.empty() ? "" : " ", escaped(command.operands));
  page.section("DESCRIPTION");
  page.details(command.details);
  page.section("OPTIONS");
  page.options(options_of(command));
  page.section("EXIT STATUS");
  page.text(command.exit_codes);
  page.section("SEE ALSO");
  page.line("\\fBwrit\\fR(1)");
  return page.take();
}

std::string overview_page() {
  ManPage page("writ", "decide AWS IAM authorization questions and say why");
  page.section("SYNOPSIS");
  page.line("\\fBwrit\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR] ...");
  page.section("DESCRIPTION");
  page.text("Reads policies of the AWS IAM policy language and decides requests by them.");
  page.text("Each command has a page of its own.");
  page.section("COMMANDS");
  for (const Command* command : all_commands()) {
    page.line(".TP\n\\fB{}\\fR(1)", escaped(page_name(*command)));
    page.text(command->summary);
  }
  page.item("writ help", "COMMAND", "tell about one command");
  page.section("OPTIONS");
  page.text("Every command takes:");
  page.options(kCommonOptions);
  page.item("--version", "", "print the version");
  page.section("ENVIRONMENT");
  page.item("NO_COLOR", "", "no colours, even on a terminal");
  page.section("EXIT STATUS");
  page.text("0 yes (allowed, all passed, no refusal), 1 no, 2 bad usage or input.");
  return page.take();
}

int write_pages(Console& console, std::string_view folder) {
  const auto write_page = [&](std::string_view name, const std::string& text) {
    return write_output(console, kManCommand, fmt::format("{}/{}.1", folder, name), text);
  };
  bool written = write_page("writ", overview_page());
  for (const Command* command : all_commands()) {
    written = written && write_page(page_name(*command), command_page(*command));
  }
  return written ? kExitYes : kExitBadInput;
}

constexpr Option kOptions[] = {{"-o", "DIR", Arity::One, "write all pages into a folder"}};

int print_page(const Arguments& arguments, Console& console, const std::string& page) {
  if (!arguments.json()) {
    console.write(page);
    return kExitYes;
  }
  JsonLine json;
  json.begin_object();
  json.member("page", page);
  json.end_object();
  console.print("{}\n", json.text());
  return kExitYes;
}

int run_man(const Arguments& arguments, Console& console) {
  const std::span<const std::string_view> operands = arguments.operands();
  if (const std::optional<std::string_view> folder = arguments.value("-o")) {
    if (operands.empty()) return write_pages(console, *folder);
    return fail(console, kManCommand, "`-o` writes all pages; leave the command out");
  }
  if (operands.empty()) return print_page(arguments, console, overview_page());
  if (const Command* command = find_command(operands.front())) {
    return print_page(arguments, console, command_page(*command));
  }
  return fail(console, kManCommand, fmt::format("unknown command `{}`", operands.front()));
}

}  // namespace

constinit const Command kManCommand = {
    .name = "man",
    .operands = "[COMMAND]",
    .summary = "print the manual page of the tool, or of one command",
    .details = R"(Prints a page for man: writ man eval | man -l -. Packages install all of them.)",
    .exit_codes = "0 printed, 2 unknown command, or a page cannot be written",
    .options = kOptions,
    .min_operands = 0,
    .max_operands = 1,
    .run = &run_man,
};

}  // namespace writ::cli
