// The shared corpus of published and of broken policies. Skipped where it is not there.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <ctime>

#include "support/corpus.h"
#include "writ/lint.h"
#include "writ/parse.h"
#include "writ/policy_set.h"
#include "writ/write.h"

namespace writ::test {
namespace {

constexpr double kMostMilliseconds = 100;
constexpr long kMostKibibytes = 64L * 1024;

double milliseconds_since(std::clock_t begin) {
  return 1000.0 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

// Whether the program's memory is its own: sanitizers keep what is freed.
constexpr bool measures_memory() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return false;
#elif defined(__has_feature)
  return !(__has_feature(address_sanitizer) || __has_feature(thread_sanitizer));
#else
  return true;
#endif
}

long most_memory() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// Reads a document, and does with it all that can be done, within the time and the memory that any
// document may take.
Result<PolicyDocument> limited_parse(std::string_view text, PolicyType type) {
  const long memory = most_memory();
  std::clock_t begin = std::clock();
  Result<PolicyDocument> document = parse_policy(text, type);
  EXPECT_LT(milliseconds_since(begin), kMostMilliseconds) << "to parse";
  begin = std::clock();
  static_cast<void>(lint_policy(text, type));
  EXPECT_LT(milliseconds_since(begin), kMostMilliseconds) << "to lint";
  if (document) {
    begin = std::clock();
    EXPECT_FALSE(write_policy(*document).empty());
    EXPECT_LT(milliseconds_since(begin), kMostMilliseconds) << "to write";
    begin = std::clock();
    PolicySetBuilder builder(type);
    EXPECT_TRUE(builder.attach("policy", *document).build().has_value());
    EXPECT_LT(milliseconds_since(begin), kMostMilliseconds) << "to compile";
  }
  if (measures_memory()) {
    EXPECT_LT(most_memory() - memory, kMostKibibytes);
  }
  return document;
}

std::string outcome(const Result<PolicyDocument>& document) {
  if (document) return "load";
  return "refuse " + std::string(document.error().rule);
}

void expect_position(const Result<PolicyDocument>& document, std::string_view text) {
  if (document) return;
  EXPECT_FALSE(document.error().rule.empty());
  EXPECT_FALSE(document.error().message.empty());
  EXPECT_GE(document.error().position.line, 1U);
  EXPECT_GE(document.error().position.column, 1U);
  EXPECT_LE(document.error().position.offset, text.size());
}

TEST(DocumentCorpusTest, InvalidTextsComeOutAsTheRulesSay) {
  const std::string path = shared_file("corpus/invalid.jsonl");
  if (path.empty()) GTEST_SKIP() << "skipped: ../shared/corpus/invalid.jsonl is absent";
  const std::vector<std::string> lines = read_lines(path);
  EXPECT_EQ(lines.size(), 352U);
  for (const std::string& line : lines) {
    const detail::JsonTree tree = read_object(line);
    const bool encoded = tree.member(tree.root(), "base64") != nullptr;
    const std::string text =
        encoded ? decode_base64(member_text(tree, "base64")) : member_text(tree, "text");
    SCOPED_TRACE(member_text(tree, "name"));
    const Result<PolicyDocument> document =
        limited_parse(text, policy_type(member_text(tree, "kind")));
    EXPECT_EQ(outcome(document), member_text(tree, "spec"))
        << (document ? std::string() : document.error().to_string());
    expect_position(document, text);
  }
}

TEST(DocumentCorpusTest, PublishedExamplesLoadUnlessARuleRefusesThem) {
  const std::string path = shared_file("corpus/guide-examples.jsonl");
  if (path.empty()) GTEST_SKIP() << "skipped: ../shared/corpus/guide-examples.jsonl is absent";
  for (const std::string& line : read_lines(path)) {
    const detail::JsonTree tree = read_object(line);
    SCOPED_TRACE(member_text(tree, "name"));
    const std::string refused_by = member_text(tree, "refusedBy");
    const std::string text = member_source(tree, line, "document");
    const Result<PolicyDocument> document =
        limited_parse(text, policy_type(member_text(tree, "kind")));
    EXPECT_EQ(outcome(document), refused_by.empty() ? "load" : "refuse " + refused_by)
        << (document ? std::string() : document.error().to_string());
    expect_position(document, text);
  }
}

TEST(DocumentCorpusTest, ManagedPoliciesLoad) {
  for (const char* name :
       {"corpus/aws-managed-policies.jsonl.gz", "corpus/partner-central-managed.jsonl"}) {
    const std::string path = shared_file(name);
    if (path.empty()) GTEST_SKIP() << "skipped: ../shared/" << name << " is absent";
    const std::vector<std::string> lines = read_lines(path);
    EXPECT_FALSE(lines.empty());
    for (const std::string& line : lines) {
      const detail::JsonTree tree = read_object(line);
      SCOPED_TRACE(member_text(tree, "name"));
      const Result<PolicyDocument> document =
          limited_parse(member_source(tree, line, "document"), PolicyType::IdentityBased);
      EXPECT_EQ(outcome(document), "load")
          << (document ? std::string() : document.error().to_string());
    }
  }
}

}  // namespace
}  // namespace writ::test
