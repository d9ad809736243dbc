#include "cli/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>

#include "cli/json_output.h"
#include "writ/config.h"

namespace writ::cli {
namespace {

/// For text and attributes. Characters that XML has no way to write become U+FFFD.
std::string xml(std::string_view text) {
  std::string result;
  for (const char c : as_utf8(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\n':
        result += "&#10;";
        break;
      case '\t':
        result += "&#9;";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          result += "\xef\xbf\xbd";
        } else {
          result += c;
        }
    }
  }
  return result;
}

/// A path as a relative URI reference.
std::string uri(std::string_view path) {
  std::string result;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      result += c;
    } else {
      fmt::format_to(std::back_inserter(result), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

void write_location(JsonLine& json, std::string_view file, const Position& position,
                    std::string_view message = {}) {
  json.begin_object();
  json.key("physicalLocation");
  json.begin_object();
  json.key("artifactLocation");
  json.begin_object();
  json.member("uri", uri(file));
  json.end_object();
  if (position.line != 0) {
    json.key("region");
    json.begin_object();
    json.member("startLine", position.line);
    json.member("startColumn", position.column);
    json.end_object();
  }
  json.end_object();
  if (!message.empty()) {
    json.key("message");
    json.begin_object();
    json.member("text", message);
    json.end_object();
  }
  json.end_object();
}

struct SarifRule {
  std::string_view id;
  std::string_view text;
};
constexpr SarifRule kRules[] = {
    {"unexpected-decision", "A policy decides a request otherwise than its test expects."},
    {"unusable-file", "A suite, case file or policy cannot be read or is refused."},
    {"uncovered-statement", "No test's decision depends on the statement."},
};

void begin_result(JsonLine& json, std::string_view rule, std::string_view level,
                  std::string_view message) {
  json.begin_object();
  json.member("ruleId", rule);
  json.member("level", level);
  json.key("message");
  json.begin_object();
  json.member("text", message);
  json.end_object();
  json.key("locations");
  json.begin_array();
}

/// A text inside of a workflow command; in properties more is escaped. Line breaks are kept, since
/// the command has a way to write them.
std::string in_command(std::string_view text, bool property) {
  std::string result;
  for (;;) {
    const std::size_t size = std::min(text.find_first_of("\r\n"), text.size());
    for (const char c : visible_text(text.substr(0, size))) {
      if (c == '%' || (property && (c == ':' || c == ','))) {
        fmt::format_to(std::back_inserter(result), "%{:02X}", static_cast<unsigned char>(c));
      } else {
        result += c;
      }
    }
    if (size == text.size()) return result;
    result += text[size] == '\n' ? "%0A" : "%0D";
    text.remove_prefix(size + 1);
  }
}

std::string annotation(std::string_view level, std::string_view file, const Position& position,
                       std::string_view title, std::string_view message) {
  return fmt::format("::{} file={},line={},col={},title={}::{}\n", level, in_command(file, true),
                     position.line, position.column, in_command(title, true),
                     in_command(message, false));
}

}  // namespace

std::string write_junit(const std::vector<ReportItem>& items) {
  struct File {
    std::string body;
    std::string name;
    std::size_t tests = 0;
    std::size_t failures = 0;
    std::size_t errors = 0;
  };
  std::vector<File> files;
  std::map<std::string_view, std::size_t> index;
  File all;
  for (const ReportItem& item : items) {
    const auto [at, is_new] = index.try_emplace(item.file, files.size());
    if (is_new) files.push_back({{}, item.suite.empty() ? item.file : item.suite});
    File& file = files[at->second];
    ++file.tests;
    file.failures += item.kind == ReportItem::Kind::Failed ? 1 : 0;
    file.errors += item.kind == ReportItem::Kind::Error ? 1 : 0;
    fmt::format_to(std::back_inserter(file.body),
                   R"(    <testcase name="{}" classname="{}" time="0")",
                   xml(item.name.empty() ? item.file : item.name), xml(item.file));
    if (item.kind == ReportItem::Kind::Passed) {
      file.body += "/>\n";
      continue;
    }
    const std::string_view element = item.kind == ReportItem::Kind::Failed ? "failure" : "error";
    fmt::format_to(std::back_inserter(file.body),
                   ">\n      <{} message=\"{}\" type=\"{}\">{}:{}:{}</{}>\n    </testcase>\n",
                   element, xml(item.message),
                   item.kind == ReportItem::Kind::Failed ? kRules[0].id : kRules[1].id,
                   xml(item.file), item.position.line, item.position.column, element);
  }
  std::string suites;
  for (const File& file : files) {
    all.tests += file.tests;
    all.failures += file.failures;
    all.errors += file.errors;
    fmt::format_to(
        std::back_inserter(suites),
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"0\">\n{}"
        "  </testsuite>\n",
        xml(file.name), file.tests, file.failures, file.errors, file.body);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"writ check\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"0\">\n{}"
      "</testsuites>\n",
      all.tests, all.failures, all.errors, suites);
}

std::string write_sarif(const std::vector<ReportItem>& items,
                        const std::vector<ReportNote>& notes) {
  JsonLine json;
  json.begin_object();
  json.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  json.member("version", "2.1.0");
  json.key("runs");
  json.begin_array();
  json.begin_object();
  json.key("tool");
  json.begin_object();
  json.key("driver");
  json.begin_object();
  json.member("name", "writ");
  json.key("rules");
  json.begin_array();
  for (const SarifRule& rule : kRules) {
    json.begin_object();
    json.member("id", rule.id);
    json.key("shortDescription");
    json.begin_object();
    json.member("text", rule.text);
    json.end_object();
    json.end_object();
  }
  std::set<std::string_view> told;
  for (const SarifRule& rule : kRules) told.insert(rule.id);
  for (const ReportNote& note : notes) {
    if (!told.insert(note.rule).second) continue;
    json.begin_object();
    json.member("id", note.rule);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  json.end_object();
  json.key("results");
  json.begin_array();
  for (const ReportItem& item : items) {
    if (item.kind == ReportItem::Kind::Passed) continue;
    const bool failed = item.kind == ReportItem::Kind::Failed;
    begin_result(json, kRules[failed ? 0 : 1].id, "error",
                 item.name.empty() ? item.message : item.name + ": " + item.message);
    if (item.policy.empty()) {
      write_location(json, item.file, item.position);
      json.end_array();
    } else {
      write_location(json, item.policy, item.policy_position);
      json.end_array();
      json.key("relatedLocations");
      json.begin_array();
      write_location(json, item.file, item.position, "the test");
      json.end_array();
    }
    json.end_object();
  }
  for (const ReportNote& note : notes) {
    begin_result(json, note.rule, note.level, note.message);
    write_location(json, note.file, note.position);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  json.end_array();
  json.end_object();
  return std::string(json.text()) + '\n';
}

std::string write_annotation(const ReportItem& item) {
  return annotation("error", item.file, item.position, item.name.empty() ? "writ check" : item.name,
                    item.message);
}

std::string write_annotation(const ReportNote& note) {
  return annotation(note.level == "note" ? "notice" : note.level, note.file, note.position,
                    note.rule, note.message);
}

}  // namespace writ::cli
