// What a compiled set shares, what it refuses, and that its index finds what a linear walk finds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "writ/impl/decide.h"
#include "writ/parse.h"
#include "writ/policy_set.h"
#include "writ/policy_stack.h"

namespace writ::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

[[nodiscard]] PolicyDocument parsed(const std::string& statements,
                                    PolicyType type = PolicyType::IdentityBased) {
  Result<PolicyDocument> document =
      parse_policy(R"({"Version":"2012-10-17","Statement":[)" + statements + "]}", type);
  EXPECT_TRUE(document.has_value()) << statements.substr(0, 300) << document.error().message;
  return *std::move(document);
}

[[nodiscard]] PolicySet compiled(const std::string& statements,
                                 PolicyType type = PolicyType::IdentityBased) {
  const PolicyDocument document = parsed(statements, type);
  PolicySetBuilder builder(type);
  builder.attach("policy", document);
  return *builder.build();
}

[[nodiscard]] std::size_t term_count(const PolicySet& set) {
  return set.program()->section<detail::TermRecord>(detail::Section::Terms).size();
}

TEST(CompileTest, ConditionTermsArePresentOnce) {
  // Among statements, documents, spellings of the key (C-10) and of the operator (G-57).
  const PolicyDocument first = parsed(
      R"({"Effect":"Allow","Action":"a:B","Resource":"*","Condition":
          {"StringEquals":{"aws:username":["x","y"]}}},
         {"Effect":"Deny","Action":"a:C","Resource":"*","Condition":
          {"stringequals":{"AWS:UserName":["x","y"]}}})");
  const PolicyDocument second = parsed(
      R"({"Effect":"Allow","Action":"a:D","Resource":"*","Condition":
          {"StringEquals":{"aws:username":["x","y"]}}})");
  const PolicyDocument third = parsed(
      R"({"Effect":"Allow","Action":"a:D","Resource":"*","Condition":
          {"StringEqualsIfExists":{"aws:username":["x","y"]}}},
         {"Effect":"Allow","Action":"a:D","Resource":"*","Condition":
          {"StringEquals":{"aws:username":"x"}}})");
  PolicySetBuilder builder(PolicyType::IdentityBased);
  builder.attach("a", first).attach("b", second);
  EXPECT_EQ(term_count(*builder.build()), 1U);
  builder.attach("c", third);
  const PolicySet set = *builder.build();
  EXPECT_EQ(term_count(set), 3U);
  EXPECT_EQ(set.document_count(), 3U);
  EXPECT_EQ(set.statement_count(), 5U);
  EXPECT_EQ(set.type(), PolicyType::IdentityBased);
}

TEST(CompileTest, StatementsOfTheSameActionsShareAClass) {
  std::string actions;
  for (int i = 0; i < 1000; ++i)
    actions += (i == 0 ? "\"s:A" : ",\"s:A") + std::to_string(i) + "\"";
  const std::string statement =
      R"({"Effect":"Allow","Action":[)" + actions + R"(],"Resource":"*"})";
  const PolicySet set = compiled(statement + "," + statement);
  const std::string dump = set.dump();
  EXPECT_THAT(dump, HasSubstr(" 1 classes\n"));
  EXPECT_THAT(dump, HasSubstr("class 0\n  allow list\n    `policy`[0] any\n    `policy`[1] any\n"));
}

TEST(CompileTest, CopiesShareOneProgram) {
  PolicySet set = compiled(R"({"Effect":"Allow","Action":"a:B","Resource":"*"})");
  const detail::Program* program = set.program();
  std::vector<PolicySet> handles(1000, set);
  for (const PolicySet& handle : handles) EXPECT_EQ(handle.program(), program);
  PolicySet moved = std::move(set);
  EXPECT_EQ(moved.program(), program);
  EXPECT_EQ(set.program(), nullptr);  // NOLINT: what a moved-from handle is
  handles.resize(1);
  moved = PolicySet();
  EXPECT_EQ(moved.statement_count(), 0U);
  EXPECT_EQ(handles[0].statement_count(), 1U);
  handles[0] = handles[0];  // NOLINT: to itself
  EXPECT_EQ(handles[0].program(), program);
  // The last handle owns the program: it is the only reference left.
  program->acquire();
  EXPECT_FALSE(program->release());
}

TEST(CompileTest, WarmingChangesNothing) {
  PolicySet().warm();
  const PolicySet set = compiled(R"({"Effect":"Allow","Action":"*","Resource":"*"})");
  const std::string before = set.dump();
  set.warm();
  EXPECT_EQ(set.dump(), before);
  PolicyStack stack;
  stack.warm();
  ASSERT_TRUE(stack.add(set).has_value());
  stack.make_present(PolicyType::ServiceControl, 3);
  stack.warm();
  EXPECT_EQ(stack.applied().identity.size(), 1U);
}

TEST(CompileTest, ProgramsDoNotNeedTheirDocuments) {
  PolicySet set;
  {
    const PolicyDocument document =
        parsed(R"({"Sid":"S","Effect":"Allow","Action":"a:Bb","Resource":"arn:aws:s3:::b"})");
    PolicySetBuilder builder(PolicyType::IdentityBased);
    builder.attach(std::string("temporary"), document);
    set = *builder.build();
  }
  EXPECT_THAT(set.dump(), HasSubstr("`temporary`[0] sid `S`"));
}

TEST(CompileTest, DocumentsOfAnotherKindAreRefused) {
  // D-3, D-5
  const PolicyDocument identity = parsed(R"({"Effect":"Allow","Action":"a:B","Resource":"*"})");
  for (int i = 0; i < kPolicyTypeCount; ++i) {
    const auto type = static_cast<PolicyType>(i);
    PolicySetBuilder builder(type);
    builder.attach("Mine", identity);
    const Result<PolicySet> set = builder.build();
    EXPECT_EQ(set.has_value(), type == PolicyType::IdentityBased);
    if (set) continue;
    EXPECT_EQ(set.error().code, ErrorCode::DataTypeMismatch);
    EXPECT_EQ(set.error().rule, "D-5");
    EXPECT_THAT(set.error().message, HasSubstr("`Mine`"));
  }
}

TEST(CompileTest, SetsWithoutDocumentsAllowNothing) {
  // E-1
  const PolicySet handle;
  const PolicySet built = *PolicySetBuilder(PolicyType::Session).build();
  EXPECT_EQ(handle.statement_count(), 0U);
  EXPECT_EQ(handle.size_bytes(), 0U);
  EXPECT_EQ(built.type(), PolicyType::Session);
  EXPECT_EQ(built.document_count(), 0U);
  const PolicySet own = compiled(R"({"Effect":"Allow","Action":"*","Resource":"*"})");
  const Caller caller = *Caller::from_arn("arn:aws:iam::111122223333:user/Alice");
  const Request request = *RequestBuilder(caller, "a:B", "*").build();
  AppliedPolicies policies;
  policies.identity = {&own, 1};
  EXPECT_EQ(evaluate(request, policies).reason, Reason::AllowedByIdentity);
  for (const PolicySet* session : {&handle, &built}) {
    policies.session = std::span<const PolicySet>(session, 1);
    EXPECT_EQ(evaluate(request, policies).outcome, Outcome::ImplicitDeny);
    EXPECT_EQ(evaluate(request, policies).reason, Reason::NoSessionAllow);
  }
}

// --- The index.

/// Takes all statements that apply, and counts what it was asked about.
struct AllSink {
  static constexpr bool kFirstOnly = false;

  std::set<detail::StatementKey> found;
  std::size_t asked = 0;

  [[nodiscard]] bool is_denied() const noexcept { return false; }
  bool wants(detail::StatementKey, Effect) noexcept {
    ++asked;
    return true;
  }
  void add(detail::StatementKey id, Effect, std::uint8_t) { found.insert(id); }
};

template <class Scan>
[[nodiscard]] AllSink scanned(const PolicySet& set, const Request& request) {
  AllSink sink;
  Scan(request.facts()).scan(*set.program(), false, sink);
  return sink;
}

TEST(CompileTest, LargeSetsAreNotScanned) {
  // 100,000 statements: a decision looks at those that the action and the resource lead to.
  std::string identity;
  std::string resource;
  for (int i = 0; i < 100'000; ++i) {
    const std::string number = std::to_string(i);
    const std::string comma = i == 0 ? "" : ",";
    // A quarter each: another action, another bucket, another prefix in one bucket, a star before.
    const std::string action = i % 4 == 0 ? "s3:Act" + number : "s3:GetObject";
    const std::string arn = i % 4 == 1   ? "arn:aws:s3:::bucket" + number + "/*"
                            : i % 4 == 2 ? "arn:aws:s3:::shared/team" + number + "/*"
                                         : "arn:aws:s3:*:*:bucket" + number + "/*";
    identity += comma + R"({"Effect":")" + (i % 10 == 0 ? "Deny" : "Allow") + R"(","Action":")" +
                action + R"(","Resource":")" + arn + "\"}";
    resource += comma + R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*",
        "Principal":{"AWS":"arn:aws:iam::111122223333:user/u)" +
                number + R"("}})";
  }
  const PolicySet own = compiled(identity);
  const PolicySet bucket = compiled(resource, PolicyType::ResourceBased);
  EXPECT_EQ(own.statement_count(), 100'000U);
  const Caller caller = *Caller::from_arn("arn:aws:iam::111122223333:user/u777");
  const auto asked = [&caller](const PolicySet& set, const char* action, const char* arn,
                               std::size_t expected) {
    const Request request = *RequestBuilder(caller, action, arn).build();
    const AllSink sink = scanned<detail::IndexScan>(set, request);
    EXPECT_THAT(sink.found, SizeIs(expected)) << arn;
    EXPECT_EQ(sink.found, scanned<detail::LinearScan>(set, request).found) << arn;
    return sink.asked;
  };
  EXPECT_LE(asked(own, "s3:GetObject", "arn:aws:s3:::bucket50001/k", 1), 20U);
  EXPECT_LE(asked(own, "s3:GetObject", "arn:aws:s3:::shared/team50002/k", 1), 20U);
  EXPECT_LE(asked(own, "s3:GetObject", "arn:aws:s3:eu:1:bucket50003/k", 1), 20U);
  EXPECT_LE(asked(own, "s3:Act50000", "arn:aws:s3:::bucket50000/k", 1), 20U);
  EXPECT_LE(asked(own, "s3:GetObject", "arn:aws:s3:::nothing", 0), 20U);
  EXPECT_EQ(asked(own, "s3:PutObject", "arn:aws:s3:::bucket50001/k", 0), 0U);
  EXPECT_EQ(asked(own, "s3:GetObject", "*", 0), 0U);
  EXPECT_LE(asked(bucket, "s3:GetObject", "arn:aws:s3:::b/k", 1), 20U);
}

/// Random statements over a small vocabulary, so that most shapes meet most requests.
class Statements {
 public:
  explicit Statements(std::uint32_t seed) : random_(seed) {}

  [[nodiscard]] std::uint32_t pick(std::uint32_t count) {
    return static_cast<std::uint32_t>(random_()) % count;
  }
  [[nodiscard]] std::string pick(const std::vector<std::string>& list) {
    return list[pick(static_cast<std::uint32_t>(list.size()))];
  }

  [[nodiscard]] std::string action() {
    return pick({"s3", "S3", "sqs"}) + ":" + pick({"Get", "get", "Put", "List"}) +
           pick({"Object", "ObjectTagging", "Bucket", "Object" + std::to_string(pick(20))});
  }
  [[nodiscard]] std::string action_pattern() {
    switch (pick(8)) {
      case 0:
        return "*";
      case 1:
        return pick({"s3:*", "SQS:*"});
      case 2:
        return pick({"s3:G*", "s3:Get*", "s3:get*", "s3:GetObject*", "s3:GetObjectT*", "sqs:P*"});
      case 3:
        return pick({"s3:*Object", "s3:?et*", "s3:Get*Tagging", "s*:Get*", "*:PutObject", "?3:*"});
      default:
        return action();
    }
  }
  [[nodiscard]] std::string tail() {
    return pick({"b", "b/", "bucket/", "queue", "a:b:", "x:"}) +
           pick({"", "k", "k/l", "home/Alice", "c:queue", std::to_string(pick(30))});
  }
  [[nodiscard]] std::string resource() {
    if (pick(20) == 0) return "*";
    return "arn:aws:" + pick({"s3", "sqs", "logs"}) + ":" + pick({"", "eu-west-1", "us-east-1"}) +
           ":" + pick({"", "111122223333", "log-group"}) + ":" + tail();
  }
  [[nodiscard]] std::string resource_pattern() {
    if (pick(25) == 0) return "*";
    return "arn:" + pick({"aws", "aws", "aws", "*", "aw?"}) + ":" + pick({"s3", "sqs", "logs"}) +
           ":" + pick({"", "", "eu-west-1", "*", "eu-*", "*-1", "eu-west-?"}) + ":" +
           pick({"", "", "111122223333", "*", "1111*", "log-group"}) + ":" +
           pick({tail(), tail(), tail() + "*", tail() + "*", "*", "*k", "b?/*", "*/Alice",
                 "home/${aws:username}", "bucket/home/${aws:username}*", "${aws:username}"});
  }
  [[nodiscard]] std::string list_of(const std::vector<std::string>& values) {
    std::string text = "[";
    for (const std::string& value : values) text += (text.size() > 1 ? ",\"" : "\"") + value + "\"";
    return text + "]";
  }
  [[nodiscard]] std::string principal() {
    switch (pick(8)) {
      case 0:
        return "\"*\"";
      case 1:
        return R"({"AWS":"*"})";
      case 2:
        return R"({"Service":")" + pick({"sns", "ec2"}) + ".amazonaws.com\"}";
      case 3:
        return R"({"AWS":[]})";
      default: {
        const std::string account = pick({"111122223333", "444455556666"});
        return "{\"AWS\":" +
               list_of({pick({account, "arn:aws:iam::" + account + ":root",
                              "arn:aws:iam::" + account + ":user/" + pick({"Alice", "Bob"}),
                              "arn:aws:iam::" + account + ":role/" + pick({"R", "path/R"}),
                              "arn:aws:sts::" + account + ":assumed-role/R/s",
                              "AIDA" + pick({"X", "Y"})}),
                        "arn:aws:iam::" + account + ":user/u" + std::to_string(pick(50))}) +
               "}";
      }
    }
  }
  [[nodiscard]] std::string statement(bool with_principal) {
    const bool deny = pick(4) == 0;
    std::string text = deny ? R"({"Effect":"Deny")" : R"({"Effect":"Allow")";
    std::vector<std::string> actions = {action_pattern()};
    while (pick(3) == 0) actions.push_back(action_pattern());
    std::vector<std::string> resources = {resource_pattern()};
    while (pick(3) == 0) resources.push_back(resource_pattern());
    text += (pick(12) == 0 ? ",\"NotAction\":" : ",\"Action\":") + list_of(actions);
    if (with_principal) {
      const std::string who = principal();
      const bool negated =
          deny && pick(4) == 0 && who.find('[') != who.npos && who.find("[]") == who.npos;
      text += (negated ? ",\"NotPrincipal\":" : ",\"Principal\":") + who;
    }
    if (!with_principal || pick(6) != 0) {
      text += (pick(12) == 0 ? ",\"NotResource\":" : ",\"Resource\":") + list_of(resources);
    }
    if (pick(4) == 0) {
      text += R"(,"Condition":{"StringLike":{"aws:username":")" + pick({"A*", "B*", "?"}) + "\"}}";
    }
    return text + "}";
  }

 private:
  std::mt19937 random_;
};

TEST(CompileTest, IndexFindsWhatALinearWalkFinds) {
  // M-1, M-10, M-25, D-2
  Statements random(7);
  const std::vector<Caller> callers = {
      *Caller::from_arn("arn:aws:iam::111122223333:user/Alice"),
      *Caller::from_arn("arn:aws:iam::444455556666:user/u7"),
      *Caller::from_arn("arn:aws:iam::111122223333:root"),
      *Caller::from_arn("arn:aws:sts::111122223333:assumed-role/R/s"),
      *Caller::from_arn("arn:aws:iam::444455556666:role/path/R"),
      *Caller::service("sns.amazonaws.com"),
      *Caller::federated("accounts.google.com"),
      Caller::anonymous()};
  std::size_t found = 0;
  std::size_t by_index = 0;
  std::size_t by_walk = 0;
  for (const int size : {2, 3, 5, 9, 20, 50, 100, 200, 500, 1000, 2000, 2, 7, 15, 40, 300}) {
    for (const PolicyType type : {PolicyType::IdentityBased, PolicyType::ResourceBased}) {
      std::string statements;
      for (int i = 0; i < size; ++i) {
        if (i != 0) statements += ',';
        statements += random.statement(type == PolicyType::ResourceBased);
      }
      const PolicySet set = compiled(statements, type);
      for (int round = 0; round < 200; ++round) {
        const std::string action = random.action();
        const std::string resource = random.resource();
        RequestBuilder builder(callers[random.pick(8)], std::string_view(action), resource);
        if (random.pick(2) == 0) builder.set("aws:username", "Alice");
        if (random.pick(2) == 0) builder.set("aws:userid", "AIDAX");
        const Request request = *builder.build();
        const AllSink index = scanned<detail::IndexScan>(set, request);
        const AllSink walk = scanned<detail::LinearScan>(set, request);
        ASSERT_EQ(index.found, walk.found) << action << " " << resource << "\n" << set.dump();
        found += walk.found.size();
        by_index += index.asked;
        by_walk += walk.asked;
      }
    }
  }
  EXPECT_GT(found, 10'000U) << "the vocabulary hits nothing";
  EXPECT_LT(by_index * 2, by_walk);
}

// Statements of one bucket: a look-up can add candidates, the leaf is matched in full, so it can
// neither add an answer nor hide one.
TEST(CompileTest, SharedBucketsHideNothing) {
  std::string statements;
  for (int i = 0; i < 40; ++i) {
    // Forty lengths of beginnings, of which eight are kept: most share a bucket.
    if (i != 0) statements += ',';
    statements += R"({"Effect":"Allow","Action":"a:B","Resource":"arn:aws:s3:::)";
    statements.append(static_cast<std::size_t>(i) + 1, 'x');
    statements += "*\"}";
  }
  const PolicySet set = compiled(statements);
  const detail::TableNode table{set.program()->node(set.program()->header().table)};
  int used = 0;
  for (detail::Word i = 0; i < table.bucket_count(); ++i) {
    const detail::Bucket bucket{table.buckets() + std::size_t{i} * table.bucket_words()};
    used += bucket.kind() != detail::Bucket::Kind::Free ? 1 : 0;
  }
  EXPECT_EQ(used, 8);
  const Caller caller = *Caller::from_arn("arn:aws:iam::111122223333:user/Alice");
  for (std::size_t size = 1; size <= 40; ++size) {
    const std::string arn = "arn:aws:s3:::" + std::string(size, 'x');
    const Request request = *RequestBuilder(caller, "a:B", arn).build();
    EXPECT_THAT(scanned<detail::IndexScan>(set, request).found, SizeIs(size));
  }
}

}  // namespace
}  // namespace writ::test
