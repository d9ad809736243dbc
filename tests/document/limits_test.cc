// What the options limit, and what hostile texts cost.
#include <gtest/gtest.h>

#include <chrono>

#include "support/refusals.h"
#include "writ/impl/policy_reader.h"
#include "writ/write.h"

namespace writ::test {
namespace {

using enum PolicyType;

constexpr auto kLimit = ErrorCode::LimitExceeded;

TEST(DocumentLimitsTest, BytesAreLimited) {
  // G-11
  const std::string text = statement(R"("Effect":"Deny","Action":"*","Resource":"*")");
  ParseOptions options;
  options.max_bytes = text.size();
  expect_loads(IdentityBased, text, options);
  --options.max_bytes;
  const Result<PolicyDocument> document = parse_policy(text, IdentityBased, options);
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, kLimit);
  EXPECT_EQ(document.error().rule, "G-11");
  EXPECT_EQ(document.error().json_pointer, "");
}

TEST(DocumentLimitsTest, StatementsAreLimited) {
  // G-11
  const std::string one = R"({"Effect":"Deny","Action":"*","Resource":"*"})";
  ParseOptions options;
  options.max_statements = 2;
  expect_loads(Session, "{\"Statement\":" + one + "}", options);
  expect_loads(Session, "{\"Statement\":[" + one + "," + one + "]}", options);
  expect_refused(Session, "{\n\"Statement\":^[" + one + "," + one + "," + one + "]}",
                 {kLimit, "G-11", "/Statement"}, options);
}

TEST(DocumentLimitsTest, WildcardsOfAPatternAreLimited) {
  // G-11
  ParseOptions options;
  options.max_wildcards_per_pattern = 3;
  const std::string start = R"("Effect":"Deny",)";
  expect_loads(Session,
               statement(start + R"("Action":["a:*?*","a:???"],"Resource":"arn:aws:s3:*::*?",
      "Condition":{"StringLike":{"k:v":["***","?*?"]},"ArnLike":{"k:v":"*:*:*::::"},
                   "StringEquals":{"k:v":"*****"}})"),
               options);
  expect_refused(Session, statement(start + R"("Action":["a:b",^"a:*?*?"],"Resource":"*")"),
                 {kLimit, "G-11", "/Statement/0/Action/1"}, options);
  expect_refused(Session, statement(start + R"("Action":"*","Resource":^"arn:aws:s3:::****")"),
                 {kLimit, "G-11", "/Statement/0/Resource"}, options);
  expect_refused(Session, statement(start + R"("Action":"*","Resource":"*",
                   "Condition":{"StringNotLike":{"k:v":["*",^"????"]}})"),
                 {kLimit, "G-11", "/Statement/0/Condition/StringNotLike/k:v/1"}, options);
  expect_refused(Session, statement(start + R"("Action":"*","Resource":"*",
                   "Condition":{"ArnEquals":{"k:v":^"*:*:*:*::"}})"),
                 {kLimit, "G-11", "/Statement/0/Condition/ArnEquals/k:v"}, options);
}

TEST(DocumentLimitsTest, ValuesAreLimited) {
  // G-11: actions, resources, principals and condition values count together.
  ParseOptions options;
  options.max_values = 5;
  const std::string good =
      R"("Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":["a:b","a:c"],
         "Resource":"*","Condition":{"Bool":{"k:v":)";
  expect_loads(ResourceBased, statement(good + "true}}"), options);
  expect_refused(ResourceBased, statement(good + "[true,^true]}}"),
                 {kLimit, "G-11", "/Statement/0/Condition/Bool/k:v/1"}, options);
  options.max_values = 1;
  const Result<PolicyDocument> document =
      parse_policy(statement(good + "true}}"), ResourceBased, options);
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, kLimit);
  EXPECT_EQ(document.error().json_pointer, "/Statement/0/Action/0");
}

TEST(DocumentLimitsTest, ValuesOfNoElementCountToo) {
  // G-11: what is no statement takes memory as well while it is read.
  ParseOptions options;
  options.max_values = 100;
  std::string text = "[0";
  for (int i = 0; i < 5'000; ++i) text += ",0";
  const Result<PolicyDocument> document = parse_policy(text + "]", IdentityBased, options);
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, kLimit);
  EXPECT_EQ(document.error().rule, "G-11");
}

TEST(DocumentLimitsTest, DefaultsAreAboveWhatAwsAccepts) {
  // G-11: no limit on lengths or counts that a legal document could reach.
  std::string text = "{\"Version\":\"2012-10-17\",\"Statement\":[";
  for (int i = 0; i < 20'000; ++i) {
    text += std::string(i == 0 ? "" : ",") + "{\"Sid\":\"S" + std::to_string(i) +
            R"(","Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"arn:aws:s3:::b)" +
            std::to_string(i) + "/*\"}";
  }
  const Result<PolicyDocument> document = parse_policy(text + "]}", IdentityBased);
  ASSERT_TRUE(document) << document.error().to_string();
  EXPECT_EQ(document->statements().size(), 20'000U);
}

// Reads, in a time that only a method worse than n log n exceeds.
Result<PolicyDocument> timed(PolicyType type, std::string_view text) {
  const auto begin = std::chrono::steady_clock::now();
  Result<PolicyDocument> document = parse_policy(text, type);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  return document;
}

std::string rule_of(const Result<PolicyDocument>& document) {
  return document ? "none" : std::string(document.error().rule);
}

TEST(DocumentHostileTest, DepthIsRefusedAtOnce) {
  // G-11
  for (const std::string_view unit : {"[", "{\"a\":", "[{\"a\":"}) {
    std::string text = "{\"Statement\":";
    for (int i = 0; i < 100'000; ++i) text += unit;
    const Result<PolicyDocument> document = timed(IdentityBased, text);
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, ErrorCode::NestingTooDeep);
    EXPECT_LT(document.error().position.offset, 200U);
  }
}

TEST(DocumentHostileTest, LongStringsAreReadInProportion) {
  // G-1, G-22, G-33, V-7
  const std::string long_text(1U << 20U, 'x');
  const std::string stars(20'000, '*');
  const auto with = [](std::string_view action, std::string_view resource, std::string_view value) {
    return statement("\"Effect\":\"Deny\",\"Action\":\"" + std::string(action) +
                     "\",\"Resource\":\"" + std::string(resource) +
                     "\",\"Condition\":{\"StringLike\":{\"k:v\":\"" + std::string(value) + "\"}}");
  };
  EXPECT_EQ(rule_of(timed(Session, with("a:" + long_text, "arn:aws:s3:::" + long_text, long_text))),
            "none");
  EXPECT_EQ(rule_of(timed(Session, with("a:" + stars, "arn:aws:s3:*:*:" + stars, stars))), "none");
  EXPECT_EQ(rule_of(timed(Session, with(long_text, "*", ""))), "G-22");
  EXPECT_EQ(rule_of(timed(Session, with("*", long_text, ""))), "G-33");
  std::string variables;
  std::string escapes;
  for (int i = 0; i < 100'000; ++i) {
    variables += "${a:b, 'c'}";
    escapes += "\\u0041\\n";
  }
  EXPECT_EQ(rule_of(timed(Session, with("*", "arn:aws:s3:::" + variables, variables + escapes))),
            "none");
  EXPECT_EQ(rule_of(timed(Session, with("*", "arn:aws:s3:::" + variables + "${", ""))), "V-7");
  EXPECT_EQ(rule_of(timed(Session, with("*", "*", variables + "${a"))), "V-7");
  // Messages quote no more than a line.
  const Result<PolicyDocument> document = timed(Session, with(long_text, "*", ""));
  ASSERT_FALSE(document);
  EXPECT_LT(document.error().to_string().size(), 400U);
}

TEST(DocumentHostileTest, LongNumbersAreReadInProportion) {
  // G-60, C-64
  const std::string digits(1U << 20U, '9');
  const auto with = [](std::string_view op, const std::string& value) {
    return statement("\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"" +
                     std::string(op) + "\":{\"k:v\":[" + value + ",\"" + value + "\"]}}");
  };
  for (const char* op : {"NumericEquals", "DateEquals", "StringEquals"}) {
    EXPECT_EQ(rule_of(timed(Session, with(op, digits))), "none") << op;
  }
  EXPECT_EQ(rule_of(timed(Session, with("NumericEquals", "0." + digits))), "none");
  EXPECT_EQ(rule_of(timed(Session, with("IpAddress", digits))), "G-62");
  EXPECT_EQ(rule_of(timed(Session, with("NumericEquals", "1e" + digits))), "G-62");
}

TEST(DocumentHostileTest, ManyMembersAreReadInProportion) {
  // G-3, G-4, G-19
  std::string different;
  std::string same;
  std::string folded;
  std::string sids;
  const std::string rest = R"("Effect":"Deny","Action":"*","Resource":"*")";
  for (int i = 0; i < 100'000; ++i) {
    const std::string comma = i == 0 ? "" : ",";
    different += comma + "\"k:" + std::to_string(i) + "\":\"x\"";
    same += comma + "\"k:v\":\"x\"";
    // Seventeen letters in either case spell every number below 2^17.
    std::string name;
    for (int bit = 0; bit < 17; ++bit) name += (i >> bit & 1) != 0 ? 'A' : 'a';
    folded += comma + "\"k:" + name + "\":\"x\"";
    sids += comma + "{\"Sid\":\"S" + std::to_string(i) + "\"," + rest + "}";
  }
  const auto with = [&rest](const std::string& members) {
    return statement(rest + ",\"Condition\":{\"StringEquals\":{" + members + "}}");
  };
  EXPECT_EQ(rule_of(timed(Session, with(different))), "none");
  EXPECT_EQ(rule_of(timed(Session, with(same))), "G-3");
  EXPECT_EQ(rule_of(timed(Session, with(folded))), "G-4");
  EXPECT_EQ(rule_of(timed(Session, "{\"Statement\":[" + sids + "]}")), "none");
  EXPECT_EQ(rule_of(timed(Session, "{\"Statement\":[" + sids + ",{\"Sid\":\"S7\"," + rest + "}]}")),
            "G-19");
  EXPECT_EQ(rule_of(timed(Session, "{" + same + "}")), "G-3");
}

TEST(DocumentHostileTest, AllMistakesAreCollectedInProportion) {
  // G-3, G-22: the lint mode goes on behind every refusal, and each has its pointer.
  std::string text = "{\"Statement\":{\"Effect\":\"Deny\",\"Resource\":\"*\",\"Action\":[\"\"";
  for (int i = 1; i < 50'000; ++i) text += ",\"\"";
  text += "]}";
  for (int i = 0; i < 20'000; ++i) text += ",\"x\":1";
  text += "}";
  const auto begin = std::chrono::steady_clock::now();
  PolicyReader reader(detail::JsonTree::parse(text).value(), Session, {},
                      PolicyReader::Mode::CollectAll);
  reader.read();
  EXPECT_EQ(reader.refusals().size(), 50'000U + 20'000U + 19'999U);
  EXPECT_EQ(reader.refusals().back().json_pointer, "/Statement/Action/49999");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(DocumentReaderTest, CollectingGoesOnBehindEachRefusal) {
  // G-2, G-4, G-6, G-18, G-20, G-22, G-33, G-57, G-62
  const std::string text = R"({"Version":"2013","Extra":1,"Statement":[
    {"Sid":"a b","Effect":"allow","Action":["x","s3:*",1],"Resource":"b"},
    {"Effect":"Deny","Action":"*","Resource":"*","Condition":{
      "Unknown":{"k:v":"x"},"NumericEquals":{"k:n":["x",1],"K:N":2}}}]})";
  PolicyReader reader(detail::JsonTree::parse(text).value(), IdentityBased, {},
                      PolicyReader::Mode::CollectAll);
  reader.read();
  std::string found;
  for (const PolicyError& error : reader.refusals()) {
    found += std::string(error.rule) + "@" + std::to_string(error.position.line) + " ";
  }
  EXPECT_EQ(found, "G-6@1 G-12@1 G-18@2 G-20@2 G-22@2 G-10@2 G-33@2 G-57@4 G-4@4 G-62@4 ");
  // What could be read is there, and can be written.
  const PolicyDocument document = reader.take_document();
  ASSERT_EQ(document.statements().size(), 2U);
  EXPECT_EQ(document.statements()[0].sid.value, "a b");
  EXPECT_EQ(document.statements()[1].conditions.size(), 2U);
  EXPECT_FALSE(write_policy(document).empty());
  // The first of them is what parse_policy gives.
  const Result<PolicyDocument> parsed = parse_policy(text, IdentityBased);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().to_string(), reader.refusals().front().to_string());
}

TEST(DocumentReaderTest, DocumentsOutliveTheirTextAndMoves) {
  std::string text = statement(R"("Sid":"abc","Effect":"Deny","Action":"s3:Get*","Resource":"*")");
  Result<PolicyDocument> parsed = parse_policy(text, IdentityBased);
  ASSERT_TRUE(parsed);
  text.assign(text.size(), '#');
  const PolicyDocument document = std::move(parsed).value();
  EXPECT_EQ(document.statements()[0].sid.value, "abc");
  EXPECT_EQ(document.statements()[0].action.values[0].value, "s3:Get*");
}

}  // namespace
}  // namespace writ::test
