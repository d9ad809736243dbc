// What a document makes of memory: compiling takes a small multiple of the text, whatever the text
// multiplies. Counts the bytes of `operator new`, which this file replaces.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "decision/allocation_count.h"
#include "writ/parse.h"
#include "writ/policy_set.h"

namespace {

std::size_t live_bytes = 0;
std::size_t most_bytes = 0;

}  // namespace

#if WRIT_COUNTS_ALLOCATIONS
void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  live_bytes += malloc_usable_size(memory);
  most_bytes = std::max(most_bytes, live_bytes);
  return memory;
}
void operator delete(void* memory) noexcept {
  if (memory != nullptr) live_bytes -= malloc_usable_size(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
#endif

namespace writ::test {
namespace {

constexpr std::size_t kMegabyte = 1U << 20U;

/// `"beginning0ending","beginning1ending"` and so on.
[[nodiscard]] std::string numbered(std::size_t count, std::string_view beginning,
                                   std::string_view ending = "") {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) list += ',';
    list.append("\"").append(beginning).append(std::to_string(i)).append(ending).append("\"");
  }
  return list;
}
[[nodiscard]] std::string document(const std::string& statements) {
  return R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
}
/// So many conditions.
[[nodiscard]] std::string null_tests(std::size_t count) {
  std::string tests;
  for (std::size_t i = 0; i < count; ++i) {
    tests.append(i > 0 ? ",\"" : "\"").append("k:").append(std::to_string(i)).append("\":true");
  }
  return R"("Condition":{"Null":{)" + tests + "}}";
}

struct Compiled {
  bool made = false;
  std::size_t bytes = 0;       ///< of the set
  std::size_t most_bytes = 0;  ///< while it was compiled, beside the documents
};

[[nodiscard]] Compiled compile(std::initializer_list<std::string> texts, PolicyType type) {
  std::vector<PolicyDocument> documents;
  for (const std::string& text : texts) documents.push_back(parse_policy(text, type).value());
  PolicySetBuilder builder(type);
  for (const PolicyDocument& document : documents) builder.attach("hostile", document);
  const std::size_t before = live_bytes;
  most_bytes = before;
  const Result<PolicySet> set = builder.build();
  if (!set) {
    EXPECT_EQ(set.error().code, ErrorCode::LimitExceeded) << set.error().to_string();
  }
  return {set.has_value(), set ? set->size_bytes() : 0, most_bytes - before};
}

/// A policy of about a megabyte.
void expect_in_proportion(const std::string& text, PolicyType type = PolicyType::IdentityBased) {
  EXPECT_GT(text.size(), kMegabyte * 3 / 4);
  EXPECT_LT(text.size(), kMegabyte * 3 / 2);
  const Compiled compiled = compile({text}, type);
  EXPECT_TRUE(compiled.made);
  EXPECT_LT(compiled.bytes, 16 * text.size());
  EXPECT_LT(compiled.most_bytes, 64 * text.size());
}

TEST(CompileMemoryTest, ResourcesTimesConditions) {
  expect_in_proportion(document(R"({"Effect":"Allow","Action":"s3:GetObject","Resource":[)" +
                                numbered(20000, "arn:aws:s3:::b/") + "]," + null_tests(40000) +
                                "}"));
}

/// Statements that make every `s3:A...` a class of its own.
[[nodiscard]] std::string classes(std::size_t count) {
  std::string statements;
  for (std::size_t i = 0; i < count; ++i) {
    statements += R"(,{"Effect":"Allow","Resource":"*","Action":"s3:A)" + std::to_string(i) + "\"}";
  }
  return statements;
}

TEST(CompileMemoryTest, ActionsTimesResources) {
  expect_in_proportion(document(R"({"Effect":"Allow","Action":[)" + numbered(8000, "s3:A") +
                                R"(],"Resource":[)" + numbered(20000, "arn:aws:s3:::") + "]}" +
                                classes(8000)));
}

// What the shortest words pay for is spent on a few classes.
TEST(CompileMemoryTest, ResourcesTimesClassesPaidByShortActions) {
  std::string many;
  for (int i = 0; i < 100000; ++i) many += "\"x:*\",";
  expect_in_proportion(document(R"({"Effect":"Allow","Action":[)" + many + numbered(400, "s3:A") +
                                R"(],"Resource":[)" + numbered(8000, "arn:aws:s3:::", "*") + "]}" +
                                classes(400)));
}

TEST(CompileMemoryTest, ResourcesTimesPrincipals) {
  std::string principals;
  for (std::uint64_t i = 0; i < 12000; ++i) {
    principals += (i > 0 ? ",\"" : "\"") + std::to_string(100000000000U + i) + '"';
  }
  const std::string resources =
      R"(]},"Action":"s3:GetObject","Resource":[)" + numbered(1500, "arn:aws:s3:::") + "]}";
  std::string statements = R"({"Effect":"Allow","Principal":{"AWS":[)" + principals + resources;
  for (int i = 0; i < 20; ++i) {
    statements += R"(,{"Effect":"Allow","Principal":{"AWS":["222233334444")" + resources;
  }
  expect_in_proportion(document(statements), PolicyType::ResourceBased);
}

TEST(CompileMemoryTest, ResourcesTimesConditionsTimesNotActions) {
  std::string statements;
  for (int i = 0; i < 100; ++i) {
    statements +=
        (i > 0 ? "," : "") + (R"({"Effect":"Deny","NotAction":[)" + numbered(400, "s3:A", "*")) +
        R"(],"Resource":[)" + numbered(100, "arn:aws:s3:::") + "]," + null_tests(200) + "}";
  }
  expect_in_proportion(document(statements));
}

TEST(CompileMemoryTest, TheShortestOfEach) {
  const std::string all = R"({"Effect":"Allow","Resource":"*","Action":)";
  expect_in_proportion(document(all + R"("*",)" + null_tests(75000) + "}"));
  expect_in_proportion(document(all + "[" + numbered(100000, "a:") + "]}"));
  expect_in_proportion(document(all + "[" + numbered(100000, "a:", "*") + "]}"));
  expect_in_proportion(document(R"({"Effect":"Allow","Action":"*","Resource":[)" +
                                numbered(45000, "arn:aws:s3:::") + "]}"));
  std::string statements = all + "\"*\"}";
  for (int i = 0; i < 20000; ++i) statements += "," + all + "\"*\"}";
  expect_in_proportion(document(statements));
}

// What is too large is refused where it is met: nothing behind it is compiled, and no index is
// made.
TEST(CompileMemoryTest, LimitsStopAtOnce) {
  std::string pattern;  // of more pieces than a node counts
  for (int i = 0; i < 600000; ++i) pattern += "*a";
  const std::string too_large =
      document(R"({"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::)" + pattern + "\"}");
  const std::string large =
      document(R"({"Effect":"Allow","Action":[)" + numbered(8000, "s3:A") + R"(],"Resource":[)" +
               numbered(20000, "arn:aws:s3:::") + "]}" + classes(8000));
  const Compiled alone = compile({too_large}, PolicyType::IdentityBased);
  EXPECT_FALSE(alone.made);
  const Compiled first = compile({too_large, large}, PolicyType::IdentityBased);
  EXPECT_FALSE(first.made);
  EXPECT_LT(first.most_bytes, alone.most_bytes + 10 * large.size());
  // Only what the documents themselves take, without the index.
  const Compiled last = compile({large, too_large}, PolicyType::IdentityBased);
  EXPECT_FALSE(last.made);
  EXPECT_LT(last.most_bytes, alone.most_bytes + 24 * large.size());
}

}  // namespace
}  // namespace writ::test
