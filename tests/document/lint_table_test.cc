// The table of checks is complete, tested and documented.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <set>

#include "document/lint_cases.h"
#include "support/corpus.h"
#include "writ/impl/lint_checks.h"
#include "writ/parse.h"

namespace writ::test {
namespace {

using detail::LintCheck;
using detail::LintSource;

std::set<std::string> rules_of(LintSource source) {
  std::set<std::string> rules;
  for (const LintCheck& check : detail::lint::kChecks) {
    if (check.source == source) rules.emplace(check.rule);
  }
  return rules;
}

TEST(LintTest, EveryCheckHasACase) {
  std::set<std::string> refused;
  for (const LintCase& entry : lint_refusal_cases()) refused.insert(entry.check + entry.code);
  std::set<std::string> found;
  for (const auto& cases :
       {lint_statement_cases(), lint_principal_cases(), lint_condition_cases()}) {
    for (const LintCase& entry : cases) {
      found.insert(entry.check + entry.code);
      const auto* check = std::find_if(
          std::begin(detail::lint::kChecks), std::end(detail::lint::kChecks),
          [&entry](const LintCheck& candidate) { return candidate.code == entry.code; });
      ASSERT_NE(check, std::end(detail::lint::kChecks)) << entry.code;
      EXPECT_EQ(check->severity, entry.severity) << entry.code;
    }
  }
  for (const LintCheck& check : detail::lint::kChecks) {
    const std::string name = std::string(check.rule) + std::string(check.code);
    const bool both = check.source == LintSource::Either;
    EXPECT_EQ(refused.count(name) == 1, both || check.source == LintSource::Refusal ||
                                            // also refused where the grammar names it
                                            check.rule == "A-181")
        << name;
    EXPECT_EQ(found.count(name) == 1, both || check.source == LintSource::Finding) << name;
  }
}

TEST(LintTest, TheTableHoldsEachCheckOnce) {
  std::set<std::string_view> rules;
  std::set<std::string_view> codes;
  for (const LintCheck& check : detail::lint::kChecks) {
    EXPECT_TRUE(rules.insert(check.rule).second) << check.rule;
    EXPECT_TRUE(codes.insert(check.code).second) << check.code;
  }
  EXPECT_EQ(rules.size(), 148U);  // A-101 to A-246, and two of the grammar
}

// A-3: these need the catalogue of services.
TEST(LintTest, ChecksThatNeedACatalogueAreNamed) {
  const std::set<std::string> rules = {"A-121", "A-122", "A-123", "A-124", "A-125", "A-130",
                                       "A-131", "A-132", "A-133", "A-134", "A-135", "A-136",
                                       "A-137", "A-138", "A-146", "A-153", "A-193", "A-194",
                                       "A-239", "A-240", "A-242"};
  EXPECT_EQ(rules_of(LintSource::Catalogue), rules);
  EXPECT_EQ(skipped_lint_checks().size(), 21U);
  EXPECT_EQ(skipped_lint_checks().front(), "INVALID_ACTION");
  EXPECT_EQ(skipped_lint_checks().back(), "IRRELEVANT_CONDITION_KEY_IN_POLICY");
}

// G-30: what these forbade is legal since service control policies take the full language.
TEST(LintTest, ChecksOfTheOldServiceControlPoliciesAreGone) {
  const std::set<std::string> rules = {"A-169", "A-170", "A-171", "A-172", "A-173"};
  EXPECT_EQ(rules_of(LintSource::Superseded), rules);
  EXPECT_TRUE(lint_policy(R"({"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "NotAction": "s3:*Acl", "Resource": "arn:aws:s3:::b",
       "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
      {"Effect": "Deny", "Action": "s3:*Acl", "NotResource": "arn:aws:s3:::b"}]})",
                          PolicyType::ServiceControl)
                  .empty());
}

// A-1
TEST(LintTest, SeveritiesHaveTheirWords) {
  EXPECT_EQ(to_string(FindingSeverity::Refusal), "refusal");
  EXPECT_EQ(to_string(FindingSeverity::Error), "error");
  EXPECT_EQ(to_string(FindingSeverity::SecurityWarning), "security-warning");
  EXPECT_EQ(to_string(FindingSeverity::Warning), "warning");
  EXPECT_EQ(to_string(FindingSeverity::Suggestion), "suggestion");
}

std::string_view documented_as(LintSource source) {
  switch (source) {
    case LintSource::Finding:
      return "finding";
    case LintSource::Refusal:
      return "refusal";
    case LintSource::Either:
      return "refusal or finding";
    case LintSource::Catalogue:
      return "skipped";
    case LintSource::Superseded:
      return "gone";
  }
  return "";
}

TEST(LintTest, EveryCheckIsDocumented) {
  std::ifstream file(WRIT_SOURCE_DIR "/docs/lint.md");
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  ASSERT_FALSE(page.empty());
  for (const LintCheck& check : detail::lint::kChecks) {
    const std::string row = "| " + std::string(check.rule) + " | `" + std::string(check.code) +
                            "` | " + std::string(to_string(check.severity)) + " | " +
                            std::string(documented_as(check.source)) + " | ";
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
}

void expect_quick_and_agreeing(const std::string& text, PolicyType type) {
  const auto begin = std::chrono::steady_clock::now();
  const std::vector<Finding> findings = lint_policy(text, type);
  const auto time = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(std::chrono::duration_cast<std::chrono::milliseconds>(time).count(), 500);
  bool refused = false;
  std::uint32_t offset = 0;
  for (const Finding& finding : findings) {
    refused = refused || finding.severity == FindingSeverity::Refusal;
    EXPECT_FALSE(finding.message.empty());
    EXPECT_FALSE(finding.rule.empty());
    EXPECT_GE(finding.position.line, 1U);
    EXPECT_LE(offset, finding.position.offset);
    offset = finding.position.offset;
  }
  EXPECT_EQ(refused, !parse_policy(text, type).has_value());
}

TEST(LintCorpusTest, PublishedPoliciesAreRefusedOnlyIfTheyDoNotLoad) {
  for (const char* name : {"corpus/aws-managed-policies.jsonl.gz",
                           "corpus/partner-central-managed.jsonl", "corpus/guide-examples.jsonl"}) {
    const std::string path = shared_file(name);
    if (path.empty()) GTEST_SKIP() << "skipped: ../shared/" << name << " is absent";
    for (const std::string& line : read_lines(path)) {
      const detail::JsonTree tree = read_object(line);
      SCOPED_TRACE(member_text(tree, "name"));
      const std::string kind = member_text(tree, "kind");
      expect_quick_and_agreeing(member_source(tree, line, "document"),
                                kind.empty() ? PolicyType::IdentityBased : policy_type(kind));
    }
  }
}

TEST(LintCorpusTest, InvalidTextsAreFoundOut) {
  const std::string path = shared_file("corpus/invalid.jsonl");
  if (path.empty()) GTEST_SKIP() << "skipped: ../shared/corpus/invalid.jsonl is absent";
  for (const std::string& line : read_lines(path)) {
    const detail::JsonTree tree = read_object(line);
    SCOPED_TRACE(member_text(tree, "name"));
    const bool encoded = tree.member(tree.root(), "base64") != nullptr;
    expect_quick_and_agreeing(
        encoded ? decode_base64(member_text(tree, "base64")) : member_text(tree, "text"),
        policy_type(member_text(tree, "kind")));
  }
}

}  // namespace
}  // namespace writ::test
