// The store decides as one set with all documents in the order of their names would, and compiles
// no more than it must.
#include "writ/policy_store.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "support/policies.h"
#include "writ/evaluate.h"
#include "writ/explain.h"
#include "writ/testing/matchers.h"

namespace writ {
namespace {

using test::allow;
using test::deny;
using test::document;

/// The texts by name, compiled as one set.
using Texts = std::map<std::string, std::string>;

PolicySet one_set(const Texts& texts, PolicyType type) {
  std::vector<PolicyDocument> documents;
  documents.reserve(texts.size());
  PolicySetBuilder builder(type);
  for (const auto& [name, text] : texts) {
    documents.push_back(*parse_policy(text, type));
    builder.attach(name, documents.back());
  }
  return *builder.build();
}

/// Tiny segments, so that small stores are cut and joined all the time.
PolicyStoreOptions tiny() {
  return {.segments = {.target_segments = 4, .min_segment_statements = 3}};
}

Decision decide(const PolicySegments& segments, const Request& request) {
  AppliedPolicies policies;
  policies.identity = segments.sets();
  return evaluate(request, policies);
}

int shared_sets(const PolicySegments& segments, const PolicySet& set) {
  int shared = 0;
  for (const PolicySet& one : segments.sets()) shared += one.program() == set.program() ? 1 : 0;
  return shared;
}
int shared_sets(const PolicySegments& left, const PolicySegments& right) {
  int shared = 0;
  for (const PolicySet& set : right.sets()) shared += shared_sets(left, set);
  return shared;
}

class AliceAsks {
 public:
  AliceAsks(std::string action, std::string resource)
      : action_(std::move(action)), resource_(std::move(resource)) {}
  [[nodiscard]] Request request() const {
    return *RequestBuilder(*Caller::from_arn(test::kAlice), action_, resource_).build();
  }

 private:
  std::string action_;
  std::string resource_;
};

TEST(PolicyStoreTest, EmptyStoreAllowsNothing) {
  PolicyStore store(PolicyType::IdentityBased);
  const AliceAsks asks("s3:GetObject", "arn:aws:s3:::b/k");
  EXPECT_TRUE(store.current().sets().empty());
  EXPECT_FALSE(decide(store.current(), asks.request()).is_allowed());
}

TEST(PolicyStoreTest, PutReplacesAndRemoveRemoves) {
  PolicyStore store(PolicyType::IdentityBased);
  const AliceAsks asks("s3:GetObject", "arn:aws:s3:::b/k");
  EXPECT_FALSE(*store.put("a", document({allow("s3:*")})));
  EXPECT_TRUE(decide(store.current(), asks.request()).is_allowed());
  EXPECT_TRUE(*store.put("a", document({allow("ec2:*")})));
  EXPECT_FALSE(decide(store.current(), asks.request()).is_allowed());
  EXPECT_FALSE(*store.put("b", document({allow("s3:Get*")})));
  EXPECT_EQ(store.current().name_of(decide(store.current(), asks.request()).statement.document),
            "b");
  EXPECT_TRUE(*store.remove("b"));
  EXPECT_FALSE(*store.remove("b"));
  EXPECT_FALSE(decide(store.current(), asks.request()).is_allowed());
  EXPECT_EQ(store.current().document_count(), 1U);
  EXPECT_EQ(store.current().text_of("a"), document({allow("ec2:*")}));
  EXPECT_EQ(store.current().text_of("b"), std::nullopt);
  EXPECT_EQ(store.current().name_of(1), "");
}

TEST(PolicyStoreTest, RefusedDocumentChangesNothing) {
  PolicyStore store(PolicyType::IdentityBased);
  ASSERT_TRUE(store.put("a", document({allow("s3:*")})).has_value());
  EXPECT_THAT(store.put("a", "{"), FailsWith(ErrorCode::JsonSyntaxError));
  std::vector<PolicyChange> changes;
  changes.push_back({"a", std::nullopt});
  changes.push_back({"c", document({allow("s3:*")})});
  changes.push_back({"b", "{\"Version\": 1}"});
  const auto applied = store.apply(std::move(changes));
  ASSERT_FALSE(applied.has_value());
  EXPECT_EQ(applied.error().document, "b");
  EXPECT_EQ(applied.error().to_string().substr(0, 5), "b:1:1");
  EXPECT_EQ(store.current().document_count(), 1U);
  EXPECT_EQ(store.current().text_of("a"), document({allow("s3:*")}));
}

TEST(PolicyStoreTest, LastChangeOfANameCounts) {
  PolicyStore store(PolicyType::IdentityBased);
  std::vector<PolicyChange> changes;
  changes.push_back({"a", document({allow("s3:*")})});
  changes.push_back({"b", document({allow("s3:*")})});
  changes.push_back({"a", std::nullopt});
  EXPECT_EQ(*store.apply(std::move(changes)), 1U);
  EXPECT_EQ(store.current().name_of(0), "b");
}

TEST(PolicyStoreTest, ResourcePoliciesAreNotForAStore) {
  PolicyStore store(PolicyType::ResourceBased);
  EXPECT_THAT(store.put("a", document({test::allow_to("*")})),
              FailsWith(ErrorCode::DataTypeMismatch));
}

TEST(PolicyStoreTest, SmallStoreIsOneSet) {
  PolicyStore store(PolicyType::IdentityBased);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(store.put(std::to_string(i), document({allow("s3:*")})).has_value());
  }
  EXPECT_EQ(store.current().sets().size(), 1U);
}

TEST(PolicyStoreTest, ChangeCompilesTheSegmentItTouches) {
  PolicyStore store(PolicyType::IdentityBased, tiny());
  std::vector<PolicyChange> changes;
  for (int i = 100; i < 200; ++i) {
    changes.push_back({std::to_string(i), document({allow("s3:*"), allow("ec2:*")})});
  }
  ASSERT_TRUE(store.apply(std::move(changes)).has_value());
  const PolicySegments bulk = store.current();
  ASSERT_EQ(bulk.sets().size(), 4U);
  // One of four is compiled again, in three parts.
  ASSERT_TRUE(store.put("163", document({allow("sqs:*")})).has_value());
  const PolicySegments first = store.current();
  EXPECT_EQ(first.sets().size(), 6U);
  EXPECT_EQ(shared_sets(bulk, first), 3);
  // The next change of the place compiles the part around it, of a few documents.
  ASSERT_TRUE(store.put("163", document({allow("ec2:*")})).has_value());
  const PolicySegments second = store.current();
  EXPECT_EQ(second.sets().size(), 6U);
  EXPECT_EQ(shared_sets(first, second), 5);
  for (const PolicySet& set : second.sets()) {
    const bool is_shared = shared_sets(first, set) != 0;
    EXPECT_TRUE(is_shared || set.statement_count() <= 6) << set.statement_count();
  }
}

TEST(PolicyStoreTest, SameTextCompilesNothing) {
  PolicyStore store(PolicyType::IdentityBased);
  ASSERT_TRUE(store.put("a", document({allow("s3:*")})).has_value());
  const auto* program = store.current().sets()[0].program();
  EXPECT_TRUE(*store.put("a", document({allow("s3:*")})));
  EXPECT_FALSE(*store.remove("b"));
  EXPECT_EQ(store.current().sets()[0].program(), program);
}

TEST(PolicyStoreTest, NumberOfSetsIsBoundedHoweverItGrows) {
  PolicyStoreOptions options;
  options.segments = {.target_segments = 4, .min_segment_statements = 8};
  PolicyStore store(PolicyType::IdentityBased, options);
  for (int i = 1000; i < 1600; ++i) {
    ASSERT_TRUE(store.put(std::to_string(i), document({allow("s3:*")})).has_value());
    ASSERT_LE(store.current().sets().size(), 8U);
  }
  EXPECT_GE(store.current().sets().size(), 4U);
  for (int i = 1000; i < 1600; ++i) ASSERT_TRUE(*store.remove(std::to_string(i)));
  EXPECT_EQ(store.current().sets().size(), 0U);
  EXPECT_EQ(store.current().statement_count(), 0U);
}

TEST(PolicyStoreTest, DocumentLargerThanASegmentIsOneOfItsOwn) {
  PolicyStore store(PolicyType::IdentityBased, tiny());
  const test::Statements many(50, allow("s3:GetObject"));
  for (const char* name : {"a", "b", "c"}) {
    ASSERT_TRUE(store.put(name, document(many)).has_value());
  }
  EXPECT_EQ(store.current().statement_count(), 150U);
  EXPECT_LE(store.current().sets().size(), 3U);
}

// E-3: the deciding statement, its document's rank included, is that of one set.
TEST(PolicyStoreTest, DecidesAsOneSetInTheOrderOfNames) {
  std::mt19937 random(20240229);
  const auto below = [&](unsigned count) { return static_cast<unsigned>(random()) % count; };
  const std::vector<std::string> actions = {"s3:GetObject", "s3:PutObject", "s3:*", "sqs:Send*"};
  const std::vector<std::string> resources = {"*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/k",
                                              "arn:aws:s3:::c/*"};
  const std::vector<AliceAsks> questions = {{"s3:GetObject", "arn:aws:s3:::b/k"},
                                            {"s3:PutObject", "arn:aws:s3:::c/k"},
                                            {"s3:GetObject", "arn:aws:s3:::d/k"},
                                            {"sqs:SendMessage", "*"}};
  for (int run = 0; run < 20; ++run) {
    PolicyStore store(PolicyType::IdentityBased, tiny());
    Texts texts;
    for (int step = 0; step < 40; ++step) {
      std::vector<PolicyChange> changes;
      for (unsigned i = 0; i <= below(4); ++i) {
        const std::string name = "n" + std::to_string(below(30));
        if (below(3) == 0) {
          texts.erase(name);
          changes.push_back({name, std::nullopt});
          continue;
        }
        test::Statements statements;
        for (unsigned s = 0; s <= below(3); ++s) {
          const std::string& action = actions[below(4)];
          const std::string& resource = resources[below(4)];
          statements.push_back(below(4) == 0 ? deny(action, resource) : allow(action, resource));
        }
        texts[name] = document(statements);
        changes.push_back({name, texts[name]});
      }
      ASSERT_EQ(*store.apply(std::move(changes)), texts.size());
      const PolicySegments segments = store.current();
      const PolicySet whole = one_set(texts, PolicyType::IdentityBased);
      ASSERT_EQ(segments.statement_count(), whole.statement_count());
      for (const AliceAsks& asks : questions) {
        const Request request = asks.request();
        AppliedPolicies policies;
        policies.identity = std::span(&whole, 1);
        const Decision expected = evaluate(request, policies);
        ASSERT_EQ(decide(segments, request), expected);
        policies.identity = segments.sets();
        ASSERT_EQ(explain(request, policies).decision(), expected);
        if (!expected.statement.exists()) continue;
        ASSERT_EQ(segments.name_of(expected.statement.document),
                  std::next(texts.begin(), expected.statement.document)->first);
      }
    }
  }
}

}  // namespace
}  // namespace writ
