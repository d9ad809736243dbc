#include "document/lint_cases.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "writ/parse.h"

namespace writ::test {

MarkedText marked(std::string_view text) {
  const bool whole = text.substr(0, 1) == "{" || text.substr(0, 2) == "@{";
  std::string document =
      whole ? std::string(text)
            : "{\"Version\": \"2012-10-17\",\n \"Statement\": [{" + std::string(text) + "}]}";
  MarkedText result;
  const std::size_t at = document.find('@');
  if (at != std::string::npos) {
    document.erase(at, 1);
    const auto begin = document.begin();
    const auto mark = begin + static_cast<std::ptrdiff_t>(at);
    const std::size_t line_begin = document.rfind('\n', at == 0 ? 0 : at - 1);
    result.position.offset = static_cast<std::uint32_t>(at);
    result.position.line = 1 + static_cast<std::uint32_t>(std::count(begin, mark, '\n'));
    result.position.column =
        static_cast<std::uint32_t>(line_begin == std::string::npos ? at + 1 : at - line_begin);
  }
  result.text = std::move(document);
  return result;
}

namespace {

std::string show(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += std::to_string(finding.position.line) + ":" + std::to_string(finding.position.column) +
            ": " + std::string(to_string(finding.severity)) + " " + std::string(finding.code) +
            " [" + std::string(finding.rule) + "] " + finding.message + "\n";
  }
  return text;
}

}  // namespace

void expect_case(const LintCase& entry) {
  SCOPED_TRACE(entry.check + " " + entry.code);
  const MarkedText bad = marked(entry.bad);
  ASSERT_NE(bad.position.line, 0U) << "the case has no mark";
  const std::vector<Finding> findings = lint_policy(bad.text, entry.type);
  const auto is_it = [&entry](const Finding& finding) { return finding.code == entry.code; };
  ASSERT_EQ(std::count_if(findings.begin(), findings.end(), is_it), 1) << bad.text << "\n"
                                                                       << show(findings);
  const Finding& finding = *std::find_if(findings.begin(), findings.end(), is_it);
  EXPECT_EQ(finding.severity, entry.severity);
  EXPECT_EQ(finding.rule, entry.rule.empty() ? entry.check : entry.rule);
  EXPECT_EQ(finding.position.line, bad.position.line) << show(findings);
  EXPECT_EQ(finding.position.column, bad.position.column) << show(findings);
  EXPECT_EQ(finding.position.offset, bad.position.offset);
  EXPECT_FALSE(finding.message.empty());
  EXPECT_EQ(finding.severity == FindingSeverity::Refusal,
            !parse_policy(bad.text, entry.type).has_value());

  const MarkedText good = marked(entry.good);
  const std::vector<Finding> rest = lint_policy(good.text, entry.type);
  EXPECT_TRUE(std::none_of(rest.begin(), rest.end(), is_it)) << good.text << "\n" << show(rest);
  EXPECT_TRUE(parse_policy(good.text, entry.type).has_value()) << good.text << "\n" << show(rest);
}

}  // namespace writ::test
